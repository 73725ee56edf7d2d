import Testing
import Tribes

@testable import CatalinaHA

@Suite struct EndedSessionsTests {
    private func end(_ creationTime: Int64, number: Int64 = 7, isLapse: Bool = false) -> SessionEnd {
        SessionEnd(creationTime: creationTime, number: number, isLapse: isLapse)
    }

    private func record(_ id: String = "s", number: Int64, used: Int64 = 90) -> SessionRecord {
        let times = SessionRecord.Times(creation: 50, lastAccessed: used, thisAccessed: used)
        var record = SessionRecord(id: id, times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
        record.version = number
        return record
    }

    @Test("the message that made a session does not bring it back once it has ended")
    func made() {
        var ended = EndedSessions()
        ended.insert("known", at: 100, self.end(50))
        ended.insert("unknown", at: 100, nil, messageTime: 90)
        #expect(ended.contains("known", createdAt: 50))
        #expect(!ended.contains("known", createdAt: 51))
        #expect(ended.contains("unknown", createdAt: 90))
        #expect(!ended.contains("unknown", createdAt: 91))
        ended.forget("known")
        #expect(!ended.contains("known"))
        ended.dropOverdue(at: 101 + EndedSessions.ageMaximum)
        #expect(ended.count == 0)
    }

    @Test("an end is one whatever the route of the id")
    func routes() {
        var ended = EndedSessions()
        ended.insert("s.a", at: 100, self.end(50))
        #expect(ended.contains("s.b"))
        #expect(ended.contains("s"))
        #expect(!ended.contains("t.a"))
        #expect(ended["s.b"]?.id == "s.a")
        #expect(ended.refuses(self.record("s.b", number: 9), isCounted: true))
    }

    @Test("an end that somebody asked for is for good")
    func asked() {
        var ended = EndedSessions()
        ended.insert("s", at: 100, self.end(50))
        #expect(ended.refuses(self.record(number: 8), isCounted: true))
        #expect(ended.refusesChange(of: "s", 8))
        ended.insert("s", at: 101, self.end(50, isLapse: true))
        #expect(ended.refuses(self.record(number: 8), isCounted: true))
        ended.insert("s", at: 102, self.end(49))
        #expect(!ended.refuses(self.record(number: 8), isCounted: true))
    }

    @Test("a session that was idle for too long here goes on if another node knows a later change")
    func lapse() {
        var ended = EndedSessions()
        ended.insert("s", at: 100, self.end(50, isLapse: true))
        #expect(ended.refuses(self.record(number: 7), isCounted: true))
        #expect(!ended.refuses(self.record(number: 8), isCounted: true))
        #expect(ended.refusesChange(of: "s", 7))
        #expect(!ended.refusesChange(of: "s", 8))
        // A node of Tomcat's counts no changes.
        #expect(!ended.refusesChange(of: "s", nil))
        #expect(ended.refuses(self.record(number: 8, used: 100), isCounted: false))
        #expect(!ended.refuses(self.record(number: 8, used: 101), isCounted: false))
    }

    @Test("as many ends are remembered as there is room for")
    func many() {
        var ended = EndedSessions()
        for number in 0..<(EndedSessions.countMaximum + 10) { ended.insert("\(number)", at: 0, self.end(0)) }
        #expect(ended.count == EndedSessions.countMaximum)
        #expect(!ended.contains("9"))
        #expect(ended.contains("10"))
    }
}

@Suite struct SessionHistoryTests {
    private let one = MemberKey(high: 1)
    private let two = MemberKey(high: 2)

    @Test("of two changes of one part the later one counts, of two at the same time the same one everywhere")
    func order() {
        var history = SessionHistory()
        history.changed("a", 5, by: self.one)
        #expect(!history.admits("a", 4, by: self.two))
        #expect(!history.admits("a", 5, by: self.one))
        #expect(history.admits("a", 5, by: self.two) == (self.one < self.two))
        #expect(history.admits("a", 6, by: self.two))
        #expect(history.admits("b", 1, by: self.two))
    }

    @Test("a whole session has every change up to its number")
    func whole() {
        var history = SessionHistory()
        history.changed("a", 5, by: self.one)
        history.changed("b", 9, by: self.one)
        history.skipped(upTo: 6)
        #expect(history.parts(after: 7) == ["b"])
        history.restored(at: 5)
        #expect(history.missing == 6)
        history.restored(at: 7)
        #expect(history.missing == 0)
        #expect(!history.admits("a", 6, by: self.one))
        #expect(history.admits("a", 8, by: self.one))
        #expect(!history.admits("b", 8, by: self.two))
    }

    @Test("parts that changed long ago are no longer told apart")
    func bound() {
        var history = SessionHistory()
        for number in 1...Int64(SessionHistory.partsMaximum) + 3 { history.changed("p\(number)", number, by: self.one) }
        #expect(history.floor == 3)
        #expect(!history.admits("p1", 2, by: self.one))
        #expect(history.admits("p1", 4, by: self.one))
    }

    @Test("the id that was given last stays")
    func id() {
        var history = SessionHistory()
        history.renamed(4)
        #expect(!history.admitsID("s.c", 3, current: "s.b"))
        #expect(!history.admitsID("s.a", 4, current: "s.b"))
        #expect(history.admitsID("s.c", 4, current: "s.b"))
        #expect(history.admitsID("s.a", 5, current: "s.b"))
    }
}

extension MemberKey {
    fileprivate init(high: UInt64) {
        self.init(Member(host: [10, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: high, low: 0)))
    }
}
