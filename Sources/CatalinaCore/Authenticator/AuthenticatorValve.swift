import Coyote
package import Modeler
package import ServletAPI

/// Attributes that all authenticators have.
package struct AuthenticatorConfiguration: Sendable {
    package var alwaysUseSession = false
    package var cache = true
    package var changeSessionIdOnAuthentication = true
    package var disableProxyCaching = true
    package var securePagesWithPragma = false
    package var sendAuthInfoResponseHeaders = false
    package var allowCorsPreflight = "never"
    package var charset: String?
    package var trimCredentials = true
    package var landingPage: String?
    package var characterEncoding: String?
    package var authenticationSessionTimeout = 120

    package init() {}

    package static let attributes: [Attribute<AuthenticatorConfiguration>] = [
        Attribute("alwaysUseSession", \.alwaysUseSession, "Whether a session is used once a user is known"),
        Attribute("cache", \.cache, "Whether the user is remembered in an existing session"),
        Attribute(
            "changeSessionIdOnAuthentication",
            \.changeSessionIdOnAuthentication,
            "Whether a session gets a new id at login"
        ),
        Attribute(
            "disableProxyCaching",
            \.disableProxyCaching,
            "Whether protected answers are kept from shared caches"
        ),
        Attribute("securePagesWithPragma", \.securePagesWithPragma, "Whether that is said to HTTP/1.0 caches too"),
        Attribute(
            "sendAuthInfoResponseHeaders",
            \.sendAuthInfoResponseHeaders,
            "Whether answers name the user and the method"
        ),
        Attribute(
            "allowCorsPreflight",
            \.allowCorsPreflight,
            "Whether preflights pass unauthenticated: never, filter, always"
        ),
        Attribute("charset", \.charset, "Charset named in the challenge"),
        Attribute("trimCredentials", \.trimCredentials, "Whether blanks around name and password are removed"),
        Attribute("landingPage", \.landingPage, "Where a form login without a saved request leads"),
        Attribute("characterEncoding", \.characterEncoding, "Charset of the login form"),
        Attribute(
            "authenticationSessionTimeout",
            \.authenticationSessionTimeout,
            "Seconds a session lives until its login"
        ),
        .ignored("className", "The authenticator"),
        .ignored("jaspicCallbackHandlerClass", "Accepted; there is no JASPIC"),
        .ignored("secureRandomAlgorithm", "Accepted; random numbers come from the system"),
        .ignored("secureRandomClass", "Accepted; random numbers come from the system"),
        .ignored("secureRandomProvider", "Accepted; random numbers come from the system"),
        .ignored("ssoReauthenticationMode", "Accepted; comes with single sign-on"),
    ]
}

