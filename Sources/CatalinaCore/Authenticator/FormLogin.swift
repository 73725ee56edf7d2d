import Coyote
import NIOCore
import ServletAPI

/// `FORM`: a page of the application asks for name and password.
///
/// Source: Servlet 6.0 §13.6.3; `org.apache.catalina.authenticator.FormAuthenticator`.
package struct FormLogin: LoginMethod {
    /// What the client asked for before it had to log in.
    struct SavedRequest: Sendable {
        var requestURI: String
        var queryString: String?
        var method: String
        var contentType: String?
        var body: [UInt8]
    }

    private static let savedNote = "org.apache.catalina.authenticator.REQUEST"
    private static let timeoutNote = "org.apache.catalina.authenticator.TIMEOUT"
    static let action = "/j_security_check"

    package var name: String { "FORM" }

    package init() {}

    package func authenticate(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool
    {
        if try await self.restore(request, base) { return true }
        guard let session = try await request.sessionInternal(create: true) else { return false }
        guard try await self.save(request, in: session) else {
            try await response.sendError(
                403,
                "The request body is too large to be kept during the authentication process"
            )
            return false
        }
        if session.note(Self.timeoutNote) == nil {
            session.setNote(Self.timeoutNote, session.maxInactiveInterval)
            session.maxInactiveInterval = base.configuration.authenticationSessionTimeout
        }
        if base.configuration.changeSessionIdOnAuthentication, request.requestedSessionId != nil, try !session.isNew,
            let manager = request.facts?.manager
        {
            request.changedSession(to: manager.changeSessionId(session))
        }
        try await self.show(base.login.loginPage, request, response)
        return false
    }

    package func intercept(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool? {
        guard request.requestURI.hasSuffix(Self.action), request.userPrincipal == nil else { return nil }
        if let encoding = base.configuration.characterEncoding { try request.setCharacterEncoding(encoding) }
        let username = await request.parameter("j_username")
        let password = await request.parameter("j_password")
        guard let username, let password, let realm = request.context?.realm,
            let principal = await realm.authenticate(username, password)
        else {
            try await self.show(base.login.errorPage, request, response)
            return false
        }
        guard let session = try await request.sessionInternal(create: false) else {
            try await self.withoutSession(response, base, request)
            return false
        }
        guard let saved = session.note(Self.savedNote) as? SavedRequest else {
            try await self.withoutSavedRequest(response, base, request)
            return false
        }
        self.restoreTimeout(session)
        try await base.register(request, principal, method: self.name)
        let target = saved.requestURI + (saved.queryString.map { "?" + $0 } ?? "")
        try await response.sendRedirect(target, status: request.protocolName == "HTTP/1.0" ? 302 : 303)
        return false
    }

    // MARK: Saved request

    /// Whether this is the saved request coming back, now with a user; then it becomes what was saved.
    private func restore(_ request: Request, _ base: AuthenticatorValve) async throws -> Bool {
        guard let session = try await request.sessionInternal(create: false), let principal = session.principal,
            let saved = session.note(Self.savedNote) as? SavedRequest, saved.requestURI == request.requestURI
        else { return false }
        session.setNote(Self.savedNote, nil)
        request.userPrincipal = principal
        request.authType = session.authType
        self.replay(saved, in: request)
        return true
    }

    package func resume(_ request: Request) async throws {
        guard let session = try await request.sessionInternal(create: false), session.principal != nil,
            let saved = session.note(Self.savedNote) as? SavedRequest, saved.requestURI == request.requestURI
        else { return }
        session.setNote(Self.savedNote, nil)
        self.replay(saved, in: request)
    }

    private func replay(_ saved: SavedRequest, in request: Request) {
        request.coyote.method = saved.method
        if let type = saved.contentType { request.coyote.headers.set("content-type", type) }
        request.coyote.contentLength = Int64(saved.body.count)
        request.input.replace(with: ByteBuffer(bytes: saved.body))
    }

    private func save(_ request: Request, in session: any Session) async throws -> Bool {
        var body: [UInt8] = []
        let limit = request.connector.settings.maxSavePostSize
        if request.contentLength > 0 || request.coyote.isChunked {
            while let piece = try await request.input.readBuffer(upTo: 8192) {
                body.append(contentsOf: piece.readableBytesView)
                if limit >= 0, body.count > limit { return false }
            }
        }
        let saved = SavedRequest(
            requestURI: request.requestURI,
            queryString: request.queryString,
            method: request.method,
            contentType: request.contentType,
            body: body
        )
        session.setNote(Self.savedNote, saved)
        return true
    }

    private func restoreTimeout(_ session: any Session) {
        guard let timeout = session.note(Self.timeoutNote) as? Int else { return }
        session.maxInactiveInterval = timeout
        session.setNote(Self.timeoutNote, nil)
    }

    // MARK: Answers

    private func show(_ page: String?, _ request: Request, _ response: Response) async throws {
        guard let page, let dispatcher = request.context?.servletContext.requestDispatcher(page) else {
            try await response.sendError(500, "The application has no page for the login")
            return
        }
        let method = request.coyote.method
        request.coyote.method = "GET"
        defer { request.coyote.method = method }
        response.status = 200
        try await dispatcher.forward(request, response)
    }

    private func withoutSession(_ response: Response, _ base: AuthenticatorValve, _ request: Request) async throws {
        if let page = base.configuration.landingPage {
            try await response.sendRedirect(response.encodeRedirectURL((request.facts?.path ?? "") + page))
        } else {
            try await response.sendError(
                408,
                "The time allowed for the login process has been exceeded. If you wish to continue you must either click "
                    + "back twice and re-click the link you requested or close and reopen your browser"
            )
        }
    }

    private func withoutSavedRequest(_ response: Response, _ base: AuthenticatorValve, _ request: Request) async throws
    {
        if let page = base.configuration.landingPage {
            try await response.sendRedirect(response.encodeRedirectURL((request.facts?.path ?? "") + page))
        } else {
            try await response.sendError(400, "Invalid direct reference to form login page")
        }
    }
}
