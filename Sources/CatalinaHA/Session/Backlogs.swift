import Tribes

/// What members may not know: sessions that changed while one was away, or a change of which did not reach it.
///
/// A node that was cut off comes back with what it had, and a node that fails takes what it had not sent to everybody
/// with it: whoever knows better sends whole sessions then. While nobody is missed only the changes of the last moments
/// are remembered. A value without lock, clock or I/O; times are this node's, in milliseconds.
struct Backlogs {
    /// Members that are remembered at the same time.
    static let membersMaximum = 64
    /// Sessions that are remembered for one of them; above that it gets all.
    static let idsMaximum = 65_536
    /// How long a member that is away is remembered.
    static let ageMaximum: Int64 = 600_000
    /// Changes of the last moments that are remembered.
    static let recentMaximum = 16_384
    /// How long they are: from the failure of a node until all others have noticed, and from the start of one likewise.
    static let recentAge: Int64 = 20_000

    /// How long a member that is back still gets what nodes change that number no changes: they may notice it later.
    static let returnAge: Int64 = 10_000

    /// How long a change may be missing before it is asked for: what was overtaken comes soon.
    static let gapAge: Int64 = 1_000

    /// What is to be sent to one member.
    struct Work: Equatable {
        /// With the number of the note, which a later one replaces.
        var notes: [SessionKey: Int] = [:]
        var isEverything = false
    }

    private struct Note {
        let number: Int
        let change: Change
    }

    /// Who changed a session; if it does not number its changes it does not tell them again either.
    private struct Change {
        let author: MemberKey
        var isCounted = true
    }

    private struct Backlog {
        let since: Int64
        var isAway = false
        var isEverything = false
        var isSending = false
        var notes: [SessionKey: Note] = [:]
    }

    private struct Recent {
        let id: SessionKey
        let change: Change
        let time: Int64
    }

    private var backlogs: [Member: Backlog] = [:]
    /// When members were there again, for a while.
    private var returned: [Member: Int64] = [:]
    /// Sessions of which a change is missing here, and who said a later one.
    private var gaps: [SessionKey: (member: Member, since: Int64)] = [:]
    /// When members that were lost had been heard of last.
    private var heard: [Member: Int64] = [:]
    /// Members that number no changes.
    private var uncounted: Set<MemberKey> = []
    private var recent: [Recent] = []
    private var recentStart = 0
    private var numbers = 0

    /// Whether somebody may come back with what has ended here.
    var isNeeded: Bool { !self.backlogs.isEmpty }
    /// Members for which something is remembered.
    var members: [Member] { Array(self.backlogs.keys) }
    func isRemembered(_ member: Member) -> Bool { self.backlogs[member] != nil }
    /// Sessions that some member may not know.
    var count: Int { self.backlogs.values.reduce(0) { $0 + $1.notes.count } }

    // MARK: Changes

    /// A session was changed, or has ended.
    mutating func changed(_ id: SessionKey, by author: MemberKey, isCounted: Bool = true, at now: Int64) {
        let change = Change(author: author, isCounted: isCounted)
        if self.recent.count - self.recentStart >= Self.recentMaximum { self.recentStart += 1 }
        if self.recentStart > Self.recentMaximum {
            self.recent.removeFirst(self.recentStart)
            self.recentStart = 0
        }
        self.recent.append(Recent(id: id, change: change, time: now))
        if !self.backlogs.isEmpty {
            for (member, backlog) in self.backlogs where backlog.isAway { self.note(id, change, for: member) }
        }
        if isCounted { return }
        if self.uncounted.count < Self.idsMaximum { self.uncounted.insert(author) }
        for (member, time) in self.returned where now - time <= Self.returnAge && self.open(member, at: now) {
            self.note(id, change, for: member)
        }
    }

    /// What is known here of a session did not reach some members, or is not known there.
    mutating func missed(_ id: SessionKey, by members: [Member], at now: Int64) {
        for member in members where self.open(member, at: now) {
            self.note(id, Change(author: .own), for: member)
        }
    }

    /// A member may not know any session as it is known here.
    mutating func missedAll(by member: Member, at now: Int64) {
        if self.open(member, at: now) { self.backlogs[member]?.isEverything = true }
    }

    /// A change of a session is missing here.
    mutating func lacks(_ id: SessionKey, after member: Member, at now: Int64) {
        if self.gaps.count < Self.idsMaximum, self.gaps[id] == nil { self.gaps[id] = (member, now) }
    }

    /// Takes sessions of which a change has been missing for a while, by whom to ask.
    mutating func takeGaps(at now: Int64) -> [Member: [SessionKey]] {
        if self.gaps.isEmpty { return [:] }
        let due = self.gaps.filter { now - $0.value.since >= Self.gapAge }
        for id in due.keys { self.gaps[id] = nil }
        return Dictionary(grouping: due.keys.sorted()) { due[$0]?.member }.reduce(into: [:]) { all, group in
            if let member = group.key { all[member] = group.value }
        }
    }

    // MARK: Members

    /// Whether a member numbers its changes, as far as is known.
    func counts(_ member: Member) -> Bool { self.uncounted.isEmpty || !self.uncounted.contains(MemberKey(member)) }

    /// When a member that was lost and is back had been heard of last; nil if it was not lost.
    func heard(of member: Member) -> Int64? { self.heard[member] }

