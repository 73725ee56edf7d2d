import NIOCore

/// What two nodes know of the same keys, in short: different where they differ.
///
/// Shape on the wire, where a ``MapVersion`` may stand: the sum and the number of keys. Tomcat writes none and does not
/// look.
struct MapDigest: Equatable, Sendable {
    private var sum: UInt64 = 0
    private var count: Int64 = 0

    init() {}

    init(_ version: MapVersion) {
        self.sum = UInt64(bitPattern: version.changes)
        self.count = version.takeovers
    }

    var version: MapVersion { MapVersion(changes: Int64(bitPattern: self.sum), takeovers: self.count) }

    /// Adds a key and who keeps its value besides its primary.
    mutating func add(_ key: UInt64, keptBy backups: [MapNode]) {
        var hash = key
        for backup in backups {
            let id = backup.member.uniqueID
            hash = Fingerprint.mix(Fingerprint.mix(hash, id.high), id.low)
        }
        self.sum &+= Fingerprint.mix(hash, UInt64(backups.count))
        self.count += 1
    }

    /// Adds how far a value has come.
    mutating func add(_ key: UInt64, changes: Int64) {
        self.sum &+= Fingerprint.mix(~key, UInt64(bitPattern: changes))
    }

    mutating func add(_ other: MapDigest) {
        self.sum &+= other.sum
        self.count += other.count
    }
}

/// What a node knows of a map's keys, by the nodes that are their primaries.
struct MapDigests: Sendable {
    /// Of the keys whose primary this node is.
    private var own = MapDigest()
    /// What each backup holds of them.
    private var held: [Member: MapDigest] = [:]
    /// Of the keys of other nodes.
    private var others: [Member: MapDigest] = [:]

    /// What this node says to another one of its own keys.
    func said(to member: Member) -> MapDigest {
        var digest = self.own
        if let held = self.held[member] { digest.add(held) }
        return digest
    }

    /// What is known here of another node's keys: what it says itself, if both agree.
    func known(of member: Member) -> MapDigest { self.others[member] ?? MapDigest() }

    init(_ table: MapTable, local: Member) {
        for (key, entry) in table.entries {
            let hash = Fingerprint.text(key)
            if entry.role == .primary {
                self.own.add(hash, keptBy: entry.backups)
                for backup in entry.backups {
                    self.held[backup.member, default: MapDigest()].add(hash, changes: entry.value?.lastUsed ?? 0)
                }
            } else if let primary = entry.primary?.member {
                self.others[primary, default: MapDigest()].add(hash, keptBy: entry.backups)
                guard entry.names(local) else { continue }
                self.others[primary]?.add(hash, changes: entry.value?.lastUsed ?? -1)
            }
        }
    }
}

/// What comes of comparing what the nodes of a map know.
struct MapAgreement {
    /// How long what was said of this node's keys is said again.
    static let digestAge = TimeAmount.seconds(1)
    /// The same while nothing moves and there are more keys than ``keysAtOnce``.
    static let quietDigestAge = TimeAmount.minutes(1)
    /// Keys that are looked at even while others move; of more it would take long, and say little.
    static let keysAtOnce = 4_096
    /// Heartbeats for which an entry without a value may have no primary; its backup may be about to say that it is.
    static let orphanRounds = 2

    /// Nodes that said something else of their keys than is known here, and how often in a row.
    private var doubts: [Member: Int] = [:]
    /// Nodes that say in short what they know, which Tomcat's do not.
    var digesters: Set<Member> = []
    /// Nodes that entries named at the last heartbeat and that were no members.
    var strangers: Set<Member> = []
    /// Entries without a primary, and for how many heartbeats.
    private var orphans: [String: Int] = [:]
    /// What was said of this node's keys last, and is said again to others that ask in the same moment.
    var digests: (value: MapDigests, time: NIODeadline)?

    /// What was said of keys until the last heartbeat.
    private var movesCount = 0
    /// Whether too much moves for a digest.
    private(set) var isBusy = false

    /// A heartbeat.
    mutating func beat(_ table: MapTable) {
        let count = table.statistics.movesCount
        self.isBusy = count != self.movesCount && table.entries.count > Self.keysAtOnce
        self.movesCount = count
        if self.isBusy { self.digests = nil }
    }

    /// What was said last, while it may be said again.
    func digests(of table: MapTable, at now: NIODeadline) -> MapDigests? {
        let isQuiet = table.entries.count > Self.keysAtOnce && table.statistics.movesCount == self.movesCount
        guard let digests = self.digests, now - digests.time < (isQuiet ? Self.quietDigestAge : Self.digestAge) else {
            return nil
        }
        return digests.value
    }

    /// A node said of its keys what is known here, or something else.
    ///
    /// - Returns: whether both should look at every key: not the first time, when messages may be on their way, and
    ///   ever more rarely while that goes on.
    mutating func compared(with member: Member, isEqual: Bool) -> Bool {
        guard !isEqual else {
            self.doubts[member] = nil
            return false
        }
        let count = self.doubts[member, default: 0] + 1
        self.doubts[member] = count
        return count > 1 && count & (count - 1) == 0
    }

    /// Forgets nodes that are gone.
    mutating func forgetDoubts(besides members: [Member]) {
        if !self.doubts.isEmpty { self.doubts = self.doubts.filter { members.contains($0.key) } }
        if self.digesters.count > members.count { self.digesters.formIntersection(members) }
    }

    /// Takes note of the entries without a primary at a heartbeat, and whether their value is here.
    ///
    /// - Returns: those that have been so for too long.
    mutating func foundOrphans(_ keys: [(key: String, isHeld: Bool)]) -> [String] {
        let known = self.orphans
        self.orphans = [:]
        var overdue: [String] = []
        for (key, isHeld) in keys {
            let count = known[key, default: -1] + 1
            self.orphans[key] = count
            if count >= (isHeld ? 1 : Self.orphanRounds) { overdue.append(key) }
        }
        return overdue
    }
}
