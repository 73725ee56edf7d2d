import Synchronization

/// The counters of one event loop: written by the loop alone, read by anyone.
///
/// One writer means that plain loads and stores suffice; nothing here locks the bus.
final class LoopStatistics: Sendable {
    private let requestCount = Atomic<Int64>(0)
    private let errorCount = Atomic<Int64>(0)
    private let bytesSent = Atomic<Int64>(0)
    private let bytesReceived = Atomic<Int64>(0)
    private let processingNanos = Atomic<Int64>(0)
    private let maxNanos = Atomic<Int64>(0)
    private let connections = Atomic<Int64>(0)
    private let keptAlive = Atomic<Int64>(0)
    private let busy = Atomic<Int64>(0)

    /// Counts a request that has ended, and the bytes of the bodies that the application read and wrote.
    func recordRequest(nanos: Int64, isError: Bool, received: Int64, sent: Int64) {
        Self.add(1, to: self.requestCount)
        if isError { Self.add(1, to: self.errorCount) }
        Self.add(nanos, to: self.processingNanos)
        Self.add(received, to: self.bytesReceived)
        Self.add(sent, to: self.bytesSent)
        if nanos > self.maxNanos.load(ordering: .relaxed) { self.maxNanos.store(nanos, ordering: .relaxed) }
    }

    func addConnections(_ count: Int64) { Self.add(count, to: self.connections) }
    func addKeptAlive(_ count: Int64) { Self.add(count, to: self.keptAlive) }
    func addBusy(_ count: Int64) { Self.add(count, to: self.busy) }

    /// Adds this loop's counters to a sum, and with `withGauges` what is open and busy now.
    func add(to info: inout RequestGroupInfo, withGauges: Bool) {
        info.requestCount += self.requestCount.load(ordering: .relaxed)
        info.errorCount += self.errorCount.load(ordering: .relaxed)
        info.bytesSent += self.bytesSent.load(ordering: .relaxed)
        info.bytesReceived += self.bytesReceived.load(ordering: .relaxed)
        info.processingTime += .nanoseconds(self.processingNanos.load(ordering: .relaxed))
        info.maxTime = max(info.maxTime, .nanoseconds(self.maxNanos.load(ordering: .relaxed)))
        guard withGauges else { return }
        info.connectionCount += Int(self.connections.load(ordering: .relaxed))
        info.keepAliveCount += Int(self.keptAlive.load(ordering: .relaxed))
        info.currentThreadsBusy += Int(self.busy.load(ordering: .relaxed))
    }

    /// Starts the sums anew; gauges stay.
    func reset() {
        self.requestCount.store(0, ordering: .relaxed)
        self.errorCount.store(0, ordering: .relaxed)
        self.bytesSent.store(0, ordering: .relaxed)
        self.bytesReceived.store(0, ordering: .relaxed)
        self.processingNanos.store(0, ordering: .relaxed)
        self.maxNanos.store(0, ordering: .relaxed)
    }

    @inline(__always)
    private static func add(_ amount: Int64, to counter: borrowing Atomic<Int64>) {
        counter.store(counter.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
