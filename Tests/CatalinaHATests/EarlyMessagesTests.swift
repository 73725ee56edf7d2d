import Testing
import Tribes

@testable import CatalinaHA

@Suite struct EarlyMessagesTests {
    private let sender = Member(host: [10, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 1))

    private func delta(_ id: String, in name: String, size: Int = 1) -> SessionMessage {
        .delta(id, in: name, now: 1, payload: [UInt8](repeating: 0, count: size))
    }

    @Test("what was said before an application started is there in its order, once")
    func order() {
        var early = EarlyMessages()
        for id in ["s", "t"] { early.hold(self.delta(id, in: "/a"), from: self.sender, at: 0) }
        early.hold(self.delta("u", in: "/b"), from: self.sender, at: 0)
        early.hold(.getAllSessions(in: "/a", now: 1), from: self.sender, at: 0)
        #expect(early.take(for: "/a", at: 1).map(\.message.sessionID) == ["s", "t"])
        #expect(early.take(for: "/a", at: 1).isEmpty)
        #expect(early.take(for: "/b", at: 1).count == 1)
        #expect(early.size == 0)
    }

    @Test("what nobody comes for goes after a while, and the oldest when there is too much")
    func bounds() {
        var early = EarlyMessages()
        early.hold(self.delta("s", in: "/a"), from: self.sender, at: 0)
        early.hold(self.delta("t", in: "/a"), from: self.sender, at: 10)
        #expect(early.take(for: "/a", at: EarlyMessages.ageMaximum + 5).map(\.message.sessionID) == ["t"])
        early.hold(self.delta("u", in: "/a", size: EarlyMessages.sizeMaximum / 2), from: self.sender, at: 0)
        early.hold(self.delta("v", in: "/a", size: EarlyMessages.sizeMaximum / 2), from: self.sender, at: 1)
        early.hold(self.delta("w", in: "/a", size: EarlyMessages.sizeMaximum + 1), from: self.sender, at: 1)
        #expect(early.take(for: "/a", at: 2).map(\.message.sessionID) == ["v"])
        early.hold(self.delta("x", in: "/a"), from: self.sender, at: 0)
        early.hold(self.delta("y", in: "/b"), from: self.sender, at: EarlyMessages.ageMaximum + 1)
        #expect(early.take(for: "/a", at: 0).isEmpty)
    }
}
