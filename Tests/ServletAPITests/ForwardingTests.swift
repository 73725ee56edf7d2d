import ServletAPI
import Testing

/// Every member of a wrapper ends in the same member of what it wraps.
@Suite struct ForwardingTests {
    typealias RequestUse = @Sendable (any HttpServletRequest) async throws -> Void
    typealias ResponseUse = @Sendable (any HttpServletResponse) async throws -> Void

    static let requestUses: [(member: String, use: RequestUse)] = [
        ("method", { _ = $0.method }),
        ("requestURI", { _ = $0.requestURI }),
        ("requestURL", { _ = $0.requestURL }),
        ("contextPath", { _ = $0.contextPath }),
        ("servletPath", { _ = $0.servletPath }),
        ("pathInfo", { _ = $0.pathInfo }),
        ("pathTranslated", { _ = $0.pathTranslated }),
        ("queryString", { _ = $0.queryString }),
        ("httpServletMapping", { _ = $0.httpServletMapping }),
        ("protocolName", { _ = $0.protocolName }),
        ("scheme", { _ = $0.scheme }),
        ("isSecure", { _ = $0.isSecure }),
        ("serverName", { _ = $0.serverName }),
        ("serverPort", { _ = $0.serverPort }),
        ("remoteAddr", { _ = $0.remoteAddr }),
        ("remoteHost", { _ = $0.remoteHost }),
        ("remotePort", { _ = $0.remotePort }),
        ("localAddr", { _ = $0.localAddr }),
        ("localName", { _ = $0.localName }),
        ("localPort", { _ = $0.localPort }),
        ("requestId", { _ = $0.requestId }),
        ("headerNames", { _ = $0.headerNames }),
        ("cookies", { _ = $0.cookies }),
        ("locales", { _ = $0.locales }),
        ("contentLength", { _ = $0.contentLength }),
        ("contentType", { _ = $0.contentType }),
        ("characterEncoding", { _ = $0.characterEncoding }),
        ("trailerFields", { _ = $0.trailerFields }),
        ("attributeNames", { _ = $0.attributeNames }),
        ("requestedSessionId", { _ = $0.requestedSessionId }),
        ("isRequestedSessionIdValid", { _ = $0.isRequestedSessionIdValid }),
        ("isRequestedSessionIdFromCookie", { _ = $0.isRequestedSessionIdFromCookie }),
        ("isRequestedSessionIdFromURL", { _ = $0.isRequestedSessionIdFromURL }),
        ("authType", { _ = $0.authType }),
        ("remoteUser", { _ = $0.remoteUser }),
        ("userPrincipal", { _ = $0.userPrincipal }),
        ("dispatcherType", { _ = $0.dispatcherType }),
        ("isAsyncStarted", { _ = $0.isAsyncStarted }),
        ("isAsyncSupported", { _ = $0.isAsyncSupported }),
        ("asyncContext", { _ = $0.asyncContext }),
        ("header(_:)", { _ = $0.header("x") }),
        ("headers(_:)", { _ = $0.headers("x") }),
        ("intHeader(_:)", { _ = try $0.intHeader("x") }),
        ("dateHeader(_:)", { _ = try $0.dateHeader("x") }),
        ("setCharacterEncoding(_:)", { try $0.setCharacterEncoding("x") }),
        ("inputStream()", { _ = try? $0.inputStream() }),
        ("reader()", { _ = try? $0.reader() }),
        ("parameters()", { _ = await $0.parameters() }),
        ("parameters()", { _ = await $0.parameter("x") }),
        ("parts()", { _ = try await $0.parts() }),
        ("parts()", { _ = try await $0.part("x") }),
        ("attribute(_:)", { _ = $0.attribute("x") }),
        ("setAttribute(_:_:)", { $0.setAttribute("x", 1) }),
        ("setAttribute(_:_:)", { $0.removeAttribute("x") }),
        ("session(create:)", { _ = try await $0.session(create: true) }),
        ("changeSessionId()", { _ = try await $0.changeSessionId() }),
        ("isUserInRole(_:)", { _ = $0.isUserInRole("x") }),
        ("authenticate(_:)", { _ = try await $0.authenticate(SpyResponse()) }),
        ("login(_:_:)", { try await $0.login("x", "y") }),
        ("logout()", { try await $0.logout() }),
        ("requestDispatcher(_:)", { _ = $0.requestDispatcher("x") }),
        ("startAsync()", { _ = try? $0.startAsync() }),
        ("locales", { _ = $0.locale }),
    ]

