import CatalinaCore

/// Which attributes of a session leave the process: for a file, or for other nodes.
///
/// Source: `ManagerBase.willAttributeDistribute`, `StandardSession.exclude`.
package struct AttributeFilter: Sendable {
    /// Never admitted: what they hold means something in this process only.
    private static let localNames: Set<String> = [
        "javax.security.auth.subject", "org.apache.catalina.valves.CrawlerSessionManagerValve",
    ]

    private let names: WholePattern?
    private let classNames: WholePattern?
    private let isWarning: Bool

    /// - Throws: `WholePattern.Fault` for a filter that is no regular expression.
    package init(names: String?, classNames: String?, isWarning: Bool) throws {
        self.names = try WholePattern.optional(names, attribute: "sessionAttributeNameFilter")
        self.classNames = try WholePattern.optional(classNames, attribute: "sessionAttributeValueClassNameFilter")
        self.isWarning = isWarning
    }

    /// Whether an attribute with that name and a value of that Java class is admitted; one that is not is logged.
    package func admits(_ name: String, className: String?) -> Bool {
        if Self.localNames.contains(name) { return false }
        guard let reason = self.refusal(name, className) else { return true }
        self.report("Skipped session attribute named [\(name)] because \(reason)")
        return false
    }

    /// The same for who only compares, and logs nothing.
    package func wouldAdmit(_ name: String, className: String?) -> Bool {
        !Self.localNames.contains(name) && self.refusal(name, className) == nil
    }

    /// Why an attribute does not pass the filters; nil if it does.
    private func refusal(_ name: String, _ className: String?) -> String? {
        if let names = self.names, !names.matches(name) { return "it did not match the name filter" }
        if let className, let classNames = self.classNames, !classNames.matches(className) {
            return "the value type [\(className)] did not match the filter"
        }
        return nil
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
