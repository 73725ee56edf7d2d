import NIOCore

/// Sends messages in datagrams, and waits for the answers where they are asked for.
///
/// An answer carries no id, so that a member has one message waiting for one at a time. Without an answer in
/// time a message is sent again, as often as configured.
/// Isolation: channel loop.
final class DatagramSender: Sendable {
    /// Largest message that fits one datagram.
    static let sizeMaximum = 65_507
    /// Messages that may wait for one member's answer.
    static let queueMaximum = 1024

    private struct State {
        var socket: EventLoopFuture<any DatagramSocket>?
        /// By member; the first of each waits for its answer.
        var queues: [Endpoint: CircularBuffer<SendJob>] = [:]
    }

    private let environment: ChannelEnvironment
    private let timeout: TimeAmount
    private let retriesMaximum: Int
    private let state = LoopConfined(State())

    init(environment: ChannelEnvironment, timeout: TimeAmount, retriesMaximum: Int) {
        self.environment = environment
        self.timeout = timeout
        self.retriesMaximum = retriesMaximum
    }

    private var loop: ChannelLoop { self.environment.loop }

    func send(_ package: ByteBuffer, options: SendOptions, for destination: FanOut.Destination) {
        guard package.readableBytes <= Self.sizeMaximum else {
            return destination.fail(ChannelError(.badMessage, "The message is too large for a datagram"))
        }
        let endpoint = Endpoint(host: destination.member.host, port: destination.member.udpPort)
        let job = SendJob(
            package,
            for: destination,
            awaitsAcknowledgement: options.contains(.useAck),
            deadline: self.loop.now + self.timeout
        )
        guard job.awaitsAcknowledgement else { return self.transmit(job, to: endpoint) }
        let waiting = self.state[self.loop].queues[endpoint]?.count ?? 0
        guard waiting < Self.queueMaximum else {
            return destination.fail(ChannelError(.queueFull, "Too many datagrams wait for the member's answer"))
        }
        self.state[self.loop].queues[endpoint, default: CircularBuffer()].append(job)
        if waiting == 0 { self.transmit(job, to: endpoint) }
    }

    func stop(_ error: ChannelError) -> EventLoopFuture<Void> {
        let state = self.state[self.loop]
        self.state[self.loop] = State()
        for job in state.queues.values.joined() { job.finish(.failure(error), loop: self.loop) }
        return state.socket?.flatMap { $0.close() } ?? self.loop.succeeded()
    }

    private func transmit(_ job: SendJob, to endpoint: Endpoint) {
        if job.awaitsAcknowledgement {
            self.loop.schedule(after: self.timeout) { [weak self] in self?.overdue(job, at: endpoint) }
        }
        self.socket().flatMap { $0.send(job.package, to: endpoint) }.whenComplete { result in
            if case .failure(let error) = result {
                self.finish(job, at: endpoint, .failure(error))
            } else if !job.awaitsAcknowledgement {
                job.finish(.success(()), loop: self.loop)
            }
        }
    }

    private func overdue(_ job: SendJob, at endpoint: Endpoint) {
        if job.isDone(self.loop) { return }
        guard job.mayRetry(maximum: self.retriesMaximum, loop: self.loop) else {
            let error = ChannelError(.timedOut, "Operation has timed out(\(self.timeout.milliseconds) ms.).")
            return self.finish(job, at: endpoint, .failure(error))
        }
        self.transmit(job, to: endpoint)
    }

    /// The job's turn is over; the next one of its member begins.
    private func finish(_ job: SendJob, at endpoint: Endpoint, _ result: Result<Void, any Error>) {
        job.finish(result, loop: self.loop)
        guard var queue = self.state[self.loop].queues[endpoint], queue.first === job else { return }
        queue.removeFirst()
        self.state[self.loop].queues[endpoint] = queue.isEmpty ? nil : queue
        if let next = queue.first { self.transmit(next, to: endpoint) }
    }

    private func socket() -> EventLoopFuture<any DatagramSocket> {
        if let socket = self.state[self.loop].socket { return socket }
        let binding = DatagramBinding(endpoint: Endpoint(host: HostAddress.any, port: 0))
        let socket = self.environment.network.openDatagrams(binding, on: self.loop) { [weak self] datagram, from in
            self?.received(datagram, from: from)
        }
        self.state[self.loop].socket = socket
        return socket
    }

    private func received(_ datagram: ByteBuffer, from: Endpoint) {
        var buffer = datagram
        guard let payload = try? PackageDecoder(maximumPayloadSize: 1024).decode(buffer: &buffer),
            let acknowledgement = Acknowledgement(payload: payload),
            let job = self.state[self.loop].queues[from]?.first
        else { return }
        switch acknowledgement {
        case .accepted: self.finish(job, at: from, .success(()))
        case .failed:
            let error = ChannelError(.remoteProcessing, "The member failed to process the message")
            self.finish(job, at: from, .failure(error))
        }
    }
}
