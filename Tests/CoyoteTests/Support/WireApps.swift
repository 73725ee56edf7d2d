import Coyote
import NIOCore
import TestSupport

/// The applications behind the recorded rows, as servlets of a ``TestAdapter``.
enum WireApps {
    /// The one that a row's `server.apps` names.
    static func servlet(for row: VectorRow) -> TestAdapter.Servlet {
        let name = row["server"]["apps"][0]["app"].string ?? "empty"
        let variant = row["variant"]
        switch name.prefix(while: { $0 != "(" }) {
        case "TesterServlet": return Self.tester(closes: variant["explicit_close"].bool ?? false)
        case "ServerNameTesterServlet": return Self.serverName
        case "SwallowBodyTesterServlet": return Self.swallowing
        case "SwallowBodyServlet":
            return { request, response in
                _ = try await TestAdapter.body(request)
                try await TestAdapter.sendPlain("OK", response)
            }
        case "EchoHeaderServlet": return Self.echoTrailers
        case "BodyReadServlet": return { try await Self.count($0, $1, limit: variant["read_limit"].int ?? .max) }
        case "BodyReadLineServlet", "NonBlockingReadLineServlet": return Self.countLines
        case "Bug51557Servlet", "Bug48839Servlet":
            // Several applications were mounted at the path; which one answered shows in the answer.
            let isTester = row["connections"][0]["responses"][0]["body"].string == "OK"
            return isTester ? Self.tester(closes: false) : Self.headerEcho
        case "default servlet": return Self.container
        case "EarlyHintsServlet": return Self.earlyHints
        case "LargeHeaderServlet": return { try await Self.largeHeader($1, flushes: variant["flush"].bool ?? false) }
        case "HeaderServlet": return { try await Self.header($1, variant["custom_header_value"].string ?? "") }
        case "EchoBodyServlet": return { try await TestAdapter.send(TestAdapter.body($0), $1) }
        case "Bug61086Servlet": return { $1.status = 205 }
        case "Bug64974Servlet": return Self.tester(closes: false)
        case "Bug57621Servlet": return Self.asynchronousEcho
        case "DispatchingServlet": return { try await Self.sendUTF8("OK\n", $1) }
        case "NoContentLengthFlushingServlet":
            return Self.flushing(type: "text/plain;charset=ISO-8859-1", closes: false)
        case "NoContentLengthConnectionCloseFlushingServlet":
            return Self.flushing(type: "text/event-stream", closes: true)
        case "Bug55772Servlet": return Self.incomplete
        case "test web application": return Self.parameters
        default: return { try await TestAdapter.send("", $1) }
        }
    }

    private static func tester(closes: Bool) -> TestAdapter.Servlet {
        { _, response in
            if closes { response.headers.add("Connection", "close") }
            try await TestAdapter.sendPlain("OK", response)
        }
    }

    /// What a container checks before it looks for a file.
    private static let container: TestAdapter.Servlet = { request, response in
        let path = Array(request.requestURI.utf8)
        let cookies = request.headers.all("cookie").reduce(0) { $0 + $1.split(separator: ";").count }
        guard cookies <= 200, (try? RequestPath.canonicalize(path.span)) != nil else {
            return await TestAdapter.report(400, "", response)
        }
        try await TestAdapter.send("", response)
    }

    private static let serverName: TestAdapter.Servlet = { request, response in
        let port = request.serverPort < 0 ? 80 : request.serverPort
        let text = "request.getServerName() is [\(request.serverName)] and request.getServerPort() is \(port)"
        try await TestAdapter.sendPlain(text, response)
    }

    private static let swallowing: TestAdapter.Servlet = { request, response in
        _ = try await TestAdapter.body(request)
        response.headers.add("Connection", "close")
        try await TestAdapter.sendPlain("OK", response)
    }

    private static let echoTrailers: TestAdapter.Servlet = { request, response in
        func trailers() -> String {
            ["x-trailer1", "x-trailer2"].map { name in
                request.trailerFields.first { $0.name == name }?.value ?? "null"
            }.joined()
        }
        let before = trailers()
        let count = try await TestAdapter.body(request).utf8.count
        try await TestAdapter.sendPlain("\(before)\(count)\(trailers())", response)
    }

    private static func count(_ request: Request, _ response: Response, limit: Int) async throws {
        var count = 0
        while count < limit, let piece = try await request.read() { count += piece.readableBytes }
        try await TestAdapter.sendPlain(String(min(count, limit)), response)
    }

    /// Prints how many lines ended in a line feed, and how long the last one was in units of six.
    private static let countLines: TestAdapter.Servlet = { request, response in
        let lines = try await TestAdapter.body(request).split(separator: "\n")
        let short = lines.filter { $0 == "DATA0\(lines.firstIndex(of: $0).map { $0 + 1 } ?? 0)" }.count
        try await TestAdapter.sendPlain("\(lines.count),\(short)", response)
    }

    private static let headerEcho: TestAdapter.Servlet = { request, response in
        var text = ""
        for index in 0..<request.headers.count where request.headers.name(at: index).hasPrefix("x-bug51557") {
            text += request.headers.value(at: index)
        }
        for value in request.headers.all("x-bug48839") { text += value + "\n" }
        try await TestAdapter.sendPlain(text.isEmpty ? "OK" : text, response)
    }

    private static let earlyHints: TestAdapter.Servlet = { _, response in
        response.headers.add("Link", "</style.css>; rel=preload; as=style")
        try await response.sendInformational(status: 103)
        try await Self.sendUTF8("OK", response)
    }

    private static func largeHeader(_ response: Response, flushes: Bool) async throws {
        response.headers.add("x-Test", String(repeating: "x", count: 10_000))
        do {
            if flushes { try await response.flush() }
            try await TestAdapter.sendPlain("FAIL", response)
        } catch let error as CoyoteError where error.code == .headersTooLarge {
            response.contentLength = -1  // nothing was sent: the connection answers by itself
        }
    }

    private static func header(_ response: Response, _ value: String) async throws {
        response.headers.add("X-Test", value)
        response.contentType = "text/plain;charset=UTF-8"
        try await response.flush()
    }

    private static let asynchronousEcho: TestAdapter.Servlet = { request, response in
        await Task.yield()
        try await Self.sendUTF8(TestAdapter.body(request), response)
    }

    private static func sendUTF8(_ text: String, _ response: Response) async throws {
        response.contentType = "text/plain;charset=UTF-8"
        try await TestAdapter.send(text, response)
    }

    private static func flushing(type: String, closes: Bool) -> TestAdapter.Servlet {
        { _, response in
            response.contentType = type
            if closes { response.headers.add("Connection", "close") }
            try await response.flush()
            try await response.write(ByteBuffer(string: "OK"))
            try await response.flush()
        }
    }

    /// Answers only in part; the rest never comes.
    private static let incomplete: TestAdapter.Servlet = { _, response in
        try await response.write(ByteBuffer(string: "\n"))
        try await response.flush()
        try await untilCancelled()
    }

    private static let parameters: TestAdapter.Servlet = { request, response in
        if request.method == "CONNECT" { return await TestAdapter.report(501, "", response) }
        let body = try await TestAdapter.body(request).replacing("=", with: " - ")
        response.headers.add("Set-Cookie", "JSESSIONID=<id>; Path=/test; HttpOnly; aaa=bbb")
        response.contentType = "text/html;charset=ISO-8859-1"
        try await TestAdapter.send("\n\n<html>\n<body>\n<p>\(body)</p>\n\n</body>\n</html>\n", response)
    }
}
