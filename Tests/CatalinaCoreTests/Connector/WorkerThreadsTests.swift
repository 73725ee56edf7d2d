import Foundation
import Modeler
import Testing

@testable import CatalinaCore

@Suite(.timeLimit(.minutes(1))) struct WorkerThreadsTests {
    /// Work that blocks its thread until it is told to end.
    private final class Blocking: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        func wait() { self.gate.wait() }
        func release(_ count: Int) { for _ in 0..<count { self.gate.signal() } }
    }

    private static func until(_ condition: () -> Bool) async { while !condition() { await Task.yield() } }

    private static func start(_ count: Int, on workers: WorkerThreads, _ work: Blocking) -> [Task<Void, Never>] {
        (0..<count).map { _ in Task(executorPreference: workers) { work.wait() } }
    }

    @Test("no more block at a time than there may be, and more as soon as there may")
    func limits() async {
        let workers = WorkerThreads(limits: WorkerThreads.Limits(maximum: 2, spare: 1), namePrefix: "test-exec-")
        #expect(workers.poolSize == 0)
        let work = Blocking()
        let tasks = Self.start(5, on: workers, work)
        await Self.until { workers.activeCount == 2 && workers.queueSize == 3 }
        #expect(workers.poolSize == 2)
        workers.limits.maximum = 4
        await Self.until { workers.activeCount == 4 && workers.queueSize == 1 }
        #expect(workers.largestPoolSize == 4)
        // Threads that are too many end when their work does.
        workers.limits.maximum = 1
        work.release(4)
        await Self.until { workers.poolSize == 1 && workers.activeCount == 1 }
        work.release(1)
        for task in tasks { await task.value }
        #expect(workers.completedTaskCount >= 5)
        await workers.stop()
        await Self.until { workers.poolSize == 0 }
    }

    @Test("threads that have nothing to do end, but for those that are kept", arguments: [0, 1])
    func idle(spare: Int) async {
        let limits = WorkerThreads.Limits(maximum: 3, spare: spare, idleMilliseconds: 20)
        let workers = WorkerThreads(limits: limits, namePrefix: "t-")
        let work = Blocking()
        let tasks = Self.start(3, on: workers, work)
        await Self.until { workers.activeCount == 3 }
        work.release(3)
        for task in tasks { await task.value }
        await Self.until { workers.poolSize == spare }
        // And come back when they are needed.
        work.release(1)
        await Task(executorPreference: workers) { work.wait() }.value
        await workers.stop()
        await Self.until { workers.poolSize == 0 }
    }

    @Test("work goes on after a stop, in another's threads if there is one")
    func delegate() async {
        let (own, other) = (WorkerThreads(maximum: 1, namePrefix: "a-"), WorkerThreads(maximum: 1, namePrefix: "b-"))
        await own.stop()
        await Task(executorPreference: own) {}.value
        await Self.until { own.completedTaskCount >= 1 }
        own.use(other)
        await Task(executorPreference: own) {}.value
        await Self.until { other.completedTaskCount >= 1 }
        for workers in [own, other] {
            await workers.stop()
            await Self.until { workers.poolSize == 0 }
        }
    }

    @Test("an Executor's threads can be set while it runs, its name cannot")
    func executor() async throws {
        let executor = try StandardThreadExecutor.descriptor.component([("name", "pool"), ("maxThreads", "3")])
        try executor.reconfigure { $0.maxThreads = 5 }
        try executor.reconfigure { $0.minSpareThreads = 2 }
        try executor.reconfigure { $0.maxIdleTime = 7 }
        #expect(executor.workers.limits == WorkerThreads.Limits(maximum: 5, spare: 2, idleMilliseconds: 7))
        #expect(throws: (any Error).self) { try executor.reconfigure { $0.name = "other" } }
        #expect(executor.configuration.name == "pool")
    }
}
