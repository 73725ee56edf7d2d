/// A request that the repository declines: status code and body as they go to the client.
///
/// Everything that goes wrong by a caller's doing is one of these; any other error becomes status 500 with a
/// constant text, and its details go to the log. ``answer(to:)`` is the one place that decides.
package struct RepositoryError: Error, Sendable, Equatable {
    package var status: Int
    /// JSON answered to the client; nil for an empty body.
    package var body: JSONValue?
    /// Whether the `WWW-Authenticate` header of a 401 says that the token was not valid.
    package var isInvalidToken = false

    package init(status: Int, body: JSONValue?, isInvalidToken: Bool = false) {
        self.status = status
        self.body = body
        self.isInvalidToken = isInvalidToken
    }

    package init(status: Int, _ message: String) {
        self.init(status: status, body: ["message": .string(message)])
    }

    /// The `message` member of the body.
    package var message: String? { self.body?["message"]?.string }

    package static func badRequest(_ message: String) -> RepositoryError { RepositoryError(status: 400, message) }
    package static func forbidden(_ message: String) -> RepositoryError { RepositoryError(status: 403, message) }
    package static func notFound(_ message: String) -> RepositoryError { RepositoryError(status: 404, message) }
    package static func conflict(_ message: String) -> RepositoryError { RepositoryError(status: 409, message) }

    /// What a client learns of a failure that is not its own.
    package static let unexpected = RepositoryError(
        status: 500,
        "Something went wrong. Contact your sysadmin."
    )
    package static let missingObject = RepositoryError.notFound("Missing object")
    package static let readOnly = RepositoryError.badRequest("Cordra is read-only")
    package static let systemDown = RepositoryError(status: 500, "The system is down.")

    /// The answer to any error: itself, or ``unexpected`` where the cause is none of the client's business.
    package static func answer(to error: any Error) -> RepositoryError {
        switch error {
        case let error as RepositoryError: error
        case let error as JSONSyntaxError: .badRequest(error.description)
        default: .unexpected
        }
    }
}
