import Synchronization

/// The repository's rules over whatever stores and indexes it: each method is one operation of the API.
///
/// Isolation: any thread. Changes of one object take turns through its name lock; design and types are read
/// from an immutable model that every change of them replaces.
package final class RepositoryService: Sendable {
    /// What the rules stand on.
    package struct Dependencies: Sendable {
        package var storage: any Storage
        package var indexer: any Indexer
        package var committer: any UnitCommitter
        package var locker: any NameLocker
        package var uploads: any UploadReader
        package var clock: any WallClock
        package var entropy: any EntropySource
        package let passwords = PasswordThreads()

        package init(
            storage: any Storage,
            indexer: any Indexer,
            committer: any UnitCommitter,
            locker: any NameLocker,
            uploads: any UploadReader
        ) {
            self.storage = storage
            self.indexer = indexer
            self.committer = committer
            self.locker = locker
            self.uploads = uploads
            self.clock = SystemClock()
            self.entropy = SystemEntropy()
        }
    }

    package struct Options: Sendable {
        /// Whether a word of a query may begin with a wildcard.
        package var allowLeadingWildcard = false
        package var isReadOnly = false
        package var sessionTimeoutMinutes = 30

        package init() {}
    }

    let dependencies: Dependencies
    package let options: Options
    package let sessions: SessionStore
    package let backOff: BackOff
    package let users: UserDirectory
    /// Where passwords are hashed and compared.
    package var passwords: PasswordThreads { self.dependencies.passwords }
    private let currentModel: Mutex<RepositoryModel>
    private let lastTransaction = Mutex<Int64>(0)

    /// The model has to be that of the store: ``start(on:options:initialization:)`` sees to it.
    init(dependencies: Dependencies, options: Options, model: RepositoryModel) {
        self.dependencies = dependencies
        self.options = options
        self.sessions = SessionStore(
            clock: dependencies.clock,
            entropy: dependencies.entropy,
            timeoutMinutes: options.sessionTimeoutMinutes
        )
        self.backOff = BackOff(clock: dependencies.clock)
        self.users = UserDirectory(storage: dependencies.storage, indexer: dependencies.indexer)
        self.currentModel = Mutex(model)
    }

    package var model: RepositoryModel { self.currentModel.withLock { $0 } }

    /// Reads design and types again, after one of them has changed.
    func reloadModel() async throws {
        let design = try await self.dependencies.storage.object(.design)
        let schemas = try await Self.schemaObjects(in: self.dependencies.storage)
        guard let design else { throw StorageError.missing(.design) }
        let model = RepositoryModel(design: design, schemaObjects: schemas)
        self.currentModel.withLock { $0 = model }
    }

    static func schemaObjects(in storage: any Storage) async throws -> [DigitalObject] {
        let page = 500
        var objects: [DigitalObject] = []
        var last: ObjectID?
        while true {
            let ids = try await storage.ids(after: last, type: BuiltInTypes.schemaName, limit: page)
            objects += try await storage.objects(ids)
            guard ids.count == page else { break }
            last = ids.last
        }
        return objects.filter { !$0.metadata.isVersion }
    }

    /// A number greater than any before it: milliseconds × 1000 and a counter.
    func nextTransactionID() -> Int64 {
        let now = self.dependencies.clock.milliseconds * 1000
        return self.lastTransaction.withLock { last in
            last = max(now, last + 1)
            return last
        }
    }

    func requireWritable() throws(RepositoryError) {
        if self.options.isReadOnly || self.model.settings.isReadOnly { throw .readOnly }
    }

    // MARK: Rights

    /// An object that may not exist, and what the caller may do with it.
    package func access(_ id: ObjectID, _ caller: Caller) async throws -> ObjectAccess {
        let object = try await self.dependencies.storage.object(id)
        return ObjectAccess(object: object, permission: self.model.authorizer.permission(of: caller, on: object))
    }
}

/// An object as a caller meets it.
package struct ObjectAccess: Sendable {
    package var object: DigitalObject?
    package var permission: Permission

    /// The object, where the caller has the permission.
    ///
    /// - Throws: 401 or 403 without body, then 404.
    package func required(_ permission: Permission, by caller: Caller) throws(RepositoryError) -> DigitalObject {
        guard self.permission >= permission else { throw caller.denial }
        guard let object = self.object else { throw .missingObject }
        return object
    }
}

/// Reads bytes that a client has sent and that wait to be stored.
package protocol UploadReader: Sendable {
    /// The next piece of an upload from an offset; empty at its end.
    func bytes(of upload: PayloadUpload, from offset: Int64) async throws -> [UInt8]
}
