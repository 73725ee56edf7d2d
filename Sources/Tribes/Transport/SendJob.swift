import NIOCore

/// One message on its way to one member.
///
/// Isolation: channel loop.
final class SendJob: Sendable {
    let package: ByteBuffer
    let awaitsAcknowledgement: Bool
    let deadline: NIODeadline
    private let destination: FanOut.Destination
    /// Whose bytes it counts among until it is done.
    private let lane: MemberSender?
    // SAFETY: touched on the channel's loop only, which each method checks.
    nonisolated(unsafe) private var attempts = 0
    nonisolated(unsafe) private var isFinished = false

    init(
        _ package: ByteBuffer,
        for destination: FanOut.Destination,
        awaitsAcknowledgement: Bool,
        deadline: NIODeadline,
        lane: MemberSender? = nil
    ) {
        self.package = package
        self.awaitsAcknowledgement = awaitsAcknowledgement
        self.deadline = deadline
        self.destination = destination
        self.lane = lane
    }

    /// Tells the result, once.
    func finish(_ result: Result<Void, any Error>, loop: ChannelLoop) {
        loop.preconditionOnLoop()
        if self.isFinished { return }
        self.isFinished = true
        self.lane?.release(self.package.readableBytes)
        self.destination.finish(result)
    }

    func isDone(_ loop: ChannelLoop) -> Bool {
        loop.preconditionOnLoop()
        return self.isFinished
    }

    /// Notes one failure; false when it was the last that is allowed.
    func mayRetry(maximum: Int, loop: ChannelLoop) -> Bool {
        loop.preconditionOnLoop()
        self.attempts += 1
        return self.attempts <= maximum
    }
}

/// Waits for one message to reach all of its destinations.
///
/// Isolation: channel loop.
final class FanOut: Sendable {
    /// One of them.
    struct Destination: Sendable {
        fileprivate let fanOut: FanOut
        fileprivate let place: Int

        var member: Member { self.fanOut.members[self.place] }

        func finish(_ result: Result<Void, any Error>) { self.fanOut.finished(self, result) }

        func fail(_ error: ChannelError) { self.finish(.failure(error)) }
    }

    private let loop: ChannelLoop
    private let sender: PooledParallelSender
    fileprivate let members: [Member]
    private let promise: EventLoopPromise<Void>
    // SAFETY: touched on the channel's loop only, which `finished` checks.
    nonisolated(unsafe) private var remaining: Int
    nonisolated(unsafe) private var faulty: [ChannelError.FaultyMember] = []

    init(of sender: PooledParallelSender, to members: [Member], loop: ChannelLoop) {
        self.loop = loop
        self.sender = sender
        self.members = members
        self.promise = loop.makePromise(of: Void.self)
        self.remaining = members.count
    }

    func destination(_ place: Int) -> Destination { Destination(fanOut: self, place: place) }

    var result: EventLoopFuture<Void> { self.promise.futureResult }

    fileprivate func finished(_ destination: Destination, _ result: Result<Void, any Error>) {
        self.loop.preconditionOnLoop()
        if case .failure(let error) = result {
            self.sender.failed(error)
            self.faulty.append(ChannelError.FaultyMember(destination.member, cause: error))
        }
        self.remaining -= 1
        guard self.remaining == 0 else { return }
        guard !self.faulty.isEmpty else { return self.promise.succeed() }
        let error = ChannelError(
            .sendFailed,
            "Operation has failed",
            cause: self.faulty[0].cause,
            faultyMembers: self.faulty
        )
        self.sender.sendFailed(error, loop: self.loop)
        self.promise.fail(error)
    }
}
