import NIOCore

/// The entries of one map on one node, and the nodes that take part in it.
///
/// A value without clock, network or codec: its owner says what happened and does what is answered.
struct MapTable: Sendable {
    /// A node that takes part in the map.
    struct Participant: Sendable {
        let node: MapNode
        var lastHeard: NIODeadline
    }

    /// What the loss of a node leaves to be done.
    struct Departure: Sendable {
        var isKnown = false
        /// Entries whose primary this node is and that must be told of anew.
        var published: [String] = []
        /// Entries whose primary this node has become.
        var promoted: [(key: String, value: MapValue)] = []
        var removedCount = 0
    }

    let kind: ReplicatedMapKind
    /// Entries that other nodes may add.
    let entriesMaximum: Int
    private(set) var entries: [String: MapEntry] = [:]
    private(set) var participants: [Participant] = []
    /// Keys of which this node is about to become primary.
    private(set) var claims: Set<String> = []
    /// What was removed and might come back with the state of a node that did not hear of it.
    var removals = MapRemovals()
    /// Values of which this node was primary until another node said that it is, until that is verified.
    ///
    /// Two nodes that say so to each other at the same time would both forget their value.
    private(set) var yielded: [String: MapValue] = [:]
    /// Values that are kept like that; those beyond are not verified.
    static var yieldedMaximum: Int { 1 << 14 }
    /// Whether there may be primary entries without a backup.
    var needsProtection = false
    var statistics = ReplicatedMapStatistics()
    private var nodes: [Member: [MapNode]] = [:]
    private var nextBackup = 0
    private var stamps: UInt32 = 0

    init(kind: ReplicatedMapKind, entriesMaximum: Int) {
        self.kind = kind
        self.entriesMaximum = entriesMaximum
    }

    /// The last of the stamps that tell entries from later ones.
    var lastStamp: UInt32 { self.stamps }

    // MARK: Members

    /// The one object for a member, alone in an array that all entries share.
    mutating func intern(_ member: Member) -> [MapNode] {
        if let known = self.nodes[member] { return known }
        let node = [MapNode(member)]
        self.nodes[member] = node
        return node
    }

    mutating func intern(_ members: [Member]) -> [MapNode] {
        if members.count == 1 { return self.intern(members[0]) }
        return members.map { self.intern($0)[0] }
    }

    /// Takes note of a sign of life of a node.
    ///
    /// - Returns: whether it takes part only now.
    mutating func heard(from member: Member, at now: NIODeadline) -> Bool {
        if let index = self.participants.firstIndex(where: { $0.node.member == member }) {
            self.participants[index].lastHeard = now
            return false
        }
        self.participants.append(Participant(node: self.intern(member)[0], lastHeard: now))
        return true
    }

    func isParticipant(_ member: Member) -> Bool { self.participants.contains { $0.node.member == member } }

    /// The nodes that take part, but for some.
    func participants(without excluded: [MapNode]) -> [Member] {
        self.participants.filter { !excluded.contains($0.node) }.map(\.node.member)
    }

    /// Every node, those that have a value first, and of the others each time another one, so that backups are spread
    /// evenly.
    mutating func candidates(preferring holders: [MapNode]) -> [Member] {
        guard !self.participants.isEmpty else { return [] }
        let first = self.nextBackup % self.participants.count
        if holders.isEmpty { self.nextBackup = first + 1 }
        let nodes = (self.participants[first...] + self.participants[..<first]).map(\.node)
        if holders.isEmpty { return nodes.map(\.member) }
        return nodes.filter { holders.contains($0) }.map(\.member)
            + nodes.filter { !holders.contains($0) }.map(\.member)
    }

    /// Nodes not heard of for longer than `age`.
    func silent(for age: TimeAmount, at now: NIODeadline) -> [Member] {
        self.participants.filter { now - $0.lastHeard > age }.map(\.node.member)
    }

    /// Members that entries may name and that are not among those given.
    func strangers(besides members: [Member]) -> Set<Member> { Set(self.nodes.keys).subtracting(members) }

    /// Forgets members that no entry names any more and that take no part.
    mutating func sweepNodes() {
        guard self.nodes.count > self.participants.count else { return }
        var named = Set(self.participants.map { ObjectIdentifier($0.node) })
        for entry in self.entries.values {
            if let primary = entry.primary { named.insert(ObjectIdentifier(primary)) }
            for backup in entry.backups { named.insert(ObjectIdentifier(backup)) }
        }
        self.nodes = self.nodes.filter { named.contains(ObjectIdentifier($0.value[0])) }
    }

