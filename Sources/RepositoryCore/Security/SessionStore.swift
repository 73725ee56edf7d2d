import Synchronization

/// Access tokens handed out by this node, in memory: lost at a restart, ended by half an hour without use.
///
/// A token is the session's id: 128 random bits in hexadecimal, without a dot, so that no token is taken
/// for a signed assertion.
package final class SessionStore: Sendable {
    package struct Session: Sendable, Equatable {
        package var userID: String
        package var username: String?
        package var hasUserObject: Bool
        var lastUsed: Int64 = 0
    }

    /// Idle sessions end after so many milliseconds.
    private let timeout: Int64
    /// Most sessions held; beyond that the one longest unused ends.
    private let capacity: Int
    private let clock: any WallClock
    private let entropy: any EntropySource
    private let sessions = Mutex<[String: Session]>([:])

    package init(
        clock: any WallClock,
        entropy: any EntropySource,
        timeoutMinutes: Int = 30,
        capacity: Int = 100_000
    ) {
        self.clock = clock
        self.entropy = entropy
        self.timeout = Int64(timeoutMinutes) * 60_000
        self.capacity = capacity
    }

    /// Begins a session and returns its token.
    package func create(for caller: Caller) -> String {
        let token = Hex.encode(self.entropy.bytes(16))
        let now = self.clock.milliseconds
        let session = Session(
            userID: caller.recordedName,
            username: caller.username,
            hasUserObject: caller.hasUserObject,
            lastUsed: now
        )
        self.sessions.withLock { sessions in
            if sessions.count >= self.capacity {
                sessions = sessions.filter { $0.value.lastUsed + self.timeout > now }
            }
            if sessions.count >= self.capacity, let oldest = sessions.min(by: { $0.value.lastUsed < $1.value.lastUsed })
            {
                sessions[oldest.key] = nil
            }
            sessions[token] = session
        }
        return token
    }

    /// The session of a token that is still valid; asking for it is using it.
    package func session(_ token: String) -> Session? {
        let now = self.clock.milliseconds
        return self.sessions.withLock { sessions in
            guard var session = sessions[token] else { return nil }
            guard session.lastUsed + self.timeout > now else {
                sessions[token] = nil
                return nil
            }
            session.lastUsed = now
            sessions[token] = session
            return session
        }
    }

    package func revoke(_ token: String) {
        self.sessions.withLock { $0[token] = nil }
    }

    /// Ends all sessions of a user, whose account has been closed.
    package func revokeAll(of userID: String) {
        self.sessions.withLock { sessions in sessions = sessions.filter { $0.value.userID != userID } }
    }
}
