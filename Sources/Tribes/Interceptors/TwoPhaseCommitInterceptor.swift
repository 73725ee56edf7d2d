import Logging
package import Modeler
package import NIOCore

/// Delivers a message only after its sender confirmed that every destination has it.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.TwoPhaseCommitInterceptor`; differs
/// from it in: a confirmation that overtakes its message is kept, and what is held is bounded.
package final class TwoPhaseCommitInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// Milliseconds for which a message is held.
        package var expire: Int64 = 60_000

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<TwoPhaseCommitInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.TwoPhaseCommitInterceptor",
        kind: .interceptor,
        "Delivers a message only after its sender confirmed it",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("expire", \.expire, "Milliseconds for which a message is held"),
            .ignored("deepclone", "Messages are values", type: .bool),
        ]
    )

    /// Messages and confirmations that may wait for their counterpart, and bytes of those messages.
    package static let heldMaximum = 10_000
    package static let heldBytesMaximum = 64 << 20

    private struct Key: Hashable {
        let sender: Member
        let uniqueID: UniqueID
    }

    private struct State {
        var held: [Key: (message: ChannelMessage, since: NIODeadline)] = [:]
        var bytes = 0
        var confirmed: [Key: NIODeadline] = [:]
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
        return context.send(message, to: destinations).flatMap {
            let body = ConfirmationBody.encode(message.uniqueID)
            guard let confirmation = context.makeMessage(message.options, body: body) else {
                return context.loop.failed(ChannelError(.notStarted, "The channel is not started"))
            }
            return context.send(confirmation, to: destinations)
        }
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        guard self.works(on: message.options) else { return try context.fireMessageReceived(message) }
        if let uniqueID = ConfirmationBody.decode(message.body) {
            try self.confirm(Key(sender: message.sender, uniqueID: uniqueID), context: context)
        } else {
            try self.hold(message, context: context)
        }
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        for key in Array(self.state[context].held.keys) where key.sender == member { self.drop(key, context: context) }
        for key in Array(self.state[context].confirmed.keys) where key.sender == member {
            self.state[context].confirmed[key] = nil
        }
        context.fireMemberDisappeared(member)
    }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
        let (now, age) = (context.loop.now, TimeAmount.milliseconds(self.configuration.expire))
        let overdue = self.state[context].held.filter { now - $0.value.since > age }.map(\.key)
        for key in overdue {
            self.log(context).warning("Message was not confirmed in time", metadata: ["uniqueId": "\(key.uniqueID)"])
            self.drop(key, context: context)
        }
        let unmatched = self.state[context].confirmed.filter { now - $0.value <= age }
        self.state[context].confirmed = unmatched
    }

    /// If the delivery fails, the message stays: its confirmation comes again.
    private func confirm(_ key: Key, context: InterceptorContext) throws {
        if let held = self.state[context].held[key] {
            try context.fireMessageReceived(held.message)
            self.drop(key, context: context)
        } else if self.state[context].confirmed.count < Self.heldMaximum {
            let now = context.loop.now
            self.state[context].confirmed[key] = now
        } else {
            throw ChannelError(.queueFull, "Too many confirmations wait for their messages")
        }
    }

    private func hold(_ message: ChannelMessage, context: InterceptorContext) throws {
        let key = Key(sender: message.sender, uniqueID: message.uniqueID)
        if self.state[context].confirmed[key] != nil {
            try context.fireMessageReceived(message)
            self.state[context].confirmed[key] = nil
            return
        }
        if self.state[context].held[key] != nil { return }
        let size = message.body.readableBytes
        guard self.state[context].held.count < Self.heldMaximum,
            self.state[context].bytes + size <= Self.heldBytesMaximum
        else { throw ChannelError(.queueFull, "Too many messages wait for their confirmations") }
        let now = context.loop.now
        self.state[context].held[key] = (message, now)
        self.state[context].bytes += size
    }

    private func drop(_ key: Key, context: InterceptorContext) {
        guard let held = self.state[context].held.removeValue(forKey: key) else { return }
        self.state[context].bytes -= held.message.body.readableBytes
    }

    private func log(_ context: InterceptorContext) -> Logger {
        context.logger("group.interceptors.TwoPhaseCommitInterceptor")
    }
}
