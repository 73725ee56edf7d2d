import ClusterSupport
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct TwoPhaseCommitInterceptorTests {
    static func harness() -> ChainHarness {
        ChainHarness([TwoPhaseCommitInterceptor(configuration: TwoPhaseCommitInterceptor.Configuration())])
    }

    @Test("a recorded message waits for its recorded confirmation, in either order", arguments: [true, false])
    func recorded(isInOrder: Bool) throws {
        let harness = Self.harness()
        let names = ["twophase-data", "twophase-confirm"]
        for (index, name) in (isInOrder ? names : names.reversed()).enumerated() {
            #expect(harness.received.count == 0, "\(index)")
            try harness.receive(try recordedMessage(name))
        }
        #expect(harness.received.first?.body == (try recordedMessage("twophase-data")).body)
        #expect(harness.received.count == 1)
    }

    @Test("a confirmation follows every message, as recorded")
    func written() throws {
        let harness = Self.harness()
        let message = try recordedMessage("twophase-data")
        harness.send(message, to: [ChainHarness.member(2)])
        try #require(harness.sent.count == 2)
        try expectFrame(harness.sent[0].message, equals: "twophase-data")
        #expect(harness.sent[1].message.uniqueID != message.uniqueID)
        try expectFrame(harness.sent[1].message, equals: "twophase-confirm")
    }

    @Test("a message that did not reach everybody is not confirmed")
    func failure() {
        let harness = Self.harness()
        harness.answerSends { [harness] _, _ in harness.loop.failed(Tribes.ChannelError(.sendFailed, "no")) }
        let outcome = Outcome(harness.send(harness.makeMessage([1]), to: [ChainHarness.member(2)]))
        harness.run()
        #expect(outcome.error?.code == .sendFailed)
        #expect(harness.sent.count == 1)
    }

    @Test("what is not confirmed in time is dropped, as is that of a member that left")
    func expiry() throws {
        let harness = Self.harness()
        let sender = ChainHarness.member(2)
        let old = harness.makeMessage([1], sender: sender)
        try harness.receive(old)
        harness.run(.seconds(61))
        harness.beat()
        let lost = harness.makeMessage([2], sender: sender)
        try harness.receive(lost)
        harness.removeMember(sender)
        for message in [old, lost] {
            var confirmation = harness.makeMessage([], sender: sender)
            confirmation.body = ConfirmationBody.encode(message.uniqueID)
            try harness.receive(confirmation)
        }
        #expect(harness.received.isEmpty)
    }

    @Test("a refused message is delivered again by a second confirmation")
    func refused() throws {
        struct Refusal: Error {}
        let harness = Self.harness()
        try harness.receive(try recordedMessage("twophase-data"))
        harness.refuse(with: Refusal())
        let confirmation = try recordedMessage("twophase-confirm")
        #expect(throws: Refusal.self) { try harness.receive(confirmation) }
        harness.refuse(with: nil)
        try harness.receive(confirmation)
        #expect(harness.received.count == 2)
    }

    @Test("bodies that are nearly confirmations are messages")
    func hostile() throws {
        let body = ConfirmationBody.encode(UniqueID(high: 1, low: 2))
        #expect(ConfirmationBody.decode(body) == UniqueID(high: 1, low: 2))
        let bytes = Array(body.readableBytesView)
        for size in 0..<48 { #expect(ConfirmationBody.decode(ByteBuffer(bytes: bytes.prefix(size))) == nil) }
        #expect(ConfirmationBody.decode(ByteBuffer(bytes: bytes + [0])) == nil)
        for index in [0, 15, 32, 47] {
            var changed = bytes
            changed[index] ^= 1
            #expect(ConfirmationBody.decode(ByteBuffer(bytes: changed)) == nil)
        }
    }

    @Test("what is held and what is confirmed early is bounded")
    func bounded() throws {
        let harness = Self.harness()
        for _ in 0..<TwoPhaseCommitInterceptor.heldMaximum { try harness.receive(harness.makeMessage([1])) }
        #expect(throws: Tribes.ChannelError.self) { try harness.receive(harness.makeMessage([1])) }
        for number in 0..<TwoPhaseCommitInterceptor.heldMaximum {
            var message = harness.makeMessage([])
            message.body = ConfirmationBody.encode(UniqueID(high: 9, low: UInt64(number)))
            try harness.receive(message)
        }
        var message = harness.makeMessage([])
        message.body = ConfirmationBody.encode(UniqueID(high: 9, low: .max))
        #expect(throws: Tribes.ChannelError.self) { try harness.receive(message) }
        let heavy = Self.harness()
        var large = heavy.makeMessage([])
        large.body = ByteBuffer(repeating: 0, count: TwoPhaseCommitInterceptor.heldBytesMaximum + 1)
        #expect(throws: Tribes.ChannelError.self) { try heavy.receive(large) }
    }
}
