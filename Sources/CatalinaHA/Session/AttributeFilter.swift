import CatalinaCore
import JavaSerialization

/// Which attributes of a session other nodes get.
///
/// Source: `ManagerBase.willAttributeDistribute`, `StandardSession.exclude`.
struct AttributeFilter: Sendable {
    /// Never sent: what they hold means something on one node only.
    private static let localNames: Set<String> = [
        "javax.security.auth.subject", "org.apache.catalina.valves.CrawlerSessionManagerValve",
    ]

    private let names: AddressPattern?
    private let classNames: AddressPattern?
    private let isWarning: Bool

    /// - Throws: `AddressPattern.Fault` for a filter that is no regular expression.
    init(_ settings: ClusterManagerSettings) throws {
        self.names = try AddressPattern.optional(
            settings.sessionAttributeNameFilter,
            attribute: "sessionAttributeNameFilter"
        )
        self.classNames = try AddressPattern.optional(
            settings.sessionAttributeValueClassNameFilter,
            attribute: "sessionAttributeValueClassNameFilter"
        )
        self.isWarning = settings.warnOnSessionAttributeFilterFailure
    }

    /// Whether an attribute with that name and a value of that Java class is sent.
    func admits(_ name: String, className: String?) -> Bool {
        if Self.localNames.contains(name) { return false }
        if let names = self.names, !names.matches(name) {
            self.report("Skipped session attribute named [\(name)] because it did not match the name filter")
            return false
        }
        if let className, let classNames = self.classNames, !classNames.matches(className) {
            self.report(
                "Skipped session attribute named [\(name)] because the value type [\(className)] did not match the filter"
            )
            return false
        }
        return true
    }

    private func report(_ message: String) {
        let log = CategoryLogger("org.apache.catalina.session.ManagerBase")
        if self.isWarning {
            log.warning("willAttributeDistribute", message)
        } else {
            log.debug("willAttributeDistribute", message)
        }
    }
}
