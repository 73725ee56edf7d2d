extension RepositoryService {
    /// Changes an object and returns its new state as it is stored.
    package func update(_ id: ObjectID, _ input: ObjectInput, as caller: Caller) async throws -> DigitalObject {
        try self.requireWritable()
        try input.checkUploads()
        return try await self.change(id, caller, isDryRun: input.isDryRun) { object, existing throws(RepositoryError) in
            try self.apply(input, to: &object, existing: existing, caller)
            return input.uploads
        }
    }

    /// Replaces an object's own access control lists; lists not given are inherited again.
    package func setACL(
        of id: ObjectID,
        to acl: AccessControlList,
        as caller: Caller
    ) async throws -> AccessControlList {
        try self.requireWritable()
        let object = try await self.change(id, caller, isDryRun: false) { object, _ throws(RepositoryError) in
            object.acl = acl
            return []
        }
        return object.acl ?? AccessControlList()
    }

    /// Removes one node of an object's content.
    package func removeNode(at pointer: JSONPointer, of id: ObjectID, as caller: Caller) async throws {
        try self.requireWritable()
        guard !pointer.tokens.isEmpty else { throw RepositoryError.badRequest("Cannot delete empty json pointer") }
        _ = try await self.change(id, caller, isDryRun: false) { object, _ throws(RepositoryError) in
            guard object.content.remove(at: pointer) else {
                throw .notFound("Missing data at jsonPointer in object")
            }
            return []
        }
    }

    package func removePayload(_ name: String, of id: ObjectID, as caller: Caller) async throws {
        try self.requireWritable()
        _ = try await self.change(id, caller, isDryRun: false) { object, _ throws(RepositoryError) in
            guard object.payloads.contains(where: { $0.name == name }) else {
                throw .notFound("No payload \(name) in object \(id)")
            }
            object.payloads.removeAll { $0.name == name }
            return []
        }
    }

    private func apply(
        _ input: ObjectInput,
        to object: inout DigitalObject,
        existing: DigitalObject,
        _ caller: Caller
    ) throws(RepositoryError) {
        if let type = input.type, type != existing.type {
            // Whoever turns an object into one of another type makes one of that type.
            guard self.model.authorizer.mayCreate(type, caller) else { throw caller.denial }
            object.type = type
        }
        if let content = input.content {
            if let pointer = input.pointer {
                guard object.content.set(content, at: pointer) else {
                    throw .notFound("Missing data at jsonPointer in object")
                }
            } else {
                object.content = content
            }
        }
        if let acl = input.acl { object.acl = acl }
        if let userMetadata = input.userMetadata { object.userMetadata = userMetadata }
        let uploaded = input.uploads.map(\.payload)
        object.payloads.removeAll { payload in
            input.payloadsToDelete.contains(payload.name) && !uploaded.contains { $0.name == payload.name }
        }
        for payload in uploaded {
            if let position = object.payloads.firstIndex(where: { $0.name == payload.name }) {
                object.payloads[position] = payload
            } else {
                object.payloads.append(payload)
            }
        }
    }

    /// Runs an edit under the object's lock and everything that belongs to an update after it.
    private func change(
        _ id: ObjectID,
        _ caller: Caller,
        isDryRun: Bool,
        _ edit: (inout DigitalObject, DigitalObject) throws(RepositoryError) -> [PayloadUpload]
    ) async throws -> DigitalObject {
        // The type decides which names are held; where it changes meanwhile, the change is tried again.
        while true {
            let before = try await self.access(id, caller).required(.write, by: caller)
            var draft = before
            _ = try edit(&draft, before)
            guard let type = self.model.types[draft.type] else {
                throw RepositoryError.badRequest("Unknown type \(draft.type)")
            }
            let result: DigitalObject? = try await self.dependencies.locker.withLocks(
                on: self.lockNames(for: type, id: id)
            ) {
                let existing = try await self.access(id, caller).required(.write, by: caller)
                guard existing.type == before.type else { return nil }
                guard !existing.metadata.isVersion || self.model.settings.enableVersionEdits else {
                    throw RepositoryError.badRequest("Objects versions cannot be edited")
                }
                var object = existing
                let uploads = try edit(&object, existing)
                try await self.finish(&object, existing, type, uploads, (caller, isDryRun))
                return object
            }
            if let result { return result }
        }
    }

    private func finish(
        _ object: inout DigitalObject,
        _ existing: DigitalObject,
        _ type: TypeDefinition,
        _ uploads: [PayloadUpload],
        _ run: (caller: Caller, isDryRun: Bool)
    ) async throws {
        var preparation = ObjectPreparation(type: type, prefix: self.model.settings.prefix)
        try preparation.validate(&object.content, isNew: false)
        try await self.check(object, preparation.facts, id: object.id)
        let now = self.dependencies.clock.milliseconds
        object.metadata.modifiedOn = now
        object.metadata.modifiedBy = run.caller.recordedName
        try await preparation.protectSecrets(of: &object, previous: existing, with: self.dependencies)
        preparation.complete(&object)
        object.metadata.hashes = nil
        if type.hashesObjects {
            object.metadata.hashes = try await self.hashes(of: object, uploads: uploads, previous: existing)
        }
        guard !run.isDryRun else { return }
        object.metadata.txnId = self.nextTransactionID()
        let index = preparation.indexDocument(of: object, now: now)
        try await self.dependencies.committer.commit(
            UnitOfWork([.update(object, uploads: uploads, index: index)])
        )
        try await self.changed(object.id, types: [type, self.model.types[existing.type]])
        if object.metadata.internalMetadata["accountActive"]?.bool == false {
            self.sessions.revokeAll(of: object.id.text)
        }
    }

    package func delete(_ id: ObjectID, as caller: Caller) async throws {
        try self.requireWritable()
        guard id != .design else { throw RepositoryError.badRequest("The design object cannot be deleted") }
        let access = try await self.access(id, caller)
        let object = try access.required(.write, by: caller)
        let type = self.model.types[object.type]
        try await self.dependencies.locker.withLocks(on: ["objects/\(id)"]) {
            do {
                try await self.dependencies.committer.commit(UnitOfWork([.delete(id)]))
            } catch StorageError.missing {
                throw RepositoryError.missingObject
            }
            try await self.changed(id, types: [type])
        }
        self.sessions.revokeAll(of: id.text)
    }
}
