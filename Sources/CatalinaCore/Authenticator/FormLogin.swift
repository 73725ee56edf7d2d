import Coyote
import ServletAPI

/// `FORM`: a page of the application asks for name and password.
///
/// Source: Servlet 6.0 §13.6.3; `org.apache.catalina.authenticator.FormAuthenticator`.
struct FormLogin: LoginMethod {
    private static let log = CategoryLogger("org.apache.catalina.authenticator.FormAuthenticator")
    static let action = "/j_security_check"
    private static let usernameNote = "org.apache.catalina.session.USERNAME"
    private static let passwordNote = "org.apache.catalina.session.PASSWORD"
    private static let savedNote = SavedRequest.noteName

    let settings: AuthenticatorConfiguration.Form

    init(_ settings: AuthenticatorConfiguration.Form = .init()) { self.settings = settings }

    var name: String { "FORM" }
    var hasContinuations: Bool { true }

    func isContinuation(_ request: Request, _ base: AuthenticatorValve) async throws -> Bool {
        if self.isAction(request) { return true }
        return try await self.isSavedRequest(request, base, needsUser: false)
    }

    func authenticate(
        _ request: Request,
        _ response: Response,
        _ base: AuthenticatorValve
    ) async throws -> LoginOutcome {
        if !base.configuration.cache, try await self.logInAgain(request, base) { return .passed }
        if try await self.isSavedRequest(request, base, needsUser: true) {
            return try await self.restore(request, base)
        }
        if try await base.isKnown(request, checksPasswords: true) { return .passed }
        if self.isAction(request) {
            try await self.logIn(request, response, base)
        } else if request.servletPath.isEmpty, request.pathInfo == nil {
            // Without the slash the form's action would lead out of the application.
            let query = request.queryString.map { "?" + $0 } ?? ""
            try await response.sendRedirect(response.encodeRedirectURL(request.decodedPath + "/" + query))
        } else {
            try await self.ask(request, response, base)
        }
        return .answered
    }

    private func isAction(_ request: Request) -> Bool {
        request.decodedPath.hasPrefix(request.facts?.path ?? "") && request.decodedPath.hasSuffix(Self.action)
    }

    // MARK: Asking

