import ClusterSupport
import NIOCore
import Testing
import Tribes

@Suite struct MembershipTableTests {
    static func member(_ number: UInt8, alive: Int64) -> Member {
        var member = ChainHarness.member(number)
        member.aliveTime = alive
        return member
    }

    @Test("the oldest stands first, and equal ones as they came")
    func order() {
        var table = MembershipTable()
        for (number, alive) in [(1, 10), (2, 30), (3, 20), (4, 20)] as [(UInt8, Int64)] {
            let isNew = table.heard(from: Self.member(number, alive: alive), at: .uptimeNanoseconds(1))
            #expect(isNew)
        }
        #expect(table.members.map { $0.host[3] } == [2, 3, 4, 1])
        let isNew = table.heard(from: Self.member(1, alive: 40), at: .uptimeNanoseconds(2))
        #expect(!isNew)
        #expect(table.members.map { $0.host[3] } == [1, 2, 3, 4])
    }

    @Test("who is silent for longer than the limit is forgotten")
    func expiry() {
        var table = MembershipTable()
        let start = NIODeadline.uptimeNanoseconds(0)
        _ = table.heard(from: Self.member(1, alive: 1), at: start)
        _ = table.heard(from: Self.member(2, alive: 1), at: start)
        _ = table.heard(from: Self.member(2, alive: 1), at: start + .seconds(2))
        let early = table.expire(olderThan: .seconds(3), at: start + .seconds(3))
        #expect(early.isEmpty)
        let expired = table.expire(olderThan: .seconds(3), at: start + .seconds(4))
        #expect(expired.map { $0.host[3] } == [1])
        #expect(table.members.map { $0.host[3] } == [2])
    }

    @Test("a known member brings its command and payload up to date")
    func updates() {
        var table = MembershipTable()
        _ = table.heard(from: Self.member(1, alive: 1), at: .uptimeNanoseconds(0))
        var later = Self.member(1, alive: 2)
        later.payload = [9]
        _ = table.heard(from: later, at: .uptimeNanoseconds(1))
        #expect(table.known(later)?.payload == [9])
        let removed = table.remove(later)
        #expect(removed?.aliveTime == 2)
        #expect(table.isEmpty)
    }

    @Test("no more members are kept than may be")
    func bounded() {
        var table = MembershipTable()
        var taken = 0
        for port in 0..<MembershipTable.countMaximum + 10 {
            let isNew = table.heard(from: ChainHarness.member(1, port: port), at: .uptimeNanoseconds(0))
            if isNew { taken += 1 }
        }
        #expect(taken == MembershipTable.countMaximum)
        #expect(table.count == taken)
    }
}
