import Coyote
package import Modeler
import ServletAPI

/// Enforces an application's security constraints; stands before its servlets.
///
/// Source: `org.apache.catalina.authenticator.AuthenticatorBase`.
package final class AuthenticatorValve: Valve, Authenticator {
    /// Session note: the id that the session got when the login page was shown.
    static let sessionIdNote = "org.apache.catalina.authenticator.SESSION_ID"

    package let configuration: AuthenticatorConfiguration
    package let login: LoginConfiguration
    private let loginMethod: any LoginMethod
    private let constraints: SecurityConstraints
    /// Mappings of the application's CORS filter, for `allowCorsPreflight="filter"`.
    private let corsMaps: [FilterMap]
    /// By which the application knows users of the others, if its host or engine has such a valve.
    let singleSignOn: (any SingleSignOnValve)?

    init(
        _ method: any LoginMethod,
        model: ApplicationModel,
        configuration: AuthenticatorConfiguration,
        constraints: SecurityConstraints,
        singleSignOn: (any SingleSignOnValve)? = nil
    ) {
        self.singleSignOn = singleSignOn
        self.loginMethod = method
        self.configuration = configuration
        self.login = model.login ?? LoginConfiguration()
        self.constraints = constraints
        let filters = model.filters.filter { $0.className == "org.apache.catalina.filters.CorsFilter" }
        self.corsMaps = model.filterMaps.filter { map in
            map.dispatchers.contains(.request) && filters.contains { $0.name == map.filterName }
        }
    }

    package var method: String { self.loginMethod.name }
    var realmName: String { self.login.realmName ?? "Authentication required" }

    package static let beanInfo = BeanInfo<AuthenticatorValve>(
        type: "Valve",
        attributes: AuthenticatorValve.commonBeanAttributes
            + AuthenticatorConfiguration.attributes.filter { !$0.info.isIgnored }.map { attribute in
                attribute.shown { $0.configuration }
            }
    )

    package var componentClassName: String { self.configuration.className }

    package func passes(_ request: Request) -> Bool {
        if self.configuration.cache, request.requestedSessionId != nil, request.userPrincipal == nil {
            guard let session = request.sessionInMemory(), session.principal == nil else { return false }
        }
        return !self.loginMethod.hasContinuations
            && request.facts?.preemptiveAuthentication != true
            && self.constraints.matching(request).isEmpty
    }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if self.configuration.cache, request.requestedSessionId != nil, request.userPrincipal == nil {
            try await self.restoreUser(request)
        }
        let isContinuation =
            self.loginMethod.hasContinuations ? try await self.loginMethod.isContinuation(request, self) : false
        let found = self.constraints.matching(request)
        let isPreemptive = request.facts?.preemptiveAuthentication == true
        if found.isEmpty, !isContinuation, !isPreemptive { return try await next.invoke(request, response) }
        if try await self.mayPass(request, response, found, isContinuation: isContinuation, isPreemptive) {
            try await next.invoke(request, response)
        }
    }

    private func mayPass(
        _ request: Request,
        _ response: Response,
        _ constraints: [SecurityConstraint],
        isContinuation: Bool,
        _ isPreemptive: Bool
    ) async throws -> Bool {
        var found = constraints
        self.preventCaching(request, response, found)
        guard try await self.isTransportSecure(request, response, found) else { return false }
        let isRequired =
            isContinuation || self.constraints.needLogin(found)
            || (isPreemptive && self.loginMethod.canLogInUnasked(request))
        if isRequired || !found.isEmpty, self.isPassingPreflight(request) { return true }
        if isRequired {
            switch try await self.loginMethod.authenticate(request, response, self) {
            case .passed: break
            case .answered: return false
            case .restored:
                found = self.constraints.matching(request)
                self.preventCaching(request, response, found)
                guard try await self.isTransportSecure(request, response, found) else { return false }
            }
        }
        guard found.isEmpty || self.isPermitted(request, found) else {
            try await response.sendError(403, "Access to the requested resource has been denied")
            return false
        }
        return true
    }

    private func isPermitted(_ request: Request, _ found: [SecurityConstraint]) -> Bool {
        guard let realm = request.context?.realm else { return false }
        let principal = request.userPrincipal
        let references = request.wrapper?.definition.securityRoleReferences ?? [:]
        return self.constraints.permit(
            found,
            isAuthenticated: principal != nil,
            allRolesMode: realm.settings.allRolesMode
        ) { role in
            guard let principal else { return false }
            return realm.hasRole(principal, references[role] ?? role)
        }
    }

    private func preventCaching(_ request: Request, _ response: Response, _ found: [SecurityConstraint]) {
        guard !found.isEmpty, self.configuration.disableProxyCaching, request.method.uppercased() != "POST" else {
            return
        }
        if self.configuration.securePagesWithPragma {
            response.setHeader("Pragma", "No-cache")
            response.setHeader("Cache-Control", "no-cache")
            response.setDateHeader("Expires", 1)
        } else {
            response.setHeader("Cache-Control", "private")
        }
    }

    private func isTransportSecure(
        _ request: Request,
        _ response: Response,
        _ found: [SecurityConstraint]
    ) async throws -> Bool {
        guard !found.isEmpty, found.allSatisfy({ $0.transportGuarantee != "NONE" }), !request.isSecure else {
            return true
        }
        let port = request.connector.settings.redirectPort
        guard port > 0 else {
            try await response.sendError(403, request.requestURI)
            return false
        }
        var location = "https://" + request.serverName + (port == 443 ? "" : ":\(port)") + request.requestURI
        if request.isRequestedSessionIdFromURL, let id = request.requestedSessionId, let facts = request.facts {
            location += ";" + facts.tracking.parameterName + "=" + id
        }
        if let query = request.queryString { location += "?" + query }
        let status = request.context?.realm?.settings.transportGuaranteeRedirectStatus ?? 302
        try await response.sendRedirect(location, status: status)
        return false
    }

    /// Whether a CORS preflight, which never carries credentials, is let through.
    private func isPassingPreflight(_ request: Request) -> Bool {
        guard self.configuration.allowCorsPreflight != .never, request.method == "OPTIONS",
            let origin = request.header("origin"), URIReference.isValidOrigin(origin),
            !URIReference.isSameOrigin(
                origin,
                scheme: request.scheme,
                host: request.serverName,
                port: request.serverPort
            ), request.header("access-control-request-method")?.isEmpty == false
        else { return false }
        if self.configuration.allowCorsPreflight == .always { return true }
        guard request.dispatcherType == .request else { return false }
        let path = request.filterPath
        return self.corsMaps.contains { map in
            map.urlPatterns.contains { FilterTable.matches(path, pattern: $0) }
        }
    }

    // MARK: Users

    /// Takes the user over from the session.
    private func restoreUser(_ request: Request) async throws {
        guard let session = try await request.sessionInternal(create: false), let principal = session.principal else {
            return
        }
        request.userPrincipal = principal
        request.authType = session.authType
    }

    /// Whether the client need not be asked: its session, another valve or its sign-on has said who it is.
    ///
    /// `checksPasswords` says whether the login method could check a password again.
    /// Source: `AuthenticatorBase.checkForCachedAuthentication`.
    func isKnown(_ request: Request, checksPasswords: Bool) async throws -> Bool {
        guard let support = self.singleSignOn?.support else { return request.userPrincipal != nil }
        let id = request.singleSignOnID
        let mode = self.configuration.ssoReauthenticationMode
        let requires = support.requiresReauthentication
        let mayCheck: Bool
        if mode == .principal || (mode == .byValve && !requires) {
            if requires { support.identifyAgain(request) }
            if request.userPrincipal != nil {
                if let id { try await support.associate(request, id) }
                return true
            }
            mayCheck = true
        } else {
            mayCheck = mode == .password || (requires && checksPasswords)
        }
        guard mayCheck, let id, await support.reauthenticate(request) else { return false }
        try await support.associate(request, id)
        return true
    }

    /// Makes a principal the request's user, also for the session if there is one, which gets a new id, and for the
    /// sign-on.
    func register(
        _ request: Request,
        _ principal: (any Principal)?,
        method: String?,
        username: String? = nil,
        password: String? = nil
    ) async throws {
        request.userPrincipal = principal
        request.authType = method
        if self.configuration.sendAuthInfoResponseHeaders, let principal,
            request.attribute("org.apache.tomcat.request.forwarded") as? Bool == true
        {
            request.response.setHeader("remote-user", principal.name)
            request.response.setHeader("auth-type", method ?? "")
        }
        var session = try await request.sessionInternal(create: false)
        if let present = session {
            if self.configuration.changeSessionIdOnAuthentication, principal != nil,
                let id = self.changeSessionId(of: present, request), present.note(Self.sessionIdNote) != nil
            {
                present.setNote(Self.sessionIdNote, id)
            }
        } else if self.configuration.alwaysUseSession {
            session = try await request.sessionInternal(create: true)
        }
        if self.configuration.cache, let session {
            session.authType = method
            session.principal = principal
        }
        let login = SingleSignOnEntry.Login(
            principal: principal,
            authType: method,
            username: username,
            password: password
        )
        try await self.singleSignOn?.support.register(login, for: request)
    }

    /// Gives a session a new id and tells the client.
    func changeSessionId(of session: any Session, _ request: Request) -> String? {
        guard let manager = request.facts?.manager else { return nil }
        let id = manager.changeSessionId(session)
        request.changedSession(to: id)
        return id
    }

    // MARK: Authenticator

    package func authenticate(_ request: Request, _ response: Response) async throws -> Bool {
        try await self.loginMethod.authenticate(request, response, self) != .answered
    }

    package func login(_ username: String, _ password: String, _ request: Request) async throws {
        guard let principal = await request.context?.realm?.authenticate(username, password) else {
            throw ServletError("Login failed")
        }
        try await self.register(request, principal, method: self.method, username: username, password: password)
    }

    package func logout(_ request: Request) async throws {
        try await self.register(request, nil, method: nil)
    }
}
