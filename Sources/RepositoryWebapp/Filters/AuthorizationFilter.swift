import RepositoryCore
import ServletAPI

/// Finds out who is calling, keeps those out who may not call at all, and answers for whatever goes wrong
/// behind it.
struct AuthorizationFilter: Filter {
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    private static let writingMethods: Set<String> = ["POST", "PUT", "DELETE"]

    let application: RepositoryApplication

    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        do {
            let path = request.servletPath + (request.pathInfo ?? "")
            let rule = AccessRule.rule(method: request.method, path: path)
            if rule == .legacySession {
                throw RepositoryError(status: 401, "Legacy sessions disabled on this Cordra")
            }
            if !(rule == .unauthenticated && path.hasPrefix("/startupStatus")) {
                request.setAttribute(RequestState.caller, try await self.admitted(request, rule))
            }
            guard Self.methods.contains(request.method) else {
                return try await response.sendError(405, "Method \(request.method) is not supported here")
            }
            try await chain.doFilter(request, response)
            guard Self.writingMethods.contains(request.method), path.hasPrefix("/objects"), response.status < 400 else {
                return
            }
            self.application.reportWritten(log: request.servletContext.log)
        } catch {
            try await ErrorResponse.write(error, to: response) { error in
                let name = request.attribute(RequestState.id) as? String ?? ""
                self.application.report(error, of: name, log: request.servletContext.log)
            }
        }
    }

    private func admitted(_ request: any HttpServletRequest, _ rule: AccessRule) async throws -> Caller {
        let running = try self.application.running()
        try self.requireSecure(request, running)
        guard rule != .unauthenticated else { return .anonymous }
        let caller = try await self.caller(request, rule, running)
        switch rule {
        case .open, .unauthenticated: break
        case .authenticated, .passwordChange: if caller.isAnonymous { throw caller.denial }
        case .admin: if !caller.isAdmin { throw caller.denial }
        case .nobody, .legacySession: throw caller.denial
        }
        return caller
    }

    private func caller(
        _ request: any HttpServletRequest,
        _ rule: AccessRule,
        _ running: RepositoryApplication.Running
    ) async throws -> Caller {
        let credentials = Credentials(header: request.authorization)
        switch try await running.authenticator.authenticate(credentials) {
        case .anonymous:
            guard request.header("As-User") == nil else { throw RepositoryError(status: 401, body: nil) }
            return .anonymous
        case .failed(let isInvalidToken):
            throw RepositoryError(status: 401, body: nil, isInvalidToken: isInvalidToken)
        case .inactive:
            throw RepositoryError(status: 401, "Account is inactive")
        case .passwordChangeRequired(let caller):
            guard rule != .passwordChange else { return caller }
            throw RepositoryError(
                status: 401,
                body: ["message": "Password change required.", "passwordChangeRequired": true]
            )
        case .success(let caller):
            guard let userID = request.header("As-User") else { return caller }
            guard caller.isAdmin else { throw RepositoryError(status: 401, body: nil) }
            return try await running.authenticator.caller(actingAs: userID)
        }
    }

    // MARK: Transport

    /// Credentials travel over HTTPS, or within one machine, or where the design allows them to travel openly.
    ///
    /// - Throws: 403.
    private func requireSecure(
        _ request: any HttpServletRequest,
        _ running: RepositoryApplication.Running
    ) throws {
        let isTokenRequest = request.servletPath == "/auth" || request.servletPath.hasPrefix("/auth/")
        guard request.authorization != nil || isTokenRequest, !request.isSecure,
            !running.service.model.settings.allowInsecureAuthentication
        else { return }
        guard Self.isLoopback(request.localAddr), Self.isLoopback(request.remoteAddr) else {
            guard isTokenRequest else { throw RepositoryError.forbidden("Authentication requires HTTPS") }
            throw RepositoryError(
                status: 403,
                body: ["error": "invalid_request", "error_description": "Authentication requires HTTPS"]
            )
        }
        guard self.application.isFirstPlainText() else { return }
        request.servletContext.log(.warning, "Credentials are accepted without HTTPS on the loopback address", nil)
    }

    static func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address == "0:0:0:0:0:0:0:1"
            || address.hasPrefix("::ffff:127.")
    }
}
