extension RepositoryService {
    /// Whether a caller may create objects of a type.
    ///
    /// - Throws: 400 for a type that is missing, 401 or 403 for one that the caller may not use, and 400 for
    ///   one that does not exist.
    package func requireCreation(of type: String?, by caller: Caller) throws(RepositoryError) -> TypeDefinition {
        try self.requireWritable()
        guard let type, !type.isEmpty else { throw .badRequest("Missing object type") }
        let model = self.model
        guard model.authorizer.mayCreate(type, caller) else { throw caller.denial }
        guard let definition = model.types[type], type != BuiltInTypes.designName else {
            throw .badRequest("Unknown type \(type)")
        }
        return definition
    }

    /// Creates an object and returns it as it is stored.
    package func create(_ input: ObjectInput, as caller: Caller) async throws -> DigitalObject {
        let type = try self.requireCreation(of: input.type, by: caller)
        guard var content = input.content else { throw RepositoryError.badRequest("Missing JSON") }
        try input.checkUploads()
        var preparation = ObjectPreparation(type: type, prefix: self.model.settings.prefix)
        try preparation.validate(&content, isNew: true)
        let wanted = try self.wantedID(input)
        var candidates: [ObjectID] = []
        if let wanted {
            candidates = [wanted]
        } else if let primary = preparation.facts.primary, let seed = content[primary]?.string, !seed.isEmpty {
            candidates = [IDMinter.id(prefix: preparation.prefix, seed: seed)]
        }
        while true {
            let id =
                candidates.popLast()
                ?? IDMinter.randomID(prefix: preparation.prefix, entropy: self.dependencies.entropy)
            do {
                return try await self.create(id, content, input, preparation, caller)
            } catch StorageError.alreadyExists {
                guard wanted == nil else { throw RepositoryError.conflict("Object already exists: \(id)") }
            }
        }
    }

    private func wantedID(_ input: ObjectInput) throws(RepositoryError) -> ObjectID? {
        let handle = input.handle ?? input.suffix.flatMap { $0.isEmpty ? nil : "\(self.model.settings.prefix)/\($0)" }
        guard let handle, !handle.isEmpty else { return nil }
        let id = ObjectID(handle)
        guard id.isValidHandle else { throw .badRequest("Invalid handle: \(handle)") }
        return id
    }

    /// - Throws: ``StorageError/alreadyExists(_:)`` where the id is taken.
    private func create(
        _ id: ObjectID,
        _ content: JSONValue,
        _ input: ObjectInput,
        _ preparation: ObjectPreparation,
        _ caller: Caller
    ) async throws -> DigitalObject {
        let names = self.lockNames(for: preparation.type, id: id)
        return try await self.dependencies.locker.withLocks(on: names) {
            let now = self.dependencies.clock.milliseconds
            var object = DigitalObject(
                id: id,
                type: preparation.type.name,
                content: content,
                metadata: ObjectMetadata(createdOn: now, createdBy: caller.recordedName)
            )
            object.acl = input.acl
            object.userMetadata = input.userMetadata
            object.payloads = input.uploads.map(\.payload)
            try await self.check(object, preparation.facts, id: nil)
            try await preparation.protectSecrets(of: &object, previous: nil, with: self.dependencies)
            preparation.complete(&object)
            if preparation.type.hashesObjects {
                object.metadata.hashes = try await self.hashes(of: object, uploads: input.uploads, previous: nil)
            }
            guard !input.isDryRun else {
                if try await self.dependencies.storage.contains(id) { throw StorageError.alreadyExists(id) }
                return object
            }
            object.metadata.txnId = self.nextTransactionID()
            let index = preparation.indexDocument(of: object, now: now)
            let step = UnitOfWork.Step.create(object, uploads: input.uploads, index: index)
            try await self.dependencies.committer.commit(UnitOfWork([step]))
            try await self.changed(id, types: [preparation.type])
            return object
        }
    }
}
