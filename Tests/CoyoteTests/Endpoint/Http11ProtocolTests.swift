import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Coyote

/// Says when nobody holds it any more.
private final class Ending {
    private let end: @Sendable () -> Void

    init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    deinit { self.end() }
}

@Suite struct Http11ProtocolTests {
    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let hello: TestAdapter.Servlet = { try await TestAdapter.sendPlain("Hello", $1) }

    private static func handler(_ configure: (inout Http11Protocol.Configuration) -> Void) -> Http11Protocol {
        var configuration = Http11Protocol.Configuration()
        configuration.address = "127.0.0.1"
        configuration.port = 0
        configure(&configuration)
        return Http11Protocol(
            configuration: configuration,
            adapter: TestAdapter(Self.hello),
            group: MultiThreadedEventLoopGroup.singleton
        )
    }

    @Test("names are those of Tomcat's protocol handlers")
    func names() {
        #expect(Self.handler { $0.port = 8080 }.name == "http-nio-127.0.0.1-8080")
        #expect(
            Self.handler {
                $0.port = 8443
                $0.address = nil
                $0.isSSLEnabled = true
            }.name == "https-openssl-nio-8443"
        )
        #expect(Self.handler { $0.unixDomainSocketPath = "/run/x" }.name == "http-nio-/run/x")
        let automatic = Self.handler { $0.address = "localhost" }.name
        #expect(
            automatic.hasPrefix("http-nio-127.0.0.1-auto-") || automatic.hasPrefix("http-nio-0:0:0:0:0:0:0:1-auto-")
        )
    }

    @Test("a port in use is a bind error that names it")
    func portInUse() async throws {
        try await TestServer.run(
            servlet: Self.hello,
            use: { server in
                let other = Self.handler { $0.port = server.port }
                let error = await #expect(throws: CoyoteError.self) { try await other.bind() }
                #expect(error?.code == .bind)
                #expect(error?.description.hasSuffix("]: Address already in use") == true)
                #expect(error?.description.contains("[\(server.port)]") == true)
                #expect(error?.description.contains("in use") == true)
            }
        )
    }

    @Test("attributes that cannot be used are named")
    func badAttributes() async throws {
        let port = await #expect(throws: CoyoteError.self) { try await Self.handler { $0.port = 99_999 }.bind() }
        #expect(port?.message == "port=\"99999\" is not between 0 and 65535")
        let agents = await #expect(throws: CoyoteError.self) {
            try await Self.handler { $0.restrictedUserAgents = "(" }.bind()
        }
        #expect(agents?.message == "restrictedUserAgents=\"(\" is not a regular expression")
    }

    @Test("beyond maxConnections clients wait until one leaves")
    func maxConnections() async throws {
        try await TestServer.run(
            { $0.maxConnections = 1 },
            servlet: Self.hello,
            use: { server in
                // Each of these holds its connection until it has its answer and closes; none may be lost.
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            try await server.exchange([Self.request]) { $0.responses.count == 1 }.responses.count
                        }
                    }
                    for try await count in group { #expect(count == 1) }
                }
                #expect(server.handler.connectionCount <= 1)
            }
        )
    }

    @Test("connections are spread over the event loops", arguments: [1, 2, 3])
    func spread(loops: Int) async throws {
        let (connections, arrived) = (4 * loops, Recorder<ObjectIdentifier>())
        let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        try await TestServer.run(
            // Between connecting and asking, a client may have to wait for other tests.
            { $0.connectionTimeout = 60_000 },
            loops: loops,
            servlet: { request, response in
                request.eventLoop.map { arrived.record(ObjectIdentifier($0)) }
                await withCheckedContinuation { continuation in
                    let all = waiting.withLock { waiting in
                        waiting.append(continuation)
                        return waiting.count == connections ? waiting : []
                    }
                    for continuation in all { continuation.resume() }
                }
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                let request = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                var clients: [any Channel] = []
                for _ in 0..<connections {
                    let client = try await bootstrap.connect(host: "127.0.0.1", port: server.port).get()
                    try await client.writeAndFlush(request)
                    clients.append(client)
                }
                for client in clients { try await client.closeFuture.get() }
            }
        )
        let counts = Dictionary(arrived.all.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts.count == loops)
        #expect((counts.values.max() ?? 0) - (counts.values.min() ?? 0) <= Acceptor.acceptBatch)
    }

    @Test("attributes that change while connections are open count for their next requests")
    func apply() async throws {
        let handlers = Recorder<Http11Protocol>()
        try await TestServer.run(
            servlet: { request, response in
                if request.requestURI == "/apply", let handler = handlers.all.first {
                    var configuration = handler.configuration
                    configuration.server = "New"
                    configuration.maxHeaderCount = 2
                    configuration.maxKeepAliveRequests = 3
                    try handler.apply(configuration)
                    // The loop learns of it with its next turn.
                    try await request.eventLoop?.submit {}.get()
                }
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                handlers.record(server.handler)
                let before = try await server.exchange(["GET /apply HTTP/1.1\r\nHost: a\r\n\r\n"]) {
                    $0.responses.count == 1
                }
                #expect(before.responses.map { $0.value("Server") } == [nil])
                let many = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n"
                let after = try await server.exchange([Self.request + Self.request + Self.request + Self.request])
                #expect(after.responses.map { $0.value("Server") } == ["New", "New", "New"])
                #expect(after.responses.last?.value("Connection") == "close")
                #expect(try await server.answer(to: many).status == 400)
                // A connection that was open before, too.
                var configuration = server.handler.configuration
                configuration.server = nil
                configuration.maxHeaderCount = 100
                try server.handler.apply(configuration)
                let mixed = try await server.exchange([many + "GET /apply HTTP/1.1\r\nHost: a\r\n\r\n" + many])
                #expect(mixed.responses.first?.status == 200 && mixed.responses.last?.status == 400)
            }
        )
    }

    @Test("attributes that cannot be used change nothing, and a handler that is paused stays paused")
    func refusedChange() async throws {
        try await TestServer.run(
            servlet: Self.hello,
            use: { server in
                var configuration = server.handler.configuration
                configuration.restrictedUserAgents = "("
                configuration.server = "New"
                let refused = configuration
                #expect(throws: CoyoteError.self) { try server.handler.apply(refused) }
                #expect(try await server.answer(to: Self.request).value("Server") == nil)
                configuration.restrictedUserAgents = ".*old.*"
                server.handler.pause()
                try server.handler.apply(configuration)
                #expect(server.handler.isPaused)
                server.handler.resume()
                let old = try await server.answer(to: "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: old\r\n\r\n")
                #expect(old.value("Connection") == "close" && old.value("Server") == "New")
            }
        )
    }

    @Test("maxConnections may be raised while clients wait")
    func raisedMaximum() async throws {
        let handlers = Recorder<Http11Protocol>()
        let waiting = Mutex<CheckedContinuation<Void, Never>?>(nil)
        try await TestServer.run(
            {
                $0.maxConnections = 1
                $0.connectionTimeout = 60_000
            },
            servlet: { request, response in
                if request.requestURI == "/wait" {
                    if let handler = handlers.all.first {
                        var configuration = handler.configuration
                        configuration.maxConnections = 2
                        try handler.apply(configuration)
                    }
                    await withCheckedContinuation { continuation in waiting.withLock { $0 = continuation } }
                } else {
                    waiting.withLock { $0.take() }?.resume()
                }
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                handlers.record(server.handler)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask { try await server.answer(to: "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").status }
                    // Until the first one has a connection this one might take its place.
                    while waiting.withLock({ $0 == nil }) { await Task.yield() }
                    group.addTask { try await server.answer(to: Self.request).status }
                    for try await status in group { #expect(status == 200) }
                }
            }
        )
    }

    @Test("a paused handler answers 503 on open connections, and serves again when resumed")
    func pause() async throws {
        let handlers = Recorder<Http11Protocol>()
        try await TestServer.run(
            servlet: { request, response in
                if request.requestURI == "/pause" { handlers.all.first?.pause() }
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                handlers.record(server.handler)
                let pause = "GET /pause HTTP/1.1\r\nHost: a\r\n\r\n"
                let answer = try await server.exchange([pause + Self.request])
                #expect(answer.responses.map(\.status) == [200, 503])
                #expect(answer.responses.last?.value("Connection") == "close")
                server.handler.resume()
                #expect(try await server.answer(to: Self.request).status == 200)
            }
        )
    }

    @Test("stopping lets running requests finish and closes idle connections")
    func gracefulStop() async throws {
        let handlers = Recorder<Http11Protocol>()
        let stopped = Recorder<Task<Void, Never>>()
        try await TestServer.run(
            servlet: { _, response in
                if let handler = handlers.all.first {
                    stopped.record(Task { await handler.stop(gracePeriod: .seconds(20)) })
                }
                await Task.yield()
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                handlers.record(server.handler)
                let answer = try await server.exchange([Self.request])
                #expect(answer.isClosed && answer.responses.map(\.body) == ["Hello"])
                await stopped.all.first?.value
                #expect(server.handler.requestGroupInfo.connectionCount == 0)
            }
        )
    }

    @Test("what does not finish in the grace period is cancelled")
    func forcedStop() async throws {
        let events = Recorder<String>()
        let handlers = Recorder<Http11Protocol>()
        try await TestServer.run(
            servlet: { _, _ in
                guard let handler = handlers.all.first else { return }
                async let stop: Void = handler.stop(gracePeriod: .milliseconds(20))
                do {
                    try await untilCancelled()
                } catch {
                    events.record("cancelled")
                }
                await stop
            },
            use: { server in
                handlers.record(server.handler)
                let answer = try await server.exchange([Self.request])
                #expect(answer.isClosed && answer.bytes.isEmpty)
            }
        )
        #expect(events.all == ["cancelled"])
    }

    @Test("what was lent to requests is freed with the connector, even if nobody stopped it", arguments: [true, false])
    func freesWhatItLent(isStopped: Bool) async throws {
        let lent = Recorder<String>()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = Http11Protocol.Configuration()
        configuration.port = 0
        configuration.address = "127.0.0.1"
        let adapter = TestAdapter { request, _ in request.notes = Ending { lent.record("freed") } }
        let handler = Http11Protocol(configuration: configuration, adapter: adapter, group: group)
        try await handler.start()
        let answer = try await WireClient.exchange(port: handler.localPort ?? 0, [Self.request]) {
            $0.responses.count == 1
        }
        #expect(answer.responses.first?.status == 200)
        #expect(lent.all.isEmpty)
        if isStopped { await handler.stop(gracePeriod: .seconds(1)) }
        await handler.unbind()
        #expect(try await eventually { lent.all == ["freed"] })
        try await group.shutdownGracefully()
    }

    @Test("a Unix domain socket is served, its file given permissions and removed")
    func unixSocket() async throws {
        let files = try FileTree("socket")
        let path = files["s"]
        let handler = Self.handler {
            $0.unixDomainSocketPath = path
            $0.unixDomainSocketPathPermissions = "rw-------"
        }
        try await handler.start()
        let answer = try await WireClient.exchange(path: path, [Self.request]) { $0.responses.count == 1 }
        #expect(answer.responses.first?.body == "Hello")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let second = await #expect(throws: CoyoteError.self) {
            try await Self.handler { $0.unixDomainSocketPath = path }.bind()
        }
        #expect(second?.message == "The Unix domain socket [\(path)] is in use")
        await handler.stop(gracePeriod: .seconds(1))
        await handler.unbind()
        #expect(!files.exists("s"))
    }

    @Test(
        "permissions are nine letters",
        arguments: [("rw-rw-rw-", 0o666), ("rwxr-x---", 0o750), ("rw", nil), ("wr-------", nil)]
    )
    func permissions(text: String, mode: Int?) {
        #expect(UnixSocketPermissions.parse(text).map { Int($0) } == mode)
    }

    @Test(
        "addresses are written as Java writes them",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("::1", "0:0:0:0:0:0:0:1"), ("::ffff:10.0.0.7", "10.0.0.7"),
            ("2001:db8::a0b", "2001:db8:0:0:0:0:0:a0b"),
        ]
    )
    func addresses(given: String, text: String) throws {
        let address = try SocketAddress(ipAddress: given, port: 81)
        #expect(SocketAddresses.text(address) == (text, 81))
    }
}
