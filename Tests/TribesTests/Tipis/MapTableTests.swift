import NIOCore
import Testing

@testable import Tribes

/// What a node makes of what others say of a key, without a network.
@Suite struct MapTableTests {
    private let own = Member(host: [10, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 1))
    private let two = Member(host: [10, 0, 0, 2], port: 4000, uniqueID: UniqueID(high: 2, low: 2))
    private let three = Member(host: [10, 0, 0, 3], port: 4000, uniqueID: UniqueID(high: 3, low: 3))

    private func message(_ kind: MapMessage.Kind, of primary: Member, in backups: [Member], _ value: Note) -> MapMessage
    {
        var message = MapMessage(kind, mapID: [1], key: MapMessage.key("k"), primary: primary, nodes: backups)
        message.version = MapVersion(changes: value.lastUsed)
        return message
    }

    private func note(changes: Int) -> Note {
        let note = Note()
        for change in 0..<changes { note.set("n", "\(change)") }
        return note
    }

    @Test("who yielded a value takes it back from a lost node only if nobody else is known to have one")
    func yielded() {
        for backups in [[], [self.three]] {
            var table = MapTable(kind: .lazy, entriesMaximum: 10)
            for member in [self.two, self.three] { _ = table.heard(from: member, at: .now()) }
            _ = table.insert(self.note(changes: 1), for: "k", local: self.own)
            let later = self.note(changes: 2)
            _ = table.takeProxy("k", from: self.message(.proxy, of: self.two, in: backups, later), local: self.own)
            let departure = table.depart(self.two, local: self.own)
            #expect(departure.promoted.map(\.key) == (backups.isEmpty ? ["k"] : []))
            #expect(table.entries["k"]?.role == (backups.isEmpty ? .primary : .proxy))
            // and it is there still if the one that has a later value is lost, too
            #expect(backups.isEmpty || table.yielded["k"] != nil)
            #expect(backups.isEmpty || table.depart(self.three, local: self.own).promoted.isEmpty == false)
        }
    }

    @Test("a whole value that was overtaken by changes does not undo them")
    func overtaken() {
        var table = MapTable(kind: .lazy, entriesMaximum: 10)
        let (earlier, later) = (self.note(changes: 1), self.note(changes: 2))
        func take(_ value: Note, of primary: Member) {
            let message = self.message(.backup, of: primary, in: [self.own], value)
            _ = table.takeValue(value, of: "k", from: message, local: self.own)
        }
        take(later, of: self.two)
        take(earlier, of: self.two)
        #expect(table.entries["k"]?.value?.lastUsed == 2)
        #expect(table.entries["k"]?.primary?.member == self.two)
        // of another node's versions the caller decides
        take(earlier, of: self.three)
        #expect(table.entries["k"]?.value?.lastUsed == 1)
        take(later, of: self.three)
        #expect(table.entries["k"]?.value?.lastUsed == 2)
    }
    @Test("what has changed after a removal is not what was removed, whoever hears of it late")
    func lateRemoval() {
        var table = MapTable(kind: .lazy, entriesMaximum: 10)
        _ = table.insert(self.note(changes: 1), for: "k", local: self.own)
        _ = table.remove("k", version: 2)
        // the same key again, with another node that was there when it was put
        #expect([1, 2, 3, nil].map { table.lacks("k", $0) } == [false, false, true, false])
        let value = self.note(changes: 3)
        _ = table.insert(value, for: "k", local: self.own)
        #expect(table.isLater("k", than: 3), "what is not sent yet is a change, too")
        value.resetDiff()
        #expect([1, 2, 3, nil].map { table.isLater("k", than: $0) } == [true, true, false, false])
        #expect(!table.isLater("k", than: 3 + MapVersion.end))
        #expect(table.lacks("other", nil) && !table.isLater("other", than: 1))
    }
}
