extension RepositoryService {
    /// All types with their schemas, built-in ones included.
    package var schemas: JSONValue {
        let types = self.model.types
        return .object(JSONObject(types.names.compactMap { name in types[name].map { (key: name, value: $0.json) } }))
    }

    /// Creates a type or replaces its schema.
    package func setSchema(_ schema: JSONValue, of name: String, as caller: Caller) async throws {
        guard name != BuiltInTypes.schemaName, name != BuiltInTypes.designName else {
            throw RepositoryError.badRequest("You may not change the \(name) schema.")
        }
        if let id = self.model.types[name]?.id {
            var input = ObjectInput(content: schema)
            input.pointer = JSONPointer(tokens: ["schema"])
            _ = try await self.update(id, input, as: caller)
        } else {
            let content: JSONValue = ["identifier": "", "name": .string(name), "schema": schema]
            _ = try await self.create(ObjectInput(type: BuiltInTypes.schemaName, content: content), as: caller)
        }
    }

    /// Removes a type; its objects stay and cannot be changed until it exists again.
    package func deleteSchema(of name: String, as caller: Caller) async throws {
        guard let id = self.model.types[name]?.id else {
            guard caller.isAdmin || self.model.authorizer.mayCreate(BuiltInTypes.schemaName, caller) else {
                throw caller.denial
            }
            throw RepositoryError.badRequest("Schema \(name) does not exist.")
        }
        try await self.delete(id, as: caller)
    }

    /// The design object's content with the types' ids and schemas.
    package var designWithSchemas: JSONValue {
        let model = self.model
        var design = model.design.content
        let ids = model.schemaIDs.map { (key: $0.id.text, value: JSONValue.string($0.name)) }
        design["schemaIds"] = .object(JSONObject(ids))
        design["schemas"] = self.schemas
        return design
    }
}
