import JavaSerialization
import Testing
import Tribes

@testable import CatalinaHA

/// What members missed, and which version of a session stays.
@Suite struct BacklogsTests {
    private static func member(_ number: UInt8, life: UInt64 = 1) -> Member {
        Member(host: [10, 0, 0, number], port: 4000, uniqueID: UniqueID(high: UInt64(number), low: life))
    }

    private let one = Self.member(1)
    private let two = Self.member(2)

    @Test("while nobody is missed nothing is kept but the last moments")
    func quiet() {
        var backlogs = Backlogs()
        for number in 0..<(2 * Backlogs.recentMaximum + 10) {
            backlogs.changed(SessionKey("s\(number)"), by: .own, at: 0)
        }
        #expect(!backlogs.isNeeded)
        backlogs.appeared(self.one, at: Backlogs.recentAge + 1)
        #expect(!backlogs.isNeeded)
    }

    @Test("a member that was away gets what changed since, and what changed just before")
    func away() throws {
        var backlogs = Backlogs()
        backlogs.changed("old", by: .own, at: 0)
        backlogs.changed("just", by: .own, at: 90_000)
        backlogs.lost(self.one, others: [], at: 100_000)
        backlogs.changed("meanwhile", by: .own, at: 200_000)
        backlogs.appeared(self.one, at: 300_000)
        let taken = backlogs.begin(self.one, present: [])
        let work = try #require(taken)
        #expect(Set(work.notes.keys) == ["just", "meanwhile"])
        #expect(backlogs.begin(self.one, present: []) == nil)
        backlogs.end(self.one, work, isDone: true)
        #expect(!backlogs.isNeeded)
    }

    @Test("nothing is kept for a member in whose place another process is")
    func replaced() {
        var backlogs = Backlogs()
        for member in [self.one, self.two] { backlogs.missed("s", by: [member], at: 0) }
        backlogs.dropReplaced(by: [self.two])
        #expect(Set(backlogs.members) == [self.one, self.two])
        backlogs.dropReplaced(by: [Self.member(1, life: 2)])
        #expect(backlogs.members == [self.two])
    }

    @Test("what a member that is there has changed is its own business, until it is gone")
    func authors() throws {
        var backlogs = Backlogs()
        backlogs.lost(self.one, others: [self.two], at: 0)
        backlogs.changed("s", by: MemberKey(self.two), at: 0)
        backlogs.appeared(self.one, at: 1)
        #expect(backlogs.begin(self.one, present: [MemberKey(self.two)]) == nil)
        backlogs.lost(self.one, others: [self.two], at: 30_000)
        backlogs.changed("s", by: MemberKey(self.two), at: 30_000)
        backlogs.appeared(self.one, at: 30_001)
        let work = backlogs.begin(self.one, present: [])
        #expect(work?.notes.keys.sorted() == ["s"])
    }