    /// Saves the request and shows the login page.
    private func ask(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws {
        guard let session = try await request.sessionInternal(create: true) else { return }
        guard try await self.save(request, in: session) else {
            try await response.sendError(
                403,
                "The request body was too large to be cached during the authentication process"
            )
            return
        }
        guard let page = base.login.loginPage, !page.isEmpty else {
            try await self.miss("login", request, response)
            return
        }
        if base.configuration.changeSessionIdOnAuthentication, let id = base.changeSessionId(of: session, request) {
            session.setNote(AuthenticatorValve.sessionIdNote, id)
        }
        try await self.show(page, "login", request, response)
    }

    private func save(_ request: Request, in session: any Session) async throws -> Bool {
        guard var saved = try await SavedRequest(request) else { return false }
        let timeout = self.settings.authenticationSessionTimeout
        if try session.isNew {
            let interval = session.maxInactiveInterval
            if interval > timeout || interval <= 0 {
                saved.maxInactiveInterval = interval
                session.maxInactiveInterval = timeout
            }
        } else if let earlier = session.note(Self.savedNote) as? SavedRequest {
            saved.maxInactiveInterval = earlier.maxInactiveInterval
        }
        session.setNote(Self.savedNote, saved)
        return true
    }

    /// Forwards to a page of the application, whatever the request's method.
    private func show(_ page: String, _ what: String, _ request: Request, _ response: Response) async throws {
        let method = request.coyote.method
        request.coyote.method = "GET"
        defer { request.coyote.method = method }
        do {
            guard let dispatcher = request.context?.servletContext.requestDispatcher(page) else {
                throw ServletError("There is no dispatcher for [\(page)]")
            }
            try await dispatcher.forward(request, response)
        } catch let error where request.isClientAbort(error) {
            throw error
        } catch {
            let message = "Unexpected error forwarding to \(what) page"
            Self.log.warning("forward", "\(message): \(ExceptionNames.message(of: error))")
            request.setAttribute("jakarta.servlet.error.exception", error)
            if !response.isHeadSent { try await response.sendError(500, message) }
        }
    }

    private func miss(_ what: String, _ request: Request, _ response: Response) async throws {
        let message = "No \(what) page was defined for FORM authentication in context [\(request.context?.name ?? "")]"
        Self.log.warning("forward", message)
        try await response.sendError(500, message)
    }

    // MARK: The filled-in form

    private func logIn(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws {
        guard request.method == "POST" else {
            try await response.sendError(400)
            return
        }
        try await request.acknowledge()
        if let encoding = self.settings.characterEncoding { try request.setCharacterEncoding(encoding) }
        let username = await request.parameter("j_username")
        let password = await request.parameter("j_password")
        guard let username, let password, let realm = request.context?.realm,
            let principal = await realm.authenticate(username, password)
        else {
            guard let page = base.login.errorPage, !page.isEmpty else {
                try await self.miss("error", request, response)
                return
            }
            try await self.show(page, "error", request, response)
            return
        }
        guard let session = try await self.expectedSession(request, base) else {
            let message =
                "The time allowed for the login process has been exceeded. If you wish to continue you must either"
                + " click back twice and re-click the link you requested or close and re-open your browser"
            try await self.land(request, response, orFail: 408, message)
            return
        }
        try await base.register(request, principal, method: self.name, username: username, password: password)
        if !base.configuration.cache {
            session.setNote(Self.usernameNote, username)
            session.setNote(Self.passwordNote, password)
        }
        guard let saved = session.note(Self.savedNote) as? SavedRequest else {
            try await self.land(request, response, orFail: 400, "Invalid direct reference to form login page")
            return
        }
        let location = response.encodeRedirectURL(saved.location)
        try await response.sendRedirect(location, status: request.protocolName == "HTTP/1.1" ? 303 : 302)
    }

    /// The session that the login page was shown in; one that is not known to belong to it is ended.
    private func expectedSession(_ request: Request, _ base: AuthenticatorValve) async throws -> (any Session)? {
        guard let session = try await request.sessionInternal(create: false) else { return nil }
        guard base.configuration.changeSessionIdOnAuthentication else { return session }
        if self.isExpected(request, session) { return session }
        session.expire()
        return nil
    }

    private func isExpected(_ request: Request, _ session: any Session) -> Bool {
        guard let id = session.note(AuthenticatorValve.sessionIdNote) as? String else { return false }
        return id == request.requestedSessionId
    }

    /// Leads to the landing page as if it had been asked for, or fails without one.
    private func land(_ request: Request, _ response: Response, orFail status: Int, _ message: String) async throws {
        guard let page = self.settings.landingPage else {
            try await response.sendError(status, message)
            return
        }
        let path = request.contextPath + page
        try await request.sessionInternal(create: true)?.setNote(Self.savedNote, SavedRequest(page: path))
        try await response.sendRedirect(response.encodeRedirectURL(path))
    }

    // MARK: The saved request

    /// Whether this is the saved request coming back.
    private func isSavedRequest(
        _ request: Request,
        _ base: AuthenticatorValve,
        needsUser: Bool
    ) async throws -> Bool {
        guard request.requestedSessionId != nil || request.sessionIfPresent != nil,
            let session = try await request.sessionInternal(create: false),
            let saved = session.note(Self.savedNote) as? SavedRequest
        else { return false }
        if needsUser {
            let user = base.configuration.cache ? session.principal : request.userPrincipal
            guard user != nil else { return false }
            if base.configuration.changeSessionIdOnAuthentication, !self.isExpected(request, session) { return false }
        }
        return saved.decodedURI == request.decodedPath
    }

    private func restore(_ request: Request, _ base: AuthenticatorValve) async throws -> LoginOutcome {
        guard let session = try await request.sessionInternal(create: false),
            let saved = session.note(Self.savedNote) as? SavedRequest
        else { return .passed }
        session.setNote(Self.savedNote, nil)
        session.setNote(AuthenticatorValve.sessionIdNote, nil)
        let isOtherMethod = saved.method != request.method
        try await saved.restore(in: request)
        if let interval = saved.maxInactiveInterval { session.maxInactiveInterval = interval }
        return isOtherMethod ? .restored : .passed
    }

    /// Checks the name and password that the session keeps where it must not keep the user.
    private func logInAgain(_ request: Request, _ base: AuthenticatorValve) async throws -> Bool {
        guard let session = try await request.sessionInternal(create: true),
            let username = session.note(Self.usernameNote) as? String,
            let password = session.note(Self.passwordNote) as? String,
            let principal = await request.context?.realm?.authenticate(username, password)
        else { return false }
        try await base.register(request, principal, method: self.name, username: username, password: password)
        return try await !self.isSavedRequest(request, base, needsUser: true)
    }
}
