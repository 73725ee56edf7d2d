import Modeler
import NIOCore

/// What the connections of one protocol handler on one event loop share.
///
/// Idle connections own next to nothing: the objects that a request needs are lent to them from here.
///
/// Isolation: its event loop, except `statistics`, `executor` and `actor`.
final class LoopContext {
    /// Output buffers larger than this are not kept.
    private static let spareOutputMaximum = 128 * 1024
    private static let outputCapacity = 8 * 1024
    /// One for the answer and one for its ciphertext.
    private static let spareOutputCount = 2
    private static let plaintextCapacity = 2 * 1024
    /// Deadlines closer together than this are looked at together, in nanoseconds.
    private static let timerGranularity: Int64 = 20_000_000

    let eventLoop: any EventLoop
    let executor: LoopExecutor
    let actor: LoopActor
    private let notes: LoopNotes
    private(set) var settings: Http11Settings
    let statistics = LoopStatistics()
    var dateCache = HTTPDateCache()
    var hostCache = HostCache()
    private(set) var restrictedUserAgents: UserAgentPattern?
    /// Connections, each knowing its place.
    private(set) var connections: [Http11Processor] = []
    /// Connections whose output is sent at the end of this turn of the loop.
    private var unflushed: [Http11Processor] = []
    /// Those that are being flushed; empty between two flushes, its room is kept.
    private var flushing: [Http11Processor] = []
    private var exchanges: [Exchange] = []
    /// What connections hold that have no buffer: of the loop's own, since all loops write the count of an empty buffer
    /// that is made anew.
    let nothing = ByteBufferAllocator().buffer(capacity: 1)
    private var spareOutputs: [ByteBuffer] = []
    private var sparePlaintext: ByteBuffer?
    private var timer: Scheduled<Void>?
    /// When the timer is due; `.max` without one.
    private var timerDue = Int64.max
    /// Called when the last connection has gone.
    private var onEmpty: (() -> Void)?
    /// Whether no requests are to come: objects that are given back are not kept, for nobody would end their tasks.
    private var isRetired = false

    private var requestCount: UInt64

    /// Request identifiers differ between loops by the loop's number in its group.
    init(eventLoop: any EventLoop, index: Int, settings: Http11Settings) throws(CoyoteError) {
        self.restrictedUserAgents = try settings.restrictedUserAgentPattern()
        self.requestCount = UInt64(index) << 48
        self.eventLoop = eventLoop
        self.executor = LoopExecutor(eventLoop)
        self.actor = LoopActor(eventLoop)
        self.notes = LoopNotes(self.actor)
        self.settings = settings
    }

    /// Uses other attributes for requests to come.
    func use(_ settings: Http11Settings, restrictedUserAgents: UserAgentPattern?) {
        self.settings = settings
        self.restrictedUserAgents = restrictedUserAgents
        self.endExchanges()
    }

    /// Ends the tasks that wait for requests, and those of requests under way after these.
    func retire() {
        self.isRetired = true
        self.endExchanges()
    }

    func nextRequestID() -> UInt64 {
        self.requestCount += 1
        return self.requestCount
    }

    // MARK: Connections

    func add(_ connection: Http11Processor) {
        connection.place = self.connections.count
        self.connections.append(connection)
        self.statistics.addConnections(1)
    }

    func remove(_ connection: Http11Processor) {
        guard connection.place >= 0, let last = self.connections.popLast() else { return }
        if last !== connection {
            last.place = connection.place
            self.connections[connection.place] = last
        }
        connection.place = -1
        self.statistics.addConnections(-1)
        if self.connections.isEmpty { self.onEmpty?() }
    }

    func requestInfos() -> [RequestInfo] {
        let now = MonotonicClock.now()
        return self.connections.compactMap { $0.requestInfo(now: now) }
    }

