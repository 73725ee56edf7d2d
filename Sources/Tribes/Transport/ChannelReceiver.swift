package import NIOCore

/// What a component at the bottom of a channel runs on.
package struct ChannelEnvironment: Sendable {
    /// The channel's name, as `localhost-Channel`.
    package let channelName: String
    package let loop: ChannelLoop
    package let network: any ChannelNetwork
    /// Whether a message of this sender may be delivered now: false until it is known as a member.
    package let knows: @Sendable (Member) -> Bool
    /// Called when a connection to a member broke over which messages went lately that it need not have got, although
    /// nobody is told that they failed.
    package let doubts: @Sendable (Member) -> Void
    /// Called, on any loop, when a message failed that no layer saw going down.
    package let failed: @Sendable (ChannelError) -> Void
    /// Whether this is for a part that works on another loop than the channel's.
    let isBeside: Bool

    package init(
        channelName: String,
        loop: ChannelLoop,
        network: any ChannelNetwork,
        knows: @escaping @Sendable (Member) -> Bool = { _ in true },
        doubts: @escaping @Sendable (Member) -> Void = { _ in },
        failed: @escaping @Sendable (ChannelError) -> Void = { _ in }
    ) {
        self.channelName = channelName
        self.loop = loop
        self.network = network
        self.knows = knows
        self.doubts = doubts
        self.failed = failed
        self.isBeside = false
    }

    private init(_ other: ChannelEnvironment, besideOn loop: ChannelLoop) {
        self.channelName = other.channelName
        self.loop = loop
        self.network = other.network
        self.knows = other.knows
        self.doubts = { _ in }
        self.failed = other.failed
        self.isBeside = true
    }

    /// The same for a part that works on another loop, which doubts nobody: ``doubts`` belongs to the channel's loop,
    /// and the senders of other loops send nothing that need not be acknowledged.
    func moved(to loop: ChannelLoop) -> ChannelEnvironment {
        ChannelEnvironment(self, besideOn: loop)
    }
}

/// Where a receiver listens, as members are told.
package struct ReceiverAddress: Sendable, Equatable {
    package var host: [UInt8]
    package var port: Int
    package var securePort = -1
    package var udpPort = -1

    package init(host: [UInt8], port: Int) {
        self.host = host
        self.port = port
    }
}

/// Takes messages of other members from the network.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.ChannelReceiver`.
package protocol ChannelReceiver: AnyObject, Sendable {
    /// Opens the ports, and hands each message to `deliver`, whose error refuses the message.
    func start(
        in environment: ChannelEnvironment,
        deliver: @escaping @Sendable (ChannelMessage) throws -> Void
    ) -> EventLoopFuture<ReceiverAddress>

    /// Closes the ports and all connections.
    func stop() -> EventLoopFuture<Void>

    func heartbeat()
}

/// Brings messages to other members.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.ChannelSender`.
package protocol ChannelSender: AnyObject, Sendable {
    func start(in environment: ChannelEnvironment) -> EventLoopFuture<Void>
    func stop() -> EventLoopFuture<Void>

    /// Brings a message to every destination; see ``ChannelInterceptor/send(_:to:context:)``.
    func send(_ message: ChannelMessage, to destinations: [Member]) -> EventLoopFuture<Void>

    /// Brings a message to every destination from another event loop than the channel's.
    ///
    /// - Returns: a future of that loop; nil if the message has to be sent on the channel's.
    /// Isolation: that event loop.
    func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void>?

    /// Forgets what is kept for a member that is said to be gone, once what is under way to it is done.
    func remove(_ member: Member)

    /// Gives up what is under way to a member that is lost: should it come back, nothing waits behind old connections.
    func abandon(_ member: Member)

    func heartbeat()
}

extension ChannelSender {
    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void>? { nil }
}
