import NIOCore

/// One connection to a member, with the messages that go over it.
///
/// It opens when there is something to send, and again after it broke. What is sent in one turn of the loop leaves in
/// one write, as a ``SendBatch``. A message without acknowledgement is done when the system took it. A batch with some
/// holds what is behind it until all its answers came, since answers carry no id; its messages are done together, as
/// Tomcat may answer two that it read apart in either order. A refusal is taken for the message at its place among the
/// answers, which is right for all that was read together and for any node of this kind. What was not done when the
/// connection broke is sent again, in order, as often as configured.
/// Isolation: channel loop.
final class SenderConnection: NetworkConnectionHandler {
    struct Settings: Sendable {
        var endpoint: Endpoint
        var socketOptions: SocketOptions
        var timeout: TimeAmount
        var retriesMaximum: Int
        var failsOnFailedAcknowledgement: Bool
        /// Messages after which the connection is closed; negative for none.
        var messagesMaximum: Int
        /// Age at which the connection is closed; nil for none.
        var ageMaximum: TimeAmount?
    }

    private enum Link {
        case closed
        case opening
        case open(any NetworkConnection, since: NIODeadline)
    }

    private struct State {
        var link = Link.closed
        var queue = CircularBuffer<SendJob>()
        /// Bytes of the queue.
        var queuedBytes = 0
        /// Whether the queue is looked at when the loop's turn ends.
        var isPumpDue = false
        /// Written, not yet taken by the system, oldest first.
        var writing = CircularBuffer<SendJob>()
        /// What has to be answered before anything else is written, oldest first, and since when.
        var awaiting: [SendJob] = []
        var awaitingSince = NIODeadline.distantPast
        var answers: [Acknowledgement] = []
        var input = ByteBuffer()
        var messages = 0
        /// When something went over this link that nobody answers.
        var lastUnanswered: NIODeadline?
        var isStopped = false
    }

    /// How long after a message without answer a link that breaks may have lost it.
    static let doubtAge = TimeAmount.seconds(20)
    /// How long messages gather behind a batch that is not answered.
    static let gatheringTime = TimeAmount.milliseconds(1)

    let settings: Settings
    private let environment: ChannelEnvironment
    private let state = LoopConfined(State())
    private let decoder = PackageDecoder(maximumPayloadSize: 1024)
    private let idled = SetOnce<@Sendable (SenderConnection) -> Void>()
    private let doubted = SetOnce<@Sendable () -> Void>()

    init(settings: Settings, environment: ChannelEnvironment) {
        self.settings = settings
        self.environment = environment
    }

    private var loop: ChannelLoop { self.environment.loop }

    /// Called each time nothing is left to do.
    func whenIdle(_ body: @escaping @Sendable (SenderConnection) -> Void) { self.idled.set(body) }

    /// Called when messages that count as sent may not have arrived.
    func whenDoubted(_ body: @escaping @Sendable () -> Void) { self.doubted.set(body) }

    /// Whether nothing waits, is written or unanswered.
    var isIdle: Bool {
        self.state[self.loop].queue.isEmpty && self.state[self.loop].writing.isEmpty
            && self.state[self.loop].awaiting.isEmpty
    }

    /// Whether another message leaves about as soon over this connection, in one write with others, as over one that is
    /// idle.
    func gathers(_ job: SendJob) -> Bool {
        let bytes = self.state[self.loop].queuedBytes + job.package.readableBytes
        guard self.isOpen, bytes <= SendBatch.bytesMaximum else { return false }
        return self.state[self.loop].isPumpDue || !self.state[self.loop].awaiting.isEmpty && !self.isStalled
    }

    /// Whether a batch is not answered that should have been by now.
    var isStalled: Bool {
        !self.state[self.loop].awaiting.isEmpty
            && self.loop.now - self.state[self.loop].awaitingSince > Self.gatheringTime
    }

    /// Whether messages wait behind a batch that is not answered.
    var holdsBack: Bool { !self.state[self.loop].awaiting.isEmpty && !self.state[self.loop].queue.isEmpty }

    var isOpen: Bool {
        if case .open = self.state[self.loop].link { true } else { false }
    }

    func send(_ job: SendJob) {
        self.enqueue(job)
        self.pumpLater()
    }

    /// Takes back what was not written.
    func takeQueue() -> CircularBuffer<SendJob> {
        defer {
            self.state[self.loop].queue.removeAll(keepingCapacity: true)
            self.state[self.loop].queuedBytes = 0
        }
        return self.state[self.loop].queue
    }

