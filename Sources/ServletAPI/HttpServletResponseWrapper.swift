/// An answer that passes everything on to another; subclass it and override what a filter wants to change.
///
/// The conveniences of ``HttpServletResponse`` end in the members below: overriding ``outputStream()`` and
/// ``writer()`` is enough to see the whole body, except for ``sendFile(_:offset:length:)``.
/// Isolation: the request's task, as the response itself.
/// Source: `jakarta.servlet.http.HttpServletResponseWrapper`.
open class HttpServletResponseWrapper: HttpServletResponse {
    /// The response behind this one; may be replaced while nothing has been written to it.
    public var response: any HttpServletResponse

    /// Wraps a response.
    public init(_ response: any HttpServletResponse) { self.response = response }

    /// Whether `wanted` is the response behind this one, directly or behind further wrappers.
    public func isWrapper(for wanted: any HttpServletResponse) -> Bool {
        if self.response === wanted { return true }
        return (self.response as? HttpServletResponseWrapper)?.isWrapper(for: wanted) ?? false
    }

    // MARK: Status

    /// Forwarded.
    open var status: Int {
        get { self.response.status }
        set { self.response.status = newValue }
    }
    /// Forwarded.
    open func sendError(_ status: Int, _ message: String?) async throws {
        try await self.response.sendError(status, message)
    }
    /// Forwarded.
    open func sendRedirect(_ location: String, status: Int) async throws {
        try await self.response.sendRedirect(location, status: status)
    }

    // MARK: Headers

    /// Forwarded.
    open func setHeader(_ name: String, _ value: String) { self.response.setHeader(name, value) }
    /// Forwarded.
    open func addHeader(_ name: String, _ value: String) { self.response.addHeader(name, value) }
    /// Forwarded.
    open func removeHeader(_ name: String) { self.response.removeHeader(name) }
    /// Forwarded.
    open func header(_ name: String) -> String? { self.response.header(name) }
    /// Forwarded.
    open func headers(_ name: String) -> [String] { self.response.headers(name) }
    /// Forwarded.
    open var headerNames: [String] { self.response.headerNames }
    /// Forwarded.
    open func setDateHeader(_ name: String, _ milliseconds: Int64) { self.response.setDateHeader(name, milliseconds) }
    /// Forwarded.
    open func addCookie(_ cookie: Cookie) throws { try self.response.addCookie(cookie) }
    /// Forwarded.
    open var trailerFields: (@Sendable () -> [(name: String, value: String)])? {
        get { self.response.trailerFields }
        set { self.response.trailerFields = newValue }
    }

    // MARK: Body

    /// Forwarded.
    open var contentType: String? {
        get { self.response.contentType }
        set { self.response.contentType = newValue }
    }
    /// Forwarded.
    open var characterEncoding: String { self.response.characterEncoding }
    /// Forwarded.
    open func setCharacterEncoding(_ name: String) { self.response.setCharacterEncoding(name) }
    /// Forwarded.
    open func setContentLength(_ length: Int64) { self.response.setContentLength(length) }
    /// Forwarded.
    open var locale: String? {
        get { self.response.locale }
        set { self.response.locale = newValue }
    }
    /// Forwarded.
    open func outputStream() throws -> any ServletOutputStream { try self.response.outputStream() }
    /// Forwarded.
    open func writer() throws -> any ServletWriter { try self.response.writer() }
    /// Forwarded.
    open func sendFile(_ path: String, offset: Int64, length: Int64) async throws {
        try await self.response.sendFile(path, offset: offset, length: length)
    }
    /// Forwarded.
    open var bufferSize: Int {
        get { self.response.bufferSize }
        set { self.response.bufferSize = newValue }
    }
    /// Forwarded.
    open func flushBuffer() async throws { try await self.response.flushBuffer() }
    /// Forwarded.
    open var isCommitted: Bool { self.response.isCommitted }
    /// Forwarded.
    open func resetBuffer() throws { try self.response.resetBuffer() }
    /// Forwarded.
    open func reset() throws { try self.response.reset() }

    // MARK: Session tracking

    /// Forwarded.
    open func encodeURL(_ url: String) -> String { self.response.encodeURL(url) }
    /// Forwarded.
    open func encodeRedirectURL(_ url: String) -> String { self.response.encodeRedirectURL(url) }
}
