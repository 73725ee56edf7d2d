import NIOCore
import Synchronization

/// What other nodes are being told, until they have heard it.
///
/// Isolation: any thread.
final class PendingSends: Sendable {
    private struct State {
        var sends: [Int: EventLoopFuture<Void>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Remembers a message until it is done; nothing for one that could not be sent.
    func add(_ send: EventLoopFuture<Void>?) {
        guard let send else { return }
        let number = self.state.withLock { state in
            state.next += 1
            state.sends[state.next] = send
            return state.next
        }
        send.whenComplete { _ in self.state.withLock { $0.sends[number] = nil } }
    }

    /// Waits until all that are remembered now are done.
    ///
    /// Who sent them has logged what failed.
    func finish() async {
        let sends = self.state.withLock { Array($0.sends.values) }
        for send in sends { await withCheckedContinuation { done in send.whenComplete { _ in done.resume() } } }
    }
}
