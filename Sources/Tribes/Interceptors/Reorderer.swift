package import NIOCore

/// One sender's gap buffer: no lock, clock or I/O, so that a test can drive every interleaving.
package struct Reorderer<Message: Sendable>: Sendable {
    private struct Waiting {
        let message: Message
        let size: Int
        let since: NIODeadline
    }

    private var expected: Int32 = 1
    private var waiting: [Int32: Waiting] = [:]

    package init() {}

    package var count: Int { self.waiting.count }
    /// Sizes of the messages that wait.
    package private(set) var bytes = 0

    /// Takes a message, and says which are delivered now, in their order.
    ///
    /// One that is late is delivered at once: its sender may have restarted.
    package mutating func accept(_ message: Message, size: Int, number: Int32, at now: NIODeadline) -> [Message] {
        guard number > self.expected else {
            if number == self.expected { self.expected &+= 1 }
            return [message] + self.successors()
        }
        _ = self.take(number)
        self.waiting[number] = Waiting(message: message, size: size, since: now)
        self.bytes += size
        return []
    }

    /// Gives up what the oldest messages wait for.
    ///
    /// A message may wait for `age`; with `maximumCount` waiting, all are released.
    package mutating func release(
        olderThan age: TimeAmount,
        at now: NIODeadline,
        maximumCount: Int
    ) -> (expired: [Message], ready: [Message]) {
        let isFull = self.waiting.count >= maximumCount
        let overdue = self.waiting.filter { isFull || now - $0.value.since > age }.keys.sorted()
        var expired: [Message] = []
        for number in overdue {
            guard let message = self.take(number) else { continue }
            expired.append(message)
            self.expected = max(self.expected, number &+ 1)
        }
        guard !overdue.isEmpty else { return ([], []) }
        // What lies below the new expectation waits for nothing any more.
        let passed = self.waiting.keys.filter { $0 < self.expected }.sorted()
        let late = passed.compactMap { self.take($0) }
        return (expired, late + self.successors())
    }

    /// Everything that waits, in order; the numbering begins anew.
    package mutating func flush() -> [Message] {
        let messages = self.waiting.sorted { $0.key < $1.key }.map(\.value.message)
        self = Reorderer()
        return messages
    }

    private mutating func successors() -> [Message] {
        var ready: [Message] = []
        while let next = self.take(self.expected) {
            ready.append(next)
            self.expected &+= 1
        }
        return ready
    }

    private mutating func take(_ number: Int32) -> Message? {
        guard let entry = self.waiting.removeValue(forKey: number) else { return nil }
        self.bytes -= entry.size
        return entry.message
    }
}
