/// What a session manager has counted, as its MBean shows it.
///
/// Source: the statistics of `org.apache.catalina.session.ManagerBase`.
package struct SessionStatistics: Sendable {
    /// Sessions made or ended of which the rates are worked out.
    static let sampleMaximum = 100

    package internal(set) var sessionCounter = 0
    package internal(set) var expiredSessions = 0
    package internal(set) var rejectedSessions = 0
    package internal(set) var duplicates = 0
    /// Most sessions at one time.
    package internal(set) var maxActive = 0
    /// Longest life of an ended session, in seconds.
    package internal(set) var sessionMaxAliveTime = 0
    /// Milliseconds spent looking for sessions to expire.
    package internal(set) var processingTime: Int64 = 0
    private var lives: [(endedAt: Int64, seconds: Int)] = []
    private var births: [Int64] = []

    package init() {}

    /// A session was refused because there were too many.
    package mutating func rejected() { self.rejectedSessions += 1 }

    /// An id was in use already.
    package mutating func duplicate() { self.duplicates += 1 }

    /// A session ended by itself.
    package mutating func expired() { self.expiredSessions += 1 }

    /// Milliseconds were spent looking for sessions to expire.
    package mutating func looked(for milliseconds: Int64) { self.processingTime += milliseconds }

    package mutating func created(at now: Int64, active: Int) {
        self.sessionCounter += 1
        self.maxActive = max(self.maxActive, active)
        self.births.append(now)
        if self.births.count > Self.sampleMaximum { self.births.removeFirst() }
    }

    package mutating func ended(at now: Int64, createdAt: Int64) {
        let seconds = Int((now - createdAt) / 1000)
        self.sessionMaxAliveTime = max(self.sessionMaxAliveTime, seconds)
        self.lives.append((now, seconds))
        if self.lives.count > Self.sampleMaximum { self.lives.removeFirst() }
    }

    /// Mean life of the last ended sessions, in seconds.
    package var sessionAverageAliveTime: Int {
        self.lives.isEmpty ? 0 : self.lives.reduce(0) { $0 + $1.seconds } / self.lives.count
    }

    /// Sessions made per minute.
    package func createRate(at now: Int64) -> Int { Self.rate(self.births, at: now) }
    /// Sessions ended per minute.
    package func expireRate(at now: Int64) -> Int { Self.rate(self.lives.map(\.endedAt), at: now) }

    private static func rate(_ moments: [Int64], at now: Int64) -> Int {
        guard let first = moments.first, now > first else { return 0 }
        return Int(60_000 * Int64(moments.count) / (now - first))
    }
}
