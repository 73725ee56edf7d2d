/// Everything that requests read of design and types, as one value that is swapped whole.
package struct RepositoryModel: Sendable {
    package let design: DigitalObject
    package let settings: DesignSettings
    package let types: TypeRegistry
    package let authorizer: Authorizer
    /// Schema objects' ids with the names of their types.
    package let schemaIDs: [(id: ObjectID, name: String)]

    init(design: DigitalObject, schemaObjects: [DigitalObject]) {
        self.design = design
        self.settings = DesignSettings(content: design.content)
        self.types = TypeRegistry(schemaObjects: schemaObjects)
        self.authorizer = Authorizer(
            table: RightsTable(authConfig: design.content["authConfig"], types: self.types)
        )
        self.schemaIDs = schemaObjects.compactMap { object in
            object.content["name"]?.string.map { (id: object.id, name: $0) }
        }
    }

    /// The hash of the administrator's password.
    var adminPassword: PasswordHash? {
        PasswordHash(json: self.design.metadata.internalMetadata, prefix: Self.adminPasswordPrefix)
    }

    static let adminPasswordPrefix = "admin_password_"

    /// Types of which a caller may create objects, in alphabetical order.
    package func typesPermittedToCreate(_ caller: Caller) -> [String] {
        self.types.names.filter { $0 != BuiltInTypes.designName && self.authorizer.mayCreate($0, caller) }
    }
}

extension RepositoryModel {
    /// The index entry of a stored object, made anew; nil for the design object.
    package func indexDocument(of object: DigitalObject, now: Int64) -> IndexDocument? {
        guard object.id != .design else { return nil }
        guard let type = self.types[object.type] else {
            return IndexDocument(object, hints: IndexHints(), indexedOn: now)
        }
        var preparation = ObjectPreparation(type: type, prefix: self.settings.prefix)
        preparation.inspect(object.content)
        return preparation.indexDocument(of: object, now: now)
    }

    /// The media type that an object's type gives to the node at a pointer.
    package func mediaType(at pointer: JSONPointer, of object: DigitalObject) -> String? {
        guard let type = self.types[object.type] else { return nil }
        var preparation = ObjectPreparation(type: type, prefix: self.settings.prefix)
        preparation.inspect(object.content)
        return preparation.facts.mediaTypes[pointer]
    }
}
