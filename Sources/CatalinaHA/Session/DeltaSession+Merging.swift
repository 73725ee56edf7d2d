import CatalinaCore
import CatalinaSession
import JavaSerialization
import NIOCore
import ServletAPI
import Synchronization
import Tribes

/// One node's word about a session.
struct SessionChange: Sendable, Equatable {
    let author: MemberKey
    /// By that node's clock, in milliseconds.
    let time: Int64
    /// Whether it sent the whole session, which then has everything it said before.
    let isWhole: Bool
    /// The number of the change; nil from a node that counts none.
    var number: Int64?

    /// Whether the same node made it later.
    func isLater(than other: SessionChange) -> Bool { self.author == other.author && self.time > other.time }

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
    /// Where a change is missing here, another node's version fills that gap. `heard` is when that node had been heard
    /// of before it was lost and came back.
    func merge(_ record: SessionRecord, change: SessionChange, isCounted: Bool, heard: Int64? = nil) -> Merge {
        while true {
            let protected = self.protected.withLock { $0 }
            let (own, history) = (self.record(of: protected), protected.local.history)
            guard own.isValid else { return .same }
            if isCounted, let mine = protected.foreignChange, let theirs = record.foreignChange,
                mine.author == theirs.author, mine.time != theirs.time || own.version != record.version
            {
                // Each node counted for itself what that one changed: its own clock tells which is later.
                if mine.isWhole, mine.time > theirs.time { return .same }
                guard self.restore(record, at: record.version, change: change, ifVersion: own.version) else { continue }
                return mine.time > theirs.time ? .kept : .taken
            }
            // Who lacks a change that is here gets this version first, and gives back what it has besides.
            if isCounted, record.missing > 0, history.missing == 0, own.version >= record.missing { return .kept }
            let judged = isCounted ? nil : protected.judge(record, change, heard: heard)
            if let judged, judged != .taken { return judged }
            let rank = judged == .taken ? -1 : SessionRecord.rank(own, record, isCounted: isCounted)
            let isGap = isCounted && record.missing == 0 && history.isFilled(by: record.version)
            let isTaken = rank < 0 || isGap
            if isTaken {
                let number = isCounted ? record.version : own.version + 1
                guard self.restore(record, at: number, change: change, ifVersion: own.version) else { continue }
            }
            if rank == 0 { return .same }
            return rank > 0 && own.version > record.version || !isTaken ? .kept : .taken
        }
    }

    /// Whether a change is missing here that others have, or may be.
    var isLacking: Bool {
        self.protected.withLock { $0.local.history.missing > 0 || $0.strayedSince != nil }
    }

    /// Whether another node's word ends the session.
    ///
    /// Tomcat may speak of an id that the session has left, and does not say whether anybody asked for the end. Where
    /// it was idle for too long elsewhere, a later change that is known here decides.
    func mayEnd(as id: String, _ end: SessionEnd?) -> Bool {
        self.protected.withLock { protected in
            guard let end else { return id == protected.id || id != protected.formerID }
            guard end.creationTime == protected.times.creation else { return false }
            return !end.isLapse || protected.version <= end.number
        }
    }

    /// Becomes what another node sent, but for what has changed here later; changes of a request that is under way stay.
    ///
    /// - Returns: false if the session has changed since it had the version named.
    @discardableResult
    func restore(
        _ record: SessionRecord,
        at number: Int64,
        change: SessionChange,
        ifVersion version: Int64? = nil
    ) -> Bool {
        self.protected.withLock { protected in
            if let version, version != protected.version { return false }
            let before = protected
            protected.restore(record)
            let known = before.local.history.isInherited ? before.local.history.last : before.version
            protected.version = max(known, number)
            let isLater = record.foreignChange.flatMap { before.foreignChange?.isLater(than: $0) } ?? false
            if before.local.history.idNumber > number || isLater {
                protected.rename(to: before.id, before.local.history.idNumber)
            }
            for name in before.local.history.parts(after: number, record.foreignChange) {
                protected.set(name, before.attributes[name])
            }
            protected.local.history.restored(at: number, record.foreignChange)
            if record.missing > 0 { protected.local.history.inherited(missing: record.missing) }
            if number >= before.version || record.foreignChange != nil {
                protected.took(record.foreignChange ?? change)
            }
            var events: [AttributeEvent] = []
            for action in protected.changes { protected.apply(action, &events) }
            return true
        }
    }
}

extension SessionRecord {
    /// Below 0 if the first version is to give way, above if the second one is.
    ///
    /// Tomcat's nodes do not count changes: against theirs the last use decides.
    static func rank(_ one: SessionRecord, _ other: SessionRecord, isCounted: Bool = true) -> Int {
        let isCounted = isCounted && one.version > 0 && other.version > 0
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
