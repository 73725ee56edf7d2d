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
        if request.userPrincipal != nil { return .passed }
        if let principal = await self.principal(of: request) {
            try await base.register(request, principal, method: self.name)
            return .passed
        }
        var challenge = "Basic realm=\"\(base.realmName)\""
        if let charset = self.settings.charset { challenge += ", charset=\(charset)" }
        response.setHeader("WWW-Authenticate", challenge)
        try await response.sendError(401)
        return .answered
    }

    private func principal(of request: Request) async -> RealmPrincipal? {
        guard let realm = request.context?.realm, let header = request.header("authorization"),
            let credentials = BasicCredentials(
                parsing: header,
                charset: self.settings.charset == nil ? .isoLatin1 : .utf8,
                trims: self.settings.trimCredentials
            ), let password = credentials.password
        else { return nil }
        return await realm.authenticate(credentials.username, password)
    }
}
