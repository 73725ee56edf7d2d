import NIOCore
import NIOPosix

/// What a channel runs on: its loop and its network, and how both end.
package struct ChannelRuntime: Sendable {
    package let loop: ChannelLoop
    package let network: any ChannelNetwork
    private let end: @Sendable () async throws -> Void

    /// A runtime of somebody else's, which the channel leaves alone when it stops.
    package init(loop: ChannelLoop, network: any ChannelNetwork) {
        self.init(loop: loop, network: network, end: {})
    }

    private init(
        loop: ChannelLoop,
        network: any ChannelNetwork,
        end: @escaping @Sendable () async throws -> Void
    ) {
        self.loop = loop
        self.network = network
        self.end = end
    }

    /// A thread and sockets of the channel's own.
    package static func ownThread() -> ChannelRuntime {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        return ChannelRuntime(
            loop: ChannelLoop(eventLoop: group.next()),
            network: PosixNetwork(),
            end: { try await group.shutdownGracefully() }
        )
    }

    /// Ends the channel's own thread; nothing runs on it afterwards.
    func shutdown() async throws { try await self.end() }
}
