import RepositoryCore
import Synchronization

/// Name locks within one process: whoever finds a name taken waits its turn, first come, first served.
///
/// Waiting suspends a task and holds no thread. The queue of a name holds at most one entry per request in
/// flight, which the connectors bound.
package final class LocalNameLocker: NameLocker {
    private typealias Waiter = CheckedContinuation<Void, Never>

    /// A name that is held has an entry, with those who wait for it.
    private let held = Mutex<[String: [Waiter]]>([:])

    package init() {}

    package func withLocks<Result: Sendable>(
        on names: Set<String>,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let ordered = names.sorted()
        for name in ordered { await self.acquire(name) }
        defer { for name in ordered.reversed() { self.release(name) } }
        return try await body()
    }

    private func acquire(_ name: String) async {
        let isFree = self.held.withLock { held in
            guard held[name] == nil else { return false }
            held[name] = []
            return true
        }
        guard !isFree else { return }
        await withCheckedContinuation(isolation: #isolation) { (waiter: Waiter) in
            let isFree = self.held.withLock { held in
                guard held[name] != nil else {
                    held[name] = []
                    return true
                }
                held[name]?.append(waiter)
                return false
            }
            if isFree { waiter.resume() }
        }
    }

    /// Hands the name to the first who waits.
    private func release(_ name: String) {
        let next: Waiter? = self.held.withLock { held in
            guard var waiters = held[name], !waiters.isEmpty else {
                held[name] = nil
                return nil
            }
            let next = waiters.removeFirst()
            held[name] = waiters
            return next
        }
        next?.resume()
    }

    /// Names held at the moment.
    package var heldNames: [String] { self.held.withLock { $0.keys.sorted() } }
}
