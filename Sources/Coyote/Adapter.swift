package import NIOCore

/// The container's entry point: what a protocol handler calls once for each request.
///
/// Requests whose head could not be parsed come here too, with ``Request/rejection`` set, so that the
/// host's error page is written by the same code as any other; the connection closes afterwards.
///
/// Isolation: the connection's event loop, inside the request's task. The task is cancelled when the
/// client leaves.
/// Tomcat counterpart: `org.apache.coyote.Adapter`.
package protocol Adapter: AnyObject, Sendable {
    /// Answers one request.
    ///
    /// On return the response is finished by the protocol handler: what was not committed is committed,
    /// the body is ended. Neither object may be used afterwards; both are recycled.
    func service(_ request: Request, _ response: Response) async
}

/// What a ``Request`` and a ``Response`` ask of the connection that carries them.
///
/// HTTP/1.1, HTTP/2 and AJP each supply one; a test may supply its own.
///
/// Isolation: caller's task; an implementation moves to its event loop where it must.
/// Tomcat counterpart: `org.apache.coyote.ActionHook`.
package protocol ActionHook: AnyObject {
    /// The next piece of the request body, or nil at its end.
    ///
    /// Sends `100 Continue` first where the client waits for it and none was sent.
    /// - Throws: ``CoyoteError``.
    func readBody(_ request: Request) async throws(CoyoteError) -> ByteBuffer?

    /// Sends `100 Continue` if the client waits for it, none was sent and `continueResponseTiming` is `immediately`.
    func acknowledgeExpectation(_ request: Request) async throws(CoyoteError)

    /// Commits the head if necessary and hands `buffer` to the connection; suspends while it is not writable.
    /// - Throws: ``CoyoteError``.
    func write(_ buffer: ByteBuffer, _ response: Response) async throws(CoyoteError)

    /// As `write`, with `length` bytes of a file from `offset` on; returns once they are sent.
    /// - Throws: ``CoyoteError``.
    func writeFile(
        _ file: NIOFileHandle,
        offset: Int64,
        length: Int64,
        _ response: Response
    ) async throws(CoyoteError)

    /// Sends an interim response (1xx) with the fields added so far.
    /// - Throws: ``CoyoteError``.
    func sendInformational(status: Int, _ response: Response) async throws(CoyoteError)

    /// Commits the head if necessary and pushes everything written so far to the network.
    /// - Throws: ``CoyoteError``.
    func flush(_ response: Response) async throws(CoyoteError)

    /// Commits the head if necessary and ends the body; a second call does nothing.
    func finish(_ response: Response) async

    /// As `write`, where that does not have to wait.
    ///
    /// - Returns: false if nothing was done, and `write` must be called.
    func writeAtOnce(_ buffer: ByteBuffer, _ response: Response) -> Bool

    /// As `write` followed by `finish`, where neither has to wait: most answers end so.
    ///
    /// - Returns: false if nothing was done, and the two must be called.
    func finishAtOnce(_ last: ByteBuffer, _ response: Response) -> Bool

    /// Closes the connection at once, dropping what was not sent.
    func abort()
}

extension ActionHook {
    package func writeAtOnce(_ buffer: ByteBuffer, _ response: Response) -> Bool { false }
    package func finishAtOnce(_ last: ByteBuffer, _ response: Response) -> Bool { false }
}
