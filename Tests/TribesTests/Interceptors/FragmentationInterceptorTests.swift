import ClusterSupport
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct FragmentationInterceptorTests {
    static let pieces = (0..<4).map { "frag-\($0)-of-4" }

    static func harness(
        _ change: (inout FragmentationInterceptor.Configuration) -> Void = { _ in }
    ) -> (ChainHarness, FragmentationInterceptor) {
        var configuration = FragmentationInterceptor.Configuration()
        change(&configuration)
        let interceptor = FragmentationInterceptor(configuration: configuration)
        return (ChainHarness([interceptor]), interceptor)
    }

    @Test(
        "recorded pieces become the recorded body in any order",
        arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]]
    )
    func recorded(order: [Int]) throws {
        let (harness, interceptor) = Self.harness()
        for (index, piece) in order.enumerated() {
            #expect(harness.received.count == 0, "\(index)")
            try harness.receive(try recordedMessage(Self.pieces[piece]))
        }
        #expect(harness.received.first?.body == TribesVector.named("frag-reassembled-body").buffer)
        #expect(interceptor.statistics.messages == 0)
        #expect(interceptor.statistics.bytes == 0)
        for piece in order { try harness.receive(try recordedMessage(Self.pieces[piece])) }
        #expect(harness.received.count == 1)
    }

    @Test("a large body is cut into the recorded frames, a small one gets the recorded mark")
    func written() throws {
        let first = try recordedMessage(Self.pieces[0])
        let (harness, _) = Self.harness { $0.maxSize = first.body.readableBytes - 9 }
        var message = harness.makeMessage([], options: first.options)
        message.body = TribesVector.named("frag-reassembled-body").buffer
        harness.send(message, to: [ChainHarness.member(2)])
        try #require(harness.sent.count == 4)
        for (sent, name) in zip(harness.sent, Self.pieces) { try expectFrame(sent.message, equals: name) }
        #expect(Set(harness.sent.map(\.message.uniqueID)).count == 1)

        let whole = try recordedMessage("frag-not-needed")
        harness.clear()
        try harness.receive(whole)
        harness.send(try #require(harness.received.first), to: [ChainHarness.member(2)])
        try expectFrame(harness.sent.first?.message, equals: "frag-not-needed")
    }

    @Test("a synchronous message sends its next piece after the answer to the last")
    func synchronous() throws {
        let (harness, _) = Self.harness { $0.maxSize = 2 }
        let promises = (0..<3).map { _ in harness.loop.makePromise(of: Void.self) }
        harness.answerSends { [harness] _, _ in promises[harness.sent.count - 1].futureResult }
        let outcome = Outcome(
            harness.send(harness.makeMessage([1, 2, 3, 4, 5], options: .synchronous), to: [ChainHarness.member(2)])
        )
        for (index, promise) in promises.enumerated() {
            #expect(harness.sent.count == index + 1)
            #expect(outcome.isPending)
            promise.succeed()
            harness.run()
        }
        #expect(outcome.isSuccess)
    }

    @Test(
        "bodies that are no pieces are refused",
        arguments: [
            ("", FragmentError.missingMark), ("01", .truncated), ("00000001000000 01", .truncated),
            ("00000001 00000001 01", .badNumber(1, count: 1)), ("ffffffff 00000001 01", .badNumber(-1, count: 1)),
            ("00000000 00000000 01", .badNumber(0, count: 0)), ("00000000 ffffffff 01", .badNumber(0, count: -1)),
        ]
    )
    func rejects(body: String, error: FragmentError) throws {
        let (harness, interceptor) = Self.harness()
        let message = harness.makeMessage(try bytes(hex: body))
        #expect(throws: error) { try harness.receive(message) }
        #expect(harness.received.isEmpty)
        #expect(interceptor.statistics.bytes == 0)
    }

    @Test("what is incomplete is bounded in bytes and number, and given up when it is old")
    func bounded() throws {
        let (harness, interceptor) = Self.harness { $0.maxIncompleteSize = 10_000 }
        func piece(_ size: Int, number: Int32 = 0, count: Int32 = 2) -> ChannelMessage {
            var message = harness.makeMessage(Array(repeating: 1, count: size))
            message.body.writeMultipleIntegers(number, count, UInt8(1))
            return message
        }
        for _ in 0..<100 { try harness.receive(piece(500)) }
        #expect(interceptor.statistics.bytes <= 10_000)
        #expect(interceptor.statistics.overflowed > 80)
        #expect(throws: FragmentError.tooLarge(maximum: 10_000)) { try harness.receive(piece(10_001)) }
        var mismatch = piece(1, number: 0, count: 3)
        try harness.receive(mismatch)
        mismatch.body = ByteBuffer(bytes: [0, 0, 0, 1, 0, 0, 0, 4, 1])
        #expect(throws: FragmentError.countMismatch(4, expected: 3)) { try harness.receive(mismatch) }
        harness.run(.seconds(61))
        harness.beat()
        #expect(interceptor.statistics.messages == 0)
        #expect(interceptor.statistics.bytes == 0)
        #expect(interceptor.statistics.expired > 0)

        let (other, many) = Self.harness()
        for _ in 0..<(FragmentAssembler.incompleteMaximum + 100) {
            var message = other.makeMessage([])
            message.body.writeMultipleIntegers(Int32(0), Int32.max, UInt8(1))
            try other.receive(message)
        }
        #expect(many.statistics.messages == FragmentAssembler.incompleteMaximum)
        #expect(many.statistics.overflowed == 100)
    }

    @Test("the pieces of a member that left are dropped")
    func departure() throws {
        let (harness, interceptor) = Self.harness()
        let message = try recordedMessage(Self.pieces[0])
        try harness.receive(message)
        #expect(interceptor.statistics.messages == 1)
        harness.removeMember(message.sender)
        #expect(interceptor.statistics.messages == 0)
    }

    @Test("a message refused on its last piece is completed again by that piece")
    func refused() throws {
        struct Refusal: Error {}
        let (harness, _) = Self.harness()
        for piece in Self.pieces.dropLast() { try harness.receive(try recordedMessage(piece)) }
        harness.refuse(with: Refusal())
        let last = try recordedMessage(Self.pieces[3])
        #expect(throws: Refusal.self) { try harness.receive(last) }
        harness.refuse(with: nil)
        try harness.receive(last)
        #expect(harness.received.count == 2)
    }
}
