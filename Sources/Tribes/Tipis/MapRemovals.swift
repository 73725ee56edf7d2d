import NIOCore

/// Keys that were removed while some node could not hear of it.
///
/// A node that was cut off, or that a removal did not reach, comes back with entries that the others have removed:
/// they are told apart from new ones here. That a node is missed is noticed late, so the removals of the last heartbeats
/// are always remembered, and all others as long as somebody is missed.
struct MapRemovals: Sendable {
    /// Removed keys that are remembered; the entries of those beyond may come back.
    static let keysMaximum = 1 << 16
    /// Heartbeats for which a removal is remembered while nobody is missed: a minute of the channel's.
    static let roundsMaximum = 12
    /// Nodes that are missed at the same time.
    static let missingMaximum = 64
    /// How long a node is missed.
    static let age = TimeAmount.minutes(10)

    private struct Removal {
        /// The heartbeat before which it was.
        let round: Int
        /// The number of the last change before; nil where it is not known.
        let version: Int64?
    }

    private var keys: [String: Removal] = [:]
    private var round = 0
    private var missing: [Member: (since: NIODeadline, isSettling: Bool)] = [:]
    private var transfers = 0

    /// Whether removals are remembered until nobody is missed.
    private var isNeeded: Bool { self.transfers > 0 || !self.missing.isEmpty }

    /// The state of another node is on its way, and may be older than what is removed meanwhile.
    mutating func beginTransfer() { self.transfers += 1 }

    mutating func endTransfer() {
        self.transfers -= 1
        self.trim()
    }

    /// A node did not take leave, or did not hear of a removal.
    mutating func miss(_ member: Member, at now: NIODeadline) {
        if self.missing.count < Self.missingMaximum { self.missing[member] = (now, false) }
    }

    /// Whether a node should be asked what it holds.
    func isMissing(_ member: Member) -> Bool { self.missing[member]?.isSettling == false }

    /// A node was asked what it holds, and told what is removed.
    ///
    /// - Returns: since when it is missed, for ``settle(_:missedAt:)``.
    mutating func beginSettling(_ member: Member) -> NIODeadline? {
        self.missing[member]?.isSettling = true
        return self.missing[member]?.since
    }

    /// A node holds nothing that it should not, unless it was missed again.
    mutating func settle(_ member: Member, missedAt since: NIODeadline?) {
        guard self.missing[member]?.since == since else { return }
        self.forgive(member)
    }

    /// A node has begun anew and holds nothing.
    mutating func forgive(_ member: Member) {
        self.missing[member] = nil
        self.trim()
    }

    /// Whether what a node says of a key is older than its removal, or comes of a node that could not hear of that.
    func refuses(_ key: String, _ version: Int64?, of member: Member?) -> Bool {
        guard let member, let removal = self.keys[key] else { return false }
        if let version, let last = removal.version { return version <= last }
        return self.missing[member] != nil
    }

    /// A heartbeat: forgets who was missed for too long, and what nobody needs.
    mutating func expire(at now: NIODeadline) {
        self.round += 1
        self.missing = self.missing.filter { now - $0.value.since < Self.age }
        self.trim()
    }

    mutating func note(_ key: String, _ version: Int64? = nil) {
        guard self.keys.count < Self.keysMaximum || self.keys[key] != nil else { return }
        let known = self.keys[key]?.version
        self.keys[key] = Removal(round: self.round, version: [version, known].compactMap { $0 }.max())
    }

    mutating func forget(_ key: String) { self.keys[key] = nil }

    func contains(_ key: String) -> Bool { self.keys[key] != nil }

    /// Whether what somebody says of a key is not later than its removal; without numbers it is not.
    func outlasts(_ key: String, _ version: Int64?) -> Bool {
        guard let removal = self.keys[key] else { return false }
        guard let version, let last = removal.version else { return true }
        return version <= last
    }

    /// The number of the last change before a key was removed, as far as that is known.
    func version(of key: String) -> Int64? { self.keys[key]?.version }
    func mapVersion(of key: String) -> MapVersion? { self.version(of: key).map { MapVersion(changes: $0) } }

    /// What was removed since the heartbeat before the last one: a node that begins may have heard of it before.
    var recent: [String] { self.keys.filter { $0.value.round >= self.round - 1 }.map(\.key) }

    private mutating func trim() {
        guard !self.isNeeded, !self.keys.isEmpty else { return }
        let oldest = self.round - Self.roundsMaximum
        self.keys = self.keys.filter { $0.value.round > oldest }
    }
}
