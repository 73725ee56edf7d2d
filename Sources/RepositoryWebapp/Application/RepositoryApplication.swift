import RepositoryCore
import RepositoryIndex
import RepositoryStorage
import RepositorySync
import ServletAPI
import Synchronization

/// One deployed repository: what its listener starts and its servlets serve.
final class RepositoryApplication: Sendable {
    /// What exists while the repository is up.
    struct Running: Sendable {
        let service: RepositoryService
        let authenticator: Authenticator
        let spool: UploadSpool
        let bodySizeMaximum: Int
        /// Ends the store; blocks until waiting writes are done.
        let close: @Sendable () throws -> Void
    }

    enum State: Sendable {
        case starting
        case up(Running)
        case failed
        case stopped
    }

    private let currentState = Mutex(State.starting)
    private let hasWarnedOfPlainText = Mutex(false)
    private let storageTrouble = Mutex(StorageTrouble())
    /// Where files are opened, migrated and closed, as a start or stop may be asked for on an event loop.
    private let lanes = BlockingLanes(label: "repository.application", count: 1)

    var state: State { self.currentState.withLock { $0 } }

    /// - Throws: `The system is down.`
    func running() throws(RepositoryError) -> Running {
        guard case .up(let running) = self.state else { throw .systemDown }
        return running
    }

    /// Starts with a given store; what ``start(in:log:)`` ends with, and tests begin with.
    func open(_ running: Running) {
        self.currentState.withLock { $0 = .up(running) }
    }

