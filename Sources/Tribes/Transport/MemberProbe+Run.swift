package import NIOCore

extension ChannelNetwork {
    /// Whether the endpoint takes a connection and, as far as the probe says so, answers; it never fails.
    package func probe(_ endpoint: Endpoint, _ probe: MemberProbe, on loop: ChannelLoop) -> EventLoopFuture<Bool> {
        let answer = ProbeAnswer(loop: loop)
        let attempt = self.connect(
            to: endpoint,
            timeout: probe.connectTimeout,
            options: SocketOptions(),
            on: loop,
            handler: answer
        )
        attempt.whenComplete { result in
            switch result {
            case .failure: answer.finish(false)
            case .success(let connection): answer.run(probe, on: connection)
            }
        }
        return answer.result
    }
}

/// Waits on one connection for what its probe wants.
private final class ProbeAnswer: NetworkConnectionHandler {
    private let loop: ChannelLoop
    private let promise: EventLoopPromise<Bool>
    private let isFinished = LoopConfined(false)

    init(loop: ChannelLoop) {
        self.loop = loop
        self.promise = loop.makePromise(of: Bool.self)
    }

    var result: EventLoopFuture<Bool> { self.promise.futureResult }

    func run(_ probe: MemberProbe, on connection: any NetworkConnection) {
        let written = probe.frame.map { connection.write($0) } ?? self.loop.succeeded()
        guard let readTimeout = probe.readTimeout else {
            written.whenComplete { result in
                if case .success = result { self.finish(true) } else { self.finish(false) }
                connection.close()
            }
            return
        }
        self.loop.schedule(after: readTimeout) {
            self.finish(false)
            connection.close()
        }
    }

    func received(_ bytes: ByteBuffer, on connection: any NetworkConnection) {
        self.finish(true)
        connection.close()
    }

    func closed(_ connection: any NetworkConnection, error: (any Error)?) {
        self.finish(false)
    }

    func finish(_ isAlive: Bool) {
        if self.isFinished[self.loop] { return }
        self.isFinished[self.loop] = true
        self.promise.succeed(isAlive)
    }
}
