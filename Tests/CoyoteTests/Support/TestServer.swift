import Coyote
import NIOCore
import NIOPosix
import TestSupport

/// A protocol handler on a free port of the loopback address, with event loops of its own.
struct TestServer {
    let handler: Http11Protocol
    let port: Int

    /// Starts a server, lets `body` use it, and stops it.
    static func run<Result>(
        _ configure: (inout Http11Protocol.Configuration) -> Void = { _ in },
        hosts: [SSLHostConfig] = [],
        loops: Int = 1,
        servlet: @escaping TestAdapter.Servlet,
        use body: (TestServer) async throws -> Result
    ) async throws -> Result {
        TestLog.install()
        var configuration = Http11Protocol.Configuration()
        configuration.address = "127.0.0.1"
        configuration.port = 0
        configuration.connectionTimeout = 3000
        configure(&configuration)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let handler = Http11Protocol(configuration: configuration, adapter: TestAdapter(servlet), group: group)
        handler.sslHostConfigs = hosts
        do {
            try await handler.bind()
            try await handler.start()
            let result = try await body(TestServer(handler: handler, port: handler.localPort ?? -1))
            await Self.stop(handler, group)
            return result
        } catch {
            await Self.stop(handler, group)
            throw error
        }
    }

    private static func stop(_ handler: Http11Protocol, _ group: MultiThreadedEventLoopGroup) async {
        await handler.stop(gracePeriod: .milliseconds(200))
        await handler.unbind()
        try? await group.shutdownGracefully()
    }

    /// Sends parts one after the other and returns everything received until `isDone` or the server closes.
    func exchange(
        _ parts: [String],
        closesOutput: Bool = false,
        until isDone: @escaping @Sendable (WireReader) -> Bool = { _ in false }
    ) async throws -> WireAnswer {
        try await WireClient.exchange(port: self.port, parts, closesOutput: closesOutput, until: isDone)
    }

    /// One request, one answer.
    func answer(to request: String) async throws -> WireResponse {
        let answer = try await self.exchange([request]) { $0.responses.count == 1 }
        return answer.responses.first ?? WireResponse()
    }
}
