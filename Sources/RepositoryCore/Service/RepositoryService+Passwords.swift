extension RepositoryService {
    /// Changes the caller's own password.
    package func changePassword(of caller: Caller, to password: String) async throws {
        try self.requireWritable()
        guard caller.hasPresentedCredentials else {
            throw RepositoryError.forbidden(
                "Changing a password needs an Authorization header with the current credentials"
            )
        }
        guard !caller.isAdmin else { return try await self.setAdminPassword(to: password, isChange: true) }
        guard let userID = caller.userID, caller.hasUserObject else { throw RepositoryError.forbidden("No user") }
        let id = ObjectID(userID)
        try await self.dependencies.locker.withLocks(on: ["objects/\(id)"]) {
            guard var object = try await self.dependencies.storage.object(id), let type = self.model.types[object.type]
            else { throw RepositoryError.forbidden("No user") }
            let old = PasswordHash(json: object.metadata.internalMetadata)
            guard try await !self.dependencies.passwords.matches(password, old) else { throw Self.samePassword }
            var preparation = ObjectPreparation(type: type, prefix: self.model.settings.prefix)
            preparation.inspect(object.content)
            if let pointer = preparation.facts.auth[.requirePasswordChange] {
                _ = object.content.set(false, at: pointer)
            }
            let now = self.dependencies.clock.milliseconds
            if type.hasUserRules {
                var content: JSONValue = ["password": .string(password)]
                try BuiltInTypes.applyUserRules(to: &content, isNew: true)
            }
            try await self.dependencies.passwords.hash(of: password, entropy: self.dependencies.entropy)
                .store(in: &object.metadata.internalMetadata)
            if object.metadata.internalMetadata["requirePasswordChange"] != nil {
                object.metadata.internalMetadata["requirePasswordChange"] = false
            }
            object.metadata.modifiedOn = now
            object.metadata.modifiedBy = caller.recordedName
            object.metadata.txnId = self.nextTransactionID()
            let index = preparation.indexDocument(of: object, now: now)
            try await self.dependencies.committer.commit(UnitOfWork([.update(object, uploads: [], index: index)]))
            self.users.clear()
        }
    }

    private static let samePassword = RepositoryError.badRequest(
        "New password can not be the same as previous password."
    )

    /// Changes the administrator's password; the caller has been found to be admin.
    package func setAdminPassword(to password: String, isChange: Bool = false) async throws {
        try self.requireWritable()
        guard !password.isEmpty else { throw RepositoryError.badRequest("Empty admin password is not allowed") }
        if isChange, try await self.dependencies.passwords.matches(password, self.model.adminPassword) {
            throw Self.samePassword
        }
        try await self.dependencies.locker.withLocks(on: ["objects/design", "design"]) {
            guard var design = try await self.dependencies.storage.object(.design) else {
                throw StorageError.missing(.design)
            }
            try await self.dependencies.passwords.hash(of: password, entropy: self.dependencies.entropy)
                .store(in: &design.metadata.internalMetadata, prefix: RepositoryModel.adminPasswordPrefix)
            design.metadata.txnId = self.nextTransactionID()
            try await self.dependencies.committer.commit(UnitOfWork([.update(design, uploads: [], index: nil)]))
            try await self.reloadModel()
        }
    }
}
