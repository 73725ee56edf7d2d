package import Modeler

/// Attributes that all session managers of a cluster have.
///
/// Source: `ManagerBase`, `ClusterManagerBase`.
package struct ClusterManagerConfiguration: Sendable, Equatable {
    /// Most sessions at a time; -1 for no limit.
    package var maxActiveSessions = -1
    /// Background rounds between two looks for expired sessions.
    package var processExpiresFrequency = 6
    /// Whether listeners hear of attributes that other nodes change.
    package var notifyListenersOnReplication = true
    /// Whether a request's earlier changes of an attribute are sent too.
    package var recordAllActions = false
    /// Names of attributes that are sent.
    package var sessionAttributeNameFilter: String?
    /// Java classes of attributes that are sent.
    package var sessionAttributeValueClassNameFilter: String?
    /// Whether attributes that are not sent are logged as warnings.
    package var warnOnSessionAttributeFilterFailure = false
    /// Accepted; users always go with their sessions.
    package var persistAuthentication = false
    /// Whether a session in use does not expire.
    package var sessionActivityCheck = false
    /// Whether idle time counts from a request's start.
    package var sessionLastAccessAtStart = false
    /// Whether storing the same object again tells the object.
    package var notifyBindingListenerOnUnchangedValue = false
    /// Whether storing the same object again tells the listeners.
    package var notifyAttributeListenerOnUnchangedValue = true
    /// Set by the cluster: the application's path, after the host's name in an Engine.
    package var name: String?
    /// Appended to ids; the Engine's if unset.
    package var jvmRoute: String?

    package init() {}

    package static let attributes: [Attribute<ClusterManagerConfiguration>] = [
        Attribute("name", \.name, "Set by the cluster: the application's path, after the host's name in an Engine"),
        Attribute("maxActiveSessions", \.maxActiveSessions, "Most sessions at a time; -1 for no limit"),
        Attribute(
            "processExpiresFrequency",
            \.processExpiresFrequency,
            "Background rounds between two looks for expired sessions"
        ),
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
        Attribute("sessionAttributeNameFilter", \.sessionAttributeNameFilter, "Names of attributes that are sent"),
        Attribute(
            "sessionAttributeValueClassNameFilter",
            \.sessionAttributeValueClassNameFilter,
            "Java classes of attributes that are sent"
        ),
        Attribute(
            "warnOnSessionAttributeFilterFailure",
            \.warnOnSessionAttributeFilterFailure,
            "Whether attributes that are not sent are logged as warnings"
        ),
        Attribute("persistAuthentication", \.persistAuthentication, "Accepted; users always go with their sessions"),
        Attribute("sessionActivityCheck", \.sessionActivityCheck, "Whether a session in use does not expire"),
        Attribute(
            "sessionLastAccessAtStart",
            \.sessionLastAccessAtStart,
            "Whether idle time counts from a request's start"
        ),
        Attribute(
            "notifyBindingListenerOnUnchangedValue",
            \.notifyBindingListenerOnUnchangedValue,
            "Whether storing the same object again tells the object"
        ),
        Attribute(
            "notifyAttributeListenerOnUnchangedValue",
            \.notifyAttributeListenerOnUnchangedValue,
            "Whether storing the same object again tells the listeners"
        ),
        Attribute("jvmRoute", \.jvmRoute, "Appended to ids; the Engine's if unset"),
        .ignored("secureRandomClass", "Accepted; ids come from the system's generator"),
        .ignored("secureRandomProvider", "Accepted; ids come from the system's generator"),
        .ignored("secureRandomAlgorithm", "Accepted; ids come from the system's generator"),
        .ignored("persistAuthenticationNotes", "Accepted; an older name", type: .bool),
    ]
}
