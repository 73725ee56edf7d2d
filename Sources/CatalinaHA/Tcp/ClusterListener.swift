package import CatalinaCore
package import JavaSerialization
package import Modeler
package import Tribes

/// Takes messages that other nodes' clusters send to this one's.
///
/// Source: `org.apache.catalina.ha.ClusterListener`.
package protocol ClusterListener: AnyObject, Sendable {
    func accepts(_ object: JavaObject) -> Bool

    /// Isolation: channel loop; what takes long is done elsewhere.
    /// - Throws: whatever failed; it is logged.
    func messageReceived(_ object: JavaObject, _ received: ReceivedMessage, in cluster: SimpleTcpCluster) throws
}

/// A valve that stands in the pipeline of the container of a cluster and works for it.
///
/// Source: `org.apache.catalina.ha.ClusterValve`.
package protocol ClusterValve: Valve {
    /// Called before the cluster starts.
    func attach(to cluster: SimpleTcpCluster)
}

/// Brings applications to all nodes of a cluster.
///
/// Source: `org.apache.catalina.ha.ClusterDeployer`.
package protocol ClusterDeployer: ClusterListener, ManagedBean {
    func attach(to cluster: SimpleTcpCluster)
    func start() async throws
    func stop() async
    /// Looks for what changed; called every background interval.
    func backgroundProcess() async
}
