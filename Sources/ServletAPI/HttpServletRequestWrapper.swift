/// A request that passes everything on to another; subclass it and override what a filter wants to change.
///
/// ```swift
/// final class ShoutingRequest: HttpServletRequestWrapper {
///     override func header(_ name: String) -> String? { super.header(name)?.uppercased() }
/// }
/// ```
/// Isolation: the request's task, as the request itself.
/// Source: `jakarta.servlet.http.HttpServletRequestWrapper`.
open class HttpServletRequestWrapper: HttpServletRequest {
    /// The request behind this one; may be replaced while nothing has been read from it.
    public var request: any HttpServletRequest

    /// Wraps a request.
    public init(_ request: any HttpServletRequest) { self.request = request }

    /// Whether `wanted` is the request behind this one, directly or behind further wrappers.
    public func isWrapper(for wanted: any HttpServletRequest) -> Bool {
        if self.request === wanted { return true }
        return (self.request as? HttpServletRequestWrapper)?.isWrapper(for: wanted) ?? false
    }

    // MARK: Request line and addresses

    /// Forwarded.
    open var method: String { self.request.method }
    /// Forwarded.
    open var requestURI: String { self.request.requestURI }
    /// Forwarded.
    open var requestURL: String { self.request.requestURL }
    /// Forwarded.
    open var contextPath: String { self.request.contextPath }
    /// Forwarded.
    open var servletPath: String { self.request.servletPath }
    /// Forwarded.
    open var pathInfo: String? { self.request.pathInfo }
    /// Forwarded.
    open var pathTranslated: String? { self.request.pathTranslated }
    /// Forwarded.
    open var queryString: String? { self.request.queryString }
    /// Forwarded.
    open var httpServletMapping: HttpServletMapping { self.request.httpServletMapping }
    /// Forwarded.
    open var protocolName: String { self.request.protocolName }
    /// Forwarded.
    open var scheme: String { self.request.scheme }
    /// Forwarded.
    open var isSecure: Bool { self.request.isSecure }
    /// Forwarded.
    open var serverName: String { self.request.serverName }
    /// Forwarded.
    open var serverPort: Int { self.request.serverPort }
    /// Forwarded.
    open var remoteAddr: String { self.request.remoteAddr }
    /// Forwarded.
    open var remoteHost: String { self.request.remoteHost }
    /// Forwarded.
    open var remotePort: Int { self.request.remotePort }
    /// Forwarded.
    open var localAddr: String { self.request.localAddr }
    /// Forwarded.
    open var localName: String { self.request.localName }
    /// Forwarded.
    open var localPort: Int { self.request.localPort }
    /// Forwarded.
    open var requestId: String { self.request.requestId }

    // MARK: Headers

    /// Forwarded.
    open func header(_ name: String) -> String? { self.request.header(name) }
    /// Forwarded.
    open func headers(_ name: String) -> [String] { self.request.headers(name) }
    /// Forwarded.
    open var headerNames: [String] { self.request.headerNames }
    /// Forwarded.
    open func intHeader(_ name: String) throws -> Int { try self.request.intHeader(name) }
    /// Forwarded.
    open func dateHeader(_ name: String) throws -> Int64 { try self.request.dateHeader(name) }
    /// Forwarded.
    open var cookies: [Cookie] { self.request.cookies }
    /// Forwarded.
    open var locales: [String] { self.request.locales }

    // MARK: Body and parameters

    /// Forwarded.
    open var contentLength: Int64 { self.request.contentLength }
    /// Forwarded.
    open var contentType: String? { self.request.contentType }
    /// Forwarded.
    open var characterEncoding: String? { self.request.characterEncoding }
    /// Forwarded.
    open func setCharacterEncoding(_ name: String) throws { try self.request.setCharacterEncoding(name) }
    /// Forwarded.
    open func inputStream() throws -> any ServletInputStream { try self.request.inputStream() }
    /// Forwarded.
    open func reader() throws -> ServletReader { try self.request.reader() }
    /// Forwarded.
    open func parameters() async -> Parameters { await self.request.parameters() }
    /// Forwarded.
    open func parts() async throws -> [any Part] { try await self.request.parts() }
    /// Forwarded.
    open var trailerFields: [String: String] { self.request.trailerFields }

    // MARK: Attributes, session, user

    /// Forwarded.
    open func attribute(_ name: String) -> Any? { self.request.attribute(name) }
    /// Forwarded.
    open func setAttribute(_ name: String, _ value: Any?) { self.request.setAttribute(name, value) }
    /// Forwarded.
    open var attributeNames: [String] { self.request.attributeNames }
    /// Forwarded.
    open func session(create: Bool) async throws -> (any HttpSession)? {
        try await self.request.session(create: create)
    }
    /// Forwarded.
    open func changeSessionId() async throws -> String { try await self.request.changeSessionId() }
    /// Forwarded.
    open var requestedSessionId: String? { self.request.requestedSessionId }
    /// Forwarded.
    open var isRequestedSessionIdValid: Bool { self.request.isRequestedSessionIdValid }
    /// Forwarded.
    open var isRequestedSessionIdFromCookie: Bool { self.request.isRequestedSessionIdFromCookie }
    /// Forwarded.
    open var isRequestedSessionIdFromURL: Bool { self.request.isRequestedSessionIdFromURL }
    /// Forwarded.
    open var authType: String? { self.request.authType }
    /// Forwarded.
    open var remoteUser: String? { self.request.remoteUser }
    /// Forwarded.
    open var userPrincipal: (any Principal)? { self.request.userPrincipal }
    /// Forwarded.
    open func isUserInRole(_ role: String) -> Bool { self.request.isUserInRole(role) }
    /// Forwarded.
    open func authenticate(_ response: any HttpServletResponse) async throws -> Bool {
        try await self.request.authenticate(response)
    }
    /// Forwarded.
    open func login(_ username: String, _ password: String) async throws {
        try await self.request.login(username, password)
    }
    /// Forwarded.
    open func logout() async throws { try await self.request.logout() }

    // MARK: Dispatch

    /// Forwarded.
    open var servletContext: any ServletContext { self.request.servletContext }
    /// Forwarded.
    open var dispatcherType: DispatcherType { self.request.dispatcherType }
    /// Forwarded.
    open func requestDispatcher(_ path: String) -> (any RequestDispatcher)? { self.request.requestDispatcher(path) }
    /// Forwarded.
    open func startAsync() throws -> any AsyncContext { try self.request.startAsync() }
    /// Forwarded.
    open var isAsyncStarted: Bool { self.request.isAsyncStarted }
    /// Forwarded.
    open var isAsyncSupported: Bool { self.request.isAsyncSupported }
    /// Forwarded.
    open var asyncContext: (any AsyncContext)? { self.request.asyncContext }
}
