import ServletAPI
import Synchronization

/// What a valve for single sign-on does, wherever its entries are kept.
///
/// Isolation: any thread; what takes a request: the request's task.
/// Source: `org.apache.catalina.authenticator.SingleSignOn`.
package final class SingleSignOnSupport: Sendable {
    private struct Owner: Sendable { weak var container: (any Container)? }

    /// Bytes of an id.
    private static let idSize = 16

    package let cache: any SingleSignOnCache
    private let settings: @Sendable () -> SingleSignOnConfiguration
    private let owner = Mutex(Owner())

    package init(cache: any SingleSignOnCache, settings: @escaping @Sendable () -> SingleSignOnConfiguration) {
        self.cache = cache
        self.settings = settings
    }

    package var requiresReauthentication: Bool { self.settings().requireReauthentication }
    package var container: (any Container)? { self.owner.withLock { $0.container } }
    package var containerName: String { self.container?.name ?? "" }

    func attach(to container: any Container) { self.owner.withLock { $0.container = container } }

    // MARK: Start

    /// Says whose users would not be those of the others.
    package func warnOfRealms() {
        guard let container = self.container else { return }
        guard let realm = container.realm else {
            container.logger.warning(
                "start",
                "This SSO [\(container.name)] has no realm associated with it"
            )
            return
        }
        let hosts = container is StandardEngine ? container.children : [container]
        for host in hosts where host is StandardHost {
            let below = host.realm === realm ? host.children : [host]
            for other in below where other.realm !== realm {
                container.logger.warning(
                    "start",
                    "SSO found a realm defined on context [\(other.name)], this will conflict with principals defined in "
                        + "the main realm"
                )
            }
        }
    }

    // MARK: Requests

    /// Whether a request may bring a sign-on, as far as that can be told at once.
    func mayBring(_ request: Request) -> Bool {
        let headers = request.headers("cookie")
        guard !headers.isEmpty else { return false }
        let name = self.settings().cookieName
        return headers.contains { $0.contains(name) }
    }

    /// Gives a request the user that its cookie stands for, or has the client forget the cookie.
    package func identify(_ request: Request, _ response: Response) throws {
        request.singleSignOnID = nil
        guard request.userPrincipal == nil else { return }
        let settings = self.settings()
        guard let cookie = request.cookies.first(where: { $0.name == settings.cookieName }) else { return }
        guard let entry = self.cache.entry(cookie.value) else {
            var removal = self.cookie("REMOVE", settings, request)
            removal.maxAge = 0
            try response.addCookie(removal)
            return
        }
        request.singleSignOnID = cookie.value
        if !settings.requireReauthentication { self.identify(request, as: entry) }
    }

    private func identify(_ request: Request, as entry: SingleSignOnEntry) {
        let login = entry.login
        request.authType = login.authType
        request.userPrincipal = login.principal
    }

    private func cookie(_ value: String, _ settings: SingleSignOnConfiguration, _ request: Request) -> Cookie {
        var cookie = Cookie(settings.cookieName, value)
        cookie.path = "/"
        if let domain = settings.cookieDomain, !domain.allSatisfy({ $0 == " " }) { cookie.domain = domain }
        cookie.isSecure = request.isSecure
        guard let context = request.context else { return cookie }
        let configuration = context.configuration
        cookie.isHttpOnly = configuration.useHttpOnly || context.servletContext.sessionCookieConfig.httpOnly
        if configuration.usePartitioned { cookie.setAttribute("Partitioned", "true") }
        return cookie
    }

    // MARK: Authenticators

    /// Gives a request the user of its sign-on, where the valve has not done so.
    func identifyAgain(_ request: Request) {
        if let id = request.singleSignOnID, let entry = self.cache.entry(id) { self.identify(request, as: entry) }
    }

    /// Has a realm check the name and password of a request's sign-on.
    ///
    /// - Returns: whether the request has its user now.
    func reauthenticate(_ request: Request) async -> Bool {
        guard let id = request.singleSignOnID, let realm = request.context?.realm,
            let login = self.cache.entry(id)?.login, login.canReauthenticate, let username = login.username,
            let principal = await realm.authenticate(username, login.password ?? "")
        else { return false }
        request.authType = login.authType
        request.userPrincipal = principal
        return true
    }

    /// A client has logged in, or out: without a principal.
    ///
    /// - Throws: what keeps it from getting a session or a cookie.
    func register(_ login: SingleSignOnEntry.Login, for request: Request) async throws {
        guard login.principal != nil else {
            if let id = request.singleSignOnID { self.deregister(id) }
            request.singleSignOnID = nil
            return
        }
        let id: String
        if let known = request.singleSignOnID {
            id = known
            await self.cache.share(id) { $0.update(login) }
        } else {
            id = HexText.encode(RandomBytes.make(Self.idSize)).uppercased()
            try request.response.addCookie(self.cookie(id, self.settings(), request))
            await self.cache.put(id, SingleSignOnEntry(login))
            request.singleSignOnID = id
        }
        try await self.associate(request, id)
    }

    /// Takes a request's session, which is made if there is none, among those of its sign-on.
    func associate(_ request: Request, _ id: String) async throws {
        guard let session = try await request.sessionInternal(create: true), let context = request.context else {
            return
        }
        let key = SingleSignOnSessionKey(session.idInternal, in: context)
        guard let entry = self.cache.entry(id), !entry.sessions.contains(key) else { return }
        let listener = SingleSignOnListener(id: id, isReplicated: !(self.cache is LocalSingleSignOnCache))
        await self.cache.share(id) { entry in
            guard entry.insert(key) else { return false }
            session.add(listener)
            return true
        }
    }

    /// Ends a sign-on and all of its sessions.
    func deregister(_ id: String) {
        guard let entry = self.cache.remove(id) else { return }
        for key in entry.sessions { self.end(key) }
    }

    private func end(_ key: SingleSignOnSessionKey) {
        guard let problem = self.problem(ending: key) else { return }
        self.container?.logger.warning("expire", "SSO unable to expire session [\(key)] because \(problem)")
    }

    /// Ends a session.
    ///
    /// - Returns: what kept it from being found.
    private func problem(ending key: SingleSignOnSessionKey) -> String? {
        guard let engine = self.engine else { return "the Engine was null" }
        guard let host = engine.child(named: key.hostName) else { return "the Host could not be found" }
        guard let context = host.child(named: key.contextName) as? StandardContext else {
            return "the Context could not be found"
        }
        guard let manager = context.manager else { return "the Manager could not be found" }
        return manager.enqueueEnd(key.sessionID) ? nil : "the Session could not be found"
    }

    private var engine: (any Container)? {
        var container = self.container
        while let next = container, !(next is StandardEngine) { container = next.parent }
        return container
    }

    // MARK: Sessions

    /// A session of a sign-on has ended.
    ///
    /// One that was idle for too long, or whose application stops, ends alone; what ends otherwise is a logout, which
    /// ends all. The node where it ended tells the others: here only what this node keeps is brought up to date.
    func sessionEnded(_ session: any Session, of id: String, in context: StandardContext, isLocal: Bool) {
        let isStopping = !context.state.isAvailable
        if !isLocal, isStopping { return }
        guard let entry = self.cache.entry(id) else { return }
        let wasKnown = entry.remove(SingleSignOnSessionKey(session.idInternal, in: context))
        let interval = session.maxInactiveInterval
        let isLogout = isLocal && !isStopping && !(interval > 0 && session.idleTime >= Int64(interval) * 1000)
        if isLogout || entry.sessions.isEmpty {
            self.deregister(id)
        } else if isLocal, wasKnown {
            self.cache.enqueueShare(id)
        }
    }

    /// A session of a sign-on has another id.
    func sessionIDChanged(
        _ session: any Session,
        from old: String,
        of id: String,
        in context: StandardContext,
        _ isLocal: Bool
    ) {
        guard let entry = self.cache.entry(id) else { return }
        let isNew = entry.insert(SingleSignOnSessionKey(session.idInternal, in: context))
        let wasKnown = entry.remove(SingleSignOnSessionKey(old, in: context))
        if isLocal, isNew || wasKnown { self.cache.enqueueShare(id) }
    }
}

/// Tells a sign-on what becomes of one of its sessions.
///
/// Source: `org.apache.catalina.authenticator.SingleSignOnListener`,
/// `org.apache.catalina.ha.authenticator.ClusterSingleSignOnListener`.
package struct SingleSignOnListener: SessionListener, Equatable {
    /// The id of the sign-on.
    package let id: String
    /// Whether it goes to other nodes with the session.
    package let isReplicated: Bool

    package init(id: String, isReplicated: Bool) {
        self.id = id
        self.isReplicated = isReplicated
    }

    package func sessionEnded(_ session: any Session, in context: StandardContext, isLocal: Bool) {
        self.support(of: context)?.sessionEnded(session, of: self.id, in: context, isLocal: isLocal)
    }

    package func sessionIDChanged(
        _ session: any Session,
        from old: String,
        in context: StandardContext,
        isLocal: Bool
    ) {
        self.support(of: context)?.sessionIDChanged(session, from: old, of: self.id, in: context, isLocal)
    }

    private func support(of context: StandardContext) -> SingleSignOnSupport? {
        guard let valve = (context.authenticator as? AuthenticatorValve)?.singleSignOn, valve.state.isAvailable else {
            return nil
        }
        return valve.support
    }
}
