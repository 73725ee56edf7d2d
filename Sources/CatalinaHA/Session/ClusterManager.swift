package import CatalinaCore
package import CatalinaSession
package import Modeler
import Tribes

/// A session manager whose sessions other nodes hold too.
///
/// Source: `org.apache.catalina.ha.ClusterManager`.
package protocol ClusterManager: Manager, Lifecycle {
    /// The same on all nodes: the application's path, in an Engine after the host's name.
    var name: String { get }
    /// Application, ids and counts.
    var support: ManagerSupport { get }
    /// A manager with the same attributes for another application.
    func clone() throws -> any ClusterManager
    /// Sets what makes the ids.
    func use(_ generator: StandardSessionIDGenerator)
    /// A request that used the session has ended: other nodes are told what it changed.
    ///
    /// The request is the one whose task waits for them; nil for a task of nobody's.
    func requestCompleted(_ session: any Session, of request: Request?) async
    /// Gives a session an id of the caller's choosing.
    func changeSessionId(_ session: any Session, to id: String)
    /// Waits until other nodes have heard of the sessions that ``Manager/enqueueEnd(_:)`` has ended.
    func finishEnds() async
    /// Whether this node is the primary one of a session; nil if there is no such session.
    func isPrimary(_ id: String) -> Bool?
}

extension ClusterManager {
    package var name: String { self.support.name }
    package var lifecycleName: String { "\(Self.self)[\(self.name)]" }

    package func attach(to context: StandardContext) {
        self.support.attach(to: context, cluster: context.cluster as? SimpleTcpCluster)
    }

    package func requestCompleted(_ session: any Session) async { await self.requestCompleted(session, of: nil) }

    package func use(_ generator: StandardSessionIDGenerator) { self.support.use(generator) }

    package func changeSessionId(_ session: any Session) -> String {
        let new = self.support.makeID()
        self.changeSessionId(session, to: new)
        return new
    }
}

/// A cluster manager that a configuration file makes, once for each application.
package protocol ConfigurableClusterManager: ClusterManager, ConfigurableComponent {
    /// - Throws: `WholePattern.Fault` for a filter that is no regular expression.
    init(configuration: Configuration, now: @escaping @Sendable () -> Int64) throws
}

extension ConfigurableClusterManager {
    package init(configuration: Configuration) throws {
        try self.init(configuration: configuration, now: WallClock.milliseconds)
    }

    package func clone() throws -> any ClusterManager {
        let copy = try Self(configuration: self.configuration, now: self.support.now)
        copy.support.use(self.support.generator)
        return copy
    }
}

/// A cluster manager that is told by messages of its own what happens to sessions elsewhere.
protocol SessionMessageReceiver: ClusterManager {
    /// Isolation: channel loop.
    func messageReceived(_ message: SessionMessage, from sender: Member)
    /// A member is there, for the first time or again.
    ///
    /// Isolation: channel loop.
    func memberAdded(_ member: Member)
    /// The channel's heartbeat.
    ///
    /// Isolation: channel loop.
    func heartbeat()
    /// A member has left or was lost.
    ///
    /// Isolation: channel loop.
    func memberDisappeared(_ member: Member)
    /// What was sent to a member in the last moments without acknowledgement may be lost.
    ///
    /// Isolation: channel loop.
    func messagesMayBeLost(to member: Member)
}
