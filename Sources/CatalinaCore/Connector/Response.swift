package import Coyote
package import NIOCore
package import ServletAPI

/// One answer on its way through the container, and what applications see of it.
///
/// Isolation: the request's task.
/// Source: `org.apache.catalina.connector.Response`.
package final class Response: HttpServletResponse {
    package let coyote: Coyote.Response
    package unowned let request: Request

    let output: OutputBuffer
    var usesStream = false
    var usesWriter = false
    /// Above 0 while a servlet writes into another one's answer.
    package var includes = 0
    /// What ``sendError(_:_:)`` asked for; the host turns it into a page.
    package internal(set) var errorMessage: String?
    package internal(set) var isError = false
    /// Whether the error page has been handled.
    package var isErrorHandled = false
    /// Whether nothing more is taken from the application: after an error, redirect or forward.
    package var isSuspended: Bool {
        get { self.output.isSuspended }
        set { self.output.isSuspended = newValue }
    }

    var mediaType: String?
    var charset: String?
    /// Whether the charset was named by the application or implied by a writer, so that it belongs in the header.
    var isCharsetVisible = false
    var language: String?
    /// The one named last, in this answer or an earlier one: most answers of a connection have the same.
    var namedContentType: NamedContentType?
    /// The one sent last, for the same reason.
    var writtenContentType: WrittenContentType?

    init(_ coyote: Coyote.Response, request: Request) {
        self.coyote = coyote
        self.request = request
        self.output = OutputBuffer(coyote)
    }

    func recycle() {
        self.output.recycle()
        self.usesStream = false
        self.usesWriter = false
        self.includes = 0
        self.errorMessage = nil
        self.isError = false
        self.isErrorHandled = false
        self.mediaType = nil
        self.charset = nil
        self.isCharsetVisible = false
        self.language = nil
    }

    // MARK: Status

    package var status: Int {
        get { self.coyote.status }
        set {
            guard !self.isCommitted, self.includes == 0 else { return }
            self.coyote.status = newValue
        }
    }

    package func sendError(_ status: Int, _ message: String?) async throws {
        if self.isCommitted {
            throw IllegalStateError("Cannot call sendError() after the response has been committed")
        }
        guard self.includes == 0 else { return }
        if status == 103 {
            // Early hints: the headers so far go ahead, the answer follows. Tomcat takes this way in, too.
            do { try await self.coyote.sendInformational(status: status) } catch { throw OutputBuffer.failure(error) }
            return
        }
        self.fail(status, message)
    }

    /// Makes the answer an error, for which a page is found when the request comes back.
    func fail(_ status: Int, _ message: String?) {
        self.isError = true
        self.isErrorHandled = false
        self.coyote.status = status
        self.errorMessage = message
        self.output.discard()
        self.isSuspended = true
    }

    /// Answers 500 with nothing else: the head itself could not be sent.
    func failHead() {
        self.coyote.reset()
        self.coyote.status = 500
        self.coyote.contentLength = 0
        self.output.discard()
        self.isErrorHandled = true
        self.isSuspended = true
    }

    /// A broken body makes the answer 400, whatever the application makes of the error.
    func bodyFailed(_ error: BodyReadError) {
        guard !self.isHeadSent, error.isClientsFault else { return }
        self.request.attributes[RequestAttribute.exception] = error
        self.coyote.status = 400
        self.isError = true
        self.isErrorHandled = false
        self.output.discard()
        self.isSuspended = true
    }

    package func sendRedirect(_ location: String, status: Int) async throws {
        if self.isCommitted {
            throw IllegalStateError("Cannot call sendRedirect() after the response has been committed")
        }
        guard self.includes == 0 else { return }
        self.output.discard()
        let configuration = self.request.context?.configuration
        let isOld = [.http09, .http10].contains(self.request.coyote.protocolVersion)
        let keepsRelative = !isOld && configuration?.useRelativeRedirects ?? true
        let target = keepsRelative ? location : self.absolute(location)
        self.coyote.status = status
        self.setHeader("Location", target)
        if configuration?.sendRedirectBody == true {
            self.contentType = "text/html"
            self.setCharacterEncoding("UTF-8")
            let shown = HTMLText.escaped(target)
            try await self.write("<html><body><p>Redirecting to <a href=\"\(shown)\">\(shown)</a></p></body></html>")
        }
        self.isSuspended = true
    }

    // MARK: Headers

    package func setHeader(_ name: String, _ value: String) {
        guard self.mayChangeHeaders, !self.isSpecialHeader(name, value) else { return }
        self.coyote.headers.set(name, value)
    }

    package func addHeader(_ name: String, _ value: String) {
        guard self.mayChangeHeaders, !self.isSpecialHeader(name, value) else { return }
        self.coyote.headers.add(name, value)
    }

    package func removeHeader(_ name: String) {
        guard self.mayChangeHeaders else { return }
        self.coyote.headers.remove(name)
    }

    package func header(_ name: String) -> String? {
        if let value = self.coyote.headers.value(name) { return value }
        switch name.lowercased() {
        case "content-type": return self.contentType
        case "content-length": return self.coyote.contentLength >= 0 ? String(self.coyote.contentLength) : nil
        case "content-language": return self.language
        default: return nil
        }
    }

    package func headers(_ name: String) -> [String] {
        let values = self.coyote.headers.values(name)
        return values.isEmpty ? [self.header(name)].compactMap { $0 } : values
    }

    package var headerNames: [String] { self.coyote.headers.names }

    package func setDateHeader(_ name: String, _ milliseconds: Int64) {
        self.setHeader(name, HTTPDate.format(Int64((Double(milliseconds) / 1000).rounded(.down))))
    }

    package func addCookie(_ cookie: Cookie) throws {
        guard self.mayChangeHeaders else { return }
        let line = try self.request.cookieProcessor.generate(cookie)
        self.coyote.headers.add("Set-Cookie", line.asLatin1OfUTF8)
    }

    /// Sets the session cookie, replacing one set before; the first that a context cannot set is logged.
    package func setSessionCookie(_ cookie: Cookie) {
        guard !self.isHeadSent else { return }
        let line: String
        do { line = try self.request.cookieProcessor.generate(cookie) } catch {
            self.request.context?.reportSessionCookie(error)
            return
        }
        let others = self.coyote.headers.values("Set-Cookie").filter { !$0.hasPrefix(cookie.name + "=") }
        self.coyote.headers.remove("Set-Cookie")
        for other in others { self.coyote.headers.add("Set-Cookie", other) }
        self.coyote.headers.add("Set-Cookie", line)
    }

    package var trailerFields: (@Sendable () -> [(name: String, value: String)])? {
        get { self.ownTrailerFields }
        set {
            self.ownTrailerFields = newValue
            self.coyote.trailerFields = newValue
        }
    }
    private var ownTrailerFields: (@Sendable () -> [(name: String, value: String)])?

    private var mayChangeHeaders: Bool { self.includes == 0 && !self.isCommitted }

    /// Content-Type and Content-Length have a place of their own.
    private func isSpecialHeader(_ name: String, _ value: String) -> Bool {
        let length = name.utf8.count
        if length == 12, name.lowercased() == "content-type" {
            self.contentType = value
            return true
        }
        if length == 14, name.lowercased() == "content-length", let number = Int64(value), number >= 0 {
            self.setContentLength(number)
            return true
        }
        return false
    }

    // MARK: Body

    package func setContentLength(_ length: Int64) {
        guard self.mayChangeHeaders else { return }
        self.coyote.contentLength = length
    }

    package var locale: String? {
        get { self.language }
        set {
            guard self.mayChangeHeaders else { return }
            self.language = newValue
            self.coyote.contentLanguage = newValue
        }
    }

    package func outputStream() throws -> any ServletOutputStream {
        if self.usesWriter { throw IllegalStateError("getWriter() has already been called for this response") }
        self.usesStream = true
        return self.output
    }

    package func writer() throws -> any ServletWriter {
        if self.usesStream { throw IllegalStateError("getOutputStream() has already been called for this response") }
        if !self.usesWriter { try self.startWriter() }
        return self.output
    }

    /// Writes text for a container page, whether the application used the stream or the writer.
    package func writeReport(_ text: String) async throws {
        try self.output.encode(as: self.usesWriter ? self.characterEncoding : "UTF-8")
        try await self.output.write(text)
    }

    /// Writes shared bytes without copying them; commits the answer.
    package func write(_ buffer: ByteBuffer) async throws {
        guard !self.isSuspended else { return }
        self.prepareHead()
        try await self.output.writeThrough(buffer)
    }

    /// As ``write(_:)``, where that neither waits nor fails.
    ///
    /// - Returns: false if nothing was done.
    func writeAtOnce(_ buffer: ByteBuffer) -> Bool {
        guard !self.isSuspended else { return false }
        self.prepareHead()
        return self.output.writeThroughAtOnce(buffer)
    }

    package var bufferSize: Int {
        get { self.output.capacity }
        set { self.output.grow(to: newValue) }
    }

    package func flushBuffer() async throws {
        self.prepareHead()
        try await self.output.flush()
    }

    /// Whether nothing can be changed any more: the head is on its way, or an error, a redirect or a forward has ended
    /// the application's part.
    package var isCommitted: Bool { self.isHeadSent || self.isSuspended }

    /// Whether the head is on its way, whatever the application may still do.
    package var isHeadSent: Bool { self.coyote.isCommitted || self.output.isCommitted }

    package func resetBuffer() throws {
        if self.isHeadSent { throw IllegalStateError("Cannot reset buffer after response has been committed") }
        self.output.discard()
    }

    package func reset() throws {
        if self.isHeadSent { throw IllegalStateError("Cannot reset after response has been committed") }
        guard self.includes == 0 else { return }
        self.coyote.reset()
        self.output.recycle()
        self.usesStream = false
        self.usesWriter = false
        self.mediaType = nil
        self.charset = nil
        self.isCharsetVisible = false
        self.language = nil
    }

    /// As ``finish()``, where that need not wait.
    ///
    /// - Returns: false if the answer has not ended.
    func finishAtOnce() -> Bool {
        self.prepareHead()
        return self.output.closeAtOnce()
    }

    /// Ends the answer: what fits the buffer gets a length.
    func finish() async throws {
        self.prepareHead()
        try await self.output.close()
    }

    /// Bytes of body that went out.
    package var contentWritten: Int64 { self.coyote.contentWritten }

    private func startWriter() throws {
        self.usesWriter = true
        if self.charset == nil { self.charset = self.characterEncoding }
        self.isCharsetVisible = true
        try self.output.encode(as: self.characterEncoding)
        self.syncContentType()
    }
}

extension String {
    /// The text whose ISO-8859-1 bytes are this one's UTF-8 bytes: cookies are UTF-8, other headers are not.
    fileprivate var asLatin1OfUTF8: String {
        guard !self.utf8.allSatisfy({ $0 < 0x80 }) else { return self }
        return String(String.UnicodeScalarView(self.utf8.map { Unicode.Scalar($0) }))
    }
}
