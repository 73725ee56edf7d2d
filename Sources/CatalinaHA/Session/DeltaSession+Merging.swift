import CatalinaCore
import JavaSerialization
import NIOCore
import ServletAPI
import Synchronization
import Tribes

/// Which node's word about a session was the last one that was taken.
struct SessionChange: Sendable, Equatable {
    let author: MemberKey
    /// By that node's clock, in milliseconds.
    let time: Int64
    /// Whether it sent the whole session, which then has everything it said before.
    let isWhole: Bool

    /// Whether another change was sent before this one and came after it.
    func isAfter(_ other: SessionChange) -> Bool {
        guard self.author == other.author else { return false }
        return other.time < self.time || self.isWhole && other.time == self.time
    }
}

/// Two versions of one session, as a network that was cut in two leaves them.
extension DeltaSession {
    enum Merge {
        case same
        /// The other version takes the place of this one.
        case taken
        case kept
    }

    /// Takes another node's version if it is the better one; both nodes judge alike.
    ///
    /// `offset` is what this node's clock shows more than the sender's.
    func merge(_ record: SessionRecord, offset: Int64, change: SessionChange) -> Merge {
        while true {
            let own = self.record
            guard own.isValid else { return .same }
            switch SessionRecord.rank(own, record) {
            case 0: return .same
            case 1...: return .kept
            default: if self.restore(record, offset: offset, change: change, ifVersion: own.version) { return .taken }
            }
        }
    }

    /// Becomes what another node sent; changes of a request that is under way stay.
    ///
    /// - Returns: false if the session has changed since it had the version named.
    @discardableResult
    func restore(
        _ record: SessionRecord,
        offset: Int64,
        change: SessionChange,
        ifVersion version: Int64? = nil
    ) -> Bool {
        self.protected.withLock { protected in
            if let version, version != protected.foreign.version { return false }
            protected.restore(record)
            protected.times.lastAccessed += offset
            protected.times.thisAccessed += offset
            protected.local.lastChange = change
            var events: [AttributeEvent] = []
            for action in protected.delta.actions { protected.apply(action, &events) }
            return true
        }
    }
}

extension SessionRecord {
    /// Below 0 if the first version is to give way, above if the second one is.
    ///
    /// Tomcat's nodes do not count changes: against theirs the last use decides.
    static func rank(_ one: SessionRecord, _ other: SessionRecord) -> Int {
        let isCounted = one.version > 0 && other.version > 0
        if isCounted, one.version != other.version { return one.version < other.version ? -1 : 1 }
        let (mine, theirs) = (one.contents, other.contents)
        if mine == theirs { return 0 }
        if !isCounted, one.times.thisAccessed != other.times.thisAccessed {
            return one.times.thisAccessed < other.times.thisAccessed ? -1 : 1
        }
        return mine.lexicographicallyPrecedes(theirs) ? -1 : 1
    }

    /// Everything that a change may have changed, in an order that does not depend on the node.
    private var contents: [UInt8] {
        var record = SessionRecord(
            id: self.id,
            times: .init(creation: 0, lastAccessed: 0, thisAccessed: 0),
            maxInactiveInterval: self.maxInactiveInterval,
            isNew: false,
            isValid: true
        )
        record.principal = self.principal
        record.attributes = self.attributes.sorted { $0.name < $1.name }
        do {
            return Array(try record.stream().readableBytesView)
        } catch {
            return []  // what cannot be written is the same on no two nodes
        }
    }
}
