/// Who may do what with objects of a type, where they do not say so themselves.
package struct TypeRights: Sendable, Equatable {
    package var read: [String]?
    package var write: [String]?
    package var create: [String]?

    package init(read: [String]? = nil, write: [String]? = nil, create: [String]? = nil) {
        self.read = read
        self.write = write
        self.create = create
    }

    package init(json: JSONValue) {
        self.read = json["defaultAclRead"]?.strings
        self.write = json["defaultAclWrite"]?.strings
        self.create = json["aclCreate"]?.strings
    }
}

/// The rights of all types, as the design object and the types have them.
package struct RightsTable: Sendable {
    /// `authConfig` of a new design object, which also holds where a design object has none.
    package static let defaultConfiguration: JSONValue = [
        "schemaAcls": [
            "User": ["defaultAclRead": ["public"], "defaultAclWrite": ["self"], "aclCreate": []],
            "Schema": ["defaultAclRead": ["public"], "defaultAclWrite": [], "aclCreate": []],
            "CordraDesign": ["defaultAclRead": ["public"], "defaultAclWrite": [], "aclCreate": []],
        ],
        "defaultAcls": [
            "defaultAclRead": ["public"], "defaultAclWrite": ["creator"], "aclCreate": ["authenticated"],
        ],
    ]

    private let defaults: TypeRights
    private var byType: [String: TypeRights] = [:]

    /// `authConfig` of a type comes before its row in the design object's table.
    package init(authConfig: JSONValue?, types: TypeRegistry) {
        let configuration = authConfig?.object == nil ? Self.defaultConfiguration : authConfig ?? [:]
        self.defaults = TypeRights(json: configuration["defaultAcls"] ?? [:])
        for (name, rights) in configuration["schemaAcls"]?.object ?? [:] {
            self.byType[name] = TypeRights(json: rights)
        }
        for type in types.types.values {
            if let rights = type.rights { self.byType[type.name] = rights }
        }
    }

    /// Types that have a row of their own.
    var listedTypes: [String] { self.byType.keys.sorted() }

    /// The complete row of a type; a list that it lacks comes from the defaults, and admits nobody where
    /// they lack it too.
    func rights(of type: String?) -> (read: [String], write: [String], create: [String]) {
        let row = type.flatMap { self.byType[$0] }
        return (
            read: row?.read ?? self.defaults.read ?? [], write: row?.write ?? self.defaults.write ?? [],
            create: row?.create ?? self.defaults.create ?? []
        )
    }
}
