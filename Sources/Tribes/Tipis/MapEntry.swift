/// What a node is to a key of a replicated map.
package enum ReplicatedMapRole: String, Sendable, CaseIterable {
    /// The value is used and changed here; every key has one such node.
    case primary
    /// The value is here for the case that the primary is lost.
    case backup
    /// Who has the value is known here, the value is not.
    case proxy
    /// The value is here, as on every other node.
    case copy
}

/// One entry of a replicated map as the management shows it.
package struct ReplicatedMapEntryInfo: Sendable, Equatable {
    package let key: String
    package let role: ReplicatedMapRole
    /// Nil while nobody is known to be: the last one was lost.
    package let primary: Member?
    package let backups: [Member]
}

/// What a map has sent, taken and failed to do since it was made.
package struct ReplicatedMapStatistics: Sendable, Equatable {
    private var sentCounts = Self.noCounts
    private var receivedCounts = Self.noCounts
    /// Messages that did not reach every node they were sent to.
    package var sendFailures = 0
    /// Messages, values and changes of other nodes that could not be read.
    package var unreadable = 0
    /// Values of this node that could not be written.
    package var unwritable = 0
    /// Changes without the value they belong to, for which the value was asked of the primary.
    package var repairs = 0
    /// Keys that this node and another one held as primary, of which one gives way.
    package var conflicts = 0
    /// Entries of other nodes that were refused because the map is full.
    package var refused = 0
    /// Values that could not be had from the nodes that are said to have them.
    package var lost = 0

    /// Messages by what they were for; requests to other nodes included, replies not.
    package var sent: [MapMessage.Kind: Int] { Self.byKind(self.sentCounts) }
    /// Messages and requests of other nodes that were taken.
    package var received: [MapMessage.Kind: Int] { Self.byKind(self.receivedCounts) }

    /// How often something was said of a key, here or by other nodes.
    var movesCount: Int {
        [MapMessage.Kind.backup, .retrieveBackup, .proxy, .remove, .notifyMapMember].reduce(0) { count, kind in
            count + self.sentCounts[Int(kind.rawValue)] + self.receivedCounts[Int(kind.rawValue)]
        }
    }

    mutating func countSent(_ kind: MapMessage.Kind) { self.sentCounts[Int(kind.rawValue)] += 1 }

    mutating func countReceived(_ kind: MapMessage.Kind) { self.receivedCounts[Int(kind.rawValue)] += 1 }

    /// A place for each kind, by its raw value.
    private static let noCounts = [Int](
        repeating: 0,
        count: Int(MapMessage.Kind.allCases.map(\.rawValue).max() ?? 0) + 1
    )

    private static func byKind(_ counts: [Int]) -> [MapMessage.Kind: Int] {
        let kinds = MapMessage.Kind.allCases.filter { counts[Int($0.rawValue)] > 0 }
        return Dictionary(uniqueKeysWithValues: kinds.map { ($0, counts[Int($0.rawValue)]) })
    }
}

/// A member as entries name it: one object for each member, however many entries there are.
final class MapNode: Sendable {
    let member: Member

    init(_ member: Member) { self.member = member }
}

extension MapNode: Equatable {
    static func == (one: MapNode, other: MapNode) -> Bool { one === other || one.member == other.member }
}

/// One key of a replicated map as this node knows it, in an order that leaves little room between its parts: a table of
/// entries has two places for each.
struct MapEntry: Sendable {
    /// What is kept here; a proxy has none.
    var value: MapValue?
    /// Nil if the last one was lost.
    var primary: MapNode?
    /// Who keeps the value besides the primary, as far as it is known here; none while that is being decided.
    var backups: [MapNode]
    /// How far the value had come when somebody became its primary; nil if nobody told.
    var version: MapVersion?
    var role: ReplicatedMapRole
    /// Tells what was put under a key from what is put there later.
    var stamp: UInt32

    func names(_ member: Member) -> Bool { self.backups.contains { $0.member == member } }

    /// Whether these are the backups, in this order.
    func hasBackups(_ members: [Member]) -> Bool {
        self.backups.count == members.count && zip(self.backups, members).allSatisfy { $0.member == $1 }
    }

    /// This node becomes primary, with the value that it has: others may have told of a later one that is lost, or that
    /// comes back and is to win.
    mutating func countTakeover(above other: Int64 = 0) {
        self.version = MapVersion(changes: 0, takeovers: max(self.version?.takeovers ?? 0, other) + 1)
    }
}

extension MapEntry {
    /// How far the value has come as far as it is known here; nil for one that counts nothing.
    var current: MapVersion? { self.current(with: self.value) }

    /// The same for a value that is about to be kept here.
    func current(with value: MapValue?) -> MapVersion? {
        let changes = max(value?.lastUsed ?? 0, self.version?.changes ?? 0)
        // what a request that is under way has changed counts when it is sent, and is not to be lost until then
        if changes > 0, self.role == .primary, let value, value.isDirty {
            return MapVersion(changes: changes + 1, takeovers: self.version?.takeovers ?? 0)
        }
        return changes > 0 ? MapVersion(changes: changes, takeovers: self.version?.takeovers ?? 0) : nil
    }
}
