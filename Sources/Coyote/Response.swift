package import NIOCore

/// One response before and while it goes to the wire.
///
/// The head is sent by the first `write`, `writeFile`, `flush` or `finish`; changes after that are not seen.
/// There is no buffering here: a body handed over whole, with `contentLength` set, leaves together with its
/// head in one system call.
///
/// Isolation: the request's task.
/// Tomcat counterpart: `org.apache.coyote.Response`.
package final class Response {
    package var status = 200
    package var headers = ResponseHeaders()
    /// The whole field with its charset, or nil for none.
    package var contentType: String?
    package var contentLanguage: String?
    /// -1 when unknown: the body is then chunked, or ends with the connection.
    package var contentLength: Int64 = -1
    /// Fields sent after the body; if set before the head is sent, the body is chunked.
    package var trailerFields: (() -> [(name: String, value: String)])?
    /// Whether the connection closes after this response.
    package var closesConnection = false
    /// Set when a write failed; later writes throw at once.
    package var errorState: CoyoteError?

    /// Whether the head has been sent.
    package internal(set) var isCommitted = false
    package internal(set) var isFinished = false
    /// Body bytes taken from the application.
    package internal(set) var contentWritten: Int64 = 0
    /// Bytes put on the wire, head and framing included.
    package internal(set) var bytesWritten: Int64 = 0
    /// Monotonic clock when the head was sent, in nanoseconds; 0 before, and until the request has ended if the whole
    /// answer was sent at once.
    package var commitTimeNanos: Int64 = 0

    /// The adapter's own recycled objects.
    package var notes: AnyObject?
    /// The connection; nil for a response that none carries.
    package var hook: (any ActionHook)?

    /// How the body is framed, once the head has been sent.
    var framing = Framing.none

    enum Framing {
        /// No body follows, whatever the application writes.
        case none
        case length
        case chunked
        case untilClose
    }

    package init() {}

    /// Forgets status and fields.
    ///
    /// - Returns: false, and nothing is changed, when the head has been sent.
    @discardableResult
    package func reset() -> Bool {
        guard !self.isCommitted else { return false }
        self.status = 200
        self.headers.removeAll()
        self.contentType = nil
        self.contentLanguage = nil
        self.contentLength = -1
        self.trailerFields = nil
        return true
    }

    /// Sends body bytes, after the head if that has not been sent.
    ///
    /// Suspends while the client does not keep up. Bytes beyond `contentLength` are dropped.
    /// - Throws: ``CoyoteError``: `clientAbort`, `writeTimeout`, `headersTooLarge`, `closed`.
    package func write(_ buffer: ByteBuffer) async throws(CoyoteError) {
        guard let hook = self.hook else { throw CoyoteError(.closed, "The response is not connected") }
        try await hook.write(buffer, self)
    }

    /// As ``write(_:)``, where that neither waits nor fails.
    ///
    /// - Returns: false if nothing was done.
    package func writeAtOnce(_ buffer: ByteBuffer) -> Bool {
        self.hook?.writeAtOnce(buffer, self) ?? false
    }

    /// Sends `length` bytes of an open file from `offset` on, without copying them through this process
    /// where the connection allows.
    ///
    /// Returns when the file may be closed.
    /// - Throws: ``CoyoteError``.
    package func writeFile(_ file: NIOFileHandle, offset: Int64, length: Int64) async throws(CoyoteError) {
        guard let hook = self.hook else { throw CoyoteError(.closed, "The response is not connected") }
        try await hook.writeFile(file, offset: offset, length: length, self)
    }

    /// Sends an interim response with the fields added so far, such as `103 Early Hints`; the head proper follows.
    /// - Throws: ``CoyoteError``.
    package func sendInformational(status: Int) async throws(CoyoteError) {
        guard let hook = self.hook else { throw CoyoteError(.closed, "The response is not connected") }
        try await hook.sendInformational(status: status, self)
    }

    /// Pushes the head and everything written so far to the network.
    /// - Throws: ``CoyoteError``.
    package func flush() async throws(CoyoteError) {
        guard let hook = self.hook else { throw CoyoteError(.closed, "The response is not connected") }
        try await hook.flush(self)
    }

    /// Ends the response; the protocol handler does so itself after ``Adapter/service(_:_:)``.
    package func finish() async {
        await self.hook?.finish(self)
    }

    /// As ``write(_:)`` and ``finish()``, where neither has to wait.
    ///
    /// - Returns: false if nothing was done.
    package func finishAtOnce(_ last: ByteBuffer) -> Bool {
        self.hook?.finishAtOnce(last, self) ?? false
    }

    /// Closes the connection at once, so that the client sees a truncated response.
    package func abort() {
        self.hook?.abort()
    }

    /// Makes the object as new, keeping the room it took and `notes`.
    package func recycle() {
        self.isCommitted = false
        self.reset()
        self.closesConnection = false
        self.errorState = nil
        self.isFinished = false
        self.contentWritten = 0
        self.bytesWritten = 0
        self.commitTimeNanos = 0
        self.framing = .none
        self.hook = nil
    }
}
