import Synchronization

/// The time in which an application is being reloaded, for the requests that wait for its end.
///
/// Isolation: any thread.
final class ReloadPause: Sendable {
    /// Those who wait, nil once it is over.
    ///
    /// They are requests, so there are no more than the connectors let in.
    private let waiting = Mutex<[AsyncStream<Never>.Continuation]?>([])

    var isAwaited: Bool { self.waiting.withLock { $0?.isEmpty == false } }

    /// Lets everybody who waits go on.
    func end() {
        let waiting = self.waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting ?? []
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Waits until it is over.
    ///
    /// - Returns: false if that took longer than `maximum`.
    /// - Throws: `CancellationError`, as when the client has left.
    func waitForEnd(atMost maximum: Duration) async throws -> Bool {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let isWaiting = self.waiting.withLock { waiting in
            waiting?.append(continuation)
            return waiting != nil
        }
        guard isWaiting else { return true }
        let isOver = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var events = stream.makeAsyncIterator()
                _ = await events.next()
                return true
            }
            group.addTask {
                try await Task.sleep(for: maximum)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
        try Task.checkCancellation()
        return isOver
    }
}
