package import CatalinaCore
package import Modeler
import ServletAPI
import Synchronization

/// Keeps an application's sessions in memory and, if told so, in a file between two runs.
///
/// Isolation: any thread.
/// Source: `org.apache.catalina.session.StandardManager`, `ManagerBase`.
package final class StandardManager: Manager, Lifecycle, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// What all managers have.
        package var base = ManagerBaseConfiguration()
        /// File in the work directory that keeps the sessions between two runs; none if unset.
        package var pathname: String?
        /// Accepted; that file never names the users.
        package var persistAuthentication = false

        package init() {}
    }

    private struct Protected {
        var sessions: [HashedSessionID: StandardSession] = [:]
        var statistics = SessionStatistics()
        var rounds = 0
        weak var context: StandardContext?
        var servletContext: ApplicationContext?
        var route: String?
        var idleSeconds = 1800
        var generator = StandardSessionIDGenerator(configuration: .init())

        /// An id that no session has.
        mutating func freshID() -> String {
            var id = self.generator.make(route: self.route)
            while self.sessions[HashedSessionID(id)] != nil {
                self.statistics.duplicates += 1
                id = self.generator.make(route: self.route)
            }
            return id
        }
    }

    package let lifecycle = LifecycleSupport()
    private let settings: Mutex<Configuration>
    // Of the settings, what every request asks for.
    private let checksUse: Atomic<Bool>
    private let startCounts: Atomic<Bool>
    /// Whether the running application is known to have nobody who wants to hear of attributes.
    private let isUnheard = Atomic(false)
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    private let protected = Mutex(Protected())

    package init(configuration: Configuration, now: @escaping @Sendable () -> Int64) {
        self.settings = Mutex(configuration)
        self.checksUse = Atomic(configuration.base.sessionActivityCheck)
        self.startCounts = Atomic(configuration.base.sessionLastAccessAtStart)
        self.now = now
    }

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration, now: WallClock.coarseMilliseconds)
    }

    /// The manager of a context that says nothing about its own.
    package static func withDefaults() -> StandardManager { StandardManager(configuration: Configuration()) }

    package static let descriptor = ComponentDescriptor<StandardManager>(
        className: "org.apache.catalina.session.StandardManager",
        kind: .manager,
        "Keeps sessions in memory",
        defaults: Configuration(),
        attributes: [
            Attribute("pathname", \.pathname, "File that keeps the sessions between two runs; none if unset"),
            Attribute("persistAuthentication", \.persistAuthentication, "Accepted; that file never names the users"),
        ] + ManagerBaseConfiguration.attributes.nested(in: \.base)
    )

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { settings in
            try change(&settings)
            self.checksUse.store(settings.base.sessionActivityCheck, ordering: .relaxed)
            self.startCounts.store(settings.base.sessionLastAccessAtStart, ordering: .relaxed)
        }
    }

    package var lifecycleName: String { "StandardManager[\(self.context?.lifecycleName ?? "")]" }
    package var context: StandardContext? { self.protected.withLock { $0.context } }
    /// Appended to ids, `nil` for nothing.
    var route: String? { self.protected.withLock { $0.route } }
    package var statistics: SessionStatistics { self.protected.withLock { $0.statistics } }

    /// Changes what was counted: a management client starts a figure anew.
    func setStatistics(_ change: (inout SessionStatistics) -> Void) {
        self.protected.withLock { change(&$0.statistics) }
    }

    /// Sets what makes the ids.
    package func use(_ generator: StandardSessionIDGenerator) { self.protected.withLock { $0.generator = generator } }

    package func attach(to context: StandardContext) {
        let route = self.configuration.base.jvmRoute ?? context.host?.engine?.jvmRoute
        let servletContext = context.servletContext
        let minutes = context.model.session.timeoutMinutes
        self.protected.withLock { protected in
            protected.context = context
            protected.servletContext = servletContext
            protected.route = route
            protected.idleSeconds = minutes > 0 ? minutes * 60 : -1
        }
    }

    // MARK: Sessions

    package func findSession(_ id: String) async throws -> (any Session)? { self.sessionInMemory(id) }

    package func sessionInMemory(_ id: String) -> (any Session)? {
        self.protected.withLock { $0.sessions[HashedSessionID(id)] }
    }

    package func createSession(_ id: String?) throws -> any Session {
        let now = self.now()
        let limit = self.configuration.base.maxActiveSessions
        let session = try self.protected.withLock { protected in
            if limit >= 0, protected.sessions.count >= limit {
                protected.statistics.rejectedSessions += 1
                throw IllegalStateError("createSession: Too many active sessions")
            }
            var chosen = id ?? protected.freshID()
            if protected.sessions[HashedSessionID(chosen)] != nil {
                protected.statistics.duplicates += 1
                chosen = protected.freshID()
            }
            let session = StandardSession(
                id: chosen,
                manager: self,
                maxInactiveInterval: protected.idleSeconds,
                now: now
            )
            protected.sessions[HashedSessionID(chosen)] = session
            protected.statistics.created(at: now, active: protected.sessions.count)
            return session
        }
        for listener in self.sessionListeners { listener.sessionCreated(session) }
        return session
    }

    package func changeSessionId(_ session: any Session) -> String {
        guard let own = session as? StandardSession else { return session.idInternal }
        let change: (old: String, new: String)? = self.protected.withLock { protected in
            let old = own.idInternal
            // A session that has ended meanwhile must not come back: nobody would remove it again.
            guard protected.sessions[HashedSessionID(old)] === own else { return nil }
            let new = protected.freshID()
            protected.sessions[HashedSessionID(old)] = nil
            protected.sessions[HashedSessionID(new)] = own
            own.setID(new)
            return (old: old, new: new)
        }
        guard let (old, new) = change else { return own.idInternal }
        for case let listener as any HttpSessionIdListener in self.context?.instances.listeners ?? [] {
            listener.sessionIdChanged(session, old)
        }
        if let context = self.context {
            for listener in own.listeners {
                listener.sessionIDChanged(own, from: old, in: context, isLocal: true)
            }
        }
        return new
    }

    package var activeSessions: Int { self.protected.withLock { $0.sessions.count } }
    package var sessions: [any Session] { self.protected.withLock { Array($0.sessions.values) } }

    // MARK: Expiry

    package func backgroundProcess() async {
        let isDue = self.protected.withLock { protected in
            protected.rounds = (protected.rounds + 1) % max(1, self.configuration.base.processExpiresFrequency)
            return protected.rounds == 0
        }
        if isDue { self.processExpires() }
    }

    /// Ends every session whose time is over.
    package func processExpires() {
        let begin = self.now()
        for session in self.sessions { _ = session.isValid }
        let elapsed = self.now() - begin
        self.protected.withLock { $0.statistics.processingTime += elapsed }
    }

    // MARK: Called by sessions

    var servletContext: any ServletContext {
        guard let context = self.protected.withLock({ $0.servletContext }) else {
            preconditionFailure("Sessions are made by a manager that has been attached")
        }
        return context
    }

    func willEnd(_ session: StandardSession) {
        for listener in self.sessionListeners.reversed() { listener.sessionDestroyed(session) }
    }

    func ended(_ session: StandardSession, isExpiry: Bool) {
        let now = self.now()
        self.protected.withLock { protected in
            let id = session.idInternal
            if protected.sessions[HashedSessionID(id)] === session { protected.sessions[HashedSessionID(id)] = nil }
            if isExpiry { protected.statistics.expiredSessions += 1 }
            protected.statistics.ended(at: now, createdAt: session.creationTimeInternal)
        }
        guard let context = self.context else { return }
        for listener in session.listeners { listener.sessionEnded(session, in: context, isLocal: true) }
    }

    /// Whether a session that a request holds stays.
    var isUseChecked: Bool { self.checksUse.load(ordering: .relaxed) }
    /// Whether the end of a request does not count as use.
    var countsFromStart: Bool { self.startCounts.load(ordering: .relaxed) }
    /// Who hears of an object that replaces itself.
    var unchangedNotice: (object: Bool, listeners: Bool) {
        self.settings.withLock {
            ($0.base.notifyBindingListenerOnUnchangedValue, $0.base.notifyAttributeListenerOnUnchangedValue)
        }
    }

    func attributeChanged(_ session: StandardSession, _ name: String, old: (any Sendable)?, new: (any Sendable)?) {
        guard !self.isUnheard.load(ordering: .relaxed), let listeners = self.context?.sessionAttributeListeners,
            !listeners.isEmpty, let (change, shown) = AttributeChange.between(old, new)
        else { return }
        for listener in listeners { listener.attributeChanged(change, session, name, shown) }
    }

    private var sessionListeners: [any HttpSessionListener] {
        self.context?.instances.sessionListeners ?? []
    }

    // MARK: Life

    package func startInternal() async throws {
        if let file = self.sessionFile { await self.load(from: file, try self.configuration.base.attributeFilter()) }
        // The listeners of an application are made before its manager starts, and stay.
        self.isUnheard.store(self.context?.sessionAttributeListeners.isEmpty == true, ordering: .relaxed)
        try await self.enter(.starting)
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        self.isUnheard.store(false, ordering: .relaxed)
        if let file = self.sessionFile { await self.unload(to: file, try self.configuration.base.attributeFilter()) }
        for session in self.sessions { session.expire() }
    }

    /// The file between two runs; `nil` if sessions end with the application.
    private var sessionFile: String? {
        guard let name = self.configuration.pathname, !name.isEmpty, let context = self.context else { return nil }
        return name.hasPrefix("/") ? name : context.setup.workDirectory + "/" + name
    }

    /// Sessions of the file that are still live are put back.
    private func load(from file: String, _ filter: AttributeFilter) async {
        do {
            let restored = try await SessionFile(path: file, filter: filter).read()
            let now = self.now()
            self.protected.withLock { protected in
                for record in restored where !record.isOver(at: now) {
                    protected.sessions[HashedSessionID(record.id)] = StandardSession(restored: record, manager: self)
                }
            }
            for case let session as StandardSession in self.sessions { session.didActivate() }
        } catch {
            self.log("load", "The sessions of [\(file)] could not be loaded: \(error)")
        }
    }

    private func unload(to file: String, _ filter: AttributeFilter) async {
        for case let session as StandardSession in self.sessions { session.willPassivate() }
        let records = self.protected.withLock { protected in
            let all = protected.sessions.values.map(\.record)
            protected.sessions.removeAll()
            return all
        }
        do {
            try await SessionFile(path: file, filter: filter).write(records)
        } catch {
            self.log("unload", "The sessions could not be written to [\(file)]: \(error)")
        }
    }

    private func log(_ method: String, _ message: String) {
        CategoryLogger("org.apache.catalina.session.StandardManager").warning(method, message)
    }
}
