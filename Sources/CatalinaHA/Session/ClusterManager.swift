package import CatalinaCore
package import CatalinaSession
import Modeler
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
    func requestCompleted(_ session: any Session) async
    /// Gives a session an id of the caller's choosing.
    func changeSessionId(_ session: any Session, to id: String)
    /// Whether this node is the primary one of a session; nil if there is no such session.
    func isPrimary(_ id: String) -> Bool?
}

/// A cluster manager that is told by messages of its own what happens to sessions elsewhere.
protocol SessionMessageReceiver: ClusterManager {
    /// Isolation: channel loop.
    func messageReceived(_ message: SessionMessage, from sender: Member)
    /// A member has left or was lost.
    ///
    /// Isolation: channel loop.
    func memberDisappeared(_ member: Member)
}
