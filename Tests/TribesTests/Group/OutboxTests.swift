import ClusterSupport
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@testable import Tribes

/// Messages that nobody waits for, on their way to the channel's loop.
@Suite struct OutboxTests {
    private static func letter(_ bytes: ByteBuffer = ByteBuffer(bytes: [1])) -> Outbox.Letter {
        Outbox.Letter(payload: .bytes(bytes), destinations: nil, options: .asynchronous, errorHandler: nil)
    }

    /// Bytes that many letters share.
    private static let large = ByteBuffer(repeating: 0, count: 1 << 20)

    @Test("an event loop has letters taken once, other threads each time")
    func messengers() {
        var outbox = Outbox()
        let (one, two) = (EmbeddedEventLoop(), EmbeddedEventLoop())
        let admissions = [one, one, two, nil].map { outbox.append(Self.letter(), on: $0) }
        #expect(admissions == [.due, .gathered, .due, .due])
        let isOneDue = outbox.isDue(on: one)
        let taken = outbox.takeAll()
        #expect(isOneDue && taken.count == 4)
        #expect(outbox.isEmpty && outbox.backlog.bytes == 0)
        let isTwoDue = outbox.isDue(on: two)
        let next = outbox.append(Self.letter(), on: two)
        #expect(!isTwoDue && next == .due)
    }

    @Test("above its limit letters are refused, until the channel's loop takes what waits")
    func overflow() {
        var outbox = Outbox()
        let count = Int(Outbox.bytesMaximum) / Self.large.readableBytes
        let taken = (0..<count).map { _ in outbox.append(Self.letter(Self.large), on: nil) }
        #expect(taken.allSatisfy { $0 == .due })
        let refused = (0..<3).map { _ in outbox.append(Self.letter(), on: nil) }
        #expect(refused == [.refused(isFirst: true), .refused(isFirst: false), .refused(isFirst: false)])
        #expect(outbox.backlog.bytes == Outbox.bytesMaximum && outbox.backlog.refused == 3)
        let letters = outbox.takeAll()
        let next = outbox.append(Self.letter(), on: nil)
        #expect(letters.count == count && next == .due)
        #expect(outbox.backlog.refused == 3)
    }

    private final class Handler: ErrorHandler {
        let codes = Mutex<[Tribes.ChannelError.Code]>([])
        func handleError(_ error: Tribes.ChannelError, uniqueID: UniqueID) {
            #expect(uniqueID == .zero)
            self.codes.withLock { $0.append(error.code) }
        }
        func handleCompletion(uniqueID: UniqueID) {}
    }

    @Test("who posts too much is told at once, once for each message")
    func refusal() throws {
        let cluster = SimulatedCluster()
        let (node, handler) = (cluster.node(1), Handler())
        try node.start()
        cluster.run(.seconds(3))
        // The loop stands still meanwhile.
        for _ in 0...(Int(Outbox.bytesMaximum) / Self.large.readableBytes) {
            node.channel.post(.bytes(Self.large), options: .asynchronous, errorHandler: handler)
        }
        #expect(handler.codes.withLock { $0 } == [.queueFull])
        cluster.run(.milliseconds(1))
        #expect(node.channel.outbox.withLock { $0.isEmpty })
        node.channel.post(.bytes(Self.large), options: .asynchronous, errorHandler: handler)
        cluster.run(.milliseconds(1))
        #expect(handler.codes.withLock { $0.count } == 1)
    }

    @Test("what an event loop posted arrives though it ends at once, and leaves no mark")
    func endOfLoop() async throws {
        let group = try SocketTests.Group()
        let (one, _) = SocketTests.channel(group)
        let (two, inbox) = SocketTests.channel(group)
        try await one.start()
        try await two.start()
        for byte in 0..<UInt8(5) {
            let callers = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let loop = callers.next()
            try await loop.submit {
                one.post(.bytes(ByteBuffer(bytes: [byte])), options: .asynchronous)
            }.get()
            try await callers.shutdownGracefully()
            #expect(one.outbox.withLock { $0.messengers.isEmpty })
        }
        #expect(await inbox.next(5) == (0..<5).map { [$0] })
        try await one.stop()
        try await two.stop()
    }
}