    /// Closes idle connections and completes when none is left, at the latest after the grace period.
    func drain(gracePeriod: TimeAmount) -> EventLoopFuture<Void> {
        let isEmpty = self.eventLoop.makePromise(of: Void.self)
        self.onEmpty = { isEmpty.succeed() }
        for connection in self.connections { connection.closeIfIdle() }
        guard !self.connections.isEmpty else {
            self.onEmpty = nil
            self.retire()
            isEmpty.succeed()
            return isEmpty.futureResult
        }
        let end = self.eventLoop.assumeIsolated().scheduleTask(in: gracePeriod) {
            for connection in self.connections { connection.abort() }
        }
        return isEmpty.futureResult.assumeIsolated().map {
            self.onEmpty = nil
            self.retire()
            end.cancel()
        }.nonisolated()
    }

    // MARK: Flushing

    /// Sends a connection's output when all connections that have something to read have been served.
    func flushLater(_ connection: Http11Processor) {
        self.unflushed.append(connection)
        guard self.unflushed.count == 1 else { return }
        self.eventLoop.assumeIsolated().execute { self.flushAll() }
    }

    private func flushAll() {
        swap(&self.unflushed, &self.flushing)
        for connection in self.flushing { connection.flushOutput() }
        self.flushing.removeAll(keepingCapacity: true)
    }

    // MARK: Lending

    func takeExchange() -> Exchange {
        if let exchange = self.exchanges.popLast() { return exchange }
        return Exchange(settings: self.settings, eventLoop: self.eventLoop, actor: self.actor, notes: self.notes)
    }

    /// Takes back what a connection does not need any more; if the request's task is still busy with it, when it is not.
    func giveBack(_ exchange: Exchange) {
        guard !exchange.isServing else {
            exchange.isReleased = true
            return
        }
        exchange.recycle()
        guard exchange.isReusable else { return }
        guard exchange.settings === self.settings, !self.isRetired else { return exchange.retire() }
        let limit = self.settings.configuration.processorCache
        if limit < 0 || self.exchanges.count < limit { self.exchanges.append(exchange) } else { exchange.retire() }
    }

    func serviceEnded(_ exchange: Exchange) {
        if exchange.isReleased { self.giveBack(exchange) }
    }

    private func endExchanges() {
        for exchange in self.exchanges { exchange.retire() }
        self.exchanges.removeAll()
    }

    func takeOutput() -> ByteBuffer {
        self.spareOutputs.popLast() ?? ByteBufferAllocator().buffer(capacity: Self.outputCapacity)
    }

    func giveBack(_ output: consuming ByteBuffer) {
        guard self.spareOutputs.count < Self.spareOutputCount, output.capacity <= Self.spareOutputMaximum else {
            return
        }
        output.clear()
        self.spareOutputs.append(output)
    }

    /// Room for decrypted bytes.
    func takePlaintext(_ size: Int) -> ByteBuffer {
        guard let buffer = self.sparePlaintext.take() else {
            return ByteBufferAllocator().buffer(capacity: max(size, Self.plaintextCapacity))
        }
        return buffer
    }

    func giveBack(plaintext: consuming ByteBuffer) {
        plaintext.clear()
        self.sparePlaintext = plaintext
    }

    // MARK: Time

    /// Makes sure that deadlines are looked at when this one passes.
    func arm(_ deadline: Int64) {
        guard deadline < self.timerDue else { return }
        self.timer?.cancel()
        self.timerDue = deadline
        let due = NIODeadline.uptimeNanoseconds(UInt64(max(0, deadline)))
        self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.checkDeadlines(now: MonotonicClock.now())
        }
    }

    /// One coarse timer serves all connections: it walks them and waits for the earliest deadline that is left.
    private func checkDeadlines(now: Int64) {
        self.timer = nil
        self.timerDue = .max
        var next = Int64.max
        for connection in self.connections {
            if connection.deadline <= now { connection.deadlinePassed(now: now) }
            next = min(next, connection.deadline)
        }
        if next != .max { self.arm(max(next, now + Self.timerGranularity)) }
    }
}
