import ServletAPI
import Testing

/// Answers `GET` and, if told so, `PATCH`; knows when it was last modified.
private struct Greeter: HttpServlet {
    var modified: Int64 = -1
    var patches = false

    var allowedMethods: [String] { ["GET", "HEAD", "OPTIONS"] + (self.patches ? ["PATCH"] : []) }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await response.write("hello")
    }

    func doPatch(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await response.write("patched")
    }

    func lastModified(_ request: any HttpServletRequest) -> Int64 { self.modified }
}

@Suite struct HttpServletTests {
    @Test(
        "each method has its answer",
        arguments: [
            ("GET", "HTTP/1.1", 200, "hello"), ("HEAD", "HTTP/1.1", 200, "hello"), ("POST", "HTTP/1.1", 405, ""),
            ("PUT", "HTTP/1.1", 405, ""), ("PUT", "HTTP/2.0", 405, ""), ("DELETE", "HTTP/1.0", 400, ""),
            ("POST", "HTTP/0.9", 400, ""), ("PATCH", "HTTP/1.1", 501, ""),
            ("get", "HTTP/1.1", 501, ""), ("BREW", "HTTP/1.1", 501, ""), ("OPTIONS", "HTTP/1.1", 200, ""),
        ]
    )
    func dispatches(method: String, version: String, status: Int, body: String) async throws {
        let request = StubRequest()
        request.method = method
        request.protocolName = version
        let response = StubResponse()
        try await Greeter().service(request, response)
        #expect(response.status == status)
        #expect(response.text == body)
    }

    @Test func aServletThatNamesPatchGetsIt() async throws {
        let request = StubRequest()
        request.method = "PATCH"
        let response = StubResponse()
        try await Greeter(patches: true).service(request, response)
        #expect(response.text == "patched")
    }

    @Test func optionsListsTheMethods() async throws {
        let request = StubRequest()
        request.method = "OPTIONS"
        let response = StubResponse()
        try await Greeter().service(request, response)
        #expect(response.header("Allow") == "GET, HEAD, OPTIONS")
    }

    @Test(
        "If-Modified-Since is compared in whole seconds",
        arguments: [
            (nil, 200), ("4999", 200), ("5000", 304), ("6000", 304), ("no date", 200),
        ]
    )
    func comparesModification(since: String?, status: Int) async throws {
        let request = StubRequest()
        if let since { request.allHeaders = [("If-Modified-Since", since)] }
        let response = StubResponse()
        try await Greeter(modified: 5999).service(request, response)
        #expect(response.status == status)
        #expect(response.text == (status == 304 ? "" : "hello"))
        #expect(response.header("Last-Modified") == (status == 304 ? nil : "5999"))
    }

    @Test func traceEchoesWithoutCredentials() async throws {
        let request = StubRequest()
        request.method = "TRACE"
        request.allHeaders = [("Host", "localhost"), ("Authorization", "secret"), ("X-A", "1"), ("x-a", "2")]
        let response = StubResponse()
        try await Greeter().service(request, response)
        #expect(response.contentType == "message/http")
        #expect(response.text == "TRACE /app/x;y=z?a=b HTTP/1.1\r\nhost: localhost\r\nx-a: 1\r\nx-a: 2\r\n")
    }
}
