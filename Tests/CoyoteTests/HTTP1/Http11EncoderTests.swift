import NIOCore
import NIOPosix
import Testing

@testable import Coyote

@Suite struct Http11EncoderTests {
    struct Expected: Sendable {
        var framing: Response.Framing
        /// The lines behind the status line, the date left out.
        var lines: [String]
        var isKept = true
    }

    /// An answer, and what its head has to say.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status = 200
        var version = ProtocolVersion.http11
        var isHead = false
        var length: Int64 = -1
        var hasTrailers = false
        var type: String? = "text/plain"
        var fields: [(name: String, value: String)] = []
        var asksForKeepAlive = false
        var isFaulty = false
        var keepsAlive = true
        var expected: Expected

        init(_ name: String, _ framing: Response.Framing, _ lines: [String], _ change: (inout Case) -> Void = { _ in })
        {
            self.testDescription = name
            self.expected = Expected(framing: framing, lines: lines)
            change(&self)
        }
    }

    static let cases: [Case] = [
        Case("a length", .length, ["Content-Type: text/plain", "Content-Length: 5"]) { $0.length = 5 },
        Case("an empty body", .length, ["Content-Type: text/plain", "Content-Length: 0"]) { $0.length = 0 },
        Case("no length", .chunked, ["Content-Type: text/plain", "Transfer-Encoding: chunked"]),
        Case("trailers make a body chunked", .chunked, ["Content-Type: text/plain", "Transfer-Encoding: chunked"]) {
            $0.length = 5
            $0.hasTrailers = true
        },
        Case("no length for HTTP/1.0", .untilClose, ["Content-Type: text/plain", "Connection: close"]) {
            $0.version = .http10
            $0.expected.isKept = false
        },
        Case("HTTP/1.0 keeps alive by name", .length, ["Content-Length: 5", "Connection: keep-alive"]) {
            ($0.version, $0.length, $0.type) = (.http10, 5, nil)
        },
        Case(
            "HTTP/1.0 that asked is told how long",
            .length,
            ["Content-Length: 5", "Connection: keep-alive", "Keep-Alive: timeout=60"]
        ) { ($0.version, $0.length, $0.type, $0.asksForKeepAlive) = (.http10, 5, nil, true) },
        Case(
            "who asked is told how long",
            .length,
            ["Content-Length: 5", "Keep-Alive: timeout=60", "Connection: keep-alive"]
        ) {
            ($0.length, $0.type, $0.asksForKeepAlive) = (5, nil, true)
        },
        Case("trailers are nothing to HTTP/1.0", .length, ["Content-Length: 5", "Connection: keep-alive"]) {
            ($0.version, $0.length, $0.type, $0.hasTrailers) = (.http10, 5, nil, true)
        },
        Case("HEAD has the length and no body", .none, ["Content-Type: text/plain", "Content-Length: 5"]) {
            ($0.isHead, $0.length) = (true, 5)
        },
        Case("HEAD without a length", .none, ["Content-Type: text/plain"]) { $0.isHead = true },
        Case("204 keeps its type and loses its length", .none, ["Content-Type: text/plain"]) {
            ($0.status, $0.length) = (204, 5)
        },
        Case("205 says that it is empty", .none, ["Content-Length: 0"]) { ($0.status, $0.length) = (205, 5) },
        Case("304 has neither", .none, []) { ($0.status, $0.length) = (304, 5) },
        Case("400 ends the connection", .length, ["Content-Length: 1", "Connection: close"]) {
            ($0.status, $0.length, $0.type, $0.expected.isKept) = (400, 1, nil, false)
        },
        Case("404 does not", .length, ["Content-Length: 1"]) { ($0.status, $0.length, $0.type) = (404, 1, nil) },
        Case("the application ends the connection", .length, ["Connection: close", "Content-Length: 1"]) {
            ($0.length, $0.type, $0.expected.isKept) = (1, nil, false)
            $0.fields = [("Connection", "close")]
        },
        Case("close without a length ends the body", .untilClose, ["Connection: a, CLOSE"]) {
            ($0.type, $0.expected.isKept) = (nil, false)
            $0.fields = [("Connection", "a, CLOSE")]
        },
        Case("a refused request is not told that the connection stays", .length, ["Content-Length: 1"]) {
            ($0.status, $0.length, $0.type, $0.isFaulty, $0.asksForKeepAlive) = (417, 1, nil, true, true)
        },
        Case("a connection that ends says so", .length, ["Content-Length: 1", "Connection: close"]) {
            ($0.length, $0.type, $0.keepsAlive, $0.expected.isKept) = (1, nil, false, false)
        },
        Case("HTTP/0.9 has no head", .untilClose, []) { ($0.version, $0.expected.isKept) = (.http09, false) },
        Case("fields keep their order and spelling", .length, ["b: 1", "A: 2", "b: 3", "Content-Length: 0"]) {
            ($0.length, $0.type) = (0, nil)
            $0.fields = [("b", "1"), ("A", "2"), ("b", "3")]
        },
        Case("a chunked coding of the application is ours", .chunked, ["Transfer-Encoding: chunked"]) {
            $0.type = nil
            $0.fields = [("Transfer-Encoding", "gzip, chunked")]
        },
        Case("line ends in a value become blanks", .length, ["a: b  c d", "Content-Length: 0"]) {
            ($0.length, $0.type) = (0, nil)
            $0.fields = [("a", "b\r\nc\u{7F}d")]
        },
    ]

    @Test("what follows from status, version and length", arguments: cases)
    func encodes(example: Case) throws {
        let response = Self.response(example)
        var buffer = ByteBuffer()
        let isKept = try Http11Encoder.encodeHead(response, Self.context(example), into: &buffer)
        let text = String(buffer: buffer)
        #expect(isKept == example.expected.isKept)
        #expect(response.framing == example.expected.framing)
        guard example.version != .http09 else {
            #expect(text.isEmpty)
            return
        }
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
        #expect(lines.removeFirst() == "HTTP/1.1 \(example.status) ")
        #expect(lines.suffix(2) == ["", ""])
        #expect(lines.contains("Date: now"))
        #expect(lines.dropLast(2).filter { $0 != "Date: now" } == example.expected.lines)
    }

    @Test("a head that is too large writes nothing", arguments: [true, false])
    func limit(isTooLarge: Bool) throws {
        var example = Case("", .length, []) { $0.length = 0 }
        example.fields = [("a", String(repeating: "x", count: isTooLarge ? 8192 : 8000))]
        var buffer = ByteBuffer()
        do throws(CoyoteError) {
            _ = try Http11Encoder.encodeHead(Self.response(example), Self.context(example), into: &buffer)
            #expect(!isTooLarge)
        } catch {
            #expect(isTooLarge && error.code == .headersTooLarge)
        }
        #expect((buffer.readableBytes == 0) == isTooLarge)
    }

    @Test("a date of the application's own is the only one")
    func ownDate() throws {
        let example = Case("", .length, []) {
            $0.length = 0
            $0.fields = [("date", "then")]
        }
        var buffer = ByteBuffer()
        _ = try Http11Encoder.encodeHead(Self.response(example), Self.context(example), into: &buffer)
        let text = String(buffer: buffer)
        #expect(text.contains("date: then\r\n") && !text.contains("Date: now"))
    }

    @Test("the last chunk carries the trailers, their names in lower case")
    func lastChunk() {
        var buffer = ByteBuffer()
        Http11Encoder.encodeChunkHead(size: 4096, into: &buffer)
        Http11Encoder.encodeLastChunk([("X-A", "1"), ("b", "2\r\nc")], into: &buffer)
        #expect(String(buffer: buffer) == "1000\r\n0\r\nx-a: 1\r\nb: 2  c\r\n\r\n")
    }

    private static func response(_ example: Case) -> Response {
        let response = Response()
        response.status = example.status
        response.contentType = example.type
        response.contentLength = example.length
        if example.hasTrailers { response.trailerFields = { [] } }
        for field in example.fields { response.headers.add(field.name, field.value) }
        return response
    }

    private static func context(_ example: Case) -> Http11Encoder.Context {
        Http11Encoder.Context(
            settings: Http11Settings(
                configuration: Http11Protocol.Configuration(),
                adapter: TestAdapter { _, _ in },
                threadPool: .singleton
            ),
            version: example.version,
            isHead: example.isHead,
            keepsAlive: example.keepsAlive,
            asksForKeepAlive: example.asksForKeepAlive,
            isFaulty: example.isFaulty,
            date: Array("now".utf8)
        )
    }
}
