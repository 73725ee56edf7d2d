import RepositoryCore
import RepositorySync
import Synchronization
import Testing

@Suite struct LocalNameLockerTests {
    private struct Failure: Error {}

    /// Counts who is inside.
    private final class Tally: Sendable {
        let state = Mutex((now: 0, most: 0, total: 0))

        func enter() {
            self.state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                state.total += 1
            }
        }

        func leave() { self.state.withLock { $0.now -= 1 } }
    }

    @Test func holdersOfANameTakeTurns() async throws {
        let locker = LocalNameLocker()
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await locker.withLocks(on: ["a"]) {
                        tally.enter()
                        await Task.yield()
                        tally.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.state.withLock { $0.most } == 1)
        #expect(tally.state.withLock { $0.total } == 200)
        #expect(locker.heldNames.isEmpty)
    }

    @Test func severalNamesNeverDeadlock() async throws {
        let locker = LocalNameLocker()
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                let names: Set<String> = [["a", "b"], ["b", "c"], ["c", "a"]][index % 3]
                group.addTask {
                    try await locker.withLocks(on: names) {
                        tally.enter()
                        await Task.yield()
                        tally.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.state.withLock { $0.total } == 300)
    }

    @Test func namesAreReleasedWhenTheBodyThrows() async throws {
        let locker = LocalNameLocker()
        await #expect(throws: Failure.self) { try await locker.withLocks(on: ["a", "b"]) { throw Failure() } }
        #expect(locker.heldNames.isEmpty)
        #expect(try await locker.withLocks(on: ["a"]) { locker.heldNames } == ["a"])
    }
}
