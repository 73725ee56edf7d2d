import NIOCore

/// The messages of the last seconds, by their initialisation vectors, so that none counts twice.
///
/// A value: the owner says what time it is.
/// Source: `org.apache.catalina.tribes.group.interceptors.EncryptInterceptor`.
package struct ReplayWindow: Sendable {
    package enum Verdict: Sendable, Equatable {
        case accepted
        /// Sent too long ago, or by a clock that is behind.
        case tooOld
        /// Sent by a clock that is ahead.
        case tooNew
        /// Not newer than what was forgotten for lack of room.
        case forgotten
        case replayed
    }

    private struct Entry {
        let timestamp: Int64
        let vector: [UInt8]
    }

    /// By timestamp, the oldest first.
    private var entries = CircularBuffer<Entry>()
    private var vectors: Set<[UInt8]> = []
    /// The largest timestamp of what was forgotten.
    private var forgotten: Int64

    /// A window that takes no message from before `start`.
    package init(start: Int64) {
        self.forgotten = start
    }

    package var count: Int { self.entries.count }

    /// Judges a message, and remembers it if it is accepted.
    ///
    /// The clocks of sender and receiver may differ by `time` milliseconds, the way included; `maximumCount`
    /// messages are remembered.
    package mutating func accept(
        timestamp: Int64,
        vector: [UInt8],
        now: Int64,
        time: Int64,
        maximumCount: Int
    ) -> Verdict {
        if timestamp < now - time { return .tooOld }
        if timestamp > now + time { return .tooNew }
        if timestamp <= self.forgotten { return .forgotten }
        guard self.vectors.insert(vector).inserted else { return .replayed }
        self.insert(Entry(timestamp: timestamp, vector: vector))
        while self.entries.count > max(1, maximumCount) {
            let oldest = self.entries.removeFirst()
            self.vectors.remove(oldest.vector)
            self.forgotten = max(self.forgotten, oldest.timestamp)
        }
        return .accepted
    }

    /// Takes a message back that its receiver refused: it is sent again, and is no replay then.
    package mutating func forget(vector: [UInt8]) {
        guard self.vectors.remove(vector) != nil else { return }
        if let index = self.entries.lastIndex(where: { $0.vector == vector }) { self.entries.remove(at: index) }
    }

    private mutating func insert(_ entry: Entry) {
        self.entries.append(entry)
        var index = self.entries.count - 1
        while index > 0, self.entry(index - 1).timestamp > entry.timestamp {
            self.entries.swapAt(self.position(index), self.position(index - 1))
            index -= 1
        }
    }

    private func position(_ offset: Int) -> CircularBuffer<Entry>.Index {
        self.entries.index(self.entries.startIndex, offsetBy: offset)
    }

    private func entry(_ offset: Int) -> Entry { self.entries[self.position(offset)] }
}
