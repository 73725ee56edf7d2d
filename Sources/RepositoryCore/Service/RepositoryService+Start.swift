extension RepositoryService {
    /// What a start needs to know beyond the store.
    package struct Initialization: Sendable {
        /// From `repoInit.json`, if there is one.
        package var repoInit: RepositoryInit?
        /// Keeps a password that had to be made up where the operator finds it; called before it is in force.
        package var keepGeneratedPassword: (@Sendable (String) async throws -> Void)?

        package init(
            repoInit: RepositoryInit? = nil,
            keepGeneratedPassword: (@Sendable (String) async throws -> Void)? = nil
        ) {
            self.repoInit = repoInit
            self.keepGeneratedPassword = keepGeneratedPassword
        }
    }

    /// Opens a repository: an empty store becomes one with the initial types.
    ///
    /// Design, types and password are written in one unit, so a start that is cut off begins anew.
    package static func start(
        on dependencies: Dependencies,
        options: Options = Options(),
        initialization: Initialization = Initialization()
    ) async throws -> RepositoryService {
        let now = dependencies.clock.milliseconds
        let existing = try await dependencies.storage.object(.design)
        var design =
            existing
            ?? DigitalObject(
                id: .design,
                type: BuiltInTypes.designName,
                content: DesignSettings.initialContent,
                metadata: ObjectMetadata(createdOn: now, createdBy: "admin")
            )
        initialization.repoInit?.apply(to: &design.content)
        try await Self.setAdminPassword(of: &design, initialization, dependencies)
        var steps: [UnitOfWork.Step] = []
        if existing == nil {
            steps.append(.create(design, uploads: [], index: nil))
            steps += Self.initialTypes(design: design, entropy: dependencies.entropy, now: now)
        } else if design != existing {
            design.metadata.modifiedOn = now
            steps.append(.update(design, uploads: [], index: nil))
        }
        if !steps.isEmpty {
            guard !options.isReadOnly else { throw RepositoryError.readOnly }
            try await dependencies.committer.commit(UnitOfWork(steps))
        }
        let schemas = try await Self.schemaObjects(in: dependencies.storage)
        return RepositoryService(
            dependencies: dependencies,
            options: options,
            model: RepositoryModel(design: design, schemaObjects: schemas)
        )
    }

    private static func setAdminPassword(
        of design: inout DigitalObject,
        _ initialization: Initialization,
        _ dependencies: Dependencies
    ) async throws {
        let prefix = RepositoryModel.adminPasswordPrefix
        var password = initialization.repoInit?.adminPassword
        if password == nil, PasswordHash(json: design.metadata.internalMetadata, prefix: prefix) == nil {
            guard let keep = initialization.keepGeneratedPassword else {
                throw RepositoryError.badRequest("No admin password: provide one as adminPassword in repoInit.json")
            }
            let generated = Base64.encodeURL(dependencies.entropy.bytes(18))
            try await keep(generated)
            password = generated
        }
        guard let password else { return }
        guard !password.isEmpty else { throw RepositoryError.badRequest("Empty admin password is not allowed") }
        try await dependencies.passwords.hash(of: password, entropy: dependencies.entropy)
            .store(in: &design.metadata.internalMetadata, prefix: prefix)
    }

    private static func initialTypes(
        design: DigitalObject,
        entropy: any EntropySource,
        now: Int64
    ) -> [UnitOfWork.Step] {
        let prefix = DesignSettings(content: design.content).prefix
        var txnId = now * 1000
        return BuiltInTypes.initial.map { name, schema, javascript in
            let id = IDMinter.id(prefix: prefix, seed: name)
            var content: JSONObject = ["identifier": .string(id.text), "name": .string(name), "schema": schema]
            content["javascript"] = javascript.map { .string($0) }
            var metadata = ObjectMetadata(createdOn: now, createdBy: "admin")
            txnId += 1
            metadata.txnId = txnId
            let object = DigitalObject(
                id: id,
                type: BuiltInTypes.schemaName,
                content: .object(content),
                metadata: metadata
            )
            var hints = IndexHints()
            hints.schemaName = name
            return .create(object, uploads: [], index: IndexDocument(object, hints: hints, indexedOn: now))
        }
    }
}
