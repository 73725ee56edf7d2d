import Tribes

/// Changes of sessions that this node does not know yet.
///
/// Tomcat sends each message from a thread of a pool, so that a delta may arrive before the message that its session
/// was made. It waits here for a moment, in the order of arrival.
struct EarlyDeltas {
    /// How long a change waits, in milliseconds.
    static let ageMaximum: Int64 = 5_000
    /// How much waits, in bytes; what comes above that is dropped and counted.
    static let sizeMaximum = 16 << 20

    /// One change and who sent it.
    struct Early {
        let message: SessionMessage
        let sender: Member
    }

    private struct Waiting {
        var changes: [Early] = []
        var since: Int64
    }

    private var waiting: [String: Waiting] = [:]
    private(set) var size = 0
    /// Changes that no session came for, or that were too many.
    private(set) var dropped = 0

    /// Lets a change wait for the session it is about; false if there is no room.
    mutating func hold(_ message: SessionMessage, from sender: Member, at now: Int64) -> Bool {
        let size = Self.size(of: message)
        if self.size + size > Self.sizeMaximum { _ = self.dropOverdue(at: now) }
        guard self.size + size <= Self.sizeMaximum else {
            self.dropped += 1
            return false
        }
        self.size += size
        let change = Early(message: message, sender: sender)
        self.waiting[message.sessionID, default: Waiting(since: now)].changes.append(change)
        return true
    }

    /// Takes what waits for a session.
    mutating func take(_ id: String) -> [Early] {
        if self.waiting.isEmpty { return [] }
        guard let found = self.waiting.removeValue(forKey: id) else { return [] }
        self.size -= found.changes.reduce(0) { $0 + Self.size(of: $1.message) }
        return found.changes
    }

    /// Drops changes whose session did not come in time.
    ///
    /// - Returns: who sent them.
    mutating func dropOverdue(at now: Int64) -> [Member] {
        var senders: [Member] = []
        for (id, waiting) in self.waiting where now - waiting.since > Self.ageMaximum {
            self.dropped += waiting.changes.count
            senders += self.take(id).map(\.sender)
        }
        return senders
    }

    private static func size(of message: SessionMessage) -> Int {
        256 + message.sessionID.utf8.count + (message.payload?.count ?? 0)
    }
}

/// Sessions that ended a short while ago, so that a late message does not bring one back.
struct EndedSessions {
    /// How long an end is remembered while no member is missed, in milliseconds.
    static let ageMaximum: Int64 = 60_000
    /// How many are; the oldest are forgotten first.
    static let countMaximum = 65_536

    private struct End {
        let time: Int64
        /// nil where the session was never known.
        let creationTime: Int64?
        /// By the clock of the node that said so.
        let messageTime: Int64?
        /// Of a session that goes on under another id: its version when it got that.
        let version: Int64?
    }

    private var ends: [String: End] = [:]
    private var order: [(id: String, time: Int64)] = []
    private var first = 0

    var count: Int { self.ends.count }

    /// Remembers an end; a session that was never known here has no creation time, its end's message has a time.
    ///
    /// With a version it goes on under another id, and may come to be called the same again.
    mutating func insert(
        _ id: String,
        at now: Int64,
        creationTime: Int64?,
        messageTime: Int64? = nil,
        version: Int64? = nil
    ) {
        self.ends[id] = End(time: now, creationTime: creationTime, messageTime: messageTime, version: version)
        self.order.append((id, now))
        if self.ends.count > Self.countMaximum { self.dropFirst() }
    }

    /// Whether changes of a session are late.
    func contains(_ id: String) -> Bool { self.ends[id] != nil }

    /// Whether the message that a session was made at a time is about the one that ended.
    func contains(_ id: String, createdAt creationTime: Int64) -> Bool {
        guard let end = self.ends[id] else { return false }
        if let known = end.creationTime { return known == creationTime }
        return creationTime <= end.messageTime ?? .max
    }

    /// Whether a whole session that another node sent is one that has ended, or that has another id since.
    ///
    /// `time` is when it was used there, by this node's clock; it decides where the other node counts no changes.
    func refuses(_ record: SessionRecord, usedAt time: Int64) -> Bool {
        guard self.contains(record.id, createdAt: record.times.creation), let end = self.ends[record.id] else {
            return false
        }
        guard let version = end.version else { return true }
        return record.version > 0 ? record.version <= version : time <= end.time
    }

    /// A session with that id lives.
    mutating func forget(_ id: String) { self.ends[id] = nil }

    /// Forgets ends that are older than `age`.
    mutating func dropOverdue(at now: Int64, age: Int64 = EndedSessions.ageMaximum) {
        while self.first < self.order.count, now - self.order[self.first].time > age { self.dropFirst() }
    }

    private mutating func dropFirst() {
        guard self.first < self.order.count else { return }
        let (id, time) = self.order[self.first]
        if self.ends[id]?.time == time { self.ends[id] = nil }
        self.first += 1
        if self.first > self.order.count / 2 {
            self.order.removeFirst(self.first)
            self.first = 0
        }
    }
}
