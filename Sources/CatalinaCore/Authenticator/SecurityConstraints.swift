/// Which constraints hold for a request, and whether its user may pass them.
///
/// Source: Servlet 6.0 §13.8; `RealmBase.findSecurityConstraints`, `hasResourcePermission`.
package struct SecurityConstraints: Sendable {
    private let constraints: [SecurityConstraint]
    private let applicationRoles: [String]
    private let isAnyUserARole: Bool

    /// Takes the roles that the application declares, for which the role `*` stands.
    package init(_ constraints: [SecurityConstraint], applicationRoles: [String]) {
        self.constraints = constraints
        self.applicationRoles = applicationRoles
        self.isAnyUserARole = applicationRoles.contains("**")
    }

    func matching(_ request: Request) -> [SecurityConstraint] {
        if self.constraints.isEmpty { return [] }
        let path = request.decodedPath.utf8.dropFirst(request.facts?.path.utf8.count ?? 0)
        return self.matching(String(Substring(path)), method: request.method)
    }

    /// The constraints for a decoded path below the context.
    ///
    /// Patterns that name the path count before the longest prefix, that before extensions, those before `/`. A path
    /// that is named, or whose extension is, leaves the others out even where its constraints do not speak of the
    /// method; the longest prefix does not.
    package func matching(_ path: String, method: String) -> [SecurityConstraint] {
        if self.constraints.isEmpty { return [] }
        let path = path.isEmpty ? "/" : path
        let byName = self.covering(method) { $0 == path || ($0.isEmpty && path == "/") }
        if let byName { return byName }
        let byPrefix = self.longestPrefix(path, method)
        if !byPrefix.isEmpty { return byPrefix }
        let byExtension = self.covering(method) { $0.hasPrefix("*.") && FilterTable.matches(path, pattern: $0) }
        if let byExtension { return byExtension }
        return self.covering(method) { $0 == "/" } ?? []
    }

    /// The constraints with a pattern that matches and a word on the method; `nil` if no pattern matches.
    private func covering(_ method: String, _ matches: (String) -> Bool) -> [SecurityConstraint]? {
        var found: [SecurityConstraint] = []
        var isMatch = false
        for constraint in self.constraints {
            for collection in constraint.collections where collection.patterns.contains(where: matches) {
                isMatch = true
                if collection.covers(method) { found.append(constraint) }
            }
        }
        return isMatch ? found : nil
    }

    private func longestPrefix(_ path: String, _ method: String) -> [SecurityConstraint] {
        var found: [SecurityConstraint] = []
        var longest = -1
        for constraint in self.constraints {
            for collection in constraint.collections {
                let lengths = collection.patterns.lazy
                    .filter { $0.hasPrefix("/") && $0.hasSuffix("/*") && FilterTable.matches(path, pattern: $0) }
                    .map(\.utf8.count)
                guard let length = lengths.max(), length >= longest else { continue }
                if length > longest { found.removeAll() }
                longest = length
                if collection.covers(method) { found.append(constraint) }
            }
        }
        return found
    }

    /// Whether constraints ask who the user is: each of them names roles, or any user.
    package func needLogin(_ found: [SecurityConstraint]) -> Bool {
        !found.isEmpty && found.allSatisfy { $0.roles?.isEmpty == false }
    }

    /// Whether a user may pass: one constraint that lets it is enough, unless one lets nobody.
    ///
    /// `hasRole` is asked for authenticated users only.
    package func permit(
        _ found: [SecurityConstraint],
        isAuthenticated: Bool,
        allRolesMode: RealmSettings.AllRolesMode,
        hasRole: (String) -> Bool
    ) -> Bool {
        var isPermitted = found.isEmpty
        for constraint in found {
            guard let roles = constraint.roles else {
                isPermitted = true
                continue
            }
            if roles.isEmpty { return false }
            guard isAuthenticated, !isPermitted else { continue }
            isPermitted = self.isAnyUser(roles) || self.named(roles).contains(where: hasRole)
        }
        if isPermitted { return true }
        guard found.contains(where: { $0.roles?.contains("*") == true }) else { return false }
        switch allRolesMode {
        case .strict: return false
        case .authOnly: return true
        case .strictAuthOnly: return self.applicationRoles.isEmpty
        }
    }

    /// Whether `**` is among the roles and means any user.
    private func isAnyUser(_ roles: [String]) -> Bool { !self.isAnyUserARole && roles.contains("**") }

    /// The roles that are meant: all that are declared for `*`.
    private func named(_ roles: [String]) -> [String] {
        if roles.contains("*") { return self.applicationRoles }
        return self.isAnyUserARole ? roles : roles.filter { $0 != "**" }
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

/// HTTP methods of protected patterns that no constraint speaks of.
///
/// Source: Servlet 6.0 §13.8.4; `SecurityConstraint.findUncoveredHttpMethods`.
struct UncoveredMethods {
    /// What is to be logged, a line for a pattern.
    private(set) var messages: [String] = []
    /// Constraints that let nobody use those methods; empty unless they are to be denied.
    private(set) var denials: [SecurityConstraint] = []

    init(_ constraints: [SecurityConstraint], denied: Bool) {
        var covered: Set<String> = []
        var named: [String: Set<String>] = [:]
        var omitted: [String: Set<String>] = [:]
        for collection in constraints.flatMap(\.collections) {
            if collection.methods.isEmpty, collection.omittedMethods.isEmpty {
                covered.formUnion(collection.patterns)
                continue
            }
            for pattern in collection.patterns {
                if collection.methods.isEmpty {
                    let earlier = omitted[pattern] ?? collection.omittedMethods
                    omitted[pattern] = earlier.intersection(collection.omittedMethods)
                } else {
                    named[pattern, default: []].formUnion(collection.methods)
                }
            }
        }
        for pattern in Set(named.keys).union(omitted.keys).subtracting(covered).sorted() {
            if let left = omitted[pattern]?.subtracting(named[pattern] ?? []) {
                if !left.isEmpty { self.add(pattern, except: nil, left, denied) }
            } else {
                self.add(pattern, except: named[pattern] ?? [], [], denied)
            }
        }
    }

    /// Notes the methods `only`, or all but `named`, as uncovered for a pattern.
    private mutating func add(_ pattern: String, except named: Set<String>?, _ only: Set<String>, _ denied: Bool) {
        let list = (named ?? only).sorted().joined(separator: " ")
        switch (named != nil, denied) {
        case (true, true):
            self.messages.append(
                "Adding security constraints with URL pattern [\(pattern)] to deny access with the uncovered HTTP"
                    + " methods that are not one of the following [\(list)]"
            )
        case (true, false):
            self.messages.append(
                "For security constraints with URL pattern [\(pattern)] only the HTTP methods [\(list)] are covered."
                    + " All other methods are uncovered."
            )
        case (false, true):
            self.messages.append(
                "Adding security constraints with URL pattern [\(pattern)] to deny access with the uncovered HTTP"
                    + " methods [\(list)]"
            )
        case (false, false):
            self.messages.append(
                "For security constraints with URL pattern [\(pattern)] the HTTP methods [\(list)] are uncovered."
            )
        }
        guard denied else { return }
        var collection = SecurityConstraint.Collection(name: "deny-uncovered-http-methods", patterns: [pattern])
        collection.omittedMethods = named ?? []
        collection.methods = only
        var constraint = SecurityConstraint()
        constraint.collections = [collection]
        constraint.roles = []
        self.denials.append(constraint)
    }
}
