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

    @Test("the message that made a session does not bring it back once it has ended")
    func ended() {
        var ended = EndedSessions()
        ended.insert("known", at: 100, creationTime: 50)
        ended.insert("unknown", at: 100, creationTime: nil, messageTime: 90)
        #expect(ended.contains("known", createdAt: 50))
        #expect(!ended.contains("known", createdAt: 51))
        #expect(ended.contains("unknown", createdAt: 90))
        #expect(!ended.contains("unknown", createdAt: 91))
        ended.forget("known")
        #expect(!ended.contains("known"))
        ended.dropOverdue(at: 101 + EndedSessions.ageMaximum)
        #expect(ended.count == 0)
    }

    @Test("a session that came to have another id is taken again under the first one, if it changed since")
    func renamed() {
        func record(version: Int64) -> SessionRecord {
            let times = SessionRecord.Times(creation: 50, lastAccessed: 90, thisAccessed: 90)
            var record = SessionRecord(id: "s", times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
            record.version = version
            return record
        }
        var ended = EndedSessions()
        ended.insert("s", at: 100, creationTime: 50, version: 7)
        #expect(ended.refuses(record(version: 7), usedAt: 200))
        #expect(!ended.refuses(record(version: 8), usedAt: 0))
        // A node of Tomcat's counts no changes.
        #expect(ended.refuses(record(version: 0), usedAt: 100))
        #expect(!ended.refuses(record(version: 0), usedAt: 101))
        ended.insert("s", at: 100, creationTime: 50)
        #expect(ended.refuses(record(version: 8), usedAt: 200))
        ended.insert("s", at: 100, creationTime: 49)
        #expect(!ended.refuses(record(version: 8), usedAt: 200))
    }

    @Test("as many ends are remembered as there is room for")
    func manyEnds() {
        var ended = EndedSessions()
        for number in 0..<(EndedSessions.countMaximum + 10) { ended.insert("\(number)", at: 0, creationTime: 0) }
        #expect(ended.count == EndedSessions.countMaximum)
        #expect(!ended.contains("9"))
        #expect(ended.contains("10"))
    }
}
