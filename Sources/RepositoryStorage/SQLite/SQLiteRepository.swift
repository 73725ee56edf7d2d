package import GRDB
package import RepositoryCore

/// Objects, payloads and index of a repository in one directory: the default storage.
///
/// `repository.sqlite` holds the objects and the tables of the index, `payloads/` the payload bytes. An object
/// and its index entry change in one transaction, so a search never misses or invents an object, and when
/// ``commit(_:)`` returns both survive `kill -9` and power loss.
///
/// Isolation: any thread; no method blocks its caller.
package final class SQLiteRepository<Index: TransactionalIndex>: Sendable where Index.Connection == Database {
    /// What the index's state is at the start.
    package enum IndexState: Sendable, Equatable {
        case usable
        /// Every object has to be indexed anew: see ``rebuildIndex(document:progress:)``.
        case needsRebuild
    }

    private static var rebuildKey: String { "index.rebuild" }

    let database: SQLiteDatabase
    let files: PayloadFiles
    let index: Index
    let lanes = BlockingLanes(label: "repository.files", count: 2)
    let queue: BatchQueue<PreparedUnit<Index.Entry>>
    /// Whether the index can be used as it was found.
    package let indexState: IndexState
    /// Payload files that a crash had left behind and that were deleted at the start.
    package let orphansRemoved: Int

    /// Opens the repository in a directory, which is made where it is missing; blocks the calling thread.
    ///
    /// - Throws: ``StorageFailure`` with a text for the log.
    package init(
        directory: String,
        index: Index,
        entropy: any EntropySource = SystemEntropy(),
        configuration: SQLiteConfiguration = SQLiteConfiguration()
    ) throws {
        let database = try SQLiteDatabase(directory: directory, configuration: configuration) { try index.prepare($0) }
        let files = PayloadFiles(directory: directory + "/payloads", entropy: entropy)
        do {
            self.indexState = try Self.openTables(of: index, in: database)
            self.orphansRemoved = try Self.removeOrphans(files, database)
        } catch {
            try database.close()
            throw error
        }
        self.database = database
        self.files = files
        self.index = index
        let writer = UnitWriter(database: database, files: files, index: index)
        self.queue = BatchQueue(label: "repository.writer") { writer.write($0) }
    }

    private static func openTables(of index: Index, in database: SQLiteDatabase) throws -> IndexState {
        var migrator = DatabaseMigrator()
        ObjectTable.register(in: &migrator)
        do {
            guard try !database.pool.read({ try migrator.hasBeenSuperseded($0) }) else {
                throw StorageFailure(.other, path: database.path, detail: "written by a newer release")
            }
            try migrator.migrate(database.pool)
        } catch {
            throw StorageFailure.wrapping(error, path: database.path)
        }
        return try database.writeBlocking { db in
            let condition = try index.open(db)
            let wasInterrupted = try SettingTable.value(Self.rebuildKey, in: db) != nil
            let isUsable = try condition == .usable || (condition == .created && ObjectTable.count(in: db) == 0)
            return isUsable && !wasInterrupted ? .usable : .needsRebuild
        }
    }

    private static func removeOrphans(_ files: PayloadFiles, _ database: SQLiteDatabase) throws -> Int {
        guard try files.open() else { return 0 }
        return try database.writeBlocking { db in
            try files.removeOrphans { try PayloadTable.contains(file: $0, in: db) }
        }
    }

    /// Finishes the writes that wait and closes the files; blocks the calling thread.
    package func close() throws {
        self.queue.close()
        try self.database.close()
        self.files.close()
    }

    /// How many objects there are.
    package func count() async throws -> Int {
        try await self.database.read { try ObjectTable.count(in: $0) }
    }

    /// Empties the index and fills it from the objects, in batches that other writes may come between.
    ///
    /// An interrupted rebuild starts again at the next start, as ``indexState`` then says.
    /// - Parameters:
    ///   - document: the index entry of an object; nil for one that is not to be found.
    ///   - progress: called with the count of objects done.
    /// - Throws: ``StorageFailure``, and whatever `document` throws; the rebuild is then unfinished.
    package func rebuildIndex(
        document: @Sendable (DigitalObject) async throws -> IndexDocument?,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let (database, index) = (self.database, self.index)
        try await self.lanes.run {
            try database.writeBlocking { db in
                try SettingTable.set(Self.rebuildKey, "running", in: db)
                try index.clear(db)
            }
        }
        var last: ObjectID?
        var done = 0
        while true {
            let ids = try await self.ids(after: last, type: nil, limit: 200)
            guard !ids.isEmpty else { break }
            var steps: [UnitOfWork.Step] = []
            for object in try await self.objects(ids) {
                if let document = try await document(object) { steps.append(.reindex(document)) }
            }
            try await self.commit(UnitOfWork(steps))
            last = ids.last
            done += ids.count
            progress(done)
        }
        try await self.lanes.run {
            try database.writeBlocking { try SettingTable.set(Self.rebuildKey, nil, in: $0) }
        }
    }
}

extension SQLiteRepository: Storage {
    package func object(_ id: ObjectID) async throws -> DigitalObject? {
        try await self.database.read { try ObjectTable.object(id, in: $0) }
    }

    package func objects(_ ids: [ObjectID]) async throws -> [DigitalObject] {
        try await self.database.read { db in
            try ids.compactMap { try ObjectTable.object($0, in: db) }
        }
    }

    package func contains(_ id: ObjectID) async throws -> Bool {
        try await self.database.read { try ObjectTable.contains(id, in: $0) }
    }

    package func payload(_ name: String, of id: ObjectID, in range: Range<Int64>) async throws -> [UInt8]? {
        let files = self.files
        return try await self.database.read { db in
            guard let entry = try PayloadTable.entry(name, of: id, in: db) else { return nil }
            return try files.read(entry.file, in: range.clamped(to: 0..<entry.size))
        }
    }

    package func ids(after id: ObjectID?, type: String?, limit: Int) async throws -> [ObjectID] {
        try await self.database.read { try ObjectTable.ids(after: id, type: type, limit: limit, in: $0) }
    }
}

extension SQLiteRepository: Indexer {
    package func search(_ search: IndexSearch) async throws -> IndexHits {
        let index = self.index
        return try await self.database.read { try index.search(search, in: $0) }
    }
}
