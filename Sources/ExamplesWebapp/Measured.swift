import ServletAPI

/// `/servlets/hello`: thirteen bytes, for measuring what a request costs without any work in it.
struct HelloServlet: HttpServlet {
    private static let greeting = Array("Hello, world!".utf8)

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain"
        try await response.outputStream().write(Self.greeting)
    }
}

/// `/servlets/counter`: how often its session asked, for measuring what a session costs.
///
/// Two requests of one session at the same time may both read the same number; that is the caller's business.
struct CounterServlet: HttpServlet {
    private static let attribute = "count"

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let session = try await request.session()
        let count = (try session.attribute(Self.attribute, as: Int.self) ?? 0) + 1
        try session.setAttribute(Self.attribute, count)
        response.contentType = "text/plain"
        try await response.outputStream().write(Array(String(count).utf8))
    }
}
