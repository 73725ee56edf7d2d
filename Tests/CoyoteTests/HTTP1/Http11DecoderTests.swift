import NIOCore
import TestSupport
import Testing

@testable import Coyote

@Suite struct Http11DecoderTests {
    /// Everything a decoder tells about a head, comparable.
    struct Outcome: Equatable, CustomStringConvertible {
        var isComplete = false
        var consumed = 0
        var line: [String] = []
        var fields: [String] = []
        var error: Http11DecodingError?

        var description: String {
            "\(self.isComplete) \(self.consumed) \(self.line) \(self.fields) \(self.error as Any)"
        }

        /// Without the quoted text, which shows what has arrived so far.
        var shape: Outcome {
            var shape = self
            switch self.error {
            case .invalidMethod: shape.error = .invalidMethod("")
            case .invalidRequestTarget: shape.error = .invalidRequestTarget("")
            case .invalidProtocol: shape.error = .invalidProtocol("")
            default: break
            }
            return shape
        }
    }

    /// Decodes a stream that arrives in two pieces.
    static func decode(
        _ bytes: [UInt8],
        cutAt cut: Int? = nil,
        _ settings: Http11Decoder.Settings = .init()
    ) -> Outcome {
        var decoder = Http11Decoder(settings: settings)
        let headers = MimeHeaders()
        var outcome = Outcome()
        for end in [cut ?? bytes.count, bytes.count] where !outcome.isComplete {
            do throws(Http11DecodingError) {
                outcome.isComplete = try Self.feed(bytes, end, &decoder, headers)
            } catch {
                return Outcome(error: error)
            }
        }
        guard outcome.isComplete else { return outcome }
        outcome.consumed = decoder.position
        outcome.line = [decoder.methodRange, decoder.targetRange, decoder.queryRange ?? 0..<0, decoder.versionRange].map
        {
            String(latin1: bytes[$0])
        }
        headers.head = ByteBuffer(bytes: bytes)
        outcome.fields = (0..<headers.count).map { "\(headers.name(at: $0)): \(headers.value(at: $0))" }
        return outcome
    }

