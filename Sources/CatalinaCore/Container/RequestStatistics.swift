import Synchronization

/// Counts and times of requests, as management clients see them.
package struct RequestFigures: Sendable, Equatable {
    package var requestCount = 0
    package var errorCount = 0
    /// In milliseconds, as the other times.
    package var processingTime: Int64 = 0
    package var maxTime: Int64 = 0
    /// 0 before the first request.
    package var minTime: Int64 = 0

    /// Adds the figures of other requests.
    mutating func add(_ other: RequestFigures) {
        guard other.requestCount > 0 else { return }
        self.minTime = self.requestCount == 0 ? other.minTime : min(self.minTime, other.minTime)
        self.maxTime = max(self.maxTime, other.maxTime)
        self.requestCount += other.requestCount
        self.errorCount += other.errorCount
        self.processingTime += other.processingTime
    }
}

/// Counts the requests of one servlet.
///
/// All event loops write here, so that each request writes as little as can be.
/// Isolation: any thread, without a lock.
final class RequestStatistics: Sendable {
    private let begun = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)
    private let errors = Atomic<Int>(0)
    private let nanoseconds = Atomic<Int64>(0)
    private let longest = Atomic<Int64>(0)
    private let shortest = Atomic<Int64>(.max)

    /// A request begins.
    func begin() { self.begun.wrappingAdd(1, ordering: .relaxed) }

    /// A request that began has ended.
    func end(nanoseconds elapsed: Int64, isError: Bool) {
        self.ended.wrappingAdd(1, ordering: .relaxed)
        self.nanoseconds.wrappingAdd(elapsed, ordering: .relaxed)
        if isError { self.errors.wrappingAdd(1, ordering: .relaxed) }
        if elapsed > self.longest.load(ordering: .relaxed) { self.longest.max(elapsed, ordering: .relaxed) }
        if elapsed < self.shortest.load(ordering: .relaxed) { self.shortest.min(elapsed, ordering: .relaxed) }
    }

    /// Another servlet's request comes in by a dispatch, which is not counted.
    func enter() { self.begin() }

    /// It goes back.
    func leave() { self.begun.wrappingSubtract(1, ordering: .relaxed) }

    /// Requests that are in the servlet now.
    var underWay: Int {
        // Read first: a request that ends meanwhile counts rather than one that begins does not.
        let ended = self.ended.load(ordering: .relaxed)
        return self.begun.load(ordering: .relaxed) - ended
    }

    var figures: RequestFigures {
        let shortest = self.shortest.load(ordering: .relaxed)
        return RequestFigures(
            requestCount: self.ended.load(ordering: .relaxed),
            errorCount: self.errors.load(ordering: .relaxed),
            processingTime: self.nanoseconds.load(ordering: .relaxed) / 1_000_000,
            maxTime: self.longest.load(ordering: .relaxed) / 1_000_000,
            minTime: shortest == .max ? 0 : shortest / 1_000_000
        )
    }
}
