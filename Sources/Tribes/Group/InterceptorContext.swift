package import Logging
package import NIOCore

/// A layer's place in its channel: everything it may ask of the layers above and below.
///
/// Isolation: channel loop; it may be kept and captured, for as long as the channel.
package struct InterceptorContext: Sendable {
    let chain: InterceptorChain
    let index: Int

    init(_ chain: InterceptorChain, _ index: Int) {
        self.chain = chain
        self.index = index
    }

    /// Loop, clock and randomness of the channel.
    package var loop: ChannelLoop { self.chain.loop }

    /// What the channel is called, as `localhost-Channel`.
    package var channelName: String { self.chain.name }

    package func preconditionOnChannelLoop() {
        self.chain.loop.preconditionOnLoop()
    }

    /// A logger of the channel's with Tomcat's category for a class in `org.apache.catalina.tribes.`.
    package func logger(_ category: String) -> Logger {
        Logger(label: "org.apache.catalina.tribes." + category)
    }

    // MARK: Down

    /// Hands a message to the layer below.
    package func send(_ message: ChannelMessage, to destinations: [Member]) -> EventLoopFuture<Void> {
        self.chain.send(message, to: destinations, at: self.index + 1)
    }

    /// A message of the layer's own, from this node and now; it starts below this layer.
    package func makeMessage(_ options: SendOptions, body: ByteBuffer) -> ChannelMessage? {
        guard let sender = self.chain.localMember else { return nil }
        return ChannelMessage(
            options: options,
            timestamp: self.loop.wallClock,
            uniqueID: self.loop.makeUniqueID(),
            sender: sender,
            body: body
        )
    }

    package func heartbeat() {
        self.chain.heartbeat(at: self.index + 1)
    }

    package func start(_ levels: StartLevels) -> EventLoopFuture<Void> {
        self.chain.start(levels, at: self.index + 1)
    }

    package func stop(_ levels: StartLevels) -> EventLoopFuture<Void> {
        self.chain.stop(levels, at: self.index + 1)
    }

    /// The other members as the layer below sees them, the oldest first.
    package var members: [Member] { self.chain.members(at: self.index + 1) }

    /// This node as the layer below knows it.
    package var localMember: Member? { self.chain.localMember(at: self.index + 1) }

    /// Asks whether a member's receiver can be reached, without any message of the application.
    package func probe(_ member: Member, _ probe: MemberProbe) -> EventLoopFuture<Bool> {
        self.chain.network.probe(member.endpoint, probe, on: self.loop)
    }

    /// Where signs of life of the members are noted.
    var signsOfLife: SignsOfLife { self.chain.signsOfLife }

    // MARK: Up

    package func fireMessageReceived(_ message: ChannelMessage) throws {
        try self.chain.messageReceived(message, at: self.index - 1)
    }

    package func fireMemberAdded(_ member: Member) {
        self.chain.memberAdded(member, at: self.index - 1)
    }

    package func fireMemberDisappeared(_ member: Member) {
        self.chain.memberDisappeared(member, at: self.index - 1)
    }

    // MARK: The whole stack

    /// The members as the application sees them.
    package var membersOfChannel: [Member] { self.chain.members(at: 0) }

    /// This node as the topmost layer presents it: what frames carry.
    package var localMemberOfChannel: Member? { self.chain.localMember }

    /// The nearest layer below of this type, with its place; a type may be a protocol.
    package func firstBelow<Layer>(_ type: Layer.Type) -> (layer: Layer, context: InterceptorContext)? {
        self.chain.first(type, in: self.index + 1..<self.chain.interceptors.count)
    }

    /// The nearest layer above of this type, with its place.
    package func firstAbove<Layer>(_ type: Layer.Type) -> (layer: Layer, context: InterceptorContext)? {
        self.chain.first(type, in: 0..<self.index)
    }
}
