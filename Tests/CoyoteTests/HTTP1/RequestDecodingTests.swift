import Coyote
import TestSupport
import Testing

@Suite struct RequestDecodingTests {
    private static func decode(_ text: String) throws -> RequestDecoding.Outcome {
        try bytes(latin1: text).withUnsafeBytes { RequestDecoding().decode($0) }
    }

    @Test("requests are decoded one behind the other")
    func pipelined() throws {
        let outcome = try Self.decode(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcPUT /b HTTP/1.1\r\nHost: x\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\nGET"
        )
        #expect(outcome.requests == ["POST /a 0", "PUT /b 0", "GET /c 0"])
        #expect(outcome.bodySize == 5 && !outcome.closes)
    }

    @Test(
        "a head that is well-formed but not acceptable is refused with its status",
        arguments: [
            ("Host: a\r\nHost: a\r\n", "HTTP/1.1", 400), ("", "HTTP/1.1", 400), ("", "HTTP/1.0", 0),
            ("Host: a_b\r\n", "HTTP/1.1", 400), ("Host: a:b\r\n", "HTTP/1.1", 400),
            ("Host: a:99999\r\n", "HTTP/1.1", 0),
            ("Host:\r\n", "HTTP/1.1", 0), ("Host: a\r\nContent-Length: +5\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nContent-Length: 5, 5\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nContent-Length:\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nContent-Length: 99999999999999999999\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nContent-Length: 0x5\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nTransfer-Encoding: chunked, gzip\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nTransfer-Encoding: chunked, chunked\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nTransfer-Encoding:\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nTransfer-Encoding: x chunked\r\n", "HTTP/1.1", 400),
            ("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", "HTTP/1.1", 501),
            ("Host: a\r\nTransfer-Encoding: xchunked\r\n", "HTTP/1.1", 501),
            ("Host: a\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.0", 400),
            ("Host: a\r\nTransfer-Encoding: CHUNKED\r\n", "HTTP/1.1", 0),
            ("Host: a\r\n", "HTTP/1.2", 505), ("Host: a\r\n", "HTTP/2.0", 505),
            ("Host: a\r\nHost: b\r\n", "HTTP/2.0", 400),
            ("Host: a\r\nExpect: x\r\n", "HTTP/1.1", 417), ("Host: a\r\nExpect: x\r\n", "HTTP/1.0", 0),
            ("Host: a\r\nExpect: 100-Continue\r\n", "HTTP/1.1", 0),
        ]
    )
    func rejections(fields: String, version: String, status: Int) throws {
        #expect(try Self.decode("GET / \(version)\r\n\(fields)\r\n").requests.first == "GET / \(status)")
    }

    @Test(
        "absolute targets lose scheme and authority",
        arguments: [
            ("http://a/x", "GET /x 0"), ("http://A:8080/x", "GET /x 400"), ("HTTPS://u:p@a/x", "GET /x 0"),
            ("http://a", "GET / 0"), ("http://a?q", "GET / 0"), ("http://u^@a/x", "GET /x 400"),
            ("httpx://a/x", "GET httpx://a/x 400"),
            ("http:/a", "GET http:/a 400"), ("ftp://a/", "GET ftp://a/ 0"), ("/[", "GET /[ 400"), ("*", "GET * 0"),
        ]
    )
    func absoluteTargets(target: String, request: String) throws {
        let outcome = try Self.decode("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        // A `^` is refused by the decoder already.
        if target.contains("^") {
            #expect(outcome.requests.first?.contains("invalidRequestTarget") == true)
        } else {
            #expect(outcome.requests.first == request)
        }
    }

    @Test("no mutation of a connection's bytes traps", arguments: [1, 2, 3, 4] as [UInt64])
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let streams = Http11DecoderTests.streams.filter { $0.count < 1000 }
        let decoding = RequestDecoding()
        for _ in 0..<2000 {
            var stream: [UInt8] = []
            for _ in 0...Int.random(in: 0...2, using: &random) {
                stream += streams[Int.random(in: 0..<streams.count, using: &random)]
            }
            for _ in 0...Int.random(in: 0...5, using: &random) {
                stream[Int.random(in: 0..<stream.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = stream.withUnsafeBytes { decoding.decode($0) }
        }
    }
}
