import Coyote
package import ServletAPI

extension Request {
    /// The container's request behind whatever an application wrapped around it.
    static func underlying(_ request: any HttpServletRequest) -> Request? {
        var current = request
        while true {
            if let own = current as? Request { return own }
            guard let wrapper = current as? HttpServletRequestWrapper else { return nil }
            current = wrapper.request
        }
    }

    /// The decoded path below the context, against which filter patterns are matched.
    var filterPath: String {
        guard let pathInfo = self.pathInfo else { return self.servletPath }
        return self.servletPath + pathInfo
    }

    package func requestDispatcher(_ path: String) -> (any RequestDispatcher)? {
        guard let context = self.context else { return nil }
        if path.hasPrefix("/") { return context.servletContext.requestDispatcher(path) }
        let current = self.includeMapping.map { $0.servletPath + ($0.pathInfo ?? "") } ?? self.filterPath
        let slash = current.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(current[...$0]) } ?? "/"
        let isEncoded = context.configuration.dispatchersUseEncodedPaths
        return context.servletContext.requestDispatcher(
            (isEncoded ? PercentEncoder.path.encode(folder) : folder) + path
        )
    }

    /// Whether an error says no more than that the client has left: nothing failed, and nobody can be told.
    ///
    /// A request whose client leaves is cancelled, so that whatever it waits for ends with a `CancellationError`.
    func isClientAbort(_ error: any Error) -> Bool {
        if error is ClientAbortError { return true }
        guard self.coyote.isAborted else { return false }
        return error is CancellationError || (error as? any NamedException)?.rootCause is CancellationError
    }

    // MARK: Asynchronous requests

    package func startAsync() throws -> any AsyncContext {
        guard self.isAsyncSupported else {
            throw IllegalStateError(
                "A filter or servlet of the current chain does not support asynchronous operations."
            )
        }
        if self.response.isSuspended {
            throw IllegalStateError("Asynchronous processing cannot be started: the answer is closed")
        }
        if let existing = self.asyncContextImpl {
            try existing.restart()
            return existing
        }
        let context = AsyncContextImpl(timeout: self.connector.settings.asyncTimeout, loop: self.coyote.eventLoop)
        self.asyncContextImpl = context
        return context
    }

    package var isAsyncStarted: Bool { self.asyncContextImpl?.isStarted ?? false }
    package var asyncContext: (any AsyncContext)? { self.asyncContextImpl }

    // MARK: Log in and out

    package func isUserInRole(_ role: String) -> Bool {
        guard let principal = self.userPrincipal, role != "*", let realm = self.context?.realm else { return false }
        if role == "**", self.context?.model.securityRoles.contains("**") != true { return true }
        let name = self.wrapper?.definition.securityRoleReferences[role] ?? role
        return realm.hasRole(principal, name)
    }

    package var remoteUser: String? { self.userPrincipal?.name }

    package func authenticate(_ response: any HttpServletResponse) async throws -> Bool {
        if response.isCommitted { throw IllegalStateError("The answer is committed; nobody can be asked to log in") }
        guard let authenticator = self.context?.authenticator else { return false }
        return try await authenticator.authenticate(self, self.response)
    }

    package func login(_ username: String, _ password: String) async throws {
        if self.authType != nil || self.userPrincipal != nil {
            throw ServletError("This request has already been authenticated")
        }
        guard let authenticator = self.context?.authenticator else { throw ServletError("Login failed") }
        try await authenticator.login(username, password, self)
    }

    package func logout() async throws {
        guard let authenticator = self.context?.authenticator else { return }
        try await authenticator.logout(self)
    }

    // MARK: Attributes of the connection

    /// Attributes that describe the connection rather than having been set.
    func connectionAttribute(_ name: String) -> Any? {
        guard name.hasPrefix("jakarta.servlet.request."), let tls = self.coyote.sslSupport else { return nil }
        switch name.dropFirst("jakarta.servlet.request.".count) {
        case "cipher_suite": return tls.cipherSuite
        case "key_size": return tls.keySize
        case "ssl_session_id": return tls.sessionID
        case "secure_protocol": return tls.protocolName
        case "X509Certificate": return tls.peerCertificates.isEmpty ? nil : tls.peerCertificates
        default: return nil
        }
    }

    func notifyAttribute(_ name: String, old: Any?, new: Any?) {
        guard let listeners = self.mapping.context?.facts?.requestAttributeListeners, !listeners.isEmpty else { return }
        guard let (change, shown) = AttributeChange.between(old, new) else { return }
        for listener in listeners { listener.attributeChanged(change, self, name, shown) }
    }
}

extension Response {
    /// The container's response behind whatever an application wrapped around it.
    static func underlying(_ response: any HttpServletResponse) -> Response? {
        var current = response
        while true {
            if let own = current as? Response { return own }
            guard let wrapper = current as? HttpServletResponseWrapper else { return nil }
            current = wrapper.response
        }
    }

    /// After a forward nothing more is taken from the caller.
    func finishForward() async throws {
        if self.isError {
            self.isSuspended = true
            return
        }
        try await self.finish()
        self.isSuspended = true
    }
}
