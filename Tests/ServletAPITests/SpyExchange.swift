import ServletAPI

/// Remembers which of its members were asked for.
final class SpyRequest: HttpServletRequest {
    var asked: [String] = []

    private func note<Value>(_ value: Value, _ member: String = #function) -> Value {
        self.asked.append(member)
        return value
    }

    var method: String { self.note("m") }
    var requestURI: String { self.note("u") }
    var requestURL: String { self.note("U") }
    var contextPath: String { self.note("c") }
    var servletPath: String { self.note("s") }
    var pathInfo: String? { self.note(nil) }
    var pathTranslated: String? { self.note(nil) }
    var queryString: String? { self.note(nil) }
    var httpServletMapping: HttpServletMapping { self.note(HttpServletMapping()) }
    var protocolName: String { self.note("p") }
    var scheme: String { self.note("h") }
    var isSecure: Bool { self.note(true) }
    var serverName: String { self.note("n") }
    var serverPort: Int { self.note(1) }
    var remoteAddr: String { self.note("a") }
    var remoteHost: String { self.note("r") }
    var remotePort: Int { self.note(2) }
    var localAddr: String { self.note("l") }
    var localName: String { self.note("L") }
    var localPort: Int { self.note(3) }
    var requestId: String { self.note("i") }
    var headerNames: [String] { self.note([]) }
    var cookies: [Cookie] { self.note([]) }
    var locales: [String] { self.note(["de"]) }
    var contentLength: Int64 { self.note(4) }
    var contentType: String? { self.note(nil) }
    var characterEncoding: String? { self.note(nil) }
    var trailerFields: [String: String] { self.note([:]) }
    var attributeNames: [String] { self.note([]) }
    var requestedSessionId: String? { self.note(nil) }
    var isRequestedSessionIdValid: Bool { self.note(true) }
    var isRequestedSessionIdFromCookie: Bool { self.note(true) }
    var isRequestedSessionIdFromURL: Bool { self.note(true) }
    var authType: String? { self.note(nil) }
    var remoteUser: String? { self.note(nil) }
    var userPrincipal: (any Principal)? { self.note(nil) }
    var dispatcherType: DispatcherType { self.note(.async) }
    var isAsyncStarted: Bool { self.note(true) }
    var isAsyncSupported: Bool { self.note(true) }
    var asyncContext: (any AsyncContext)? { self.note(nil) }

    func header(_ name: String) -> String? { self.note(name) }
    func headers(_ name: String) -> [String] { self.note([name]) }
    func intHeader(_ name: String) throws -> Int { self.note(5) }
    func dateHeader(_ name: String) throws -> Int64 { self.note(6) }
    func setCharacterEncoding(_ name: String) throws { self.note(()) }
    func inputStream() throws -> any ServletInputStream {
        self.note(())
        throw IllegalStateError("none")
    }
    func reader() throws -> ServletReader {
        self.note(())
        throw IllegalStateError("none")
    }
    func parameters() async -> Parameters { self.note(Parameters()) }
    func parts() async throws -> [any Part] { self.note([]) }
    func attribute(_ name: String) -> Any? { self.note(name) }
    func setAttribute(_ name: String, _ value: Any?) { self.note(()) }
    func session(create: Bool) async throws -> (any HttpSession)? { self.note(nil) }
    func changeSessionId() async throws -> String { self.note("new") }
    func isUserInRole(_ role: String) -> Bool { self.note(true) }
    func authenticate(_ response: any HttpServletResponse) async throws -> Bool { self.note(true) }
    func login(_ username: String, _ password: String) async throws { self.note(()) }
    func logout() async throws { self.note(()) }
    var servletContext: any ServletContext { preconditionFailure("the spy has no application") }
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)? { self.note(nil) }
    func startAsync() throws -> any AsyncContext {
        self.note(())
        throw IllegalStateError("none")
    }
}

/// Remembers which of its members were asked for.
final class SpyResponse: HttpServletResponse {
    var asked: [String] = []

    private func note<Value>(_ value: Value, _ member: String = #function) -> Value {
        self.asked.append(member)
        return value
    }

    var status: Int {
        get { self.note(200) }
        set { self.note((), "set status") }
    }
    var trailerFields: (@Sendable () -> [(name: String, value: String)])? {
        get { self.note(nil) }
        set { self.note((), "set trailerFields") }
    }
    var contentType: String? {
        get { self.note("type") }
        set { self.note((), "set contentType") }
    }
    var locale: String? {
        get { self.note("de") }
        set { self.note((), "set locale") }
    }
    var bufferSize: Int {
        get { self.note(8192) }
        set { self.note((), "set bufferSize") }
    }
    var characterEncoding: String { self.note("UTF-8") }
    var isCommitted: Bool { self.note(true) }
    var headerNames: [String] { self.note([]) }
    func sendError(_ status: Int, _ message: String?) async throws { self.note(()) }
    func sendRedirect(_ location: String, status: Int) async throws { self.note(()) }
    func setHeader(_ name: String, _ value: String) { self.note(()) }
    func addHeader(_ name: String, _ value: String) { self.note(()) }
    func removeHeader(_ name: String) { self.note(()) }
    func header(_ name: String) -> String? { self.note(name) }
    func headers(_ name: String) -> [String] { self.note([name]) }
    func setDateHeader(_ name: String, _ milliseconds: Int64) { self.note(()) }
    func addCookie(_ cookie: Cookie) throws { self.note(()) }
    func setCharacterEncoding(_ name: String) { self.note(()) }
    func setContentLength(_ length: Int64) { self.note(()) }
    func outputStream() throws -> any ServletOutputStream {
        self.note(())
        throw IllegalStateError("none")
    }
    func writer() throws -> any ServletWriter {
        self.note(())
        throw IllegalStateError("none")
    }
    func sendFile(_ path: String, offset: Int64, length: Int64) async throws { self.note(()) }
    func flushBuffer() async throws { self.note(()) }
    func resetBuffer() throws { self.note(()) }
    func reset() throws { self.note(()) }
    func encodeURL(_ url: String) -> String { self.note(url) }
    func encodeRedirectURL(_ url: String) -> String { self.note(url) }
}
