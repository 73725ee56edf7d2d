import NIOCore

/// One message on its way to one member.
///
/// Isolation: channel loop.
final class SendJob: Sendable {
    /// How often it was tried, and what it told so far.
    private struct State {
        var attempts = 0
        var isDone = false
    }

    let package: ByteBuffer
    let awaitsAcknowledgement: Bool
    let deadline: NIODeadline
    private let completion: @Sendable (Result<Void, any Error>) -> Void
    private let state = LoopConfined(State())

    init(
        package: ByteBuffer,
        awaitsAcknowledgement: Bool,
        deadline: NIODeadline,
        completion: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        self.package = package
        self.awaitsAcknowledgement = awaitsAcknowledgement
        self.deadline = deadline
        self.completion = completion
    }

    /// Tells the result, once.
    func finish(_ result: Result<Void, any Error>, loop: ChannelLoop) {
        if self.state[loop].isDone { return }
        self.state[loop].isDone = true
        self.completion(result)
    }

    func isDone(_ loop: ChannelLoop) -> Bool { self.state[loop].isDone }

    /// Notes one failure; false when it was the last that is allowed.
    func mayRetry(maximum: Int, loop: ChannelLoop) -> Bool {
        self.state[loop].attempts += 1
        return self.state[loop].attempts <= maximum
    }
}

/// Waits for one message to reach all of its destinations.
///
/// Isolation: channel loop.
final class FanOut: Sendable {
    private struct State {
        var remaining: Int
        var faulty: [ChannelError.FaultyMember] = []
    }

    private let loop: ChannelLoop
    private let promise: EventLoopPromise<Void>
    private let state: LoopConfined<State>

    init(count: Int, loop: ChannelLoop) {
        self.loop = loop
        self.promise = loop.makePromise(of: Void.self)
        self.state = LoopConfined(State(remaining: count))
    }

    var result: EventLoopFuture<Void> { self.promise.futureResult }

    func finished(_ member: Member, _ result: Result<Void, any Error>) {
        if case .failure(let error) = result {
            self.state[self.loop].faulty.append(ChannelError.FaultyMember(member, cause: error))
        }
        self.state[self.loop].remaining -= 1
        guard self.state[self.loop].remaining == 0 else { return }
        let faulty = self.state[self.loop].faulty
        guard !faulty.isEmpty else { return self.promise.succeed() }
        self.promise.fail(
            ChannelError(
                .sendFailed,
                "Operation has failed",
                cause: faulty[0].cause,
                faultyMembers: faulty
            )
        )
    }
}
