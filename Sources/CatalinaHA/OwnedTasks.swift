import Synchronization

/// Work that goes on beside its owner's, and ends with it.
///
/// Isolation: any thread.
final class OwnedTasks: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Runs `body` until it returns or the owner cancels it; on the global executor without another.
    func run(on executor: (any TaskExecutor)? = nil, _ body: @escaping @Sendable () async -> Void) {
        self.state.withLock { state in
            let number = state.next
            state.next += 1
            state.tasks[number] = Task(executorPreference: executor) {
                await body()
                self.state.withLock { $0.tasks[number] = nil }
            }
        }
    }

    /// Waits until all that run now have ended.
    func finish() async {
        for task in self.state.withLock({ Array($0.tasks.values) }) { await task.value }
    }

    func cancelAll() {
        let tasks = self.state.withLock { state in
            defer { state.tasks.removeAll() }
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}
