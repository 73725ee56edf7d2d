import Logging
package import Modeler
package import NIOCore

/// Delivers each sender's messages in the order in which they were sent.
///
/// Shape at the end of each body: the message's number for this destination (`Int32`), the first being 1.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.OrderInterceptor`; differs from it in:
/// the channel's heartbeat also releases messages that waited too long, and what waits is bounded in bytes.
package final class OrderInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// Milliseconds for which a message waits for those before it.
        package var expire: Int64 = 3000
        /// Whether a message that waited too long is delivered; otherwise it is dropped.
        package var forwardExpired = true
        /// Messages of one sender that may wait.
        package var maxQueue = Int(Int32.max)

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<OrderInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.OrderInterceptor",
        kind: .interceptor,
        "Delivers each sender's messages in the order in which they were sent",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("expire", \.expire, "Milliseconds for which a message waits for those before it"),
            Attribute("forwardExpired", \.forwardExpired, "Whether one that waited too long is delivered"),
            Attribute("maxQueue", \.maxQueue, "Messages of one sender that may wait"),
        ]
    )

    /// Bytes of all messages that may wait, whoever sent them; above that its sender's are all released.
    package static let waitingBytesMaximum = 64 << 20
    /// Senders whose order is kept; what comes from one more is delivered as it comes.
    package static let sendersMaximum = 1024
    /// What a waiting message counts beside its body.
    private static let overheadOfMessage = 256

    private struct State {
        var reorderers: [Member: Reorderer<ChannelMessage>] = [:]
        var sent: [Member: Int32] = [:]
        var waitingBytes = 0
    }

    package let settings: InterceptorSettings<Configuration>
    private let state = LoopConfined(State())

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        guard self.works(on: message.options) else { return context.send(message, to: destinations) }
        return context.sendEach(to: destinations) { member in
            var numbered = message
            self.state[context].sent[member, default: 0] &+= 1
            numbered.body.writeInteger(self.state[context].sent[member, default: 1])
            return numbered
        }
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        guard self.works(on: message.options) else { return try context.fireMessageReceived(message) }
        var message = message
        guard let number = message.popLast(as: Int32.self) else {
            throw ChannelError(.badMessage, "The message has no number")
        }
        let (sender, now) = (message.sender, context.loop.now)
        let size = message.body.readableBytes + Self.overheadOfMessage
        let ready = self.reorder(sender, context: context) { reorderer in
            reorderer.accept(message, size: size, number: number, at: now)
        }
        defer { self.release(sender, context: context) }
        try self.deliverFirst(of: ready ?? [message], context: context)
    }

    /// One that is back counts from the beginning, whatever was said to it in vain meanwhile.
    package func memberAdded(_ member: Member, context: InterceptorContext) {
        self.state[context].sent[member] = nil
        context.fireMemberAdded(member)
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        let waiting = self.reorder(member, context: context) { $0.flush() } ?? []
        self.state[context].reorderers[member] = nil
        self.state[context].sent[member] = nil
        if self.configuration.forwardExpired { self.deliver(waiting, context: context) }
        context.fireMemberDisappeared(member)
    }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
        for sender in Array(self.state[context].reorderers.keys) { self.release(sender, context: context) }
    }

    /// Works on what is kept of a sender; nil if there are too many senders.
    private func reorder<Result>(
        _ sender: Member,
        context: InterceptorContext,
        _ body: (inout Reorderer<ChannelMessage>) -> Result
    ) -> Result? {
        let known = self.state[context].reorderers.removeValue(forKey: sender)
        guard known != nil || self.state[context].reorderers.count < Self.sendersMaximum else { return nil }
        var reorderer = known ?? Reorderer()
        self.state[context].waitingBytes -= reorderer.bytes
        let result = body(&reorderer)
        self.state[context].waitingBytes += reorderer.bytes
        self.state[context].reorderers[sender] = reorderer
        return result
    }

    private func release(_ sender: Member, context: InterceptorContext) {
        let (configuration, now) = (self.configuration, context.loop.now)
        let isFull = self.state[context].waitingBytes > Self.waitingBytesMaximum
        let released = self.reorder(sender, context: context) { reorderer in
            reorderer.release(
                olderThan: .milliseconds(configuration.expire),
                at: now,
                maximumCount: isFull ? 0 : configuration.maxQueue
            )
        }
        guard let (expired, ready) = released else { return }
        self.deliver((configuration.forwardExpired ? expired : []) + ready, context: context)
    }

    /// Delivers messages; the first is the one that came now, so that its error alone goes down.
    private func deliverFirst(of messages: [ChannelMessage], context: InterceptorContext) throws {
        guard let first = messages.first else { return }
        defer { self.deliver(Array(messages.dropFirst()), context: context) }
        try context.fireMessageReceived(first)
    }

    private func deliver(_ messages: [ChannelMessage], context: InterceptorContext) {
        for message in messages {
            do {
                try context.fireMessageReceived(message)
            } catch {
                context.logger("group.interceptors.OrderInterceptor").warning(
                    "A message that had waited for others was refused",
                    metadata: ["member": "\(message.sender.name)", "error": "\(error)"]
                )
            }
        }
    }
}
