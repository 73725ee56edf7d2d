/// Which constraints hold for a request, and what they ask of its user.
///
/// Source: Servlet 6.0 §13.8; `RealmBase.findSecurityConstraints`, `hasResourcePermission`, `hasUserDataPermission`.
package struct SecurityConstraints: Sendable {
    private let constraints: [SecurityConstraint]

    package init(_ constraints: [SecurityConstraint]) { self.constraints = constraints }

    package var isEmpty: Bool { self.constraints.isEmpty }

    /// The constraints for a decoded path below the context: those of the best kind of pattern that matches.
    package func matching(_ path: String, method: String) -> [SecurityConstraint] {
        if self.constraints.isEmpty { return [] }
        let path = path.isEmpty ? "/" : path
        for matches in [Self.isExact, self.longestPrefix(of: path), Self.isExtension, { _, pattern in pattern == "/" }]
        {
            var found: [SecurityConstraint] = []
            var isCovered = false
            for constraint in self.constraints {
                for collection in constraint.collections
                where collection.patterns.contains(where: { matches(path, $0) }) {
                    isCovered = true
                    if collection.covers(method) { found.append(constraint) }
                }
            }
            if isCovered { return found }
        }
        return []
    }

    /// What the request's user must be.
    package enum Demand: Equatable, Sendable {
        /// Anyone may pass.
        case none
        /// Nobody may pass.
        case denied
        /// A user is needed that has one of the roles; `nil` for any user.
        case roles(Set<String>?)
    }

    /// The demand of several constraints together: the most generous one, unless one denies everybody.
    ///
    /// `applicationRoles` is what the role `*` stands for.
    package static func demand(_ constraints: [SecurityConstraint], applicationRoles: [String]) -> Demand {
        var roles: Set<String> = []
        var anyone = false
        for constraint in constraints {
            guard let own = constraint.roles else { return .none }
            if own.isEmpty { return .denied }
            for role in own {
                switch role {
                case "**" where !applicationRoles.contains("**"): anyone = true
                case "*": roles.formUnion(applicationRoles)
                default: roles.insert(role)
                }
            }
        }
        if constraints.isEmpty { return .none }
        return anyone ? .roles(nil) : .roles(roles)
    }

    private static func isExact(_ path: String, _ pattern: String) -> Bool { path == pattern }

    private static func isExtension(_ path: String, _ pattern: String) -> Bool {
        pattern.hasPrefix("*.") && FilterTable.matches(path, pattern: pattern)
    }

    /// Matches the longest of the prefix patterns that cover the path, and no other.
    private func longestPrefix(of path: String) -> (String, String) -> Bool {
        let all = self.constraints.flatMap { $0.collections.flatMap(\.patterns) }
        let longest =
            all
            .filter { $0.hasSuffix("/*") && FilterTable.matches(path, pattern: $0) }
            .max { $0.utf8.count < $1.utf8.count }
        return { _, pattern in pattern == longest }
    }
}

extension SecurityConstraint.Collection {
    /// Whether the collection speaks of a method.
    func covers(_ method: String) -> Bool {
        if self.methods.isEmpty, self.omittedMethods.isEmpty { return true }
        if !self.methods.isEmpty { return self.methods.contains(method) }
        return !self.omittedMethods.contains(method)
    }
}
