import Dispatch
import RepositoryCore
import Synchronization
import Testing

@testable import RepositoryStorage

@Suite struct BatchQueueTests {
    enum Refusal: Error, Equatable {
        case odd(Int)
    }

    /// Counts the batches and holds the first one until it is let go.
    final class Recorder: Sendable {
        let batches = Mutex<[[Int]]>([])
        let gate = DispatchSemaphore(value: 0)
        let (started, start) = AsyncStream.makeStream(of: Void.self)

        func handle(_ items: [Int]) -> [(any Error)?] {
            let isFirst = self.batches.withLock { batches in
                batches.append(items)
                return batches.count == 1
            }
            if isFirst {
                self.start.yield()
                self.gate.wait()
            }
            return items.map { $0.isMultiple(of: 2) ? nil : Refusal.odd($0) }
        }
    }

    @Test("what arrives during a batch becomes the next one, in order and within the bound")
    func gathers() async throws {
        let recorder = Recorder()
        let limits = BatchQueue<Int>.Limits(batchMaximum: 3, waitingMaximum: 5)
        let queue = BatchQueue<Int>(label: "test", limits: limits) { recorder.handle($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await queue.submit(0) }
            for await _ in recorder.started { break }
            for item in [2, 4, 6, 8, 10] {
                group.addTask { try await queue.submit(item) }
                while queue.waitingCount < item / 2 { await Task.yield() }
            }
            await #expect(throws: RepositoryError.overloaded) { try await queue.submit(12) }
            recorder.gate.signal()
            try await group.waitForAll()
        }
        #expect(recorder.batches.withLock { $0 } == [[0], [2, 4, 6], [8, 10]])
    }

    @Test("each caller gets its own outcome")
    func outcomes() async throws {
        let recorder = Recorder()
        recorder.gate.signal()
        let queue = BatchQueue<Int>(label: "test") { recorder.handle($0) }
        await withTaskGroup(of: Void.self) { group in
            for item in 0..<100 {
                group.addTask {
                    let error = await #expect(throws: Refusal.self) { try await queue.submit(2 * item + 1) }
                    #expect(error == .odd(2 * item + 1))
                    await #expect(throws: Never.self) { try await queue.submit(2 * item) }
                }
            }
        }
        #expect(recorder.batches.withLock { $0.joined().sorted() } == Array(0..<200))
    }

    @Test("closing finishes what waits and refuses the rest")
    func closes() async throws {
        let recorder = Recorder()
        let queue = BatchQueue<Int>(label: "test") { recorder.handle($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await queue.submit(0) }
            for await _ in recorder.started { break }
            group.addTask { try await queue.submit(2) }
            while queue.waitingCount < 1 { await Task.yield() }
            recorder.gate.signal()
            queue.close()
            #expect(recorder.batches.withLock { $0 } == [[0], [2]])
            try await group.waitForAll()
        }
        await #expect(throws: RepositoryError.systemDown) { try await queue.submit(4) }
    }
}
