import GRDB
import Glibc
import RepositoryCore
import Synchronization

/// Numbers to tune; the defaults serve one machine with a few cores.
package struct SQLiteConfiguration: Sendable {
    /// Searches and reads that run at once; more wait.
    package var readers = 4
    /// Memory for database pages of the writer, in KiB.
    package var writerCache = 8192
    /// The same for each reader; the kernel's file cache stands behind it.
    package var readerCache = 2048
    /// Pages of the write-ahead log at which it is copied into the database.
    package var checkpointPages = 4096

    package init() {}
}

/// The one database file of a repository: a writer connection, a few reader connections, and a lock that
/// keeps other processes away.
///
/// WAL with `synchronous=FULL`: a commit returns when its log is on the disk, and readers see the last commit
/// without waiting for the writer. SQLite's work happens on GRDB's threads, never on the caller's.
final class SQLiteDatabase: Sendable {
    let path: String
    let pool: DatabasePool
    private let lock: Int32
    private let isClosed = Mutex(false)

    /// Opens or creates `repository.sqlite` in the directory.
    ///
    /// `prepare` runs on every connection when it is opened.
    ///
    /// - Throws: ``StorageFailure``.
    init(
        directory: String,
        configuration: SQLiteConfiguration,
        prepare: @escaping @Sendable (Database) throws -> Void
    ) throws {
        try File.makeDirectories(directory)
        let path = directory + "/repository.sqlite"
        let lock = try File.lock(directory + "/repository.lock")
        do {
            // It holds password hashes; SQLite gives its log the same permissions.
            try File.makePrivate(path)
            self.pool = try DatabasePool(path: path, configuration: Self.options(configuration, prepare: prepare))
            try self.pool.writeWithoutTransaction { db in
                try db.execute(
                    sql: """
                        PRAGMA synchronous = FULL;
                        PRAGMA wal_autocheckpoint = \(configuration.checkpointPages);
                        """
                )
            }
        } catch {
            Glibc.close(lock)
            throw StorageFailure.wrapping(error, path: path)
        }
        self.path = path
        self.lock = lock
    }

    private static func options(
        _ configuration: SQLiteConfiguration,
        prepare: @escaping @Sendable (Database) throws -> Void
    ) -> GRDB.Configuration {
        var options = GRDB.Configuration()
        options.label = "repository"
        options.maximumReaderCount = configuration.readers
        options.foreignKeysEnabled = false
        options.busyMode = .timeout(5)
        options.prepareDatabase { db in
            let cache = db.configuration.readonly ? configuration.readerCache : configuration.writerCache
            // Overwriting deleted pages with zeros, Debian's default, would double the writes of the index.
            try db.execute(
                sql: """
                    PRAGMA secure_delete = OFF;
                    PRAGMA cache_size = -\(cache);
                    PRAGMA temp_store = MEMORY;
                    """
            )
            try prepare(db)
        }
        return options
    }

    /// Runs the body in a read transaction on one of the readers.
    func read<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        do {
            return try await self.pool.read(body)
        } catch {
            throw StorageFailure.wrapping(error, path: self.path)
        }
    }

    /// Runs the body in a transaction of its own on the writer; blocks the calling thread.
    func writeBlocking<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try self.pool.write(body)
        } catch {
            throw StorageFailure.wrapping(error, path: self.path)
        }
    }

    /// Copies the log into the database and closes every connection; blocks the calling thread.
    ///
    /// - Throws: ``StorageFailure`` where that failed; nothing is lost by it, as the log stays.
    func close() throws {
        let wasClosed = self.isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        defer { Glibc.close(self.lock) }
        do {
            let checkpoint = Result { try self.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
            try self.pool.close()
            try checkpoint.get()
        } catch {
            throw StorageFailure.wrapping(error, path: self.path)
        }
    }
}
