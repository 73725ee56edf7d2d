import ServletAPI

/// A request that knows its method and headers; everything else is as in a request that says nothing.
final class StubRequest: HttpServletRequest {
    var method = "GET"
    var protocolName = "HTTP/1.1"
    var allHeaders: [(name: String, value: String)] = []
    var attributes: [String: Any] = [:]
    var asked: [String] = []

    let requestURI = "/app/x;y=z"
    let requestURL = "http://localhost/app/x;y=z"
    let contextPath = "/app"
    let servletPath = "/x"
    let pathInfo: String? = nil
    let pathTranslated: String? = nil
    var queryString: String? = "a=b"
    let httpServletMapping = HttpServletMapping()
    let scheme = "http"
    let isSecure = false
    let serverName = "localhost"
    let serverPort = 80
    let remoteAddr = "127.0.0.1"
    let remoteHost = "127.0.0.1"
    let remotePort = 1
    let localAddr = "127.0.0.1"
    let localName = "localhost"
    let localPort = 80
    let requestId = "1"
    let cookies: [Cookie] = []
    let locales = ["en"]
    let contentLength: Int64 = -1
    let contentType: String? = nil
    let characterEncoding: String? = nil
    let trailerFields: [String: String] = [:]
    let requestedSessionId: String? = nil
    let isRequestedSessionIdValid = false
    let isRequestedSessionIdFromCookie = false
    let isRequestedSessionIdFromURL = false
    let authType: String? = nil
    let remoteUser: String? = nil
    let userPrincipal: (any Principal)? = nil
    let dispatcherType = DispatcherType.request
    let isAsyncStarted = false
    let isAsyncSupported = false
    let asyncContext: (any AsyncContext)? = nil

    func header(_ name: String) -> String? { self.headers(name).first }
    func headers(_ name: String) -> [String] {
        self.allHeaders.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
    var headerNames: [String] {
        var names: [String] = []
        for (name, _) in self.allHeaders where !names.contains(name.lowercased()) { names.append(name.lowercased()) }
        return names
    }
    func intHeader(_ name: String) throws -> Int { self.header(name).flatMap { Int($0) } ?? -1 }
    func dateHeader(_ name: String) throws -> Int64 {
        guard let value = self.header(name) else { return -1 }
        guard let milliseconds = Int64(value) else { throw IllegalArgumentError("no date: \(value)") }
        return milliseconds
    }
    func setCharacterEncoding(_ name: String) throws { self.asked.append("setCharacterEncoding \(name)") }
    func inputStream() throws -> any ServletInputStream { throw IllegalStateError("no body") }
    func reader() throws -> ServletReader { throw IllegalStateError("no body") }
    func parameters() async -> Parameters {
        var parameters = Parameters()
        parameters.append("a", "b")
        return parameters
    }
    func parts() async throws -> [any Part] { [] }
    func attribute(_ name: String) -> Any? { self.attributes[name] }
    func setAttribute(_ name: String, _ value: Any?) { self.attributes[name] = value }
    var attributeNames: [String] { Array(self.attributes.keys) }
    func session(create: Bool) async throws -> (any HttpSession)? { nil }
    func changeSessionId() async throws -> String { throw IllegalStateError("no session") }
    func isUserInRole(_ role: String) -> Bool { role == "stub" }
    func authenticate(_ response: any HttpServletResponse) async throws -> Bool { false }
    func login(_ username: String, _ password: String) async throws { self.asked.append("login \(username)") }
    func logout() async throws { self.asked.append("logout") }
    var servletContext: any ServletContext { preconditionFailure("the stub has no application") }
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)? { nil }
    func startAsync() throws -> any AsyncContext { throw IllegalStateError("not supported") }
}

/// A response that remembers what was said to it.
final class StubResponse: HttpServletResponse, ServletOutputStream, ServletWriter {
    var status = 200
    var message: String?
    var allHeaders: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var trailerFields: (@Sendable () -> [(name: String, value: String)])?
    var contentType: String?
    var characterEncoding = "ISO-8859-1"
    var locale: String?
    var bufferSize = 8192
    var isCommitted = false

    func sendError(_ status: Int, _ message: String?) async throws {
        self.status = status
        self.message = message
    }
    func sendRedirect(_ location: String, status: Int) async throws {
        self.status = status
        self.setHeader("Location", location)
    }
    func setHeader(_ name: String, _ value: String) {
        self.removeHeader(name)
        self.addHeader(name, value)
    }
    func addHeader(_ name: String, _ value: String) { self.allHeaders.append((name, value)) }
    func removeHeader(_ name: String) { self.allHeaders.removeAll { $0.name.lowercased() == name.lowercased() } }
    func header(_ name: String) -> String? { self.headers(name).first }
    func headers(_ name: String) -> [String] {
        self.allHeaders.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
    var headerNames: [String] { self.allHeaders.map(\.name) }
    func setDateHeader(_ name: String, _ milliseconds: Int64) { self.setHeader(name, "\(milliseconds)") }
    func addCookie(_ cookie: Cookie) throws { self.addHeader("Set-Cookie", "\(cookie.name)=\(cookie.value)") }
    func setCharacterEncoding(_ name: String) { self.characterEncoding = name }
    func setContentLength(_ length: Int64) { self.setHeader("Content-Length", "\(length)") }
    func outputStream() throws -> any ServletOutputStream { self }
    func writer() throws -> any ServletWriter { self }
    func sendFile(_ path: String, offset: Int64, length: Int64) async throws {}
    func flushBuffer() async throws { self.isCommitted = true }
    func resetBuffer() throws { self.body = [] }
    func reset() throws {
        self.body = []
        self.allHeaders = []
        self.status = 200
    }
    func encodeURL(_ url: String) -> String { url + ";id" }
    func encodeRedirectURL(_ url: String) -> String { url + ";id" }

    func write(_ bytes: [UInt8]) async throws { self.body += bytes }
    func write(_ text: String) async throws { self.body += Array(text.utf8) }
    func flush() async throws {}

    var text: String { String(decoding: self.body, as: UTF8.self) }
}
