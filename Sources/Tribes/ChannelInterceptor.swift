package import NIOCore

/// One layer of a channel: it sees every message and every membership event on their way, and may change,
/// hold, drop or add some.
///
/// Interceptors are listed from above, next to the application, to below, next to the network; sending
/// walks down, receiving walks up, and start, stop and heartbeat walk down. Each call names the layer's
/// ``InterceptorContext``, through which the layer hands on what it does not keep; what is not implemented
/// is handed on unchanged. An interceptor belongs to one channel; state goes into a ``LoopConfined``.
///
/// What an interceptor adds to a body it adds at the end, and its peer, which must have the same
/// interceptors in the same order, takes it off there. Messages that it makes itself start below it.
/// Isolation: channel loop, for every call.
/// Tomcat counterpart: `org.apache.catalina.tribes.ChannelInterceptor`; differs from it in: no thread waits.
package protocol ChannelInterceptor: AnyObject, Sendable {
    /// Bits that a message must have for the layer to work on it; none means every message.
    var optionFlag: SendOptions { get }

    /// Hands a message down. The result is fulfilled when it was written to every destination and, where its
    /// options ask for it, acknowledged; it fails with a ``ChannelError`` that names the faulty members.
    func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void>

    /// Whether messages with these options pass the layer as they are, and it need not know of them: those of a node
    /// whose layers all say so go to their members on the event loop of whoever sends them.
    ///
    /// Isolation: any thread.
    func passes(_ options: SendOptions) -> Bool

    /// A message that went past the layer did not reach the members that the error names.
    func sendFailed(_ error: ChannelError, context: InterceptorContext)

    /// Hands a received message up, or not.
    ///
    /// - Throws: whatever failed; a message that asks for an acknowledgement after processing is then refused.
    func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws

    func memberAdded(_ member: Member, context: InterceptorContext)
    func memberDisappeared(_ member: Member, context: InterceptorContext)

    /// Called at every heartbeat of the channel: what is overdue is looked for here.
    func heartbeat(context: InterceptorContext)

    /// Starts parts of the channel; the layers below are started by handing the call down.
    func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void>
    func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void>

    /// The other members as this layer sees them, the oldest first.
    func members(context: InterceptorContext) -> [Member]

    /// This node as others see it; nil until its receiver listens.
    func localMember(context: InterceptorContext) -> Member?
}

extension ChannelInterceptor {
    package var optionFlag: SendOptions { [] }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        context.send(message, to: destinations)
    }

    package func passes(_ options: SendOptions) -> Bool { false }

    package func sendFailed(_ error: ChannelError, context: InterceptorContext) {}

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        try context.fireMessageReceived(message)
    }

    package func memberAdded(_ member: Member, context: InterceptorContext) {
        context.fireMemberAdded(member)
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        context.fireMemberDisappeared(member)
    }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
    }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        context.start(levels)
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        context.stop(levels)
    }

    package func members(context: InterceptorContext) -> [Member] {
        context.members
    }

    package func localMember(context: InterceptorContext) -> Member? {
        context.localMember
    }

    /// Whether the layer works on messages with these options: all bits of its flag are set.
    package func works(on options: SendOptions) -> Bool {
        options.isSuperset(of: self.optionFlag)
    }

    /// The member of the list that equals `member`, with the list's own age and payload.
    package func member(equalTo member: Member, context: InterceptorContext) -> Member? {
        self.members(context: context).first { $0 == member }
    }
}
