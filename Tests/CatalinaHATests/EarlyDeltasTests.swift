import Testing
import Tribes

@testable import CatalinaHA

@Suite struct EarlyDeltasTests {
    private static let sender = Member(host: [10, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 1))

    private func delta(_ id: String, _ number: UInt8, size: Int = 1) -> SessionMessage {
        .delta(id, in: "/a", now: 1, payload: [UInt8](repeating: number, count: size))
    }

    @Test("changes wait for their session in the order of arrival, and once")
    func order() {
        var early = EarlyDeltas()
        let messages = (1...3).map { self.delta("s", $0) }
        for message in messages {
            let isHeld = early.hold(message, from: Self.sender, at: 0)
            #expect(isHeld)
        }
        #expect(early.hold(self.delta("t", 9), from: Self.sender, at: 0) == true)
        #expect(early.take("s").map(\.message) == messages)
        #expect(early.take("s").isEmpty)
        #expect(early.take("t").count == 1)
        #expect(early.size == 0)
    }

    @Test("nobody waits for ever, and what waits is bounded")
    func bounds() {
        var early = EarlyDeltas()
        #expect(early.hold(self.delta("s", 1, size: EarlyDeltas.sizeMaximum / 2), from: Self.sender, at: 0) == true)
        #expect(early.hold(self.delta("t", 1, size: EarlyDeltas.sizeMaximum / 2), from: Self.sender, at: 1) == false)
        #expect(early.dropped == 1)
        #expect(
            early.hold(
                self.delta("t", 1, size: EarlyDeltas.sizeMaximum / 2),
                from: Self.sender,
                at: EarlyDeltas.ageMaximum + 1
            ) == true
        )
        #expect(early.dropped == 2)
        #expect(early.dropOverdue(at: 3 * EarlyDeltas.ageMaximum) == [Self.sender])
        #expect(early.take("t").isEmpty)
        #expect(early.size == 0)
    }
}
