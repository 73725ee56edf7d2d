/// What became of one object of a batch.
package struct BatchResult: Sendable, Equatable {
    package var position: Int
    package var status: Int
    package var body: JSONValue?

    package init(position: Int, status: Int, body: JSONValue?) {
        self.position = position
        self.status = status
        self.body = body
    }

    package var isSuccess: Bool { self.status < 300 }

    package var json: JSONValue {
        ["position": JSONValue(self.position), "responseCode": JSONValue(self.status), "response": self.body ?? [:]]
    }
}

extension RepositoryService {
    /// Creates one object of a batch, or changes it where its id exists.
    package func createOrUpdate(_ json: JSONValue, position: Int, as caller: Caller) async -> BatchResult {
        do {
            let object = try await self.createOrUpdate(json, as: caller)
            return BatchResult(position: position, status: 200, body: object.json)
        } catch {
            let answer = RepositoryError.answer(to: error)
            return BatchResult(position: position, status: answer.status, body: answer.body)
        }
    }

    private func createOrUpdate(_ json: JSONValue, as caller: Caller) async throws -> DigitalObject {
        guard json.object != nil else { throw RepositoryError.badRequest("Object of a batch is not a JSON object") }
        var input = ObjectInput(type: json["type"]?.string, content: json["content"])
        guard input.content != nil else { throw RepositoryError.badRequest("Missing JSON") }
        if let acl = json["acl"], acl != .null { input.acl = try AccessControlList(json: acl) }
        input.userMetadata = json["userMetadata"]
        guard let id = json["id"]?.string, !id.isEmpty else { return try await self.create(input, as: caller) }
        if try await self.dependencies.storage.contains(ObjectID(id)) {
            return try await self.update(ObjectID(id), input, as: caller)
        }
        input.handle = id
        return try await self.create(input, as: caller)
    }

    /// Stores objects as they are, ids, dates and creators included; the caller has been found to be admin.
    ///
    /// - Throws: 400 where one of them is no object; nothing has been stored then.
    package func load(_ list: [JSONValue], replacingAll: Bool) async throws {
        try self.requireWritable()
        var objects: [DigitalObject] = []
        for json in list {
            do throws(RepositoryError) {
                objects.append(try DigitalObject(json: json))
            } catch {
                throw RepositoryError.badRequest(
                    "Object \(objects.count) of the list: \(error.message ?? "unreadable")"
                )
            }
        }
        if replacingAll { try await self.removeAllObjects() }
        let rank = { (object: DigitalObject) in
            object.id == .design ? 0 : object.type == BuiltInTypes.schemaName ? 1 : 2
        }
        for current in 0...2 {
            for object in objects where rank(object) == current { try await self.store(object) }
            try await self.reloadModel()
        }
        self.users.clear()
    }

    private func store(_ loaded: DigitalObject) async throws {
        try await self.dependencies.locker.withLocks(on: ["objects/\(loaded.id)"]) {
            var object = loaded
            let existing = try await self.dependencies.storage.object(object.id)
            object.payloads = existing?.payloads ?? []
            object.metadata.txnId = self.nextTransactionID()
            object.metadata.internalMetadata = existing?.metadata.internalMetadata ?? JSONObject()
            var index: IndexDocument?
            let now = self.dependencies.clock.milliseconds
            if let type = self.model.types[object.type] {
                var preparation = ObjectPreparation(type: type, prefix: self.model.settings.prefix)
                preparation.inspect(object.content)
                try await preparation.protectSecrets(of: &object, previous: existing, with: self.dependencies)
                index = preparation.indexDocument(of: object, now: now)
            } else {
                index = IndexDocument(object, hints: IndexHints(), indexedOn: now)
            }
            let step =
                existing == nil
                ? UnitOfWork.Step.create(object, uploads: [], index: index)
                : .update(object, uploads: [], index: index)
            try await self.dependencies.committer.commit(UnitOfWork([step]))
        }
    }

    private func removeAllObjects() async throws {
        let page = 500
        var last: ObjectID?
        while true {
            let ids = try await self.dependencies.storage.ids(after: last, type: nil, limit: page)
            let steps = ids.filter { $0 != .design }.map { UnitOfWork.Step.delete($0) }
            if !steps.isEmpty { try await self.dependencies.committer.commit(UnitOfWork(steps)) }
            guard ids.count == page else { return }
            last = ids.last
        }
    }
}
