/// The answer to one request.
///
/// Status and headers may change until the answer is committed, which happens when the buffer (8 KiB) overflows, is
/// flushed, or the request ends; an answer that fits the buffer gets a `Content-Length`, a longer one is chunked.
/// Valid only in the request's task, like the request.
/// Source: `jakarta.servlet.http.HttpServletResponse`.
public protocol HttpServletResponse: AnyObject {
    // MARK: Status

    /// The status code, 200 at first. Setting it does not trigger an error page.
    var status: Int { get set }
    /// Answers with the error page for a status; drops what is buffered. Nothing can be written afterwards.
    ///
    /// - Throws: ``IllegalStateError`` once committed.
    func sendError(_ status: Int, _ message: String?) async throws
    /// Answers 302 (or `status`) with a `Location`; drops what is buffered.
    ///
    /// - Throws: ``IllegalStateError`` once committed.
    func sendRedirect(_ location: String, status: Int) async throws

    // MARK: Headers

    /// Replaces a header; line breaks and control characters in the value become blanks.
    func setHeader(_ name: String, _ value: String)
    /// Adds a header line.
    func addHeader(_ name: String, _ value: String)
    /// Removes a header.
    func removeHeader(_ name: String)
    /// The first value of a header, `nil` if absent.
    func header(_ name: String) -> String?
    /// Every value of a header.
    func headers(_ name: String) -> [String]
    /// The names of the headers set so far.
    var headerNames: [String] { get }
    /// Sets a header to an HTTP date, from milliseconds since 1970.
    func setDateHeader(_ name: String, _ milliseconds: Int64)
    /// Adds a cookie.
    ///
    /// - Throws: ``IllegalArgumentError`` for a name, value, domain or path that RFC 6265 does not allow.
    func addCookie(_ cookie: Cookie) throws
    /// Trailer fields, asked for at the end of the body; setting it makes the answer chunked.
    var trailerFields: (@Sendable () -> [(name: String, value: String)])? { get set }

    // MARK: Body

    /// The media type, with its charset if one was set or a writer used.
    var contentType: String? { get set }
    /// The charset of the writer; `ISO-8859-1` unless set by the application or its descriptor.
    var characterEncoding: String { get }
    /// Sets the charset; without effect after ``writer()`` or once committed.
    func setCharacterEncoding(_ name: String)
    /// Announces the length of the body in bytes; what exceeds it is dropped.
    func setContentLength(_ length: Int64)
    /// The language of the content as BCP 47 tag; sets `Content-Language`.
    var locale: String? { get set }
    /// The body as bytes.
    ///
    /// - Throws: ``IllegalStateError`` after ``writer()``.
    func outputStream() throws -> any ServletOutputStream
    /// The body as text in ``characterEncoding``.
    ///
    /// - Throws: ``IllegalStateError`` after ``outputStream()``; ``IllegalArgumentError`` for an unknown charset.
    func writer() throws -> any ServletWriter
    /// Sends part of a file without reading it into memory where the connection allows it.
    ///
    /// - Throws: ``ServletError`` if the file cannot be read, ``ClientAbortError`` if the client has left.
    func sendFile(_ path: String, offset: Int64, length: Int64) async throws
    /// Bytes that fit before the answer is committed by itself; change it before the first byte is written.
    var bufferSize: Int { get set }
    /// Sends status, headers and what is buffered; suspends while the client does not read.
    func flushBuffer() async throws
    /// Whether status and headers are final: they have been sent, or an error, a redirect or a forward has ended the
    /// application's part.
    var isCommitted: Bool { get }
    /// Drops the buffered body, keeping status and headers.
    ///
    /// - Throws: ``IllegalStateError`` once committed.
    func resetBuffer() throws
    /// Drops status, headers and buffered body.
    ///
    /// - Throws: ``IllegalStateError`` once committed.
    func reset() throws

    // MARK: Session tracking

    /// A URL of this application with the session id in it, if the client does not use cookies.
    func encodeURL(_ url: String) -> String
    /// Like ``encodeURL(_:)`` for ``sendRedirect(_:status:)``.
    func encodeRedirectURL(_ url: String) -> String
}

extension HttpServletResponse {
    /// Answers with the error page for a status.
    public func sendError(_ status: Int) async throws { try await self.sendError(status, nil) }
    /// Answers 302 with a `Location`.
    public func sendRedirect(_ location: String) async throws { try await self.sendRedirect(location, status: 302) }
    /// Writes text through the writer.
    public func write(_ text: String) async throws { try await self.writer().write(text) }
    /// Writes bytes through the output stream.
    public func write(bytes: [UInt8]) async throws { try await self.outputStream().write(bytes) }
    /// Whether a header was set.
    public func containsHeader(_ name: String) -> Bool { self.header(name) != nil }
    /// Sets a header to an integer.
    public func setIntHeader(_ name: String, _ value: Int) { self.setHeader(name, String(value)) }
}