    private static func feed(
        _ bytes: [UInt8],
        _ end: Int,
        _ decoder: inout Http11Decoder,
        _ headers: MimeHeaders
    ) throws(Http11DecodingError) -> Bool {
        // A copy of just these bytes: reading beyond them would be reading beyond the allocation.
        var result: Result<Bool, Http11DecodingError> = .success(false)
        Array(bytes[..<end]).withUnsafeBytes { raw in
            do throws(Http11DecodingError) {
                result = .success(try decoder.decode(raw, into: headers))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    static let streams: [[UInt8]] = {
        let recorded = Vectors.rows("oracle/http1-cases.jsonl").compactMap { $0["request"].string }
        let crlf = Vectors.rows("03/03_http11_crlf.jsonl").compactMap { $0["send_parts"].strings?.joined() }
        let written = [
            "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\t3 \r\n\r\n",
            "GET / HTTP/1.1\r\nX:\r\n a\r\n  \r\n b\r\n\r\n",
            "\r\n\nPOST /a?b?c=%20 HTTP/1.0\n\n",
            "GET /\n", "GET /?a\r\n", "GET \r\n", "GET / HTTP/1.1\r\r\n\r\n",
        ]
        return (recorded + crlf + written).map { $0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
    }()

    @Test("every cut of a stream gives the same head or the same error")
    func cuts() {
        for stream in Self.streams where stream.count < 2000 {
            let whole = Self.decode(stream)
            for cut in 0..<stream.count {
                let halves = Self.decode(stream, cutAt: cut)
                #expect(halves.shape == whole.shape, "cut at byte \(cut) of \(String(printable: stream))")
            }
        }
    }

    @Test("no mutation of a stream is decoded differently when it is cut", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("\r\n\t :;?%/{}[]<>\"|\\^`(),@\0\u{7f}GHTP1.0a".utf8) + [0x80, 0xFF]
        let streams = Self.streams.filter { $0.count < 300 }
        for _ in 0..<4000 {
            var stream = streams[Int.random(in: 0..<streams.count, using: &random)]
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<stream.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                if Bool.random(using: &random) { stream[place] = byte } else { stream.insert(byte, at: place) }
            }
            let whole = Self.decode(stream)
            let cut = Int.random(in: 0...stream.count, using: &random)
            #expect(Self.decode(stream, cutAt: cut).shape == whole.shape, "seed \(seed): \(String(printable: stream))")
        }
    }

    @Test(
        "well-formed heads are taken apart",
        arguments: [
            ("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\nrest", ["GET", "/a", "b=c", "HTTP/1.1"], ["host: x"]),
            ("GET\t \t/  HTTP/1.0\n\n", ["GET", "/", "", "HTTP/1.0"], []),
            ("GET /x\r\n", ["GET", "/x", "", ""], []),
            ("A / HTTP/1.1\r\nX-A:\ta\tb\t\r\n\r\n", ["A", "/", "", "HTTP/1.1"], ["x-a: a\tb"]),
            ("A / HTTP/1.1\r\nX: a \r\n b\r\n\tc\r\nY:\r\n\r\n", ["A", "/", "", "HTTP/1.1"], ["x: a b\tc", "y: "]),
            ("A / HTTP/1.1\r\nX: \u{e9}\r\n\r\n", ["A", "/", "", "HTTP/1.1"], ["x: \u{e9}"]),
        ]
    )
    func accepts(stream: String, line: [String], fields: [String]) throws {
        let outcome = Self.decode(try bytes(latin1: stream))
        #expect(outcome.line == line)
        #expect(outcome.fields == fields)
    }

    @Test(
        "malformed heads are refused with a text that quotes them",
        arguments: [
            ("GE(T / HTTP/1.1\r\n\r\n", Http11DecodingError.invalidMethod("GE(T ")),
            ("GET /t/e/<x> HTTP/1.1\r\n\r\n", .invalidRequestTarget("/t/e/<x> ")),
            ("GET /a\rb HTTP/1.1\r\n\r\n", .invalidRequestTarget("/a0x0db ")),
            ("GET /a?<\r\n", .invalidRequestTarget("/a?<0x0d0x0a...")),
            ("GET / http/1.1\r\n\r\n", .invalidProtocol("http/1.10x0d0x0a0x0d0x0a...")),
            ("GET /  \r\n", .missingProtocol),
            ("GET / HTTP/1.1\r\nXAb\r\n\r\n", .invalidHeaderLine("xab0x0d")),
            ("GET / HTTP/1.1\r\nX(A): b\r\n\r\n", .invalidHeaderLine("x(A): b")),
            ("GET / HTTP/1.1\r\n X: y\r\n\r\n", .invalidHeaderLine(" X: y")),
            ("GET / HTTP/1.1\r\nX-A: a\0b\r\n\r\n", .invalidHeaderLine("x-a:aa0x00b")),
            ("GET / HTTP/1.1\r\n: b\r\n\r\n", .invalidHeaderLine(": b")),
        ]
    )
    func rejects(stream: String, error: Http11DecodingError) throws {
        #expect(Self.decode(try bytes(latin1: stream)).error == error)
    }

    @Test("the head ends within its limit or is too large, however it arrives")
    func sizeLimit() {
        let stream = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for limit in 1...stream.count + 1 {
            for cut in 0...stream.count {
                let outcome = Self.decode(stream, cutAt: cut, .init(headSizeMaximum: limit))
                #expect(outcome.isComplete == (limit >= stream.count))
                #expect(outcome.error == (limit >= stream.count ? nil : .headTooLarge))
            }
        }
    }

    @Test("fields are counted")
    func countLimit() {
        let head = "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 3) + "\r\n"
        #expect(Self.decode(Array(head.utf8), .init(headerCountMaximum: 3)).isComplete)
        #expect(Self.decode(Array(head.utf8), .init(headerCountMaximum: 2)).error == .tooManyHeaders(limit: 2))
        #expect(Self.decode(Array(head.utf8), .init(headerCountMaximum: -1)).isComplete)
    }

    @Test("without rejectIllegalHeader a malformed line is skipped, but not a malformed Content-Length")
    func lenient() {
        let settings = Http11Decoder.Settings(rejectsIllegalHeaders: false)
        let skipped = "GET / HTTP/1.1\r\nA: 1\r\nB(: 2\r\nC: \u{0}\r\n: x\r\nD: 3\r\n\r\n"
        #expect(Self.decode(Array(skipped.utf8), settings).fields == ["a: 1", "d: 3"])
        let length = "GET / HTTP/1.1\r\nContent-Length: 1\u{0}\r\n\r\n"
        #expect(Self.decode(Array(length.utf8), settings).error == .invalidHeaderLine("content-length:11"))
    }

    @Test("relaxed characters are accepted where they are relaxed")
    func relaxed() {
        let characters = RequestTargetCharacters(relaxedPathChars: "[]|", relaxedQueryChars: "{}")
        let settings = Http11Decoder.Settings(characters: characters)
        #expect(Self.decode(Array("GET /[|]?{} HTTP/1.1\r\n\r\n".utf8), settings).isComplete)
        #expect(Self.decode(Array("GET /?| HTTP/1.1\r\n\r\n".utf8), settings).error == .invalidRequestTarget("/?| "))
    }
}
