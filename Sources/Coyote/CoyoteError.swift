/// Why reading a request or writing a response failed.
package struct CoyoteError: Error, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The client closed the connection or stopped reading. Tomcat: `ClientAbortException`.
        case clientAbort
        /// Nothing arrived in time. Tomcat: `SocketTimeoutException`.
        case readTimeout
        /// The client did not take our bytes in time.
        case writeTimeout
        /// The request body breaks its framing; answer 400. Tomcat: `BadRequestException`.
        case badRequest
        /// The response head does not fit `maxHttpResponseHeaderSize`. Tomcat: `HeadersTooLargeException`.
        case headersTooLarge
        /// The response is finished or its connection was aborted.
        case closed
        /// An attribute cannot be used; the message names it.
        case configuration
        /// The address cannot be listened on.
        case bind
        /// A file could not be read while it was being sent.
        case file
    }

    package let code: Code
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        guard let cause = self.cause else { return self.message }
        return "\(self.message): \(cause)"
    }
}
