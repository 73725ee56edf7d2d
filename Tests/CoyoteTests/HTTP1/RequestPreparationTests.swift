import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Coyote

/// What is made of the fields does not depend on their order.
@Suite struct RequestPreparationTests {
    private static func request(_ text: String) throws -> Request {
        let octets = try bytes(latin1: text)
        let request = Request()
        var decoder = Http11Decoder(settings: .init())
        #expect(try octets.withUnsafeBytes { try decoder.decode($0, into: request.headers) })
        request.headers.head = ByteBuffer(bytes: octets.prefix(decoder.position))
        let settings = Http11Settings(configuration: .init(), adapter: TestAdapter { _, _ in }, threadPool: .singleton)
        var preparation = RequestPreparation(settings: settings)
        var hosts = HostCache()
        preparation.prepare(request, decoder, hosts: &hosts)
        return request
    }

    /// All orders of some lines.
    private static func orders(_ lines: [String]) -> [[String]] {
        guard let first = lines.first else { return [[]] }
        return Self.orders(Array(lines.dropFirst())).flatMap { rest in
            (0...rest.count).map { place in Array(rest[..<place]) + [first] + Array(rest[place...]) }
        }
    }

    @Test("a length that a chunked body makes void leaves the other fields where they are")
    func lengthIsIgnored() throws {
        let lines = ["Host: name:81", "Content-Length: 3", "Transfer-Encoding: chunked", "Cookie: a=b", "X: y"]
        for order in Self.orders(lines) {
            let request = try Self.request("POST / HTTP/1.1\r\n\(order.joined(separator: "\r\n"))\r\n\r\n")
            #expect(request.rejection == nil)
            #expect(request.serverName == "name")
            #expect(request.serverPort == 81)
            #expect(request.isChunked && request.contentLength == -1)
            #expect(!request.headers.contains("content-length"))
            #expect(request.headers.count == 4)
        }
    }

    @Test("the host of an absolute target takes the place of those of the fields, wherever they stand")
    func authorityOfTarget() throws {
        let lines = ["Host: one", "Host: two", "Content-Length: 0", "X: y"]
        for order in Self.orders(lines) {
            let request = try Self.request(
                "POST http://other:82/ HTTP/1.0\r\n\(order.joined(separator: "\r\n"))\r\n\r\n"
            )
            #expect(request.rejection?.status == 400)
            #expect(request.serverName == "other")
            #expect(request.serverPort == 82)
            #expect(request.contentLength == 0)
            #expect(request.headers.all("host") == ["other:82"])
        }
        let request = try Self.request("POST http://other/ HTTP/1.0\r\nContent-Length: 4\r\n\r\n")
        #expect(request.rejection == nil)
        #expect(request.serverName == "other")
        #expect(request.contentLength == 4)
        #expect(request.headers.all("host") == ["other"])
    }
}
