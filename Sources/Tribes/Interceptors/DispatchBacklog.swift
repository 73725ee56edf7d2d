/// How much is on its way that nobody waits for, and whether more may join.
package struct DispatchBacklog: Sendable, Equatable {
    package enum Verdict: Sendable, Equatable {
        /// The sender goes on.
        case queued
        /// The queue is full: the sender waits until its message is done.
        case waiting
        /// Even those who wait are too many, or nobody may wait.
        case refused
    }

    package struct Admission: Sendable, Equatable {
        package let verdict: Verdict
        /// Whether this is the first message that found the queue full since it was last below half.
        package let isFirstOverflow: Bool
    }

    /// Bytes and messages that are not done.
    package private(set) var bytes: Int64 = 0
    package private(set) var messages: Int64 = 0
    package private(set) var taken: Int64 = 0
    package private(set) var finished: Int64 = 0
    package private(set) var failed: Int64 = 0
    /// Messages that found the queue full, and those of them that were refused.
    package private(set) var overflows: Int64 = 0
    package private(set) var refused: Int64 = 0
    private var maximum: Int64 = 0
    private var isOverflowing = false

    package init() {}

    /// Takes a message of `size` bytes or refuses it; what waits may be as much again as what is queued.
    package mutating func admit(_ size: Int64, maximum: Int64, isWaitingAllowed: Bool) -> Admission {
        self.maximum = maximum
        guard self.bytes + size > maximum else {
            self.take(size)
            return Admission(verdict: .queued, isFirstOverflow: false)
        }
        let isFirst = !self.isOverflowing
        self.isOverflowing = true
        self.overflows += 1
        // One message that is larger than the queue may wait alone.
        let fits = self.messages == 0 || self.bytes + size <= maximum.doubledOrMaximum
        guard isWaitingAllowed, fits else {
            self.refused += 1
            return Admission(verdict: .refused, isFirstOverflow: isFirst)
        }
        self.take(size)
        return Admission(verdict: .waiting, isFirstOverflow: isFirst)
    }

    /// A message that was taken is done.
    package mutating func finish(_ size: Int64, isFailure: Bool = false) {
        self.bytes -= size
        self.messages -= 1
        self.finished += 1
        if isFailure { self.failed += 1 }
        if self.bytes <= self.maximum / 2 { self.isOverflowing = false }
    }

    private mutating func take(_ size: Int64) {
        self.bytes += size
        self.messages += 1
        self.taken += 1
    }
}

extension Int64 {
    fileprivate var doubledOrMaximum: Int64 {
        let (doubled, isOverflow) = self.addingReportingOverflow(self)
        return isOverflow ? .max : doubled
    }
}
