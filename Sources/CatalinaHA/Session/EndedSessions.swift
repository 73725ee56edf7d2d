/// Sessions that ended a short while ago, so that a late message does not bring one back.
///
/// An end is for good. Only a session that was idle for too long lives on if another node knows of a later change: the
/// node that ended it could not hear of that.
struct EndedSessions {
    /// How long an end is remembered while no member is missed, in milliseconds.
    static let ageMaximum: Int64 = 180_000
    /// How many are; the oldest are forgotten first.
    static let countMaximum = 65_536

    /// What is known of an end.
    struct End {
        /// As the session was called last.
        let id: String
        let time: Int64
        /// nil where the session was never known.
        let facts: SessionEnd?
        /// By the clock of the node that said so.
        let messageTime: Int64?
    }

    private var ends: [SessionKey: End] = [:]
    private var order: [(key: SessionKey, time: Int64)] = []
    private var first = 0

    var count: Int { self.ends.count }

    /// Remembers an end; of a session that was never known here nothing else may be known than the end's time.
    mutating func insert(_ id: String, at now: Int64, _ facts: SessionEnd?, messageTime: Int64? = nil) {
        let key = SessionKey(id)
        if let facts, facts.isLapse, let known = self.ends[key]?.facts, !known.isLapse,
            known.creationTime == facts.creationTime
        {
            return
        }
        self.ends[key] = End(id: id, time: now, facts: facts, messageTime: messageTime)
        self.order.append((key, now))
        if self.ends.count > Self.countMaximum { self.dropFirst() }
    }

    /// All ends that are remembered, in the order of their sessions' ids.
    var all: [End] { self.ends.values.sorted { $0.id < $1.id } }

    /// How a session ended.
    subscript(id: String) -> End? { self.ends[SessionKey(id)] }

    /// Whether a session has ended.
    func contains(_ id: String) -> Bool { self.ends[SessionKey(id)] != nil }

    /// Whether the message that a session was made at a time is about the one that ended.
    func contains(_ id: String, createdAt creationTime: Int64) -> Bool {
        guard let end = self.ends[SessionKey(id)] else { return false }
        if let known = end.facts?.creationTime { return known == creationTime }
        return creationTime <= end.messageTime ?? .max
    }

    /// Whether a change of a session is late; of Tomcat's the number is not known.
    func refusesChange(of id: String, _ number: Int64?) -> Bool {
        guard let end = self.ends[SessionKey(id)] else { return false }
        guard let facts = end.facts, facts.isLapse else { return true }
        return number.map { $0 <= facts.number } ?? false
    }

    /// Whether a whole session that another node sent is one that has ended.
    ///
    /// Where the other node counts no changes it decides when the session was used there.
    func refuses(_ record: SessionRecord, isCounted: Bool) -> Bool {
        guard self.contains(record.id, createdAt: record.times.creation), let end = self.ends[SessionKey(record.id)]
        else { return false }
        guard let facts = end.facts, facts.isLapse else { return true }
        return isCounted && record.version > 0 ? record.version <= facts.number : record.times.thisAccessed <= end.time
    }

    /// A session with that id lives.
    mutating func forget(_ id: String) { self.ends[SessionKey(id)] = nil }

    /// Forgets ends that are older than `age`.
    mutating func dropOverdue(at now: Int64, age: Int64 = EndedSessions.ageMaximum) {
        while self.first < self.order.count, now - self.order[self.first].time > age { self.dropFirst() }
    }

    private mutating func dropFirst() {
        guard self.first < self.order.count else { return }
        let (key, time) = self.order[self.first]
        if self.ends[key]?.time == time { self.ends[key] = nil }
        self.first += 1
        if self.first > self.order.count / 2 {
            self.order.removeFirst(self.first)
            self.first = 0
        }
    }
}
