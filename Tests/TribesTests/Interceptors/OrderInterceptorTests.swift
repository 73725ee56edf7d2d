import ClusterSupport
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct OrderInterceptorTests {
    static func harness(_ change: (inout OrderInterceptor.Configuration) -> Void = { _ in }) -> ChainHarness {
        var configuration = OrderInterceptor.Configuration()
        change(&configuration)
        return ChainHarness([OrderInterceptor(configuration: configuration)])
    }

    /// A message of a peer with this number; its body is the number's last byte.
    static func numbered(_ number: Int32, in harness: ChainHarness, sender: Member? = nil) -> ChannelMessage {
        var message = harness.makeMessage(
            [UInt8(truncatingIfNeeded: number)],
            sender: sender ?? ChainHarness.member(2)
        )
        message.body.writeInteger(number)
        return message
    }

    @Test("recorded messages lose their numbers and are written back byte for byte")
    func recorded() throws {
        let harness = Self.harness()
        try harness.receive(try recordedMessage("order-2"))
        #expect(harness.received.isEmpty)
        try harness.receive(try recordedMessage("order-1"))
        #expect(harness.received.count == 2)
        let destination = ChainHarness.member(2)
        for message in harness.received { harness.send(message, to: [destination]) }
        try expectFrame(harness.sent[0].message, equals: "order-1")
        try expectFrame(harness.sent[1].message, equals: "order-2")
    }

    @Test("every destination has numbers of its own, and what matches no flag has none")
    func destinations() throws {
        let harness = Self.harness()
        let (two, three) = (ChainHarness.member(2), ChainHarness.member(3))
        harness.send(harness.makeMessage([7]), to: [two, three])
        harness.send(harness.makeMessage([8]), to: [three])
        #expect(harness.sentBodies == [[7, 0, 0, 0, 1], [7, 0, 0, 0, 1], [8, 0, 0, 0, 2]])
        #expect(harness.sent.map(\.destinations) == [[two], [three], [three]])
        let flagged = Self.harness { $0.optionFlag = .asynchronous }
        flagged.send(flagged.makeMessage([7]), to: [two])
        #expect(flagged.sentBodies == [[7]])
        try flagged.receive(flagged.makeMessage([7]))
        #expect(flagged.receivedBodies == [[7]])
    }

    @Test("one failed destination of several is the one that is named")
    func partialFailure() {
        let harness = Self.harness()
        let (two, three) = (ChainHarness.member(2), ChainHarness.member(3))
        harness.answerSends { [harness] _, destinations in
            destinations == [three]
                ? harness.loop.failed(Tribes.ChannelError(.timedOut, "late")) : harness.loop.succeeded()
        }
        let outcome = Outcome(harness.send(harness.makeMessage([7]), to: [two, three]))
        harness.run()
        #expect(outcome.error?.faultyMembers.map(\.member) == [three])
    }

    @Test("any interleaving is delivered in order", arguments: 1...20 as ClosedRange<UInt64>)
    func interleavings(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let harness = Self.harness()
        let numbers = (1...40 as ClosedRange<Int32>).shuffled(using: &generator)
        for number in numbers { try harness.receive(Self.numbered(number, in: harness)) }
        #expect(harness.receivedBodies == (1...40 as ClosedRange<UInt8>).map { [$0] })
    }

    @Test("what waits too long is delivered, or dropped where that is configured", arguments: [true, false])
    func expiry(forward: Bool) throws {
        let harness = Self.harness { $0.forwardExpired = forward }
        for number in [3, 4, 6] as [Int32] { try harness.receive(Self.numbered(number, in: harness)) }
        harness.run(.milliseconds(2900))
        harness.beat()
        #expect(harness.received.isEmpty)
        harness.run(.milliseconds(200))
        harness.beat()
        #expect(harness.receivedBodies == (forward ? [[3], [4], [6]] : []))
        try harness.receive(Self.numbered(7, in: harness))
        #expect(harness.receivedBodies.last == [7])
    }

    @Test("late and doubled messages are delivered at once; a full queue is released")
    func late() throws {
        let harness = Self.harness { $0.maxQueue = 3 }
        for number in [1, 1, 2, 1] as [Int32] { try harness.receive(Self.numbered(number, in: harness)) }
        #expect(harness.receivedBodies == [[1], [1], [2], [1]])
        for number in [9, 8, 7] as [Int32] { try harness.receive(Self.numbered(number, in: harness)) }
        #expect(harness.receivedBodies.suffix(3) == [[7], [8], [9]])
    }

    @Test("a member that leaves gives up what waits, and its numbers begin anew")
    func departure() throws {
        let harness = Self.harness()
        let sender = ChainHarness.member(2)
        harness.send(harness.makeMessage([1]), to: [sender])
        try harness.receive(Self.numbered(5, in: harness))
        harness.removeMember(sender)
        #expect(harness.receivedBodies == [[5]])
        try harness.receive(Self.numbered(1, in: harness))
        try harness.receive(Self.numbered(2, in: harness))
        #expect(harness.receivedBodies == [[5], [1], [2]])
        harness.send(harness.makeMessage([1]), to: [sender])
        #expect(harness.sentBodies == [[1, 0, 0, 0, 1], [1, 0, 0, 0, 1]])
    }

    @Test("what was said to a member in vain does not count when it is back")
    func lateArrival() {
        let harness = Self.harness()
        let member = ChainHarness.member(2)
        harness.removeMember(member)
        harness.send(harness.makeMessage([1]), to: [member])
        harness.addMember(member)
        harness.send(harness.makeMessage([2]), to: [member])
        #expect(harness.sentBodies == [[1, 0, 0, 0, 1], [2, 0, 0, 0, 1]])
    }

    @Test("a body without room for a number is refused; the first alone bears a refusal")
    func refusals() throws {
        struct Refusal: Error {}
        let harness = Self.harness()
        for size in 0...3 {
            let message = harness.makeMessage(Array(repeating: 1, count: size))
            #expect(throws: Tribes.ChannelError.self) { try harness.receive(message) }
        }
        try harness.receive(Self.numbered(2, in: harness))
        harness.refuse(with: Refusal())
        #expect(throws: Refusal.self) { try harness.receive(Self.numbered(1, in: harness)) }
        #expect(harness.receivedBodies == [[1], [2]])
    }

    @Test("numbers at the ends of their range, many senders and large bodies are bounded")
    func hostile() throws {
        let harness = Self.harness()
        for number in [Int32.max, .min, -1, 0, .max] { try harness.receive(Self.numbered(number, in: harness)) }
        harness.run(.seconds(4))
        harness.beat()
        try harness.receive(Self.numbered(.min, in: harness))
        #expect(harness.received.count == 5)

        let crowded = Self.harness()
        for number in 0..<OrderInterceptor.sendersMaximum {
            let sender = ChainHarness.member(9, port: number)
            try crowded.receive(Self.numbered(2, in: crowded, sender: sender))
        }
        #expect(crowded.received.isEmpty)
        try crowded.receive(Self.numbered(2, in: crowded, sender: ChainHarness.member(10)))
        #expect(crowded.received.count == 1)

        let heavy = Self.harness()
        let half = OrderInterceptor.waitingBytesMaximum / 2
        for number in 2...3 as ClosedRange<Int32> {
            var message = heavy.makeMessage([], sender: ChainHarness.member(2))
            message.body = ByteBuffer(repeating: 0, count: half)
            message.body.writeInteger(number)
            try heavy.receive(message)
        }
        #expect(heavy.received.count == 2)
    }
}
