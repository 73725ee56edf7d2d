/// A type of digital objects, ready to validate.
package struct TypeDefinition: Sendable {
    package let name: String
    /// The schema as it was stored.
    package let json: JSONValue
    package let schema: JSONSchema
    package let javascript: String?
    /// Whether objects carry hashes of themselves.
    package let hashesObjects: Bool
    package let rights: TypeRights?
    /// The schema object that defines the type; nil for built-in ones.
    package let id: ObjectID?
    /// `metadata.createdBy` of that object.
    package let createdBy: String

    /// Whether objects are users, whose names have to be unique.
    package var definesUsers: Bool { self.schema.mentions(.username) }

    /// Whether a change of an object may change who is who.
    package var concernsAuthentication: Bool {
        self.definesUsers || self.schema.mentions(.usersList) || self.schema.mentions(.password)
    }

    /// Whether the rules of a new repository's users hold.
    var hasUserRules: Bool { self.javascript == BuiltInTypes.userJavaScript }

    /// Path under which schemas of other types refer to this one.
    static func uri(of name: String) -> String { "/cordra/schemas/\(name).schema.json" }

    /// The schema that a schema object's content holds, as an object or as a text.
    package static func schema(in content: JSONValue) -> JSONValue? {
        guard let schema = content["schema"] else { return nil }
        guard let text = schema.string else { return schema.object == nil ? nil : schema }
        return try? JSONValue(parsing: text)
    }
}

/// All types of a repository, swapped as a whole when one of them changes.
package struct TypeRegistry: Sendable {
    package private(set) var types: [String: TypeDefinition] = [:]
    /// Schema objects that define no usable type, with the reason.
    package private(set) var broken: [String: String] = [:]

    /// - Parameter schemaObjects: objects of type `Schema`, in any order.
    package init(schemaObjects: [DigitalObject]) {
        var documents: [String: JSONValue] = [:]
        for object in schemaObjects {
            guard let name = object.content["name"]?.string, let json = TypeDefinition.schema(in: object.content) else {
                continue
            }
            documents[TypeDefinition.uri(of: name)] = json
        }
        for object in schemaObjects { self.add(object, documents) }
        self.addBuiltIn(BuiltInTypes.schemaName, BuiltInTypes.schemaSchema)
        self.addBuiltIn(BuiltInTypes.designName, BuiltInTypes.designSchema)
    }

    private mutating func add(_ object: DigitalObject, _ documents: [String: JSONValue]) {
        guard let name = object.content["name"]?.string, let json = TypeDefinition.schema(in: object.content) else {
            self.broken[object.id.text] = "name or schema is missing"
            return
        }
        do throws(SchemaError) {
            let schema = try JSONSchema(json, uri: TypeDefinition.uri(of: name), documents: documents)
            self.types[name] = TypeDefinition(
                name: name,
                json: json,
                schema: schema,
                javascript: object.content["javascript"]?.string,
                hashesObjects: object.content["hashObject"]?.bool ?? false,
                rights: object.content["authConfig"].map { TypeRights(json: $0) },
                id: object.id,
                createdBy: object.metadata.createdBy
            )
        } catch {
            self.broken[name] = error.description
        }
    }

    private mutating func addBuiltIn(_ name: String, _ json: JSONValue) {
        do throws(SchemaError) {
            self.types[name] = TypeDefinition(
                name: name,
                json: json,
                schema: try JSONSchema(json),
                javascript: nil,
                hashesObjects: false,
                rights: nil,
                id: nil,
                createdBy: "admin"
            )
        } catch {
            preconditionFailure("built-in type \(name): \(error)")
        }
    }

    package subscript(name: String) -> TypeDefinition? { self.types[name] }

    /// Names in alphabetical order.
    package var names: [String] { self.types.keys.sorted() }
}