    static let responseUses: [(member: String, use: ResponseUse)] = [
        ("status", { _ = $0.status }),
        ("set status", { $0.status = 1 }),
        ("trailerFields", { _ = $0.trailerFields }),
        ("set trailerFields", { $0.trailerFields = nil }),
        ("contentType", { _ = $0.contentType }),
        ("set contentType", { $0.contentType = nil }),
        ("locale", { _ = $0.locale }),
        ("set locale", { $0.locale = nil }),
        ("bufferSize", { _ = $0.bufferSize }),
        ("set bufferSize", { $0.bufferSize = 1 }),
        ("characterEncoding", { _ = $0.characterEncoding }),
        ("isCommitted", { _ = $0.isCommitted }),
        ("headerNames", { _ = $0.headerNames }),
        ("sendError(_:_:)", { try await $0.sendError(404, "x") }),
        ("sendError(_:_:)", { try await $0.sendError(404) }),
        ("sendRedirect(_:status:)", { try await $0.sendRedirect("x", status: 301) }),
        ("sendRedirect(_:status:)", { try await $0.sendRedirect("x") }),
        ("setHeader(_:_:)", { $0.setHeader("x", "y") }),
        ("setHeader(_:_:)", { $0.setIntHeader("x", 1) }),
        ("addHeader(_:_:)", { $0.addHeader("x", "y") }),
        ("removeHeader(_:)", { $0.removeHeader("x") }),
        ("header(_:)", { _ = $0.header("x") }),
        ("header(_:)", { _ = $0.containsHeader("x") }),
        ("headers(_:)", { _ = $0.headers("x") }),
        ("setDateHeader(_:_:)", { $0.setDateHeader("x", 1) }),
        ("addCookie(_:)", { try $0.addCookie(Cookie("x", "y")) }),
        ("setCharacterEncoding(_:)", { $0.setCharacterEncoding("x") }),
        ("setContentLength(_:)", { $0.setContentLength(1) }),
        ("outputStream()", { _ = try? $0.outputStream() }),
        ("outputStream()", { try? await $0.write(bytes: []) }),
        ("writer()", { _ = try? $0.writer() }),
        ("writer()", { try? await $0.write("x") }),
        ("sendFile(_:offset:length:)", { try await $0.sendFile("x", offset: 0, length: 1) }),
        ("flushBuffer()", { try await $0.flushBuffer() }),
        ("resetBuffer()", { try $0.resetBuffer() }),
        ("reset()", { try $0.reset() }),
        ("encodeURL(_:)", { _ = $0.encodeURL("x") }),
        ("encodeRedirectURL(_:)", { _ = $0.encodeRedirectURL("x") }),
    ]

    @Test("of a request", arguments: requestUses.indices)
    func request(index: Int) async throws {
        let (member, use) = Self.requestUses[index]
        let spy = SpyRequest()
        try await use(HttpServletRequestWrapper(HttpServletRequestWrapper(spy)))
        #expect(spy.asked == [member])
    }

    @Test("of a response", arguments: responseUses.indices)
    func response(index: Int) async throws {
        let (member, use) = Self.responseUses[index]
        let spy = SpyResponse()
        try await use(HttpServletResponseWrapper(HttpServletResponseWrapper(spy)))
        #expect(spy.asked == [member])
    }

    @Test("a wrapper may be given another request or response while nothing has been read or written")
    func replaces() {
        let (first, second) = (SpyRequest(), SpyRequest())
        let wrapper = HttpServletRequestWrapper(first)
        wrapper.request = second
        _ = wrapper.method
        #expect(first.asked.isEmpty && second.asked == ["method"])
        let (one, two) = (SpyResponse(), SpyResponse())
        let answer = HttpServletResponseWrapper(one)
        answer.response = two
        answer.status = 404
        #expect(one.asked.isEmpty && two.asked == ["set status"])
    }
}
