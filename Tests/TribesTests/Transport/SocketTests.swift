import ClusterSupport
import Glibc
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
        private let group: Group

        init(_ group: Group) {
            self.group = group
            (self.messages, self.stream) = AsyncStream<[UInt8]>.makeStream()
        }

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

    /// A multicast group that nobody else on this machine can be in: its port is held as long as this lives.
    final class Group: Sendable {
        let port: Int
        private let holder: CInt

        init() throws {
            self.holder = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let holder = self.holder
            let isBound = withUnsafeMutablePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(holder, address, size) == 0 && getsockname(holder, address, &size) == 0
                }
            }
            self.port = Int(UInt16(bigEndian: address.sin_port))
            try #require(isBound)
        }

        deinit { close(self.holder) }
    }

    static func channel(_ group: Group) -> (GroupChannel, Inbox) {
        let channel = GroupChannel(configuration: GroupChannel.Configuration())
        channel.name = "socket-Channel"
        var receiver = NioReceiver.Configuration()
        receiver.address = "127.0.0.1"
        receiver.port = 0
        channel.receiver = NioReceiver(configuration: receiver)
        var membership = McastService.Configuration()
        membership.bind = "127.0.0.1"
        // Not Tomcat's own: a node of that may run here.
        membership.address = "228.0.0.44"
        membership.port = group.port
        membership.frequency = 50
        channel.membershipService = McastService(configuration: membership)
        let inbox = Inbox(group)
        channel.add(inbox as any ChannelListener)
        return (channel, inbox)
    }

    @Test("two nodes find each other on loopback and exchange messages of every size")
    func exchange() async throws {
        let group = try Group()
        let (one, _) = Self.channel(group)
        let (two, inbox) = Self.channel(group)
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

    @Test("a node that stopped starts again, finds the other one and exchanges messages")
    func restart() async throws {
        let group = try Group()
        let (one, _) = Self.channel(group)
        let (two, inbox) = Self.channel(group)
        try await one.start()
        try await two.start()
        try await one.stop()
        try await one.start()
        #expect(one.members == [two.localMember].compactMap { $0 })
        try await one.send(.bytes(ByteBuffer(repeating: 7, count: 3)), to: one.members, options: .synchronous)
        #expect(await inbox.next(1).map(\.count) == [3])
        try await two.stop()
        try await one.stop()
    }

    @Test("a connection that brings garbage or too much is closed and counted")
    func garbage() async throws {
        let (channel, _) = Self.channel(try Group())
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
        let (channel, inbox) = Self.channel(try Group())
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
