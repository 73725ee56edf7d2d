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

    private var waiting: [SessionKey: Waiting] = [:]
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
        self.waiting[SessionKey(message.sessionID), default: Waiting(since: now)].changes.append(change)
        return true
    }

    /// Takes what waits for a session.
    mutating func take(_ id: String) -> [Early] {
        if self.waiting.isEmpty { return [] }
        return self.take(SessionKey(id))
    }

    private mutating func take(_ key: SessionKey) -> [Early] {
        guard let found = self.waiting.removeValue(forKey: key) else { return [] }
        self.size -= found.changes.reduce(0) { $0 + Self.size(of: $1.message) }
        return found.changes
    }

    /// Drops changes whose session did not come in time.
    ///
    /// - Returns: who sent them.
    mutating func dropOverdue(at now: Int64) -> [Member] {
        var senders: [Member] = []
        for (key, waiting) in self.waiting where now - waiting.since > Self.ageMaximum {
            self.dropped += waiting.changes.count
            senders += self.take(key).map(\.sender)
        }
        return senders
    }

    private static func size(of message: SessionMessage) -> Int {
        256 + message.sessionID.utf8.count + (message.payload?.count ?? 0)
    }
}
