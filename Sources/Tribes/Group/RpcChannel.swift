package import JavaSerialization
import Logging
package import NIOCore

/// How many replies a caller waits for.
package enum RpcReplyMode: Int, Sendable, CaseIterable {
    case firstReply = 1
    /// Half of the destinations or more.
    case majorityReply = 2
    case allReplies = 3
    case noReply = 4

    /// Whether so many replies of so many destinations that can still reply are enough.
    func isSatisfied(replies: Int, destinations: Int) -> Bool {
        if destinations <= 0 { return true }
        switch self {
        case .firstReply: return replies > 0
        case .majorityReply: return replies * 2 >= destinations
        case .allReplies: return replies >= destinations
        case .noReply: return true
        }
    }
}

/// What one member replied.
package struct RpcResponse: Sendable {
    package let source: Member
    package let message: JavaValue
}

/// What a request is answered with.
package struct RpcReply: Sendable {
    /// nil replies null.
    package let value: (any JavaWritable)?
    /// What must be done before the reply is sent; nil if it is sent at once.
    let readiness: EventLoopFuture<Void>?

    package init(_ value: (any JavaWritable)?, after readiness: EventLoopFuture<Void>? = nil) {
        self.value = value
        self.readiness = readiness
    }
}

/// Answers the requests of an RPC channel.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.RpcCallback`.
package protocol RpcCallback: AnyObject, Sendable {
    /// The reply.
    ///
    /// - Throws: whatever failed; the caller gets no reply then, and the error is logged.
    func reply(to request: JavaValue, from sender: Member) throws -> RpcReply

    /// A reply that came after its caller had stopped waiting, or to a request that not every member got.
    func leftOver(_ reply: JavaValue, from sender: Member)
}

extension RpcCallback {
    package func leftOver(_ reply: JavaValue, from sender: Member) {}
}

