package import CatalinaCore
package import CatalinaSession
import ServletAPI
import Synchronization

/// What the session managers of a cluster share: the application they serve, its listeners, ids and counts.
///
/// Isolation: any thread.
package final class ManagerSupport: Sendable {
    private struct Protected {
        weak var context: StandardContext?
        weak var cluster: SimpleTcpCluster?
        weak var owner: (any DeltaSessionOwner)?
        var servletContext: ApplicationContext?
        var name = ""
        var route: String?
        var idleSeconds = 1800
        var generator = StandardSessionIDGenerator(configuration: .init())
        var statistics = SessionStatistics()
        var rounds = 0
    }

    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64
    let filter: AttributeFilter
    private let settingsSlot: Mutex<ClusterManagerConfiguration>
    private let protected = Mutex(Protected())

    /// - Throws: `WholePattern.Fault` for a filter that is no regular expression.
    init(_ settings: ClusterManagerConfiguration, now: @escaping @Sendable () -> Int64) throws {
        self.settingsSlot = Mutex(settings)
        self.filter = try settings.base.attributeFilter()
        self.now = now
    }

    /// One of the settings: requests read some as often as they use a session.
    func setting<Value>(_ read: (ClusterManagerConfiguration) -> Value) -> Value {
        self.settingsSlot.withLock { read($0) }
    }

    /// A copy each time.
    var settings: ClusterManagerConfiguration {
        get { self.settingsSlot.withLock { $0 } }
        set { self.settingsSlot.withLock { $0 = newValue } }
    }

    // MARK: Surroundings

    /// The manager itself, which is told when a session ends; sessions do not keep it.
    var owner: (any DeltaSessionOwner)? {
        get { self.protected.withLock { $0.owner } }
        set { self.protected.withLock { $0.owner = newValue } }
    }

    package func attach(to context: StandardContext, cluster: SimpleTcpCluster?) {
        let settings = self.settings
        let route = settings.base.jvmRoute ?? context.host?.engine?.jvmRoute
        let servletContext = context.servletContext
        let minutes = context.model.session.timeoutMinutes
        let name = cluster?.managerName(of: context) ?? settings.name ?? context.name
        self.protected.withLock { protected in
            protected.context = context
            protected.cluster = cluster
            protected.servletContext = servletContext
            protected.name = name
            protected.route = route
            protected.idleSeconds = minutes > 0 ? minutes * 60 : -1
        }
    }

    /// Stands in for ``attach(to:cluster:)`` where there is no application.
    package func attach(name: String, cluster: SimpleTcpCluster?, idleSeconds: Int = 1800) {
        self.protected.withLock { protected in
            protected.name = name
            protected.cluster = cluster
            protected.idleSeconds = idleSeconds
        }
    }

    package var context: StandardContext? { self.protected.withLock { $0.context } }
    package var cluster: SimpleTcpCluster? { self.protected.withLock { $0.cluster } }
    /// `/demo`, or `localhost#/demo` for a cluster of an Engine: the same on all nodes.
    package var name: String { self.protected.withLock { $0.name } }
    package var route: String? { self.protected.withLock { $0.route } }
    package var idleSeconds: Int { self.protected.withLock { $0.idleSeconds } }
    package func use(_ generator: StandardSessionIDGenerator) { self.protected.withLock { $0.generator = generator } }
    var generator: StandardSessionIDGenerator { self.protected.withLock { $0.generator } }

    var servletContext: any ServletContext {
        guard let context = self.protected.withLock({ $0.servletContext }) else {
            preconditionFailure("Sessions are made by a manager that has been attached")
        }
        return context
    }

    /// A new id with the node's route.
    func makeID() -> String {
        let (generator, route) = self.protected.withLock { ($0.generator, $0.route) }
        return generator.make(route: route)
    }

    // MARK: Counts

    package var statistics: SessionStatistics { self.protected.withLock { $0.statistics } }

    func count(_ change: (inout SessionStatistics) -> Void) {
        self.protected.withLock { change(&$0.statistics) }
    }

    /// Whether this background round looks for expired sessions.
    func isExpiryDue() -> Bool {
        let frequency = max(1, self.settings.base.processExpiresFrequency)
        return self.protected.withLock { protected in
            protected.rounds = (protected.rounds + 1) % frequency
            return protected.rounds == 0
        }
    }

    // MARK: Listeners

    private var sessionListeners: [any HttpSessionListener] { self.context?.instances.sessionListeners ?? [] }

    func sessionCreated(_ session: DeltaSession) {
        for listener in self.sessionListeners { listener.sessionCreated(session) }
    }

    func sessionDestroyed(_ session: DeltaSession) {
        for listener in self.sessionListeners.reversed() { listener.sessionDestroyed(session) }
    }

    /// `tellsListeners` says whether the application hears of it; who keeps the session's id does in any case.
    func sessionIDChanged(
        _ session: DeltaSession,
        from old: String,
        isLocal: Bool = true,
        tellsListeners: Bool = true
    ) {
        session.tellID(from: old, isLocal: isLocal)
        guard tellsListeners else { return }
        for case let listener as any HttpSessionIdListener in self.context?.instances.listeners ?? [] {
            listener.sessionIdChanged(session, old)
        }
    }

    func attributeChanged(_ session: DeltaSession, _ change: DeltaSession.AttributeEvent) {
        guard let listeners = self.context?.sessionAttributeListeners, !listeners.isEmpty else { return }
        guard let (kind, shown) = AttributeChange.between(change.old, change.new) else { return }
        for listener in listeners { listener.attributeChanged(kind, session, change.name, shown.value) }
    }
}