    /// Takes a node out of the map and out of every entry.
    ///
    /// What it was primary of, its backup takes over; what only it had is forgotten.
    mutating func depart(_ member: Member, local: Member) -> Departure {
        var departure = Departure()
        if let index = self.participants.firstIndex(where: { $0.node.member == member }) {
            self.participants.remove(at: index)
            departure.isKnown = true
        }
        guard self.nodes[member] != nil else { return departure }
        let own = self.intern(local)[0]
        let isFirst = self.participants.allSatisfy { AbsoluteOrder.isBefore(local, $0.node.member) }
        let named = self.entries.filter { $0.value.names(member) || $0.value.primary?.member == member }
        for (key, entry) in named.sorted(by: { $0.key < $1.key }) {
            let isNamed = entry.names(member)
            let isPrimary = entry.primary?.member == member
            var entry = entry
            if isNamed { entry.backups.removeAll { $0.member == member } }
            if isPrimary { entry.primary = nil }
            if entry.role == .primary {
                if self.kind == .lazy { entry.backups = [] }
                self.needsProtection = true
                departure.published.append(key)
            } else if entry.primary == nil, let value = entry.value,
                self.isSuccessor(entry, local: own, isFirst: isFirst)
            {
                entry.role = .primary
                entry.primary = own
                entry.backups = []
                entry.countTakeover()
                self.needsProtection = true
                departure.promoted.append((key, value))
                departure.published.append(key)
            } else if entry.role == .proxy, entry.primary == nil, entry.backups.isEmpty,
                let value = self.yielded.removeValue(forKey: key)
            {
                self.stamps &+= 1
                let version = entry.version
                entry = MapEntry(value: value, primary: own, backups: [], role: .primary, stamp: self.stamps)
                entry.version = version
                entry.countTakeover()
                self.needsProtection = true
                departure.promoted.append((key, value))
                departure.published.append(key)
            } else if entry.role == .proxy, entry.primary == nil, entry.backups.isEmpty {
                self.entries[key] = nil
                departure.removedCount += 1
                continue
            }
            self.entries[key] = entry
        }
        self.nodes[member] = nil
        return departure
    }

    /// Whether this node is the one that takes over an entry without a primary.
    private func isSuccessor(_ entry: MapEntry, local: MapNode, isFirst: Bool) -> Bool {
        switch entry.role {
        case .backup: entry.backups.isEmpty || entry.backups[0] == local
        case .copy: entry.backups.isEmpty ? isFirst : entry.backups[0] == local
        case .primary, .proxy: false
        }
    }

    // MARK: Entries of this node

    /// Puts a value that is this node's own.
    ///
    /// - Returns: whether there was an entry.
    mutating func insert(_ value: MapValue, for key: String, local: Member?) -> Bool {
        self.stamps &+= 1
        let old = self.entries.updateValue(
            MapEntry(
                value: value,
                primary: local.map { self.intern($0)[0] },
                backups: [],
                role: .primary,
                stamp: self.stamps
            ),
            forKey: key
        )
        self.claims.remove(key)
        self.yielded[key] = nil
        self.removals.forget(key)
        self.needsProtection = true
        return old != nil
    }

    /// Whether what is known of a key came after a removal of that number.
    func isLater(_ key: String, than removal: Int64?) -> Bool {
        guard let removal, let known = self.entries[key]?.current else { return false }
        return known.changes > removal
    }

    /// Forgets a key, whoever wished it.
    mutating func remove(_ key: String, version: Int64? = nil) -> MapEntry? {
        self.removals.note(key, version)
        self.claims.remove(key)
        self.yielded[key] = nil
        return self.entries.removeValue(forKey: key)
    }

    mutating func removeAll() {
        self.entries = [:]
        self.participants = []
        self.claims = []
        self.yielded = [:]
        self.nodes = [:]
        self.removals = MapRemovals()
        self.needsProtection = false
    }

    /// The entry, if it still is what it was when `stamp` was read and this node is its primary.
    func primary(_ key: String, stamp: UInt32) -> MapEntry? {
        guard let entry = self.entries[key], entry.role == .primary, entry.stamp == stamp else { return nil }
        return entry
    }