    /// A member was lost: it misses what changes from now on, and others may miss what it changed.
    mutating func lost(_ member: Member, others: [Member], heard: Int64? = nil, at now: Int64) {
        let recent = self.recentChanges(at: now)
        if self.heard[member] != nil || self.heard.count < Self.membersMaximum { self.heard[member] = heard ?? now }
        self.returned[member] = nil
        if self.open(member, at: now) {
            self.backlogs[member]?.isAway = true
            for recent in recent { self.note(recent.id, recent.change, for: member) }
        }
        let author = MemberKey(member)
        for recent in recent where recent.change.author == author { self.missed(recent.id, by: others, at: now) }
    }

    /// A member has said that it leaves: it begins anew if it comes back.
    mutating func left(_ member: Member) {
        self.backlogs[member] = nil
        self.returned[member] = nil
        self.heard[member] = nil
    }

    /// A member is there, for the first time or again: what this node changed just now may not have been sent to it.
    mutating func appeared(_ member: Member, at now: Int64) {
        let others = self.backlogs.keys.filter { $0 != member && $0.endpoint == member.endpoint }
        for other in others { self.left(other) }
        self.backlogs[member]?.isAway = false
        if self.returned.count < Self.membersMaximum { self.returned[member] = now }
        for recent in self.recentChanges(at: now) where recent.change.author == .own || !recent.change.isCounted {
            guard self.open(member, at: now) else { return }
            self.note(recent.id, recent.change, for: member)
        }
    }

    /// Forgets members in whose place another process is: a late word of theirs may have been answered.
    mutating func dropReplaced(by present: [Member]) {
        let places = Set(present.map(\.endpoint))
        for member in self.backlogs.keys where places.contains(member.endpoint) && !present.contains(member) {
            self.left(member)
        }
    }

    /// What this node told a member just now need not have arrived.
    mutating func doubted(_ member: Member, at now: Int64) {
        for recent in self.recentChanges(at: now) where recent.change.author == .own {
            guard self.open(member, at: now) else { return }
            self.note(recent.id, recent.change, for: member)
        }
    }

    /// Forgets those who were away for too long.
    mutating func dropOverdue(at now: Int64) {
        self.backlogs = self.backlogs.filter { now - $0.value.since <= Self.ageMaximum }
        self.returned = self.returned.filter { now - $0.value <= Self.returnAge }
        self.heard = self.heard.filter { now - $0.value <= Self.ageMaximum }
        while self.recentStart < self.recent.count, now - self.recent[self.recentStart].time > Self.recentAge {
            self.recentStart += 1
        }
        if self.recentStart == self.recent.count { (self.recent, self.recentStart) = ([], 0) }
    }

    // MARK: Sending

    /// Takes what is to be sent to a member that is there; nil if that is nothing, or is being sent.
    ///
    /// A change that another member made is its business as long as it is there.
    mutating func begin(_ member: Member, present: Set<MemberKey>) -> Work? {
        guard let backlog = self.backlogs[member], !backlog.isSending else { return nil }
        let notes = backlog.notes.filter { !$0.value.change.isCounted || !present.contains($0.value.change.author) }
        guard backlog.isEverything || !notes.isEmpty else {
            if !backlog.isAway { self.backlogs[member] = nil }
            return nil
        }
        self.backlogs[member]?.isSending = true
        return Work(notes: notes.mapValues(\.number), isEverything: backlog.isEverything)
    }

    /// The member has what was taken for it, or has not.
    mutating func end(_ member: Member, _ work: Work, isDone: Bool) {
        self.backlogs[member]?.isSending = false
        guard isDone, var backlog = self.backlogs[member] else { return }
        if work.isEverything { backlog.isEverything = false }
        for (id, number) in work.notes where backlog.notes[id]?.number == number { backlog.notes[id] = nil }
        let isOver = backlog.notes.isEmpty && !backlog.isEverything && !backlog.isAway
        self.backlogs[member] = isOver ? nil : backlog
    }

    /// Members that are there and miss a session.
    func missing(_ id: SessionKey) -> [Member] {
        if self.backlogs.isEmpty { return [] }
        return self.backlogs.filter { !$1.isAway && ($1.isEverything || $1.notes[id] != nil) }.map(\.key)
    }

    // MARK: Steps

    /// Begins to remember a member; false if there are too many.
    private mutating func open(_ member: Member, at now: Int64) -> Bool {
        if self.backlogs[member] != nil { return true }
        guard self.backlogs.count < Self.membersMaximum else { return false }
        self.backlogs[member] = Backlog(since: now)
        return true
    }

    private mutating func note(_ id: SessionKey, _ change: Change, for member: Member) {
        guard let backlog = self.backlogs[member] else { return }
        guard backlog.notes.count < Self.idsMaximum else {
            self.backlogs[member]?.isEverything = true
            self.backlogs[member]?.notes = [:]
            return
        }
        self.numbers += 1
        self.backlogs[member]?.notes[id] = Note(number: self.numbers, change: change)
    }

    private func recentChanges(at now: Int64) -> ArraySlice<Recent> {
        let first = self.recent[self.recentStart...].firstIndex { now - $0.time <= Self.recentAge }
        return self.recent[(first ?? self.recent.endIndex)...]
    }
}

/// A member in short: what thousands of sessions can afford to remember.
struct MemberKey: Hashable, Comparable, Sendable {
    /// This node.
    static let own = MemberKey(value: 0)

    let value: UInt64

    init(value: UInt64) { self.value = value }

    init(_ member: Member) { self.init(member.uniqueID) }

    init(_ id: UniqueID) {
        self.value = (id.high ^ (id.low &* 0x9e37_79b9_7f4a_7c15)) | 1
    }

    static func < (one: MemberKey, other: MemberKey) -> Bool { one.value < other.value }
}
