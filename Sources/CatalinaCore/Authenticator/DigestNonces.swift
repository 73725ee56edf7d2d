/// The digest algorithms of RFC 7616, under its names.
package enum DigestAlgorithm: String, Sendable, CaseIterable {
    case md5 = "MD5"
    case sha256 = "SHA-256"
    case sha512of256 = "SHA-512-256"

    var function: HashFunction {
        switch self {
        case .md5: .md5
        case .sha256: .sha256
        case .sha512of256: .sha512of256
        }
    }
}

/// Which counts of one nonce have been seen: each may come once, a little out of order.
///
/// Source: RFC 7616 §3.4.6 | Tomcat counterpart: `DigestAuthenticator.NonceInfo`.
struct NonceWindow: Equatable {
    private var seen: [Bool]
    private let offset: Int
    private var count = 0

    /// - Parameter size: counts that may be in use at a time.
    init(size: Int) {
        self.seen = Array(repeating: false, count: max(1, size))
        self.offset = max(1, size) / 2
    }

    /// Whether a count is neither outside the window nor seen before; marks it as seen.
    mutating func accept(_ nonceCount: Int) -> Bool {
        let low = self.count - self.offset
        guard nonceCount > low, nonceCount <= low + self.seen.count else { return false }
        let index = (nonceCount + self.offset) % self.seen.count
        if self.seen[index] { return false }
        self.seen[index] = true
        self.count += 1
        self.seen[self.count % self.seen.count] = false
        return true
    }
}

/// The nonces that were handed out and may still be used.
///
/// Bound: `capacity`; the oldest is dropped first, and whoever uses it is asked to log in again.
struct NonceTable {
    private struct Entry {
        let time: Int64
        var window: NonceWindow
    }

    let capacity: Int
    let windowSize: Int
    private var entries: [String: Entry] = [:]
    /// In the order of handing out; some may have been removed already.
    private var order: [String] = []
    private var first = 0
    private var lastTime: Int64 = .min

    init(capacity: Int, windowSize: Int) {
        self.capacity = capacity
        self.windowSize = windowSize
    }

    var count: Int { self.entries.count }

    /// A time for a new nonce: later than any before.
    mutating func uniqueTime(_ now: Int64) -> Int64 {
        self.lastTime = max(now, self.lastTime &+ 1)
        return self.lastTime
    }

    /// Remembers a nonce.
    ///
    /// - Returns: when the nonce was made that had to be dropped for it, `nil` if there was room.
    mutating func insert(_ nonce: String, time: Int64) -> Int64? {
        self.entries[nonce] = Entry(time: time, window: NonceWindow(size: self.windowSize))
        self.order.append(nonce)
        guard self.entries.count > self.capacity else { return nil }
        while self.first < self.order.count {
            let oldest = self.order[self.first]
            self.first += 1
            guard let dropped = self.entries.removeValue(forKey: oldest) else { continue }
            self.compact()
            return dropped.time
        }
        return nil
    }

    mutating func remove(_ nonce: String) {
        self.entries[nonce] = nil
        if self.order.count - self.first > 2 * self.capacity + 16 {
            self.order = self.order[self.first...].filter { self.entries[$0] != nil }
            self.first = 0
        }
    }

    /// Whether a count may be used with a nonce; `nil` if the nonce is not known any more.
    mutating func accept(_ nonceCount: Int, of nonce: String) -> Bool? {
        self.entries[nonce]?.window.accept(nonceCount)
    }

    private mutating func compact() {
        guard self.first > self.order.count / 2 else { return }
        self.order.removeFirst(self.first)
        self.first = 0
    }
}
