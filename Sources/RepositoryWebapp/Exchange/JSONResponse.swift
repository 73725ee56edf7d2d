import RepositoryCore
import ServletAPI

extension HttpServletResponse {
    static var jsonType: String { "application/json;charset=UTF-8" }

    /// Answers with a JSON text.
    func write(json: JSONValue, pretty: Bool = false) async throws {
        try await self.write(body: json.bytes(pretty: pretty), type: Self.jsonType)
    }

    /// Answers with a JSON text spelt as clients of the original know it.
    func write(jsonText: String) async throws {
        try await self.write(body: Array(jsonText.utf8), type: Self.jsonType)
    }

    /// Marks content that users have stored: a browser that shows it runs none of its scripts and guesses no type,
    /// so nobody's upload can act in the name of whoever looks at it.
    func distrustContent() {
        self.setHeader("X-Content-Type-Options", "nosniff")
        self.setHeader("Content-Security-Policy", "sandbox")
    }

    func write(body: [UInt8], type: String) async throws {
        self.contentType = type
        self.setContentLength(Int64(body.count))
        try await self.write(bytes: body)
    }
}

/// Turns what went wrong into bytes: the one place of the application that does.
enum ErrorResponse {
    /// Answers, where the answer has not begun.
    ///
    /// - Throws: the error itself where it belongs to the container.
    static func write(
        _ error: any Error,
        to response: any HttpServletResponse,
        log: (any Error) -> Void
    ) async throws {
        if Self.isClients(error) || error is CancellationError || response.isCommitted { throw error }
        let answer = Self.answer(to: error)
        if answer == .unexpected { log(error) }
        try response.resetBuffer()
        response.status = answer.status
        if answer.status == 401 {
            let detail = answer.isInvalidToken ? ", error=\"invalid_token\"" : ""
            response.setHeader("WWW-Authenticate", "Bearer realm=\"cordra\"" + detail)
        }
        guard let body = answer.body else {
            response.setContentLength(0)
            return
        }
        try await response.write(json: body)
    }

    /// Whether a body that is malformed, late or cut off is to blame: the container answers what can be answered.
    private static func isClients(_ error: any Error) -> Bool {
        (error as? any NamedException)?.exceptionTypes.contains("java.io.IOException") == true
    }

    private static func answer(to error: any Error) -> RepositoryError {
        switch error {
        // The container refuses a body above the limits of the descriptor's multipart-config with this one.
        case is IllegalStateError: RepositoryError(status: 413, "Request is too large")
        // One that has something behind it is the server's own trouble, such as a disk without room.
        case let error as ServletError where error.rootCause == nil: RepositoryError(status: 400, error.message)
        default: .answer(to: error)
        }
    }
}