    /// Says who keeps the value of an entry of this node's; false if the entry has changed hands meanwhile.
    @discardableResult
    mutating func setBackups(_ backups: [Member], of key: String, stamp: UInt32) -> Bool {
        guard self.primary(key, stamp: stamp) != nil else { return false }
        let nodes = self.intern(backups)
        self.entries[key]?.backups = nodes
        if backups.isEmpty { self.needsProtection = true }
        return true
    }

    /// Entries of this node's that somebody should be told of, and somebody is there.
    ///
    /// Copies lack a node; lazily kept ones lack a backup.
    mutating func unprotectedKeys() -> [String] {
        guard self.needsProtection, !self.participants.isEmpty else { return [] }
        self.needsProtection = false
        return self.entries.filter { self.isUnprotected($0.value) }.map(\.key).sorted()
    }

    func isUnprotected(_ key: String) -> Bool { self.entries[key].map(self.isUnprotected) ?? false }

    private func isUnprotected(_ entry: MapEntry) -> Bool {
        guard entry.role == .primary else { return false }
        return self.kind == .lazy ? entry.backups.isEmpty : entry.backups.count < self.participants.count
    }

    // MARK: Claims

    /// Begins to make this node the primary of a key.
    mutating func claim(_ key: String) { self.claims.insert(key) }

    /// Whether a claim still stands: nobody with an older right came in between.
    func holdsClaim(_ key: String) -> Bool { self.claims.contains(key) }

    /// Ends a claim; the entry is this node's if nobody else came in between.
    ///
    /// - Returns: whether it is.
    mutating func settleClaim(_ key: String, value: MapValue, backups: [Member], local: Member) -> Bool {
        guard self.claims.remove(key) != nil, var entry = self.entries[key] else { return false }
        self.yielded[key] = nil
        self.stamps &+= 1
        entry.value = value
        entry.role = .primary
        entry.primary = self.intern(local)[0]
        entry.backups = self.intern(backups)
        entry.stamp = self.stamps
        entry.countTakeover()
        self.entries[key] = entry
        if backups.isEmpty { self.needsProtection = true }
        return true
    }

    /// This node stays primary although another one has said that it is.
    mutating func hold(_ key: String, against takeovers: Int64) {
        if self.entries[key]?.role == .primary { self.entries[key]?.countTakeover(above: takeovers) }
    }

    mutating func abandonClaim(_ key: String) { self.claims.remove(key) }

    /// Forgets the value of an entry of which another node has become primary.
    mutating func forgetYielded(_ key: String) { self.yielded[key] = nil }

    /// Whether another node's claim to a key gives way to one of this node's that is under way.
    ///
    /// Of two nodes that claim at the same time the one that comes first in ``AbsoluteOrder`` has it; both see that
    /// alike. A claim of this node's that gives way is forgotten.
    private mutating func refusesClaim(_ key: String, of member: Member?, local: Member) -> Bool {
        guard self.claims.contains(key), let member, member != local else { return false }
        if AbsoluteOrder.isBefore(local, member) { return true }
        self.claims.remove(key)
        return false
    }

    // MARK: What other nodes say

    /// Takes a whole value of another node's.
    ///
    /// - Returns: false if the map is full.
    mutating func takeValue(_ value: MapValue, of key: String, from message: MapMessage, local: Member) -> Bool {
        guard self.hasRoom(for: key) else { return false }
        if self.refusesClaim(key, of: message.primary, local: local) { return true }
        let later = self.laterValue(than: value, of: key, from: message)
        self.stamps &+= 1
        self.yielded[key] = nil
        self.removals.forget(key)
        self.entries[key] = MapEntry(
            value: later ?? value,
            primary: message.primary.flatMap { $0 == local ? nil : self.intern($0)[0] },
            backups: self.intern(message.nodes ?? []),
            version: message.version,
            role: message.kind == .copy ? .copy : .backup,
            stamp: self.stamps
        )
        return true
    }

    /// What is here of a key, if changes by the primary that sent a whole value have overtaken that on another
    /// connection.
    func laterValue(than value: MapValue, of key: String, from message: MapMessage) -> MapValue? {
        guard message.version != nil, value.lastUsed > 0, let entry = self.entries[key], entry.role != .primary,
            let primary = entry.primary, primary.member == message.primary, let known = entry.value,
            known.lastUsed > value.lastUsed
        else { return nil }
        return known
    }

