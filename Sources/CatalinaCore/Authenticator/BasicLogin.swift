import Coyote
import ServletAPI

/// `BASIC`: name and password with every request.
///
/// Source: RFC 7617; `org.apache.catalina.authenticator.BasicAuthenticator`.
struct BasicLogin: LoginMethod {
    let settings: AuthenticatorConfiguration.Basic

    init(_ settings: AuthenticatorConfiguration.Basic = .init()) { self.settings = settings }

    var name: String { "BASIC" }

    func canLogInUnasked(_ request: Request) -> Bool { self.hasCredentials(request, for: "basic") }

    func authenticate(
        _ request: Request,
        _ response: Response,
        _ base: AuthenticatorValve
    ) async throws -> LoginOutcome {
        if try await base.isKnown(request, checksPasswords: true) { return .passed }
        if let (principal, username, password) = await self.login(of: request) {
            try await base.register(request, principal, method: self.name, username: username, password: password)
            return .passed
        }
        var challenge = "Basic realm=\"\(base.realmName)\""
        if let charset = self.settings.charset { challenge += ", charset=\(charset)" }
        response.setHeader("WWW-Authenticate", challenge)
        try await response.sendError(401)
        return .answered
    }

    private func login(
        of request: Request
    ) async -> (principal: RealmPrincipal, username: String, password: String)? {
        guard let realm = request.context?.realm, let header = request.header("authorization"),
            let credentials = BasicCredentials(
                parsing: header,
                charset: self.settings.charset == nil ? .isoLatin1 : .utf8,
                trims: self.settings.trimCredentials
            ), let password = credentials.password,
            let principal = await realm.authenticate(credentials.username, password)
        else { return nil }
        return (principal, credentials.username, password)
    }
}
