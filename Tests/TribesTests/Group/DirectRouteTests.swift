import ClusterSupport
import NIOCore
import NIOPosix
import Testing

@testable import Tribes

/// Messages that leave on the event loop of whoever sends them.
@Suite(.serialized) struct DirectRouteTests {
    private static let loop = MultiThreadedEventLoopGroup.singleton.next()

    /// Two channels that know each other, the first with these layers.
    private static func pair(
        _ layers: [any ChannelInterceptor] = []
    ) async throws -> (GroupChannel, GroupChannel, SocketTests.Inbox) {
        let group = try SocketTests.Group()
        let (one, _) = SocketTests.channel(group)
        let (two, inbox) = SocketTests.channel(group)
        for layer in layers { one.add(layer) }
        try await one.start()
        try await two.start()
        return (one, two, inbox)
    }

    /// The event loop of what a message sent on ``loop`` brings, once that is there.
    private static func send(
        _ channel: GroupChannel,
        _ byte: UInt8,
        _ options: SendOptions
    ) async throws -> any EventLoop {
        try await Self.loop.flatSubmit {
            Self.loop.makeCompletedFuture {
                try channel.enqueue(.bytes(ByteBuffer(bytes: [byte])), options: options)
            }.flatMap { sent in sent.hop(to: Self.loop).map { sent.eventLoop } }
        }.get()
    }

    @Test("a message that is waited for leaves on its sender's loop")
    func route() async throws {
        let (one, two, inbox) = try await Self.pair()
        #expect(try await Self.send(one, 1, .synchronous) === Self.loop)
        #expect(try await Self.send(one, 2, .useAck) === Self.loop)
        #expect(await inbox.next(2) == [[1], [2]])
        let sender = try #require(one.sender as? ReplicationTransmitter)
        #expect(sender.transport.statistics.messages == 2)
        try await one.stop()
        try await two.stop()
    }

    @Test("one that nobody waits for, or that a layer changes, leaves on the channel's")
    func others() async throws {
        let (one, two, inbox) = try await Self.pair()
        #expect(try await Self.send(one, 1, .asynchronous) === one.currentLoop?.eventLoop)
        #expect(await inbox.next(1) == [[1]])
        try await one.stop()
        try await two.stop()
        let gzip = GzipInterceptor(configuration: GzipInterceptor.Configuration())
        let (three, four, _) = try await Self.pair([gzip])
        #expect(try await Self.send(three, 1, .useAck) === three.currentLoop?.eventLoop)
        try await three.stop()
        try await four.stop()
    }

    @Test("what is sent behind another message arrives behind it")
    func order() async throws {
        let (one, two, inbox) = try await Self.pair()
        let count: UInt8 = 50
        let last = try await Self.loop.flatSubmit {
            Self.loop.makeCompletedFuture {
                var earlier: EventLoopFuture<Void>?
                for byte in 0..<count {
                    earlier = try one.enqueue(
                        .bytes(ByteBuffer(bytes: [byte])),
                        options: .synchronous,
                        after: earlier
                    )
                }
                return earlier
            }
        }.get()
        try await last?.get()
        #expect(await inbox.next(Int(count)) == (0..<count).map { [$0] })
        try await one.stop()
        try await two.stop()
    }

    @Test("a member that does not take it is named, and looked for")
    func failure() async throws {
        let (one, two, _) = try await Self.pair([
            TcpFailureDetector(configuration: TcpFailureDetector.Configuration())
        ])
        let member = try #require(two.localMember)
        let gone = Departures()
        one.add(gone as any MembershipListener)
        _ = try await Self.send(one, 1, .synchronous)
        // Its receiver is closed, and it has told nobody.
        try await two.stop(.receiver)
        await #expect { _ = try await Self.send(one, 2, .synchronous) } throws: { error in
            (error as? Tribes.ChannelError)?.faultyMembers.map(\.member) == [member]
        }
        #expect(await gone.first() == member)
        try await one.stop()
        try await two.stop()
        await #expect(throws: Tribes.ChannelError.self) { _ = try await Self.send(one, 3, .synchronous) }
    }

    private final class Departures: MembershipListener {
        private let stream: AsyncStream<Member>.Continuation
        private let members: AsyncStream<Member>

        init() { (self.members, self.stream) = AsyncStream<Member>.makeStream() }

        func memberAdded(_ member: Member) {}
        func memberDisappeared(_ member: Member) { self.stream.yield(member) }
        func first() async -> Member? { await self.members.first { _ in true } }
    }
}
