import NIOCore

/// Everything that goes to one member: a lane that keeps order, and a pool for messages that wait for answers.
///
/// Messages that nobody waits for, or that ask for no answer, go over the lane, one behind the other: they
/// arrive in the order in which they were sent. A message that is waited for takes a connection
/// from the pool, the one used last first; those that follow it within moments gather behind it and leave together, as
/// soon as it is answered, which costs each of them less than a connection of its own. Behind what is not answered soon
/// nothing gathers: others take another connection, and so does, a moment later, what has gathered. What finds the pool
/// busy waits its turn, up to a time and a number.
/// Isolation: channel loop.
final class MemberSender: Sendable {
    struct Limits: Sendable {
        /// Connections of the pool.
        var poolSize: Int
        /// How long a message may wait for one of them.
        var poolWait: TimeAmount
        /// Messages that may wait for one of them.
        var poolWaitersMaximum = 16_384
        /// Bytes on the lane that the system has not taken; a message above that fails at once.
        var laneBytesMaximum = 64 << 20
    }

    /// How soon it is looked again at what gathers behind a batch.
    private static let watchTime = TimeAmount.milliseconds(2)

    private struct State {
        /// Connections of the pool with nothing to do, the one used last at the end.
        var idle: [SenderConnection] = []
        var busy: [SenderConnection] = []
        /// The one of them that took a message last.
        var gathering: SenderConnection?
        /// Whether it is looked soon at what gathers.
        var isWatchDue = false
        var waiting = CircularBuffer<(job: SendJob, until: NIODeadline)>()
        var laneBytes = 0
        var overflows: Int64 = 0
    }

    private let settings: SenderConnection.Settings
    private let limits: Limits
    private let environment: ChannelEnvironment
    private let lane: SenderConnection
    private let state = LoopConfined(State())

    init(settings: SenderConnection.Settings, limits: Limits, environment: ChannelEnvironment) {
        self.settings = settings
        self.limits = limits
        self.environment = environment
        self.lane = SenderConnection(settings: settings, environment: environment)
    }

    /// Called when messages that asked for no answer may not have arrived: they all go over the lane.
    func whenDoubted(_ body: @escaping @Sendable () -> Void) { self.lane.whenDoubted(body) }

    private var loop: ChannelLoop { self.environment.loop }

    /// Messages that the lane refused because too much was waiting.
    var overflows: Int64 { self.state[self.loop].overflows }
    var laneBytes: Int { self.state[self.loop].laneBytes }
    /// Connections of the pool: with something to do, and in all.
    var poolUse: (busy: Int, all: Int) {
        let state = self.state[self.loop]
        return (state.busy.count, state.busy.count + state.idle.count)
    }
    var isIdle: Bool {
        let state = self.state[self.loop]
        return self.lane.isIdle && state.busy.isEmpty && state.waiting.isEmpty
    }

    func send(_ package: ByteBuffer, options: SendOptions, for destination: FanOut.Destination) {
        let awaits = options.contains(.useAck)
        let deadline = self.loop.now + self.settings.timeout
        guard options.contains(.asynchronous) || !awaits else {
            let job = SendJob(package, for: destination, awaitsAcknowledgement: true, deadline: deadline)
            return self.sendPooled(job)
        }
        let size = package.readableBytes
        guard self.state[self.loop].laneBytes + size <= self.limits.laneBytesMaximum else {
            self.state[self.loop].overflows += 1
            let message = "The member takes messages too slowly, its queue is full"
            return destination.fail(ChannelError(.queueFull, message))
        }
        self.state[self.loop].laneBytes += size
        let job = SendJob(package, for: destination, awaitsAcknowledgement: awaits, deadline: deadline, lane: self)
        self.lane.send(job)
    }

    /// A message of the lane is done.
    func release(_ bytes: Int) { self.state[self.loop].laneBytes -= bytes }

    /// Gives up what is overdue on every connection.
    func sweep(_ now: NIODeadline) {
        self.lane.sweep(now)
        let state = self.state[self.loop]
        for connection in state.busy + state.idle { connection.sweep(now) }
        self.freeGathered()
        while let first = self.state[self.loop].waiting.first, first.until <= now {
            self.state[self.loop].waiting.removeFirst()
            self.failPooled(first.job)
        }
    }

    func stop(_ error: ChannelError) {
        self.lane.stop(error)
        let state = self.state[self.loop]
        self.state[self.loop] = State(overflows: state.overflows)
        for connection in state.busy + state.idle { connection.stop(error) }
        for entry in state.waiting { entry.job.finish(.failure(error), loop: self.loop) }
    }

    private func sendPooled(_ job: SendJob) {
        if let connection = self.state[self.loop].gathering, connection.gathers(job) {
            connection.send(job)
            return self.watch(connection)
        }
        guard let connection = self.takeConnection() else {
            guard self.state[self.loop].waiting.count < self.limits.poolWaitersMaximum else {
                return self.failPooled(job)
            }
            self.state[self.loop].waiting.append((job, self.loop.now + self.limits.poolWait))
            return
        }
        self.state[self.loop].gathering = connection
        connection.send(job)
    }

    /// Looks soon at what gathers behind a batch: one timer at a time for all connections.
    private func watch(_ connection: SenderConnection) {
        guard connection.holdsBack, !self.state[self.loop].isWatchDue else { return }
        self.state[self.loop].isWatchDue = true
        self.loop.schedule(after: Self.watchTime) { [weak self] in
            guard let self else { return }
            self.state[self.loop].isWatchDue = false
            self.freeGathered()
            if let held = self.state[self.loop].busy.first(where: { $0.holdsBack }) { self.watch(held) }
        }
    }

    /// Sends by other connections what gathered behind batches that should have been answered.
    private func freeGathered() {
        for connection in self.state[self.loop].busy where connection.isStalled {
            for job in connection.takeQueue() { self.sendPooled(job) }
        }
    }

    private func takeConnection() -> SenderConnection? {
        if let connection = self.state[self.loop].idle.popLast() {
            self.state[self.loop].busy.append(connection)
            return connection
        }
        guard self.state[self.loop].busy.count < max(1, self.limits.poolSize) else { return nil }
        let connection = SenderConnection(settings: self.settings, environment: self.environment)
        connection.whenIdle { [weak self] in self?.becameIdle($0) }
        self.state[self.loop].busy.append(connection)
        return connection
    }

    private func becameIdle(_ connection: SenderConnection) {
        var isBusy = false
        while let next = self.state[self.loop].waiting.first, !isBusy || connection.gathers(next.job) {
            self.state[self.loop].waiting.removeFirst()
            if next.job.isDone(self.loop) { continue }
            connection.send(next.job)
            isBusy = true
        }
        if isBusy { return }
        guard let index = self.state[self.loop].busy.firstIndex(where: { $0 === connection }) else { return }
        self.state[self.loop].busy.swapAt(index, self.state[self.loop].busy.count - 1)
        self.state[self.loop].busy.removeLast()
        self.state[self.loop].idle.append(connection)
    }

    private func failPooled(_ job: SendJob) {
        job.finish(
            .failure(
                ChannelError(
                    .senderPoolExhausted,
                    "Unable to retrieve a data sender, time out(\(self.limits.poolWait.milliseconds) ms) error."
                )
            ),
            loop: self.loop
        )
    }
}