    /// Takes note of who has a value.
    ///
    /// A value that is here is kept only if this node is among its backups.
    /// - Returns: false if the map is full.
    mutating func takeProxy(_ key: String, from message: MapMessage, local: Member) -> Bool {
        guard self.hasRoom(for: key) else { return false }
        if self.refusesClaim(key, of: message.primary, local: local) { return true }
        let isBackup = (message.nodes ?? []).contains(local)
        let value = isBackup ? self.entries[key]?.value : nil
        if !isBackup, let old = self.entries[key], old.role == .primary, self.yielded.count < Self.yieldedMaximum {
            self.yielded[key] = old.value
        }
        self.removals.forget(key)
        self.stamps &+= 1
        self.entries[key] = MapEntry(
            value: value,
            primary: message.primary.flatMap { $0 == local ? nil : self.intern($0)[0] },
            backups: self.intern((message.nodes ?? []).filter { value != nil || $0 != local }),
            version: message.version,
            role: value == nil ? .proxy : .backup,
            stamp: self.stamps
        )
        return true
    }

    /// Takes note that another node uses a value and that its backups keep theirs.
    ///
    /// With `yields` an entry of this node's changes hands.
    mutating func takeAccess(_ key: String, from message: MapMessage, local: Member, yields: Bool) {
        guard var entry = self.entries[key], yields || entry.role != .primary else { return }
        if yields, self.refusesClaim(key, of: message.primary, local: local) { return }
        if entry.role == .primary {
            entry.role = self.kind == .lazy ? .backup : .copy
            self.stamps &+= 1
            entry.stamp = self.stamps
        }
        entry.primary = message.primary.map { self.intern($0)[0] }
        entry.backups = self.intern(message.nodes ?? [])
        if yields { entry.version = message.version }
        self.entries[key] = entry
    }

    /// Who has the value besides this node, after changes of it were taken here.
    mutating func takeDiff(_ key: String, from message: MapMessage) {
        guard var entry = self.entries[key], entry.role != .primary else { return }
        let role = message.kind == .copy ? ReplicatedMapRole.copy : .backup
        if entry.role == role, entry.primary?.member == message.primary, entry.hasBackups(message.nodes ?? []) {
            return
        }
        entry.role = role
        entry.primary = message.primary.map { self.intern($0)[0] }
        entry.backups = self.intern(message.nodes ?? [])
        self.entries[key] = entry
    }

    private mutating func hasRoom(for key: String) -> Bool {
        if self.entries.count < self.entriesMaximum || self.entries[key] != nil { return true }
        self.statistics.refused += 1
        return false
    }

    // MARK: State of another node

    /// Whether a key of another node's state is one that this node should take.
    func lacks(_ key: String, _ version: Int64?) -> Bool {
        self.entries[key] == nil && !self.removals.outlasts(key, version)
    }

    /// Entries of which nobody is known to be the primary.
    ///
    /// Of copies every node has one, and the next in turn says that it is primary.
    var orphans: [(key: String, isHeld: Bool)] {
        if self.kind == .copies { return [] }
        return self.entries.filter {
            $0.value.role != .primary && $0.value.primary == nil && !self.claims.contains($0.key)
        }
        .map { ($0.key, $0.value.value != nil) }.sorted { $0.key < $1.key }
    }

    /// A node that was taken for a key's primary says that it is not, and does not know who is.
    mutating func disown(_ key: String, by member: Member) {
        guard let entry = self.entries[key], entry.role != .primary, entry.primary?.member == member else { return }
        self.entries[key]?.primary = nil
    }

    /// Forgets an entry that nobody has a value of; if that is wrong, whoever has one tells of it anew.
    mutating func forgetOrphan(_ key: String) {
        guard let entry = self.entries[key], entry.role == .proxy, entry.primary == nil, !self.claims.contains(key),
            self.yielded[key] == nil
        else { return }
        self.entries[key] = nil
    }

    /// Gives an entry an owner if nobody is known to be.
    mutating func adopt(_ key: String, from message: MapMessage, local: Member) {
        guard let entry = self.entries[key], entry.role != .primary, entry.primary == nil,
            let primary = message.primary, primary != local
        else { return }
        let (node, backups) = (self.intern(primary)[0], self.intern(message.nodes ?? []))
        self.entries[key]?.primary = node
        self.entries[key]?.backups = backups
    }
}
