package import CatalinaSession
package import Modeler

/// Attributes that all session managers of a cluster have.
///
/// Source: `org.apache.catalina.ha.session.ClusterManagerBase`.
package struct ClusterManagerConfiguration: Sendable, Equatable {
    /// What they have in common with managers of one node.
    package var base = ManagerBaseConfiguration()
    /// Whether listeners hear of attributes that other nodes change.
    package var notifyListenersOnReplication = true
    /// Whether a request's earlier changes of an attribute are sent too.
    package var recordAllActions = false
    /// Accepted; users always go with their sessions.
    package var persistAuthentication = false
    /// Set by the cluster: the application's path, after the host's name in an Engine.
    package var name: String?

    package init() {}

    package static let attributes: [Attribute<ClusterManagerConfiguration>] =
        [
            Attribute("name", \.name, "Set by the cluster: the application's path, after the host's name in an Engine"),
            Attribute(
                "notifyListenersOnReplication",
                \.notifyListenersOnReplication,
                "Whether listeners hear of attributes that other nodes change"
            ),
            Attribute(
                "recordAllActions",
                \.recordAllActions,
                "Whether a request's earlier changes of an attribute are sent too"
            ),
            Attribute(
                "persistAuthentication",
                \.persistAuthentication,
                "Accepted; users always go with their sessions"
            ),
            .ignored("persistAuthenticationNotes", "Accepted; an older name", type: .bool),
        ] + ManagerBaseConfiguration.attributes.nested(in: \.base)
}
