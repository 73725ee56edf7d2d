/// What a caller may do with an object.
package enum Permission: String, Sendable, Comparable {
    case none = "NONE"
    case read = "READ"
    case write = "WRITE"

    package static func < (left: Permission, right: Permission) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .none: 0
        case .read: 1
        case .write: 2
        }
    }
}

/// Decides on rights from lists alone.
package struct Authorizer: Sendable {
    package let table: RightsTable

    package init(table: RightsTable) { self.table = table }

    /// The permission on an object; nil stands for one that does not exist.
    package func permission(of caller: Caller, on object: DigitalObject?) -> Permission {
        if caller.isAdmin { return .write }
        let rights = self.table.rights(of: object?.type)
        if self.admits(object?.acl?.writers ?? rights.write, caller, object) { return .write }
        return self.admits(object?.acl?.readers ?? rights.read, caller, object) ? .read : .none
    }

    package func mayCreate(_ type: String, _ caller: Caller) -> Bool {
        caller.isAdmin || self.admits(self.table.rights(of: type).create, caller, nil)
    }

    private func admits(_ principals: [String], _ caller: Caller, _ object: DigitalObject?) -> Bool {
        principals.contains { principal in
            switch principal {
            case "public": true
            case "authenticated": caller.hasUserObject
            case "creator": object.map { caller.isIdentified(as: $0.metadata.createdBy) } ?? false
            case "self": object.map { caller.isIdentified(as: $0.id.text) } ?? false
            default: caller.isIdentified(as: principal)
            }
        }
    }

    /// The objects that a caller may read, as a condition on index entries; nil for those who may read all.
    package func readRestriction(for caller: Caller) -> Query? {
        guard !caller.isAdmin else { return nil }
        var ways: [Query] = []
        for field in ["aclRead", "aclWrite"] {
            ways += self.tokens(for: caller).map { .term(field: field, token: $0) }
            for (keyword, property) in [("creator", "createdBy"), ("self", "id")] where !caller.isAnonymous {
                let isOwn = Self.identity(caller, property)
                ways.append(.all([.term(field: field, token: keyword), isOwn]))
            }
            ways += self.inherited(field, caller)
        }
        return .any(ways)
    }

    /// Entries of a list that admit the caller whatever the object.
    private func tokens(for caller: Caller) -> [String] {
        ["public"] + (caller.hasUserObject ? ["authenticated"] : []) + caller.identities
    }

    private static func identity(_ caller: Caller, _ field: String) -> Query {
        let ids = field == "id" ? [caller.userID].compactMap { $0 } + caller.groupIDs : caller.identities
        return .any(ids.map { .term(field: field, token: $0) })
    }

    /// Objects without a list of their own, by type.
    private func inherited(_ field: String, _ caller: Caller) -> [Query] {
        let isMissing = Query.term(field: field, token: "missing")
        let listed = self.table.listedTypes
        var ways: [Query] = []
        for type in listed {
            guard let condition = self.condition(self.list(field, type), caller) else { continue }
            ways.append(.all([isMissing, .term(field: "type", token: type.lowercased())] + condition))
        }
        if let condition = self.condition(self.list(field, nil), caller) {
            let others = listed.map { QueryClause(.mustNot, .term(field: "type", token: $0.lowercased())) }
            let wanted = ([isMissing] + condition).map { QueryClause(.must, $0) }
            ways.append(.boolean(wanted + others))
        }
        return ways
    }

    private func list(_ field: String, _ type: String?) -> [String] {
        let rights = self.table.rights(of: type)
        return field == "aclRead" ? rights.read : rights.write
    }

    /// Further conditions under which a default list admits the caller; nil where it never does.
    private func condition(_ principals: [String], _ caller: Caller) -> [Query]? {
        let tokens = self.tokens(for: caller)
        if principals.contains(where: { tokens.contains($0.lowercased()) }) { return [] }
        guard !caller.isAnonymous else { return nil }
        var ways: [Query] = []
        if principals.contains("creator") { ways.append(Self.identity(caller, "createdBy")) }
        if principals.contains("self") { ways.append(Self.identity(caller, "id")) }
        return ways.isEmpty ? nil : [.any(ways)]
    }
}
