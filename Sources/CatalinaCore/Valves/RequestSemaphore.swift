import Synchronization

/// Lets a number of requests pass at a time; the others suspend in order of arrival, or are turned away.
///
/// Bound: as many wait as there are requests being served.
/// Isolation: any thread.
final class RequestSemaphore: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var permits: Int
        var waiters: [Waiter] = []
        var number = 0
        /// Those that have not begun to wait yet, and whether they were cancelled.
        var arriving: [Int: Bool] = [:]
    }

    private let state: Mutex<State>

    init(permits: Int) { self.state = Mutex(State(permits: permits)) }

    /// How many wait now.
    var waiting: Int { self.state.withLock { $0.waiters.count } }

    /// Takes a permit if one is free.
    func tryAcquire() -> Bool {
        self.state.withLock { state in
            guard state.permits > 0 else { return false }
            state.permits -= 1
            return true
        }
    }

    /// Takes a permit, waiting for one if need be.
    ///
    /// - Returns: false if the task was cancelled while it waited; it then holds no permit.
    func acquire() async -> Bool {
        if self.tryAcquire() { return true }
        let number = self.state.withLock { state in
            state.number += 1
            state.arriving[state.number] = false
            return state.number
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: #isolation) { continuation in
                let result: Bool? = self.state.withLock { state in
                    if state.arriving.removeValue(forKey: number) == true { return false }
                    if state.permits > 0 {
                        state.permits -= 1
                        return true
                    }
                    state.waiters.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            let waiter: Waiter? = self.state.withLock { state in
                if state.arriving[number] != nil { state.arriving[number] = true }
                guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Gives a permit back, to the one who has waited longest.
    func release() {
        let waiter: Waiter? = self.state.withLock { state in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.permits += 1
            return nil
        }
        waiter?.continuation.resume(returning: true)
    }
}
