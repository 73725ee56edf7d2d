import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Coyote

/// The line that access logs show.
@Suite struct RequestLineTests {
    private static func request(_ text: String) throws -> Request? {
        let octets = try bytes(latin1: text)
        let request = Request()
        var decoder = Http11Decoder(settings: .init())
        guard try octets.withUnsafeBytes({ try decoder.decode($0, into: request.headers) }) else { return nil }
        request.headers.head = ByteBuffer(bytes: octets.prefix(decoder.position))
        let settings = Http11Settings(configuration: .init(), adapter: TestAdapter { _, _ in }, threadPool: .singleton)
        var preparation = RequestPreparation(settings: settings)
        var hosts = HostCache()
        preparation.prepare(request, decoder, hosts: &hosts)
        return request
    }

    private static func line(_ request: Request) -> String? {
        request.withRequestLine { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "the line is lent as it came where it says what the request says",
        arguments: [
            ("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x HTTP/1.1"),
            ("\r\n\r\nGET /x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y=1 HTTP/1.1"),
            ("GET  /x HTTP/1.1\r\nHost: a\r\n\r\n", nil), ("GET /x\tHTTP/1.1\r\nHost: a\r\n\r\n", "GET /x\tHTTP/1.1"),
            ("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", nil),
            ("GET /x\r\n", nil), ("\r\nGET /x\r\n", nil), ("\r\n\r\n\r\nGET /\n", nil),
        ] as [(String, String?)]
    )
    func lends(text: String, line: String?) throws {
        #expect(Self.line(try #require(try Self.request(text))) == line)
    }

    @Test("what a valve puts in the place of a part is not hidden by the line")
    func followsChanges() throws {
        let text = "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n"
        let changes: [(Request) -> Void] = [
            { $0.method = "POST" }, { $0.requestURI = "/z" }, { $0.queryString = nil }, { $0.recycle() },
        ]
        for change in changes {
            let request = try #require(try Self.request(text))
            #expect(Self.line(request) == "GET /x?y HTTP/1.1")
            change(request)
            #expect(Self.line(request) == nil)
        }
    }
}