    /// Whether credentials travel unencrypted for the first time, which the operator is told once.
    func isFirstPlainText() -> Bool {
        self.hasWarnedOfPlainText.withLock { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
    }

    /// Tells the operator of a request that failed for a reason which is not the client's.
    func report(_ error: any Error, of requestID: String, log: Log) {
        guard let failure = error as? StorageFailure else {
            return log(.error, "Unexpected failure of request \(requestID)", error)
        }
        guard self.storageTrouble.withLock({ $0.begins(with: failure) }) else { return }
        log(.error, "\(failure); requests that need it fail until this is mended", nil)
    }

    /// Tells the operator that something could be written again.
    func reportWritten(log: Log) {
        guard let failed = self.storageTrouble.withLock({ $0.ends() }) else { return }
        log(.info, "Objects can be written again; \(failed) requests failed meanwhile", nil)
    }

    // MARK: Start and stop

    typealias Log = @Sendable (LogLevel, String, (any Error)?) -> Void

    /// Opens the data directory; a failure leaves the application answering that it is down.
    func start(in directory: DataDirectory, log: @escaping Log) async {
        do {
            let running = try await self.opened(directory, log: log)
            self.open(running)
            log(.info, "Repository is up, data in \(directory.path)", nil)
        } catch {
            self.currentState.withLock { $0 = .failed }
            log(.error, "Repository did not start, data in \(directory.path): \(Self.text(of: error))", error)
        }
    }

    private static func text(of error: any Error) -> String {
        switch error {
        case let error as RepositoryError: error.message ?? "status \(error.status)"
        default: "\(error)"
        }
    }

    /// Returns when waiting writes are done and the store is closed; a second stop does nothing.
    func stop() async throws {
        let state = self.currentState.withLock { state in
            let old = state
            state = .stopped
            return old
        }
        guard case .up(let running) = state else { return }
        try await self.lanes.run { try running.close() }
    }

    private func opened(_ directory: DataDirectory, log: @escaping Log) async throws -> Running {
        let (configuration, spool, store) = try await self.lanes.run {
            try directory.create()
            let configuration = try directory.json("config.json").map { try Configuration(json: $0) } ?? Configuration()
            let spool = try UploadSpool(directory: directory)
            return (configuration, spool, try Self.store(configuration, directory, spool))
        }
        do {
            let service = try await self.service(configuration, directory, store.dependencies, log)
            try await store.rebuild(service, log)
            return Running(
                service: service,
                authenticator: Authenticator(service: service) { try await Task.sleep(for: .milliseconds($0)) },
                spool: spool,
                bodySizeMaximum: configuration.bodySizeMaximum,
                close: store.close
            )
        } catch {
            try await self.lanes.run { try store.close() }
            throw error
        }
    }

    private func service(
        _ configuration: Configuration,
        _ directory: DataDirectory,
        _ dependencies: RepositoryService.Dependencies,
        _ log: @escaping Log
    ) async throws -> RepositoryService {
        let passwordFile = "initial-admin-password"
        let lanes = self.lanes
        let repoInit = try await lanes.run { try directory.json("repoInit.json") }
        let initialization = RepositoryService.Initialization(
            repoInit: repoInit.map { RepositoryInit(json: $0) },
            keepGeneratedPassword: { password in
                try await lanes.run { try directory.writeSecret(password + "\n", to: passwordFile) }
                log(.warning, "There was no admin password: one was made up, see \(directory.file(passwordFile))", nil)
            }
        )
        let service = try await RepositoryService.start(
            on: dependencies,
            options: configuration.serviceOptions,
            initialization: initialization
        )
        if initialization.repoInit != nil { try await lanes.run { try directory.remove("repoInit.json") } }
        for (name, reason) in service.model.types.broken.sorted(by: { $0.key < $1.key }) {
            log(.warning, "Type \(name) cannot be used: \(reason)", nil)
        }
        return service
    }

    /// A store of either kind, opened.
    private struct Store: Sendable {
        var dependencies: RepositoryService.Dependencies
        var close: @Sendable () throws -> Void
        /// Fills the index again where it could not be used as it was found.
        var rebuild: @Sendable (RepositoryService, Log) async throws -> Void
    }

    private static func store(
        _ configuration: Configuration,
        _ directory: DataDirectory,
        _ spool: UploadSpool
    ) throws -> Store {
        switch configuration.storage {
        case .memory:
            let memory = MemoryRepository(index: MemoryIndex())
            return Store(
                dependencies: Self.dependencies(memory, spool),
                close: {},
                rebuild: { _, _ in }
            )
        case .sqlite:
            let sqlite = try SQLiteRepository(directory: directory.path, index: EmbeddedIndex())
            return Store(
                dependencies: Self.dependencies(sqlite, spool),
                close: { try sqlite.close() },
                rebuild: { service, log in try await Self.rebuild(sqlite, service, log) }
            )
        }
    }

    private static func dependencies(
        _ store: some Storage & Indexer & UnitCommitter,
        _ spool: UploadSpool
    ) -> RepositoryService.Dependencies {
        RepositoryService.Dependencies(
            storage: store,
            indexer: store,
            committer: store,
            locker: LocalNameLocker(),
            uploads: spool
        )
    }

    private static func rebuild(
        _ sqlite: SQLiteRepository<EmbeddedIndex>,
        _ service: RepositoryService,
        _ log: Log
    ) async throws {
        guard sqlite.indexState == .needsRebuild else { return }
        let total = try await sqlite.count()
        log(.info, "The index is rebuilt from \(total) objects", nil)
        let model = service.model
        let now = SystemClock().milliseconds
        try await sqlite.rebuildIndex { model.indexDocument(of: $0, now: now) }
        log(.info, "The index is rebuilt", nil)
    }
}

/// Starts the repository with its web application and ends it.
struct StartupListener: ServletContextListener {
    let application: RepositoryApplication

    func contextInitialized(_ context: any ServletContext) async throws {
        let directory = DataDirectory(path: DataDirectory.path { context.systemProperty($0) })
        await self.application.start(in: directory) { context.log($0, $1, $2) }
    }

    func contextDestroyed(_ context: any ServletContext) async {
        do {
            try await self.application.stop()
        } catch {
            context.log(.error, "Repository did not stop cleanly", error)
        }
    }
}
