import Synchronization

/// Slows down those who guess passwords: the n-th attempt after n failures waits n² tenths of a second.
package final class BackOff: Sendable {
    private struct Failures {
        var count: Int
        var last: Int64
    }

    /// Longest delay, how long failures count, and the most names remembered.
    private static let delayMaximum: Int64 = 5000
    private static let memory: Int64 = 3_600_000
    private static let namesMaximum = 10_000

    private let clock: any WallClock
    private let failures = Mutex<[String: Failures]>([:])

    package init(clock: any WallClock) { self.clock = clock }

    /// Milliseconds that an attempt for this name has to wait.
    package func delay(for name: String) -> Int64 {
        let now = self.clock.milliseconds
        return self.failures.withLock { failures in
            guard let entry = failures[name.lowercased()], entry.last + Self.memory > now else { return 0 }
            let count = Int64(min(entry.count, 1000))
            return max(0, entry.last + min(count * count * 100, Self.delayMaximum) - now)
        }
    }

    package func recordFailure(of name: String) {
        let now = self.clock.milliseconds
        let name = name.lowercased()
        self.failures.withLock { failures in
            if failures.count >= Self.namesMaximum {
                failures = failures.filter { $0.value.last + Self.memory > now }
                if failures.count >= Self.namesMaximum { failures.removeAll() }
            }
            var entry = failures[name] ?? Failures(count: 0, last: now)
            if entry.last + Self.memory <= now { entry.count = 0 }
            entry.count += 1
            entry.last = now
            failures[name] = entry
        }
    }

    package func recordSuccess(of name: String) {
        self.failures.withLock { $0[name.lowercased()] = nil }
    }
}