    @Test("what a member has changed that numbers no changes is everybody's business")
    func uncounted() throws {
        var backlogs = Backlogs()
        backlogs.lost(self.one, others: [self.two], at: 0)
        #expect(backlogs.counts(self.two))
        backlogs.changed("s", by: MemberKey(self.two), isCounted: false, at: 0)
        #expect(!backlogs.counts(self.two))
        backlogs.appeared(self.one, at: 1)
        let first = backlogs.begin(self.one, present: [MemberKey(self.two)])
        backlogs.end(self.one, try #require(first), isDone: true)
        #expect(!backlogs.isNeeded)
        // that member may notice later that the other one is back
        backlogs.changed("t", by: MemberKey(self.two), isCounted: false, at: 1 + Backlogs.returnAge)
        #expect(backlogs.missing("t") == [self.one])
        backlogs.changed("u", by: MemberKey(self.two), isCounted: false, at: 2 + Backlogs.returnAge)
        #expect(backlogs.missing("u").isEmpty)
    }

    @Test("the last changes of a member that failed go to all others")
    func failed() {
        var backlogs = Backlogs()
        backlogs.changed("s", by: MemberKey(self.one), at: 1000)
        backlogs.changed("t", by: MemberKey(self.two), at: 1000)
        backlogs.lost(self.one, others: [self.two], at: 2000)
        let work = backlogs.begin(self.two, present: [MemberKey(self.two)])
        #expect(work?.notes.keys.sorted() == ["s"])
    }

    @Test("what did not arrive stays to be sent, and a change while it is sent is not forgotten")
    func again() throws {
        var backlogs = Backlogs()
        backlogs.missed("s", by: [self.one], at: 0)
        let first = backlogs.begin(self.one, present: [])
        backlogs.end(self.one, try #require(first), isDone: false)
        let second = backlogs.begin(self.one, present: [])
        backlogs.missed("s", by: [self.one], at: 1)
        backlogs.end(self.one, try #require(second), isDone: true)
        #expect(!backlogs.missing("s").isEmpty)
    }

    @Test("a member that leaves, begins anew or stays away is forgotten")
    func forgotten() {
        var backlogs = Backlogs()
        backlogs.lost(self.one, others: [], at: 0)
        backlogs.left(self.one)
        #expect(!backlogs.isNeeded)
        backlogs.lost(self.one, others: [], at: 0)
        backlogs.appeared(Self.member(1, life: 2), at: 1)
        #expect(!backlogs.isNeeded)
        backlogs.lost(self.one, others: [], at: 0)
        backlogs.dropOverdue(at: Backlogs.ageMaximum)
        #expect(backlogs.isNeeded)
        backlogs.dropOverdue(at: Backlogs.ageMaximum + 1)
        #expect(!backlogs.isNeeded)
    }

    @Test("above the bound a member gets everything")
    func bound() {
        var backlogs = Backlogs()
        backlogs.lost(self.one, others: [], at: 0)
        for number in 0...Backlogs.idsMaximum { backlogs.changed(SessionKey("s\(number)"), by: .own, at: 0) }
        #expect(backlogs.count == 0)
        backlogs.appeared(self.one, at: 1)
        let work = backlogs.begin(self.one, present: [])
        #expect(work?.isEverything == true)
    }

    @Test("what changes while everything is on its way is sent after it")
    func changedMeanwhile() throws {
        var backlogs = Backlogs()
        backlogs.missedAll(by: self.one, at: 0)
        let first = backlogs.begin(self.one, present: [])
        let work = try #require(first)
        backlogs.missed("s", by: [self.one], at: 1)
        backlogs.end(self.one, work, isDone: true)
        #expect(backlogs.missing("s") == [self.one])
        let second = backlogs.begin(self.one, present: [])
        #expect(second?.notes.keys.sorted() == ["s"])
        #expect(second?.isEverything == false)
    }

    @Test("a change that is missing for a while is asked for, once")
    func gaps() {
        var backlogs = Backlogs()
        backlogs.lacks("s", after: self.one, at: 0)
        backlogs.lacks("s", after: self.two, at: 1)
        backlogs.lacks("t", after: self.two, at: 500)
        let early = backlogs.takeGaps(at: Backlogs.gapAge - 1)
        #expect(early.isEmpty)
        let due = backlogs.takeGaps(at: Backlogs.gapAge)
        #expect(due == [self.one: ["s"]])
        let later = backlogs.takeGaps(at: Backlogs.gapAge + 500)
        #expect(later == [self.two: ["t"]])
        let none = backlogs.takeGaps(at: 10 * Backlogs.gapAge)
        #expect(none.isEmpty)
    }

    private func record(version: Int64, _ value: Int32, used: Int64 = 0) -> SessionRecord {
        let times = SessionRecord.Times(creation: 0, lastAccessed: used, thisAccessed: used)
        var record = SessionRecord(id: "s", times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
        record.version = version
        record.attributes = [.init("n", .int(value))]
        return record
    }

    @Test("the version with more changes stays, of two with as many the same one on both nodes")
    func rank() {
        #expect(SessionRecord.rank(self.record(version: 2, 1), self.record(version: 3, 0)) < 0)
        #expect(SessionRecord.rank(self.record(version: 3, 0), self.record(version: 2, 1)) > 0)
        #expect(SessionRecord.rank(self.record(version: 2, 1, used: 5), self.record(version: 2, 1)) == 0)
        let (left, right) = (self.record(version: 2, 1), self.record(version: 2, 7))
        #expect(SessionRecord.rank(left, right) == -SessionRecord.rank(right, left))
        #expect(SessionRecord.rank(left, right) != 0)
        #expect(SessionRecord.rank(self.record(version: 0, 1, used: 9), self.record(version: 8, 7, used: 5)) > 0)
    }

    @Test("a change is late if its sender said something later, or all of it")
    func late() {
        let (one, two) = (MemberKey(self.one), MemberKey(self.two))
        let delta = SessionChange(author: one, time: 10, isWhole: false)
        let whole = SessionChange(author: one, time: 10, isWhole: true)
        #expect(delta.isAfter(SessionChange(author: one, time: 9, isWhole: false)))
        #expect(!delta.isAfter(SessionChange(author: one, time: 10, isWhole: false)))
        #expect(whole.isAfter(SessionChange(author: one, time: 10, isWhole: false)))
        #expect(!whole.isAfter(SessionChange(author: one, time: 11, isWhole: false)))
        #expect(!whole.isAfter(SessionChange(author: two, time: 1, isWhole: false)))
    }
}
