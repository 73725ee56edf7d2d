extension RepositoryService {
    /// Checks of an object against the others in the store; all of them 400.
    func check(_ object: DigitalObject, _ facts: ContentFacts, id: ObjectID?) async throws {
        try await self.checkReferences(object.content, facts)
        if let username = facts.text(.username, in: object.content), !username.isEmpty {
            try await self.checkUsername(username, id: id)
        }
        if object.type == BuiltInTypes.schemaName { try await self.checkSchema(object.content, id: id) }
    }

    private func checkReferences(_ content: JSONValue, _ facts: ContentFacts) async throws {
        let prefix = self.model.settings.prefix
        var open: [(id: String, pointer: JSONPointer, reference: HandleReference)] = []
        for (pointer, reference) in facts.references {
            guard let text = content[pointer]?.string, !text.isEmpty else { continue }
            open.append((id: reference.id(text, prefix: prefix), pointer: pointer, reference: reference))
        }
        guard !open.isEmpty else { return }
        var types: [String: String] = [:]
        for object in try await self.dependencies.storage.objects(open.map { ObjectID($0.id) }) {
            types[object.id.text] = object.type
        }
        for (id, pointer, reference) in open {
            guard let type = types[id] else {
                throw RepositoryError.badRequest("Unexpected missing cordra object \(id) at \(pointer)")
            }
            if let objection = reference.objection(to: id, type: type) { throw RepositoryError.badRequest(objection) }
        }
    }

    private func checkUsername(_ username: String, id: ObjectID?) async throws {
        let holder = try await self.users.userID(named: username)
        guard username.lowercased() != "admin", holder == nil || holder == id else {
            throw RepositoryError.badRequest("Username \(username) is not unique.")
        }
    }

    private func checkSchema(_ content: JSONValue, id: ObjectID?) async throws {
        let model = self.model
        let name = content["name"]?.string ?? ""
        guard name != BuiltInTypes.schemaName, name != BuiltInTypes.designName else {
            throw RepositoryError.badRequest("You may not change the \(name) schema.")
        }
        guard !model.schemaIDs.contains(where: { $0.name == name && $0.id != id }) else {
            throw RepositoryError.badRequest("Schema name \(name) is not unique.")
        }
        guard let json = TypeDefinition.schema(in: content) else {
            throw RepositoryError.badRequest("/schema: schema is neither an object nor the text of one")
        }
        do throws(SchemaError) {
            try JSONSchema.checkSyntax(of: json)
            let schema = try JSONSchema(json, uri: TypeDefinition.uri(of: name))
            // A reference to another type may lead to one that is yet to come.
            if let local = schema.unresolvedReferences.first(where: { $0.hasPrefix("#") }) {
                throw .unresolvable(reference: local)
            }
        } catch {
            throw RepositoryError.badRequest("/schema: \(error.description)")
        }
    }

    /// The names that a change of an object has to hold besides the object's own.
    func lockNames(for type: TypeDefinition, id: ObjectID) -> Set<String> {
        var names: Set<String> = ["objects/\(id)"]
        if type.name == BuiltInTypes.schemaName { names.insert("schemaName") }
        if type.definesUsers { names.insert("username") }
        if id == .design { names.insert("design") }
        return names
    }

    /// What follows a change of an object of these types: caches that may be wrong now are renewed.
    func changed(_ id: ObjectID, types: [TypeDefinition?]) async throws {
        if id == .design || types.contains(where: { $0?.name == BuiltInTypes.schemaName }) {
            try await self.reloadModel()
        }
        // A type that has gone may have been one of users.
        if types.contains(where: { $0?.concernsAuthentication ?? true }) { self.users.clear() }
    }

    /// Hashes of an object in its final state, payloads included.
    func hashes(
        of object: DigitalObject,
        uploads: [PayloadUpload],
        previous: DigitalObject?
    ) async throws -> JSONValue {
        var payloads: [(name: String, hash: String)] = []
        for payload in object.payloads {
            let upload = uploads.first { $0.payload.name == payload.name }
            let known = previous?.metadata.hashes?["payloads"]?[payload.name]?.string
            if upload == nil, let known {
                payloads.append((name: payload.name, hash: known))
            } else {
                let hash = try await self.hash(of: payload, upload: upload, id: object.id)
                payloads.append((name: payload.name, hash: hash))
            }
        }
        return ObjectHashes.json(of: object, payloads: payloads)
    }

    private func hash(of payload: Payload, upload: PayloadUpload?, id: ObjectID) async throws -> String {
        let digest = RunningDigest()
        let piece: Int64 = 262_144
        var offset: Int64 = 0
        while offset < payload.size {
            let bytes: [UInt8]
            if let upload {
                bytes = try await self.dependencies.uploads.bytes(of: upload, from: offset)
            } else {
                let range = offset..<min(offset + piece, payload.size)
                bytes = try await self.dependencies.storage.payload(payload.name, of: id, in: range) ?? []
            }
            guard !bytes.isEmpty else { break }
            digest.update(bytes)
            offset += Int64(bytes.count)
        }
        return Hex.encode(digest.finish())
    }
}
