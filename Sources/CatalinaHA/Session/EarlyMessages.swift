import Tribes

/// What other nodes said about sessions of applications that have not started here yet.
///
/// A node belongs to the group before its applications start, and what it acknowledges it must not forget. A value
/// without lock, clock or I/O; times are this node's, in milliseconds.
struct EarlyMessages {
    /// How long a message waits.
    static let ageMaximum: Int64 = 60_000
    /// How much waits, in bytes; above that the oldest go.
    static let sizeMaximum = 8 << 20

    private struct Early {
        let message: SessionMessage
        let sender: Member
        let time: Int64
        var size: Int { 256 + self.message.sessionID.utf8.count + (self.message.payload?.count ?? 0) }
    }

    private var messages: [Early] = []
    private(set) var size = 0

    /// Keeps a message, unless it asks for something; of an application that never starts, for a while.
    mutating func hold(_ message: SessionMessage, from sender: Member, at now: Int64) {
        switch message.event {
        case .created, .expired, .accessed, .delta, .changeSessionID, .allSessionData: break
        case .getAllSessions, .transferComplete, .noContextManager, .digest: return
        }
        let early = Early(message: message, sender: sender, time: now)
        guard early.size <= Self.sizeMaximum else { return }
        self.messages.append(early)
        self.size += early.size
        var (first, size) = (0, self.size)
        while size > Self.sizeMaximum || now - self.messages[first].time > Self.ageMaximum {
            size -= self.messages[first].size
            first += 1
        }
        self.messages.removeFirst(first)
        self.size = size
    }

    /// Takes what is for an application that starts, in the order of arrival.
    mutating func take(for name: String, at now: Int64) -> [(message: SessionMessage, sender: Member)] {
        let found = self.messages.filter { $0.message.contextName == name }
        if found.isEmpty { return [] }
        self.messages.removeAll { $0.message.contextName == name }
        self.size = self.messages.reduce(0) { $0 + $1.size }
        return found.filter { now - $0.time <= Self.ageMaximum }.map { ($0.message, $0.sender) }
    }
}