/// Asks other members and collects their replies, over a channel that it shares.
///
/// Both sides make one with the same id. A caller waits for as many replies as its mode says, and no longer
/// than its timeout: then it gets those that came.
/// Isolation: any thread; `submit` and the callback: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.RpcChannel`.
package final class RpcChannel: ChannelListener, Sendable {
    private struct Collector {
        let mode: RpcReplyMode
        let promise: EventLoopPromise<[RpcResponse]>
        let timeout: Scheduled<Void>
        var destinations: Int
        var responses: [RpcResponse] = []
    }

    private struct Owner: Sendable {
        weak var callback: (any RpcCallback)?
    }

    package let id: [UInt8]
    private let channel: GroupChannel
    private let owner: LoopConfined<Owner>
    private let calls = LoopConfined<[UniqueID: Collector]>([:])
    private let replyOptions: SendOptions
    private let log = Logger(label: "org.apache.catalina.tribes.group.RpcChannel")

    /// Listens on the channel from now on, until ``breakdown()``; the callback is not kept alive.
    package init(id: [UInt8], channel: GroupChannel, callback: any RpcCallback, replyOptions: SendOptions = []) {
        self.id = id
        self.channel = channel
        self.owner = LoopConfined(Owner(callback: callback))
        self.replyOptions = replyOptions.subtracting(.synchronizedAck)
        channel.add(self as any ChannelListener)
    }

    /// Stops listening; whoever waits gets what came so far.
    ///
    /// Isolation: channel loop.
    package func breakdown(_ loop: ChannelLoop) {
        self.channel.remove(self as any ChannelListener)
        for id in Array(self.calls[loop].keys) { self.finish(id, loop) }
    }

    /// Asks members and waits for replies.
    ///
    /// - Throws: ``ChannelError`` when the request could not be sent to every destination.
    package func send(
        _ payload: any JavaWritable,
        to destinations: [Member],
        mode: RpcReplyMode,
        options: SendOptions,
        timeout: TimeAmount
    ) async throws(ChannelError) -> [RpcResponse] {
        let loop = try self.channel.runningChain().loop
        do {
            return try await loop.eventLoop.flatSubmit {
                self.submit(payload, to: destinations, mode: mode, options: options, timeout: timeout)
            }.get()
        } catch {
            throw ChannelError(wrapping: error)
        }
    }

    /// Asks members.
    ///
    /// Isolation: channel loop.
    package func submit(
        _ payload: any JavaWritable,
        to destinations: [Member],
        mode: RpcReplyMode,
        options: SendOptions,
        timeout: TimeAmount
    ) -> EventLoopFuture<[RpcResponse]> {
        let loop = self.channel.loop
        guard !destinations.isEmpty else { return loop.eventLoop.makeSucceededFuture([]) }
        let id = loop.makeUniqueID()
        let body: ChannelPayload
        do {
            body = try .object(RpcMessage(.request, callID: id.bytes, rpcID: self.id, payload: payload))
        } catch {
            return loop.failed(ChannelError(.badMessage, "The request cannot be written", cause: error))
        }
        let promise = loop.makePromise(of: [RpcResponse].self)
        if mode != .noReply {
            self.calls[loop][id] = Collector(
                mode: mode,
                promise: promise,
                timeout: loop.schedule(after: timeout) { [weak self] in self?.finish(id, loop) },
                destinations: destinations.count
            )
        }
        self.channel.submit(body, to: destinations, options: options.subtracting(.synchronizedAck))
            .whenComplete { result in
                switch result {
                case .failure(let error):
                    let collector = self.calls[loop].removeValue(forKey: id)
                    collector?.timeout.cancel()
                    for response in collector?.responses ?? [] {
                        self.owner[loop].callback?.leftOver(response.message, from: response.source)
                    }
                    promise.fail(error)
                case .success where mode == .noReply: promise.succeed([])
                case .success: break
                }
            }
        return promise.futureResult
    }

    // MARK: ChannelListener

    package func accepts(_ message: ReceivedMessage) -> Bool { message.rpc?.rpcID == self.id }

    package func messageReceived(_ message: ReceivedMessage) throws {
        guard let rpc = message.rpc else { return }
        switch rpc.kind {
        case .request: try self.answer(rpc, to: message.sender)
        case .reply, .absence: self.collect(rpc, from: message.sender)
        }
    }

    private func answer(_ request: RpcMessage, to sender: Member) throws {
        guard let callback = self.owner[self.channel.loop].callback, let payload = request.payload as? JavaValue else {
            return
        }
        let reply: RpcReply
        do {
            reply = try callback.reply(to: payload, from: sender)
        } catch {
            self.log.warning(
                "Unable to reply to a request",
                metadata: ["member": "\(sender.name)", "error": "\(error)"]
            )
            return
        }
        let message = RpcMessage(
            .reply,
            callID: request.callID,
            rpcID: self.id,
            payload: reply.value ?? JavaValue.null
        )
        let body = try ChannelPayload.object(message)
        guard let readiness = reply.readiness else { return self.send(body, to: sender) }
        readiness.whenComplete { _ in
            // the channel may have been stopped meanwhile, which its members are told
            if self.channel.startedLevels.contains(.sender) { self.send(body, to: sender) }
        }
    }

    private func send(_ reply: ChannelPayload, to caller: Member) {
        self.channel.submit(reply, to: [caller], options: self.replyOptions).whenFailure { error in
            self.log.error(
                "Unable to send back reply in RpcChannel.",
                metadata: ["member": "\(caller.name)", "error": "\(error)"]
            )
        }
    }

    private func collect(_ reply: RpcMessage, from sender: Member) {
        let loop = self.channel.loop
        let payload = reply.payload as? JavaValue ?? .null
        guard let id = UniqueID(bytes: reply.callID), var collector = self.calls[loop][id] else {
            if reply.kind == .reply { self.owner[loop].callback?.leftOver(payload, from: sender) }
            return
        }
        if reply.kind == .absence {
            collector.destinations -= 1
        } else {
            collector.responses.append(RpcResponse(source: sender, message: payload))
        }
        self.calls[loop][id] = collector
        let count = collector.responses.count
        if collector.mode.isSatisfied(replies: count, destinations: collector.destinations) { self.finish(id, loop) }
    }

    private func finish(_ id: UniqueID, _ loop: ChannelLoop) {
        guard let collector = self.calls[loop].removeValue(forKey: id) else { return }
        collector.timeout.cancel()
        collector.promise.succeed(collector.responses)
    }
}
