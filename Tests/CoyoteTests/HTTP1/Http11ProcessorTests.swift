import Coyote
import Glibc
import NIOCore
import TestSupport
import Testing

@Suite struct Http11ProcessorTests {
    static let hello: TestAdapter.Servlet = { _, response in try await TestAdapter.sendPlain("Hello", response) }

    @Test("a request is answered with Tomcat's head, in Tomcat's order")
    func head() async throws {
        try await TestServer.run(
            servlet: { _, response in
                response.headers.add("X-B", "1")
                response.headers.add("X-A", "a\r\nb")
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                let answer = try await server.exchange(["GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"])
                {
                    $0.responses.count == 1
                }
                let lines = answer.text.split(separator: "\r\n", omittingEmptySubsequences: false).map {
                    $0.hasPrefix("Date: ") ? "Date" : String($0)
                }
                #expect(
                    lines == [
                        "HTTP/1.1 200 ", "X-B: 1", "X-A: a  b", "Content-Type: text/plain;charset=ISO-8859-1",
                        "Content-Length: 5", "Date", "Keep-Alive: timeout=3", "Connection: keep-alive", "", "Hello",
                    ]
                )
            }
        )
    }

    @Test("pipelined requests are answered in order, also when they suspend", arguments: [false, true])
    func pipelining(suspends: Bool) async throws {
        try await TestServer.run(
            servlet: { request, response in
                if suspends { await Task.yield() }
                try await TestAdapter.sendPlain(request.requestURI, response)
            },
            use: { server in
                let requests = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
                let answer = try await server.exchange([requests]) { $0.responses.count == 20 }
                #expect(answer.responses.map(\.body) == (0..<20).map { "/\($0)" })
            }
        )
    }

    @Test("a body of unknown length is chunked, or ends with the connection where chunks are not understood")
    func unknownLength() async throws {
        try await TestServer.run(
            servlet: { _, response in
                try await response.write(ByteBuffer(string: "ab"))
                try await response.flush()
                try await response.write(ByteBuffer(string: "c"))
            },
            use: { server in
                let chunked = try await server.exchange(["GET / HTTP/1.1\r\nHost: a\r\n\r\n"]) {
                    $0.responses.count == 1
                }
                #expect(chunked.text.hasSuffix("\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"))
                let plain = try await server.exchange(["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"])
                #expect(plain.isClosed && plain.text.hasSuffix("\r\n\r\nabc"))
                #expect(plain.responses.first?.value("Connection") == "close")
                let oldest = try await server.exchange(["GET /\r\n"])
                #expect(oldest.isClosed && oldest.text == "abc")
            }
        )
    }

    @Test("HEAD runs as GET and drops the body")
    func headMethod() async throws {
        try await TestServer.run(
            servlet: { request, response in
                if request.requestURI == "/known" { response.contentLength = 5 }
                try await response.write(ByteBuffer(string: "Hello"))
            },
            use: { server in
                let answer = try await server.exchange([
                    "HEAD /known HTTP/1.1\r\nHost: a\r\n\r\n",
                    "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                ])
                #expect(answer.text.contains("Content-Length: 5\r\n"))
                #expect(!answer.text.contains("chunked") && !answer.text.contains("Hello"))
            }
        )
    }

    @Test("bytes beyond the announced length are dropped, and missing ones close the connection")
    func announcedLength() async throws {
        try await TestServer.run(
            servlet: { request, response in
                response.contentLength = 3
                try await response.write(ByteBuffer(string: request.requestURI == "/more" ? "abcdef" : "ab"))
            },
            use: { server in
                let answer1 = try await server.answer(to: "GET /more HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer1.body == "abc")
                let short = try await server.exchange(["GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
                #expect(short.isClosed && short.text.hasSuffix("\r\n\r\nab"))
            }
        )
    }

    @Test("trailers follow the last chunk")
    func trailers() async throws {
        try await TestServer.run(
            servlet: { _, response in
                response.trailerFields = { [("X-Tr", "1")] }
                try await response.write(ByteBuffer(string: "tr"))
            },
            use: { server in
                let answer = try await server.exchange(["GET / HTTP/1.1\r\nHost: a\r\n\r\n"]) {
                    $0.responses.count == 1
                }
                #expect(answer.text.hasSuffix("2\r\ntr\r\n0\r\nx-tr: 1\r\n\r\n"))
            }
        )
    }

    @Test("maxKeepAliveRequests answers close the connection, the last with an announcement")
    func keepAliveCount() async throws {
        try await TestServer.run(
            { $0.maxKeepAliveRequests = 3 },
            servlet: Self.hello,
            use: { server in
                let answer = try await server.exchange(
                    Array(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 4)
                )
                #expect(answer.responses.map { $0.value("Connection") } == [nil, nil, "close"])
            }
        )
    }

    @Test("an unread body is dropped up to maxSwallowSize", arguments: [(10, true), (9, false)])
    func swallow(limit: Int, isKept: Bool) async throws {
        try await TestServer.run(
            { $0.maxSwallowSize = limit },
            servlet: Self.hello,
            use: { server in
                let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
                let answer = try await server.exchange([post, "0123456789", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"]) {
                    $0.responses.count == 2
                }
                #expect(answer.responses.count == (isKept ? 2 : 1))
                #expect(answer.responses.first?.value("Connection") == (isKept ? nil : "close"))
            }
        )
    }

    @Test("bodies are read piece by piece while they arrive")
    func bodies() async throws {
        try await TestServer.run(
            servlet: { request, response in
                try await TestAdapter.sendPlain(TestAdapter.body(request), response)
            },
            use: { server in
                let long = String(repeating: "0123456789", count: 50_000)
                let sized = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(long.utf8.count)\r\n\r\n"
                let answer2 = try await server.answer(to: sized + long)
                #expect(answer2.body == long)
                let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                let chunks = "3\r\nabc\r\n\(String(long.utf8.count, radix: 16))\r\n\(long)\r\n0\r\n\r\n"
                let answer3 = try await server.answer(to: chunked + chunks)
                #expect(answer3.body == "abc" + long)
            }
        )
    }

    @Test(
        "100 Continue is sent at once, or when the body is read",
        arguments: Http11Protocol.ContinueResponseTiming.all
    )
    func expectation(timing: Http11Protocol.ContinueResponseTiming) async throws {
        try await TestServer.run(
            { $0.continueResponseTiming = timing },
            servlet: { request, response in
                let body = request.requestURI == "/read" ? try await TestAdapter.body(request) : ""
                try await TestAdapter.sendPlain("[\(body)]", response)
            },
            use: { server in
                let head = "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
                let read = try await server.exchange(["POST /read \(head)", "abc"]) { $0.responses.count == 2 }
                #expect(read.text.hasPrefix("HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 "))
                #expect(read.responses.last?.body == "[abc]")
            }
        )
    }

    @Test("a slow client gets back-pressure, not memory")
    func backPressure() async throws {
        let written = Recorder<Int>()
        try await TestServer.run(
            servlet: { _, response in
                let piece = ByteBuffer(repeating: 0x78, count: 256 * 1024)
                for index in 0..<400 {
                    try await response.write(piece)
                    written.record(index)
                }
            },
            use: { server in
                let answer = try await server.exchange(["GET / HTTP/1.0\r\n\r\n"])
                #expect(answer.bytes.count > 400 * 256 * 1024)
                #expect(written.all.count == 400)
            }
        )
    }

    @Test("a response head beyond its limit becomes 500")
    func responseHeadLimit() async throws {
        try await TestServer.run(
            servlet: { _, response in
                response.headers.add("X-Test", String(repeating: "x", count: 10_000))
                try await TestAdapter.sendPlain("FAIL", response)
            },
            use: { server in
                let answer = try await server.exchange(["GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
                #expect(answer.responses.first?.status == 500)
                #expect(answer.responses.first?.value("Connection") == "close")
            }
        )
    }

    @Test(
        "idle connections and unfinished heads are closed without an answer",
        arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nA"]
    )
    func timeouts(part: String) async throws {
        try await TestServer.run(
            { $0.connectionTimeout = 150 },
            servlet: Self.hello,
            use: { server in
                let answer = try await server.exchange([part])
                #expect(answer.isClosed && answer.bytes.isEmpty)
            }
        )
    }

    @Test("a body that does not come is a read timeout")
    func bodyTimeout() async throws {
        try await TestServer.run(
            { $0.connectionTimeout = 150 },
            servlet: { request, response in
                try await TestAdapter.sendPlain(TestAdapter.body(request), response)
            },
            use: { server in
                let answer = try await server.exchange(["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab"])
                #expect(answer.responses.first?.status == 400 && answer.isClosed)
            }
        )
    }

    @Test("files are sent by length and in chunks")
    func files() async throws {
        try await TestServer.run(
            servlet: { request, response in
                let handle = try Self.openThisFile()
                defer { try? handle.close() }
                if request.requestURI == "/sized" { response.contentLength = 10 }
                try await response.writeFile(handle, offset: 7, length: 10)
            },
            use: { server in
                let answer4 = try await server.answer(to: "GET /sized HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer4.body == "Coyote\nimp")
                let answer5 = try await server.answer(to: "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer5.body == "Coyote\nimp")
            }
        )
    }

    @Test("a client that sends nothing more gets the answer to a request that waits")
    func halfClosed() async throws {
        let (opened, gate) = AsyncStream<Void>.makeStream()
        try await TestServer.run(
            { $0.connectionTimeout = 300_000 },
            servlet: { request, response in
                if request.requestURI == "/open" {
                    gate.yield()
                } else {
                    await opened.first { true }
                    try Task.checkCancellation()
                }
                try await TestAdapter.sendPlain(request.requestURI, response)
            },
            use: { server in
                let client = try WireClient.connect(server.port)
                defer { close(client) }
                let request = Array("GET /late HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                #expect(send(client, request, request.count, 0) == request.count)
                shutdown(client, Int32(SHUT_WR))
                // The one loop sees that before it sees what comes on another connection.
                #expect(try await server.answer(to: "GET /open HTTP/1.1\r\nHost: a\r\n\r\n").body == "/open")
                var answer = WireAnswer()
                var chunk = [UInt8](repeating: 0, count: 4096)
                while case let count = recv(client, &chunk, chunk.count, 0), count > 0 {
                    answer.bytes += chunk[..<count]
                }
                answer.isClosed = true
                #expect(answer.responses.map(\.body) == ["/late"])
            }
        )
    }

    @Test("the task is cancelled when the client has been gone for too long")
    func cancellation() async throws {
        let events = Recorder<String>()
        try await TestServer.run(
            { $0.connectionTimeout = 100 },
            servlet: { request, _ in
                events.record("started")
                do { try await untilCancelled() } catch { events.record("cancelled \(request.isAborted)") }
            },
            use: { server in
                _ = try await server.exchange(["GET / HTTP/1.1\r\nHost: a\r\n\r\n"], closesOutput: true)
                #expect(events.all == ["started", "cancelled true"])
            }
        )
    }

    @Test("a request that was cancelled from within leaves no trace in the next", arguments: [false, true])
    func foreignCancellation(suspends: Bool) async throws {
        try await TestServer.run(
            servlet: { request, response in
                let isCancelled = Task.isCancelled
                if request.requestURI == "/cancel" { withUnsafeCurrentTask { $0?.cancel() } }
                if suspends { await Task.yield() }
                try await TestAdapter.sendPlain("\(isCancelled) \(Task.isCancelled)", response)
            },
            use: { server in
                let requests = ["/cancel", "/a", "/cancel", "/b"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
                let answer = try await server.exchange([requests.joined()]) { $0.responses.count == 4 }
                #expect(answer.responses.map(\.body) == ["false true", "false false", "false true", "false false"])
            }
        )
    }

    @Test("counters count, and a running request is listed")
    func counters() async throws {
        let infos = Recorder<[RequestInfo]>()
        let handlers = Recorder<Http11Protocol>()
        try await TestServer.run(
            servlet: { _, response in
                if let handler = handlers.all.first { infos.record(await handler.requestInfos()) }
                try await TestAdapter.sendPlain("Hello", response)
            },
            use: { server in
                handlers.record(server.handler)
                _ = try await server.answer(to: "GET /a?b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                #expect(
                    infos.all.first?.map { "\($0.line.method) \($0.line.path) \($0.line.query ?? "")" } == [
                        "GET /a b"
                    ]
                )
                let info = server.handler.requestGroupInfo
                #expect(info.requestCount == 1 && info.errorCount == 0)
                #expect(info.bytesSent == 5 && info.bytesReceived == 0)
            }
        )
    }

    @Test("a request that runs elsewhere reads and writes through its event loop")
    func otherExecutor() async throws {
        try await TestServer.run(
            servlet: { request, response in
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    let body = try await TestAdapter.body(request)
                    try await TestAdapter.sendPlain(body, response)
                }
            },
            use: { server in
                let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                let answer6 = try await server.answer(to: post)
                #expect(answer6.body == "abc")
            }
        )
    }

    private static func openThisFile() throws -> NIOFileHandle { try NIOFileHandle(_deprecatedPath: #filePath) }
}

extension Http11Protocol.ContinueResponseTiming {
    static let all = [Self.immediately, .onRead]
}