    /// Closes; what is not done fails.
    func stop(_ error: ChannelError) {
        self.state[self.loop].isStopped = true
        let jobs = self.takeUnfinished()
        if case .open(let connection, _) = self.state[self.loop].link { connection.close() }
        self.state[self.loop].link = .closed
        for job in jobs { job.finish(.failure(error), loop: self.loop) }
    }

    /// Gives up what is overdue, and closes what is idle and older than configured.
    func sweep(_ now: NIODeadline) {
        let wasIdle = self.isIdle
        self.expireQueue(now)
        let state = self.state[self.loop]
        let oldest = state.awaiting.first ?? state.writing.first
        if let oldest, oldest.deadline <= now {
            let error = ChannelError(.timedOut, "Operation has timed out(\(self.settings.timeout.milliseconds) ms.).")
            oldest.finish(.failure(error), loop: self.loop)
            self.breakLink(error)
        } else if wasIdle {
            if self.isWornOut(now) { self.closeLink() }
        } else {
            // Whoever waited for it to open has given up: it may take another message.
            self.checkIdle()
        }
    }

    // MARK: Sending

    private func enqueue(_ job: SendJob) {
        self.state[self.loop].queue.append(job)
        self.state[self.loop].queuedBytes += job.package.readableBytes
    }

    /// Writes what is queued when everything else of this turn of the loop has been sent too.
    private func pumpLater() {
        guard !self.state[self.loop].isPumpDue, self.state[self.loop].awaiting.isEmpty else { return }
        self.state[self.loop].isPumpDue = true
        self.loop.eventLoop.execute {
            self.state[self.loop].isPumpDue = false
            self.pump()
        }
    }

    private func pump() {
        guard case .open(let connection, _) = self.state[self.loop].link else { return self.open() }
        while self.state[self.loop].awaiting.isEmpty {
            let batch = SendBatch(takingFrom: &self.state[self.loop].queue, loop: self.loop)
            self.state[self.loop].queuedBytes -= batch.takenBytes
            guard !batch.jobs.isEmpty else { break }
            self.write(batch, on: connection)
        }
    }

    private func write(_ batch: SendBatch, on connection: any NetworkConnection) {
        let unanswered = batch.jobs.prefix { !$0.awaitsAcknowledgement }
        self.state[self.loop].messages += batch.jobs.count
        if unanswered.count < batch.jobs.count {
            self.state[self.loop].awaiting =
                unanswered.isEmpty ? batch.jobs : Array(batch.jobs.dropFirst(unanswered.count))
            self.state[self.loop].awaitingSince = self.loop.now
        }
        if !unanswered.isEmpty {
            self.state[self.loop].writing.append(contentsOf: unanswered)
            self.state[self.loop].lastUnanswered = self.loop.now
        }
        let count = unanswered.count
        connection.write(batch.package).whenComplete { self.written(count, on: connection, $0) }
    }

    /// The system took a batch with so many messages that are done with that.
    private func written(_ count: Int, on connection: any NetworkConnection, _ result: Result<Void, any Error>) {
        if case .failure(let error) = result { return self.writeFailed(connection, error) }
        guard count > 0, case .open(let current, _) = self.state[self.loop].link, current === connection else { return }
        for _ in 0..<count {
            guard let job = self.state[self.loop].writing.popFirst() else { break }
            job.finish(.success(()), loop: self.loop)
        }
        self.checkIdle()
    }

    private func writeFailed(_ connection: any NetworkConnection, _ error: any Error) {
        guard case .open(let current, _) = self.state[self.loop].link, current === connection else { return }
        self.breakLink(error)
    }

    // MARK: The connection

    private func open() {
        guard case .closed = self.state[self.loop].link, !self.state[self.loop].isStopped,
            !self.state[self.loop].queue.isEmpty
        else { return }
        self.state[self.loop].link = .opening
        self.environment.network.connect(
            to: self.settings.endpoint,
            timeout: self.settings.timeout,
            options: self.settings.socketOptions,
            on: self.loop,
            handler: self
        ).whenComplete { self.opened($0) }
    }

    private func opened(_ result: Result<any NetworkConnection, any Error>) {
        switch result {
        case .success(let connection):
            guard !self.state[self.loop].isStopped else { return connection.close() }
            guard connection.isOpen else { return self.breakLink(ChannelError(.sendFailed, "Connection was closed")) }
            self.state[self.loop].link = .open(connection, since: self.loop.now)
            self.state[self.loop].messages = 0
            self.state[self.loop].lastUnanswered = nil
            self.state[self.loop].input.clear()
            self.pump()
        case .failure(let error):
            self.breakLink(error)
        }
    }

