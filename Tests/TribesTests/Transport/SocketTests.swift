import ClusterSupport
import NIOCore
import Synchronization
import TestSupport
import Testing
import Tribes

/// The same channel over the machine's own sockets, on loopback.
@Suite struct SocketTests {
    final class Inbox: ChannelListener, Sendable {
        private let stream: AsyncStream<[UInt8]>.Continuation
        let messages: AsyncStream<[UInt8]>

        init() { (self.messages, self.stream) = AsyncStream<[UInt8]>.makeStream() }

        func accepts(_ message: ReceivedMessage) -> Bool { true }

        func messageReceived(_ message: ReceivedMessage) throws {
            self.stream.yield(message.rawBytes ?? [])
        }

        func next(_ count: Int) async -> [[UInt8]] {
            var all: [[UInt8]] = []
            for await message in self.messages {
                all.append(message)
                if all.count == count { break }
            }
            return all
        }
    }

    static func channel(groupPort: Int) -> (GroupChannel, Inbox) {
        let channel = GroupChannel(configuration: GroupChannel.Configuration())
        channel.name = "socket-Channel"
        var receiver = NioReceiver.Configuration()
        receiver.address = "127.0.0.1"
        receiver.port = 0
        channel.receiver = NioReceiver(configuration: receiver)
        var membership = McastService.Configuration()
        membership.bind = "127.0.0.1"
        membership.port = groupPort
        membership.frequency = 50
        channel.membershipService = McastService(configuration: membership)
        let inbox = Inbox()
        channel.add(inbox as any ChannelListener)
        return (channel, inbox)
    }

    @Test("two nodes find each other on loopback and exchange messages of every size")
    func exchange() async throws {
        let groupPort = Int.random(in: 50_000..<60_000)
        let (one, _) = Self.channel(groupPort: groupPort)
        let (two, inbox) = Self.channel(groupPort: groupPort)
        try await one.start()
        try await two.start()
        #expect(one.members == [two.localMember].compactMap { $0 })
        #expect(two.members == [one.localMember].compactMap { $0 })
        for (size, options) in [(0, 0), (1, 2), (70_000, 6), (3_000_000, 6), (5, 8)] as [(Int, UInt32)] {
            try await one.send(
                .bytes(ByteBuffer(repeating: 7, count: size)),
                to: one.members,
                options: SendOptions(rawValue: options)
            )
        }
        let sizes = await inbox.next(5).map(\.count)
        #expect(sizes.sorted() == [0, 1, 5, 70_000, 3_000_000])
        try await two.stop()
        try await one.stop()
    }

    @Test("a connection that brings garbage or too much is closed and counted")
    func garbage() async throws {
        let (channel, _) = Self.channel(groupPort: Int.random(in: 50_000..<60_000))
        try await channel.start([.receiver])
        let receiver = try #require(channel.receiver as? NioReceiver)
        let port = try #require(receiver.address?.port)
        for bytes in ["GET / HTTP/1.1\r\n\r\n", "FLT2002\u{7f}\u{7f}\u{7f}\u{7f}"] {
            let stream = try RawConnection(port: port)
            try stream.write(Array(bytes.utf8))
            #expect(try stream.readToEnd().isEmpty)
        }
        #expect(receiver.statistics.malformed == 1)
        #expect(receiver.statistics.oversized == 1)
        try await channel.stop()
    }

    @Test("a recorded frame that asks for an acknowledgement gets the recorded one")
    func acknowledgement() async throws {
        let (channel, inbox) = Self.channel(groupPort: Int.random(in: 50_000..<60_000))
        try await channel.start([.receiver])
        let port = try #require((channel.receiver as? NioReceiver)?.address?.port)
        let stream = try RawConnection(port: port)
        try stream.write(TribesVector.named("frame-object-sync-ack").bytes)
        let expected = TribesVector.named("frame-ack").bytes
        #expect(try stream.read(expected.count) == expected)
        _ = await inbox.next(1)
        try await channel.stop()
    }
}
