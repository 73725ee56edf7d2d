import Coyote
package import ServletAPI

extension Request {
    /// The session without making one; used by valves that must not suspend.
    package var sessionIfPresent: (any Session)? { self.sessionObject }

    package func session(create: Bool) async throws -> (any HttpSession)? {
        if let session = self.sessionInMemory() { return session }
        return try await self.sessionInternal(create: create)
    }

    /// As ``sessionInternal(create:)``, of sessions for which nobody has to be waited.
    func sessionInMemory() -> (any Session)? {
        if let session = self.sessionObject { return session.isValid ? session : nil }
        guard let id = self.requestedSessionId, let session = self.facts?.manager?.sessionInMemory(id),
            session.isValid
        else { return nil }
        session.access()
        self.sessionObject = session
        return session
    }

    /// The session as the container sees it.
    package func sessionInternal(create: Bool) async throws -> (any Session)? {
        guard let facts = self.facts, let manager = facts.manager else { return nil }
        if let session = self.sessionObject {
            if session.isValid { return session }
            self.sessionObject = nil
        }
        if let session = try await self.requestedSession(manager) {
            session.access()
            self.sessionObject = session
            return session
        }
        guard create else { return nil }
        return try await self.createSession(facts, manager)
    }

    package func changeSessionId() async throws -> String {
        guard let session = try await self.sessionInternal(create: false), let manager = self.facts?.manager else {
            throw IllegalStateError("Cannot change session ID. There is no session associated with this request.")
        }
        let id = manager.changeSessionId(session)
        self.changedSession(to: id)
        return id
    }

    package var isRequestedSessionIdValid: Bool {
        guard let id = self.requestedSessionId, let manager = self.facts?.manager else { return false }
        return manager.sessionInMemory(id)?.isValid ?? false
    }

    /// Tells the client of a session's new id and makes it the requested one.
    package func changedSession(to id: String) {
        guard let context = self.facts else { return }
        if self.requestedSessionId != nil { self.requestedSessionId = id }
        if context.tracking.usesCookies, !self.response.isHeadSent {
            self.response.setSessionCookie(context.tracking.cookie(id, secure: self.isSecure))
        }
    }

    /// Reads the session cookies once; the first one that names a live session wins, else the first.
    func parseSessionCookies() {
        guard !self.sessionCookiesParsed else { return }
        self.sessionCookiesParsed = true
        guard self.areCookiesKnown, self.facts?.tracking.usesCookies == true, let first = self.sessionCookie.take()
        else {
            return
        }
        self.requestedSessionId = first
        self.isRequestedSessionIdFromCookie = true
        self.isRequestedSessionIdFromURL = false
        for other in self.otherSessionCookies where !self.isRequestedSessionIdValid { self.requestedSessionId = other }
    }

    /// Ends the use of the session by this request.
    func releaseSession() {
        self.sessionObject?.endAccess()
        self.sessionObject = nil
    }

    private func requestedSession(_ manager: any Manager) async throws -> (any Session)? {
        guard let id = self.requestedSessionId else { return nil }
        let found: (any Session)?
        if let session = manager.sessionInMemory(id) {
            found = session
        } else {
            found = try await manager.findSession(id)
        }
        guard let session = found, session.isValid else { return nil }
        return session
    }

    private func createSession(_ context: ContextFacts, _ manager: any Manager) async throws -> any Session {
        if context.tracking.usesCookies, self.response.isCommitted {
            throw IllegalStateError("Cannot create a session after the response has been committed")
        }
        let session = try manager.createSession(await self.reusableSessionID(context))
        if context.tracking.usesCookies {
            self.response.setSessionCookie(context.tracking.cookie(session.idInternal, secure: self.isSecure))
        }
        session.access()
        self.sessionObject = session
        return session
    }

    /// The client's id may be kept only when the cookie is shared by all contexts and another one knows the id.
    private func reusableSessionID(_ context: ContextFacts) async throws -> String? {
        guard let id = self.requestedSessionId, self.isRequestedSessionIdFromCookie,
            context.tracking.cookiePath == "/"
        else { return nil }
        guard self.context?.configuration.validateClientProvidedNewSessionId == true else { return id }
        for case let other as StandardContext in self.host?.children ?? [] {
            if let manager = other.manager, try await manager.findSession(id) != nil { return id }
        }
        return nil
    }
}