    /// The connection is of no use any more: what is not done is tried again, or fails.
    private func breakLink(_ error: any Error) {
        let link = self.state[self.loop].link
        let jobs = self.takeUnfinished()
        self.state[self.loop].link = .closed
        if case .open(let connection, _) = link { connection.close() }
        let lastUnanswered = self.state[self.loop].lastUnanswered
        self.state[self.loop].lastUnanswered = nil
        var failed: [SendJob] = []
        for job in jobs where !job.isDone(self.loop) {
            if job.mayRetry(maximum: self.settings.retriesMaximum, loop: self.loop) {
                self.enqueue(job)
            } else {
                failed.append(job)
            }
        }
        for job in failed { job.finish(.failure(error), loop: self.loop) }
        self.pump()
        self.checkIdle()
        // behind what is tried again
        if let lastUnanswered, self.loop.now - lastUnanswered <= Self.doubtAge { self.doubted.value?() }
    }

    /// Everything not done, in the order in which it was to be sent.
    private func takeUnfinished() -> [SendJob] {
        let state = self.state[self.loop]
        self.state[self.loop].writing.removeAll()
        self.state[self.loop].awaiting.removeAll()
        self.state[self.loop].answers.removeAll()
        return Array(state.writing) + state.awaiting + self.takeQueue()
    }

    private func closeLink() {
        guard case .open(let connection, _) = self.state[self.loop].link else { return }
        self.state[self.loop].link = .closed
        connection.close()
    }

    private func isWornOut(_ now: NIODeadline) -> Bool {
        guard case .open(_, let since) = self.state[self.loop].link else { return false }
        if let age = self.settings.ageMaximum, now - since > age { return true }
        return self.settings.messagesMaximum >= 0 && self.state[self.loop].messages > self.settings.messagesMaximum
    }

    private func expireQueue(_ now: NIODeadline) {
        while let job = self.state[self.loop].queue.first, job.deadline <= now {
            self.state[self.loop].queue.removeFirst()
            self.state[self.loop].queuedBytes -= job.package.readableBytes
            job.finish(
                .failure(
                    ChannelError(.timedOut, "Operation has timed out(\(self.settings.timeout.milliseconds) ms.).")
                ),
                loop: self.loop
            )
        }
    }

    private func checkIdle() {
        guard self.isIdle else { return }
        if self.isWornOut(self.loop.now) { self.closeLink() }
        self.idled.value?(self)
    }

    // MARK: Answers

    func received(_ bytes: ByteBuffer, on connection: any NetworkConnection) {
        guard case .open(let current, _) = self.state[self.loop].link, current === connection else { return }
        // Else all answers that ever came would be kept.
        self.state[self.loop].input.discardReadBytes()
        self.state[self.loop].input.writeImmutableBuffer(bytes)
        do {
            while self.state[self.loop].input.readableBytes > 0,
                let payload = try self.decoder.decode(buffer: &self.state[self.loop].input)
            {
                self.answered(Acknowledgement(payload: payload))
            }
        } catch {
            self.breakLink(error)
        }
    }

    private func answered(_ acknowledgement: Acknowledgement?) {
        let count = self.state[self.loop].awaiting.count
        guard let acknowledgement, count > 0 else { return }
        self.state[self.loop].answers.append(acknowledgement)
        guard self.state[self.loop].answers.count == count else { return }
        let (jobs, answers) = (self.state[self.loop].awaiting, self.state[self.loop].answers)
        self.state[self.loop].awaiting.removeAll(keepingCapacity: true)
        self.state[self.loop].answers.removeAll(keepingCapacity: true)
        // What arrives in the same turn of the loop leaves with what has gathered.
        if !self.state[self.loop].queue.isEmpty { self.pumpLater() }
        for (job, answer) in zip(jobs, answers) { job.finish(self.result(of: answer), loop: self.loop) }
        self.checkIdle()
    }

    private func result(of answer: Acknowledgement) -> Result<Void, any Error> {
        guard answer == .failed, self.settings.failsOnFailedAcknowledgement else { return .success(()) }
        return .failure(
            ChannelError(
                .remoteProcessing,
                "Received a failed ack:org.apache.catalina.tribes.transport.Constants.FAIL_ACK_DATA"
            )
        )
    }

    func closed(_ connection: any NetworkConnection, error: (any Error)?) {
        guard case .open(let current, _) = self.state[self.loop].link, current === connection else { return }
        self.breakLink(error ?? ChannelError(.sendFailed, "Connection was closed by the member"))
    }
}

extension TimeAmount {
    var milliseconds: Int64 { self.nanoseconds / 1_000_000 }
}
