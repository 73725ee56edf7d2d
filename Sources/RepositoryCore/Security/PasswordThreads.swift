import Synchronization

/// The threads on which password hashes are computed: ten thousand rounds would hold up an event loop.
///
/// Bound: ``maximum`` at a time; a request waits for its own, so no more wait than requests are being served.
package final class PasswordThreads: Sendable {
    /// Hashes computed at a time.
    static let maximum = 2

    private let lanes = BlockingLanes(label: "repository.passwords", count: PasswordThreads.maximum)
    private let roundsDone = Atomic(0)

    package init() {}

    /// Rounds computed so far: what callers have paid for their passwords.
    package var rounds: Int { self.roundsDone.load(ordering: .relaxed) }

    /// The hash of a new secret.
    package func hash(of secret: String, entropy: any EntropySource) async throws -> PasswordHash {
        let hash = try await self.lanes.run { PasswordHash(of: secret, entropy: entropy) }
        self.roundsDone.wrappingAdd(hash.iterations, ordering: .relaxed)
        return hash
    }

    /// Whether a secret is the one that `hash` was made of.
    ///
    /// No hash means that there is no such user or none with a password, whose refusal takes as long as that of
    /// a wrong password: user names cannot be found by the time of an answer.
    package func matches(_ secret: String, _ hash: PasswordHash?) async throws -> Bool {
        let compared = hash ?? .decoy
        let isMatch = try await self.lanes.run { compared.matches(secret) }
        self.roundsDone.wrappingAdd(compared.iterations, ordering: .relaxed)
        return hash != nil && isMatch
    }
}
