import Dispatch
import RepositoryCore
import Synchronization

/// Hands the work of many callers in batches to one thread, so that they share the cost of a commit.
///
/// While one batch is under way the next callers' items gather, so no timer and no delay are needed: a lone
/// caller is served at once, sixteen callers share one fsync. Each caller resumes when the batch that holds
/// its item is finished. Items keep the order of their arrival.
///
/// Bounds: ``Limits/waitingMaximum`` items wait, one more is refused with a 503; a batch holds at most
/// ``Limits/batchMaximum``. A caller that is cancelled still has its item done.
final class BatchQueue<Item: Sendable>: Sendable {
    struct Limits: Sendable {
        /// Items that one call of the handler gets.
        var batchMaximum = 128
        /// Items that wait for the handler.
        var waitingMaximum = 4096
    }

    /// Does a batch on the queue's thread: one outcome per item, nil for success.
    typealias Handler = @Sendable ([Item]) -> [(any Error)?]

    private struct Waiting: Sendable {
        let item: Item
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isDraining = false
        var isClosed = false
    }

    private enum Admission {
        case start
        case queued
        case refused(RepositoryError)
    }

    private let state = Mutex(State())
    private let limits: Limits
    private let thread: DispatchQueue
    private let handler: Handler

    init(label: String, limits: Limits = Limits(), handler: @escaping Handler) {
        self.limits = limits
        self.thread = DispatchQueue(label: label)
        self.handler = handler
    }

    /// Returns when the item is done.
    ///
    /// - Throws: the item's own error; ``RepositoryError/overloaded`` where too many wait, and
    ///   ``RepositoryError/systemDown`` after ``close()``: then nothing was done.
    func submit(_ item: Item) async throws {
        try await withCheckedThrowingContinuation(isolation: #isolation) { continuation in
            switch self.admit(Waiting(item: item, continuation: continuation)) {
            case .start: self.thread.async { self.drain() }
            case .queued: break
            case .refused(let error): continuation.resume(throwing: error)
            }
        }
    }

    /// Refuses new items and returns when those that wait are done.
    ///
    /// Isolation: any thread but the queue's own.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.thread.sync {}
    }

    /// Items that the handler has not been given yet.
    var waitingCount: Int { self.state.withLock { $0.waiting.count } }

    private func admit(_ waiting: Waiting) -> Admission {
        self.state.withLock { state in
            guard !state.isClosed else { return .refused(.systemDown) }
            guard state.waiting.count < self.limits.waitingMaximum else { return .refused(.overloaded) }
            state.waiting.append(waiting)
            guard !state.isDraining else { return .queued }
            state.isDraining = true
            return .start
        }
    }

    private func drain() {
        while let batch = self.nextBatch() {
            let outcomes = self.handler(batch.map(\.item))
            precondition(outcomes.count == batch.count, "one outcome per item")
            for (waiting, error) in zip(batch, outcomes) {
                if let error {
                    waiting.continuation.resume(throwing: error)
                } else {
                    waiting.continuation.resume()
                }
            }
        }
    }

    /// The longest waiting items; nil, and the queue at rest, where there are none.
    private func nextBatch() -> [Waiting]? {
        self.state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            let batch = Array(state.waiting.prefix(self.limits.batchMaximum))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }
}

extension RepositoryError {
    /// More writes wait than the storage keeps in memory; the client may try again.
    static let overloaded = RepositoryError(status: 503, "Too many writes are waiting.")
}
