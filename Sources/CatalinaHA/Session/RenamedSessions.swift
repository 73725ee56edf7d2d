import NIOCore
import Synchronization

/// Sessions that were given another id, by that, until all other nodes know.
///
/// There rarely are any: who looks for one then takes no lock.
/// Isolation: any thread.
final class RenamedSessions: Sendable {
    private let pending = Mutex<[String: EventLoopFuture<Void>]>([:])
    private let count = Atomic<Int>(0)

    /// Keeps the future until it is complete.
    func add(_ id: String, until done: EventLoopFuture<Void>) {
        self.change { $0[id] = done }
        done.whenComplete { _ in self.change { $0[id] = nil } }
    }

    /// What waits for the others; nil if all know.
    func pending(_ id: String) -> EventLoopFuture<Void>? {
        // who gave the session its id is on this thread, or handed the session on
        if self.count.load(ordering: .acquiring) == 0 { return nil }
        return self.pending.withLock { $0[id] }
    }

    private func change(_ body: (inout [String: EventLoopFuture<Void>]) -> Void) {
        self.pending.withLock { pending in
            body(&pending)
            self.count.store(pending.count, ordering: .releasing)
        }
    }
}
