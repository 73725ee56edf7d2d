import NIOCore

/// Keys of which something was said lately, each once.
struct RecentKeys: Sendable {
    /// Keys that are remembered; with more than that nothing is known of those beyond.
    static let countMaximum = 1 << 14
    /// How long: until a node that begins has said so, and a connection that broke is noticed.
    static let age = TimeAmount.seconds(30)

    private var times: [String: NIODeadline] = [:]
    /// When there was no room for a key.
    private var overflow: NIODeadline?

    mutating func note(_ key: String, at now: NIODeadline) {
        if self.times.count >= Self.countMaximum, self.times[key] == nil {
            self.expire(at: now)
            guard self.times.count < Self.countMaximum else {
                self.overflow = now
                return
            }
        }
        self.times[key] = now
    }

    /// Those of the last moments.
    func keys(at now: NIODeadline) -> Set<String> {
        Set(self.times.filter { now - $0.value <= Self.age }.keys)
    }

    /// Whether there are others.
    func isIncomplete(at now: NIODeadline) -> Bool { self.overflow.map { now - $0 <= Self.age } ?? false }

    /// Forgets what is older.
    ///
    /// Complexity: O(n).
    mutating func expire(at now: NIODeadline) {
        self.times = self.times.filter { now - $0.value <= Self.age }
    }
}
