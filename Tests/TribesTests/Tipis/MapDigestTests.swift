import JavaSerialization
import NIOCore
import Synchronization
import Testing

@testable import Tribes

@Suite struct MapDigestTests {
    private let one = Member(host: [10, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 1))
    private let two = Member(host: [10, 0, 0, 2], port: 4000, uniqueID: UniqueID(high: 2, low: 2))
    private let three = Member(host: [10, 0, 0, 3], port: 4000, uniqueID: UniqueID(high: 3, low: 3))

    private func table() -> MapTable { MapTable(kind: .lazy, entriesMaximum: 100) }

    /// What the primary of a key says to all others.
    private func place(_ key: String, of primary: Member?, in backups: [Member], _ changes: Int64 = 1) -> MapMessage {
        var message = MapMessage(.proxy, mapID: [1], key: MapMessage.key(key), primary: primary, nodes: backups)
        message.version = MapVersion(changes: changes)
        return message
    }

    /// The table of a node that is primary of some keys, all with a backup on `two`.
    private func owner(_ keys: [String]) -> MapTable {
        var table = self.table()
        for key in keys {
            _ = table.insert(Note(), for: key, local: self.one)
            let stamp = table.entries[key]?.stamp ?? 0
            table.setBackups([self.two], of: key, stamp: stamp)
        }
        return table
    }

    @Test("two nodes that agree say the same of one's keys, whatever else they know")
    func agreement() {
        let owner = self.owner(["a", "b"])
        var (backup, proxy) = (self.table(), self.table())
        for key in ["b", "a"] {
            _ = backup.takeValue(Note(), of: key, from: self.place(key, of: self.one, in: [self.two]), local: self.two)
            _ = proxy.takeProxy(key, from: self.place(key, of: self.one, in: [self.two]), local: self.three)
        }
        _ = proxy.takeProxy("c", from: self.place("c", of: self.two, in: [self.three]), local: self.three)
        let said = MapDigests(owner, local: self.one)
        #expect(MapDigests(backup, local: self.two).known(of: self.one) == said.said(to: self.two))
        #expect(MapDigests(proxy, local: self.three).known(of: self.one) == said.said(to: self.three))
        #expect(MapDigest(said.said(to: self.three).version) == said.said(to: self.three))
    }

    @Test("a key too many, one too few, another backup and an older value are differences")
    func differences() {
        let said = MapDigests(self.owner(["a", "b"]), local: self.one).said(to: self.three)
        var table = self.table()
        _ = table.takeProxy("a", from: self.place("a", of: self.one, in: [self.two]), local: self.three)
        #expect(MapDigests(table, local: self.three).known(of: self.one) != said)
        _ = table.takeProxy("b", from: self.place("b", of: self.one, in: []), local: self.three)
        #expect(MapDigests(table, local: self.three).known(of: self.one) != said)
        _ = table.takeProxy("b", from: self.place("b", of: self.one, in: [self.two]), local: self.three)
        #expect(MapDigests(table, local: self.three).known(of: self.one) == said)
        _ = table.takeProxy("c", from: self.place("c", of: self.one, in: [self.two]), local: self.three)
        #expect(MapDigests(table, local: self.three).known(of: self.one) != said)
        let older = Note()
        older.set("n", "1")
        var backup = self.table()
        for (key, value) in [("a", Note()), ("b", older)] {
            _ = backup.takeValue(value, of: key, from: self.place(key, of: self.one, in: [self.two]), local: self.two)
        }
        let toBackup = MapDigests(self.owner(["a", "b"]), local: self.one).said(to: self.two)
        #expect(MapDigests(backup, local: self.two).known(of: self.one) != toBackup)
    }

    @Test("what differs is looked at the second time in a row, and ever more rarely while that goes on")
    func patience() {
        var work = MapAgreement()
        let looked = (1...16).filter { _ in work.compared(with: self.one, isEqual: false) }
        #expect(looked == [2, 4, 8, 16])
        let later = [true, false, false].map { work.compared(with: self.one, isEqual: $0) }
        #expect(later == [false, false, true])
    }

    @Test("of many keys nothing is said while they move, and the same again while nothing does", arguments: [1, 5_000])
    func many(count: Int) {
        var (agreement, table) = (MapAgreement(), self.owner((0..<count).map { "k\($0)" }))
        let isMany = count > MapAgreement.keysAtOnce
        agreement.digests = (MapDigests(table, local: self.one), .uptimeNanoseconds(0))
        agreement.beat(table)
        #expect(!agreement.isBusy)
        let later = NIODeadline.uptimeNanoseconds(0) + MapAgreement.digestAge * 2
        #expect((agreement.digests(of: table, at: later) != nil) == isMany)
        #expect(agreement.digests(of: table, at: later + MapAgreement.quietDigestAge) == nil)
        table.statistics.countSent(.backup)
        #expect(agreement.digests(of: table, at: later) == nil)
        agreement.beat(table)
        #expect(agreement.isBusy == isMany)
        table.statistics.countReceived(.ping)
        agreement.beat(table)
        #expect(!agreement.isBusy)
    }

    @Test("a node that is left alone forgets what only nodes that are gone had")
    func alone() throws {
        let cluster = try MapCluster(1)
        let map = cluster[1].map
        map.table.withLock { table in
            _ = table.takeProxy("a", from: self.place("a", of: self.one, in: [self.two]), local: cluster[1].member)
        }
        #expect(map.contains("a"))
        cluster.settle()
        #expect(!map.contains("a"))
    }

    @Test("an entry without a primary is an orphan; its value's holder does not wait as long as others")
    func orphans() {
        var table = self.table()
        _ = table.takeProxy("a", from: self.place("a", of: self.one, in: [self.two]), local: self.three)
        _ = table.takeValue(Note(), of: "b", from: self.place("b", of: self.one, in: [self.three]), local: self.three)
        #expect(table.orphans.isEmpty)
        table.disown("a", by: self.two)
        #expect(table.orphans.isEmpty)
        for key in ["a", "b"] { table.disown(key, by: self.one) }
        #expect(table.orphans.map(\.key) == ["a", "b"])
        #expect(table.orphans.map(\.isHeld) == [false, true])
        var work = MapAgreement()
        let found = (1...3).map { _ in work.foundOrphans(table.orphans) }
        #expect(found == [[], ["b"], ["a", "b"]])
        for key in ["a", "b"] { table.forgetOrphan(key) }
        #expect(table.entries.keys.sorted() == ["b"])
    }

    @Test("who becomes primary speaks of the value that it has, not of a later one that it was told of")
    func honesty() {
        var table = self.owner(["a"])
        let message = self.place("a", of: self.two, in: [], 9)
        _ = table.takeProxy("a", from: message, local: self.one)
        #expect(table.entries["a"]?.current?.changes == 9)
        let departure = table.depart(self.two, local: self.one)
        #expect(departure.promoted.map(\.key) == ["a"])
        #expect(table.entries["a"]?.role == .primary)
        #expect((table.entries["a"]?.current?.changes ?? 0) < 9)
    }
}
