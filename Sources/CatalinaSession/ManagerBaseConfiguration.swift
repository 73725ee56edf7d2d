package import Modeler

/// Attributes that all session managers have, those of clusters included.
///
/// Source: `org.apache.catalina.session.ManagerBase`.
package struct ManagerBaseConfiguration: Sendable, Equatable {
    /// Most sessions at a time; -1 for no limit.
    package var maxActiveSessions = -1
    /// Background rounds between two looks for expired sessions.
    package var processExpiresFrequency = 6
    /// Regular expression of the names of attributes that leave the process; all if unset.
    package var sessionAttributeNameFilter: String?
    /// Regular expression of the Java classes of values that leave the process; all if unset.
    package var sessionAttributeValueClassNameFilter: String?
    /// Whether attributes that are held back are logged as warnings.
    package var warnOnSessionAttributeFilterFailure = false
    /// Whether storing the same object again tells the object.
    package var notifyBindingListenerOnUnchangedValue = false
    /// Whether storing the same object again tells the listeners.
    package var notifyAttributeListenerOnUnchangedValue = true
    /// Whether a session in use does not expire.
    package var sessionActivityCheck = false
    /// Whether idle time counts from a request's start.
    package var sessionLastAccessAtStart = false
    /// Appended to ids; the Engine's if unset.
    package var jvmRoute: String?

    package init() {}

    /// Which attributes leave the process.
    ///
    /// - Throws: `WholePattern.Fault` for a filter that is no regular expression.
    package func attributeFilter() throws -> AttributeFilter {
        try AttributeFilter(
            names: self.sessionAttributeNameFilter,
            classNames: self.sessionAttributeValueClassNameFilter,
            isWarning: self.warnOnSessionAttributeFilterFailure
        )
    }

    package static let attributes: [Attribute<ManagerBaseConfiguration>] = [
        Attribute("maxActiveSessions", \.maxActiveSessions, "Most sessions at a time; -1 for no limit"),
        Attribute(
            "processExpiresFrequency",
            \.processExpiresFrequency,
            "Background rounds between two looks for expired sessions"
        ),
        Attribute(
            "sessionAttributeNameFilter",
            \.sessionAttributeNameFilter,
            "Regular expression of the names of attributes that go to a file or to other nodes; all if unset"
        ),
        Attribute(
            "sessionAttributeValueClassNameFilter",
            \.sessionAttributeValueClassNameFilter,
            "Regular expression of the Java classes of values that go to a file or to other nodes; all if unset"
        ),
        Attribute(
            "warnOnSessionAttributeFilterFailure",
            \.warnOnSessionAttributeFilterFailure,
            "Whether attributes that the two hold back are logged as warnings"
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
        Attribute("sessionActivityCheck", \.sessionActivityCheck, "Whether a session in use does not expire"),
        Attribute(
            "sessionLastAccessAtStart",
            \.sessionLastAccessAtStart,
            "Whether idle time counts from a request's start"
        ),
        Attribute("jvmRoute", \.jvmRoute, "Appended to ids; the Engine's if unset"),
        .ignored("secureRandomClass", "Accepted; ids come from the system's generator"),
        .ignored("secureRandomProvider", "Accepted; ids come from the system's generator"),
        .ignored("secureRandomAlgorithm", "Accepted; ids come from the system's generator"),
    ]
}