/// What the login methods differ in.
package protocol LoginMethod: Sendable {
    /// `BASIC`, `FORM`, …
    var name: String { get }
    /// Logs the client in, or writes the answer that asks it to; `true` once the request has its user.
    func authenticate(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool
    /// Handles requests that belong to the login itself; `nil` if this is none.
    func intercept(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool?
    /// Called for a request whose user its session knows.
    func resume(_ request: Request) async throws
}

extension LoginMethod {
    package func intercept(_ request: Request, _ response: Response, _ base: AuthenticatorValve) async throws -> Bool? {
        nil
    }

    package func resume(_ request: Request) async throws {}
}

/// Enforces an application's security constraints; the last valve before its servlets.
///
/// Source: `org.apache.catalina.authenticator.AuthenticatorBase`.
package final class AuthenticatorValve: Valve, Authenticator {
    package let configuration: AuthenticatorConfiguration
    package let login: LoginConfiguration
    private let loginMethod: any LoginMethod
    private let constraints: SecurityConstraints
    private let applicationRoles: [String]
    private let denyUncovered: Bool

    package init(
        _ method: any LoginMethod,
        model: ApplicationModel,
        configuration: AuthenticatorConfiguration = AuthenticatorConfiguration()
    ) {
        self.loginMethod = method
        self.configuration = configuration
        self.login = model.login ?? LoginConfiguration()
        self.constraints = SecurityConstraints(model.securityConstraints)
        self.applicationRoles = model.securityRoles
        self.denyUncovered = model.denyUncoveredHttpMethods
    }

    package var method: String { self.loginMethod.name }

    package static let beanInfo = BeanInfo<AuthenticatorValve>(
        type: "Valve",
        attributes: AuthenticatorValve.commonBeanAttributes
            + AuthenticatorConfiguration.attributes.filter { !$0.info.isIgnored }.map { attribute in
                attribute.shown { $0.configuration }
            }
    )

    package var componentClassName: String {
        switch self.method {
        case "BASIC": "org.apache.catalina.authenticator.BasicAuthenticator"
        case "DIGEST": "org.apache.catalina.authenticator.DigestAuthenticator"
        case "FORM": "org.apache.catalina.authenticator.FormAuthenticator"
        case "CLIENT_CERT": "org.apache.catalina.authenticator.SSLAuthenticator"
        default: "org.apache.catalina.authenticator.NonLoginAuthenticator"
        }
    }

    package func authenticate(_ request: Request, _ response: Response) async throws -> Bool {
        if request.userPrincipal != nil { return true }
        return try await self.loginMethod.authenticate(request, response, self)
    }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if try await self.restoreUser(request) { try await self.loginMethod.resume(request) }
        let path = request.decodedPath.utf8.dropFirst(request.facts?.path.utf8.count ?? 0)
        let found = self.constraints.matching(String(Substring(path)), method: request.method)
        if try await self.mayPass(request, response, found) { try await next.invoke(request, response) }
    }

    private func mayPass(_ request: Request, _ response: Response, _ found: [SecurityConstraint]) async throws -> Bool {
        let demand = SecurityConstraints.demand(found, applicationRoles: self.applicationRoles)
        if !found.isEmpty, self.configuration.disableProxyCaching, request.method != "POST" {
            self.preventCaching(response)
        }
        guard try await self.isTransportSecure(request, response, found) else { return false }
        if let decided = try await self.loginMethod.intercept(request, response, self) { return decided }
        switch demand {
        case .none:
            await self.authenticateUnasked(request, response)
            return true
        case .denied:
            try await self.forbid(response)
            return false
        case .roles(let roles):
            guard try await self.authenticate(request, response) else { return false }
            if self.hasRole(request, roles) { return true }
            try await self.forbid(response)
            return false
        }
    }

    private func hasRole(_ request: Request, _ roles: Set<String>?) -> Bool {
        guard let principal = request.userPrincipal, let realm = request.context?.realm else { return false }
        guard let roles else { return true }
        return roles.contains { realm.hasRole(principal, $0) }
    }

    private func forbid(_ response: Response) async throws {
        try await response.sendError(403, "Access to the requested resource has been denied")
    }

    private func preventCaching(_ response: Response) {
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
            try await self.forbid(response)
            return false
        }
        var location = "https://" + request.serverName + (port == 443 ? "" : ":\(port)") + request.requestURI
        if request.isRequestedSessionIdFromURL, let id = request.requestedSessionId, let facts = request.facts {
            location += ";" + facts.sessionParameterName + "=" + id
        }
        if let query = request.queryString { location += "?" + query }
        try await response.sendRedirect(location)
        return false
    }

    /// Takes the user over from the session, if the method remembers it there.
    private func restoreUser(_ request: Request) async throws -> Bool {
        guard self.configuration.cache, request.userPrincipal == nil, request.requestedSessionId != nil,
            let session = try await request.sessionInternal(create: false), let principal = session.principal
        else { return false }
        request.userPrincipal = principal
        request.authType = session.authType
        return true
    }

    private func authenticateUnasked(_ request: Request, _ response: Response) async {
        guard request.userPrincipal == nil, request.context?.configuration.preemptiveAuthentication == true,
            request.coyote.headers.contains("authorization")
        else { return }
        _ = try? await (self.loginMethod as? BasicLogin)?.authenticateQuietly(request, self)
    }

    /// Makes a principal the request's user; the session gets a new id.
    package func register(_ request: Request, _ principal: any Principal, method: String) async throws {
        request.userPrincipal = principal
        request.authType = method
        var session = try await request.sessionInternal(create: false)
        if session != nil, self.configuration.changeSessionIdOnAuthentication, let manager = request.facts?.manager,
            let present = session
        {
            request.changedSession(to: manager.changeSessionId(present))
        } else if self.configuration.alwaysUseSession {
            session = try await request.sessionInternal(create: true)
        }
        if self.configuration.cache, let session {
            session.principal = principal
            session.authType = method
        }
        if self.configuration.sendAuthInfoResponseHeaders {
            request.response.setHeader("remote-user", principal.name)
            request.response.setHeader("auth-type", method)
        }
    }
}
