import Coyote
import ServletAPI

/// `BASIC`: name and password with every request.
///
/// Source: RFC 7617; `org.apache.catalina.authenticator.BasicAuthenticator`.
package struct BasicLogin: LoginMethod {
    package var name: String { "BASIC" }

    package init() {}

    package func authenticate(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool
    {
        if try await self.authenticateQuietly(request, base) { return true }
        var challenge = "Basic realm=\"" + (base.login.realmName ?? "Authentication required") + "\""
        if let charset = base.configuration.charset { challenge += ", charset=\"\(charset)\"" }
        response.setHeader("WWW-Authenticate", challenge)
        try await response.sendError(401)
        return false
    }

    /// Logs in with the credentials that are there, without answering if they are wrong.
    func authenticateQuietly(_ request: Request, _ base: AuthenticatorValve) async throws -> Bool {
        guard let realm = request.context?.realm, let header = request.header("authorization"),
            let credentials = BasicCredentials(
                parsing: header,
                charset: .utf8,
                trims: base.configuration.trimCredentials
            ), let principal = await realm.authenticate(credentials.username, credentials.password ?? "")
        else { return false }
        try await base.register(request, principal, method: self.name)
        return true
    }
}

/// `NONE`: constraints without roles can be enforced, users cannot be asked for.
///
/// Source: `org.apache.catalina.authenticator.NonLoginAuthenticator`.
package struct NoLogin: LoginMethod {
    package var name: String { "NONE" }

    package init() {}

    package func authenticate(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool
    {
        try await response.sendError(403, "Access to the requested resource has been denied")
        return false
    }
}
