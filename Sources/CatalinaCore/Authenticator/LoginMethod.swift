/// What became of a request at its login.
package enum LoginOutcome: Sendable {
    /// It may go on: it has its user, or the method asks for none.
    case passed
    /// It was replaced by the one that was saved before the login; what holds for that must be looked up.
    case restored
    /// The answer has been written.
    case answered
}

/// What the ways to log in differ in.
package protocol LoginMethod: Sendable {
    /// `BASIC`, `FORM`, …
    var name: String { get }
    /// Logs the client in, or writes the answer that asks it to.
    func authenticate(
        _ request: Request,
        _ response: Response,
        _ base: AuthenticatorValve
    ) async throws -> LoginOutcome
    /// Whether ``isContinuation(_:_:)`` can be true of any request.
    var hasContinuations: Bool { get }
    /// Whether a request belongs to the login itself, though nothing may be protected there.
    func isContinuation(_ request: Request, _ base: AuthenticatorValve) async throws -> Bool
    /// Whether a request brings credentials that can be checked unasked.
    func canLogInUnasked(_ request: Request) -> Bool
}

extension LoginMethod {
    package var hasContinuations: Bool { false }
    package func isContinuation(_ request: Request, _ base: AuthenticatorValve) async throws -> Bool { false }
    package func canLogInUnasked(_ request: Request) -> Bool { false }

    /// Whether the request's credentials are for an authentication scheme, in any case.
    func hasCredentials(_ request: Request, for scheme: String) -> Bool {
        request.header("authorization")?.lowercased().hasPrefix(scheme + " ") ?? false
    }
}

/// `NONE`: constraints without roles can be enforced, users cannot be asked for.
///
/// Source: `org.apache.catalina.authenticator.NonLoginAuthenticator`.
struct NoLogin: LoginMethod {
    var name: String { "NONE" }

    /// Nobody is asked; who needs a role is refused for the lack of it.
    func authenticate(
        _ request: Request,
        _ response: Response,
        _ base: AuthenticatorValve
    ) async throws -> LoginOutcome {
        if try await base.isKnown(request, checksPasswords: true), base.configuration.cache {
            try await request.sessionInternal(create: true)?.principal = request.userPrincipal
        }
        return .passed
    }
}
