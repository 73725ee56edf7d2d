package import CatalinaCore
import CatalinaSession
import JavaSerialization
package import Modeler
package import NIOCore
import ServletAPI
import Synchronization
package import Tribes

/// Keeps each session on one node and a backup of it on one other; the rest know where they are.
///
/// A node that is asked for a session it does not hold fetches it and is its node from then on. So the cost of a
/// request does not grow with the number of nodes.
/// Isolation: any thread.
/// Source: `org.apache.catalina.ha.session.BackupManager`.
package final class BackupManager: ConfigurableClusterManager, DeltaSessionOwner {
    package struct Configuration: Sendable, Equatable {
        /// What both session managers of a cluster have.
        package var common = ClusterManagerConfiguration()
        /// How sessions go to their backups.
        package var mapSendOptions: SendOptions = .synchronous
        /// Milliseconds to wait for a session that another node holds.
        package var rpcTimeout: Int64 = 15_000
        /// Milliseconds after which a node that does not answer is no longer used.
        package var accessTimeout: Int64 = 5_000
        /// Whether the application does not start where the other nodes cannot be asked.
        package var terminateOnStartFailure = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<BackupManager>(
        className: "org.apache.catalina.ha.session.BackupManager",
        kind: .manager,
        "Keeps a backup of each session on one other node",
        defaults: Configuration(),
        attributes: [
            Attribute("mapSendOptions", \.mapSendOptions, "How sessions go to their backups: 6 acknowledged, 8 queued"),
            Attribute("rpcTimeout", \.rpcTimeout, "Milliseconds to wait for a session that another node holds"),
            Attribute(
                "accessTimeout",
                \.accessTimeout,
                "Milliseconds after which a node that does not answer is no longer used"
            ),
            Attribute(
                "terminateOnStartFailure",
                \.terminateOnStartFailure,
                "Whether the application does not start where the other nodes cannot be asked"
            ),
        ] + ClusterManagerConfiguration.attributes.nested(in: \.common)
    )

    package let lifecycle = LifecycleSupport()
    package let support: ManagerSupport
    private let settings: Mutex<Configuration>
    private let mapSlot = Mutex<ReplicatedMap<DeltaSession>?>(nil)
    private let ends = OwnedTasks()
    private let renamed = RenamedSessions()

    /// How often a request takes a session over at its end that other nodes use at the same time.
    private static let takeoversMaximum = 4

    package init(configuration: Configuration, now: @escaping @Sendable () -> Int64) throws {
        self.settings = Mutex(configuration)
        self.support = try ManagerSupport(configuration.common, now: now)
        self.support.owner = self
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        let common = try self.settings.withLock { settings in
            try change(&settings)
            return settings.common
        }
        self.support.settings = common
    }

    /// What the map of the sessions is called on all nodes.
    package var mapName: String { self.name + "-map" }
    /// nil before the start.
    var map: ReplicatedMap<DeltaSession>? { self.mapSlot.withLock { $0 } }

    // MARK: Sessions

    /// The session, which is this node's from now on.
    package func findSession(_ id: String) async throws -> (any Session)? {
        guard let map = self.map else { return nil }
        return await map.get(id)
    }

    /// A session whose node this is already.
    package func sessionInMemory(_ id: String) -> (any Session)? {
        self.map?.primaryValue(id)
    }

    package func isPrimary(_ id: String) -> Bool? {
        guard let map = self.map, map.contains(id) else { return nil }
        return map.isPrimary(id)
    }

    /// Other nodes hear of the session at the end of the request, with all that it then holds.
    package func createSession(_ id: String?) throws -> any Session {
        guard let map = self.map else { throw IllegalStateError("createSession: The manager is not started") }
        let limit = self.support.settings.base.maxActiveSessions
        if limit >= 0, map.count >= limit {
            self.support.count { $0.rejected() }
            throw IllegalStateError("createSession: Too many active sessions")
        }
        let now = self.support.now()
        var chosen = id ?? self.support.makeID()
        while map.contains(chosen) {
            self.support.count { $0.duplicate() }
            chosen = self.support.makeID()
        }
        let session = DeltaSession(
            id: chosen,
            owner: self,
            creationTime: now,
            maxInactiveInterval: self.support.idleSeconds,
            isPrimary: true
        )
        session.recordCreation()
        map.insertLocally(chosen, session)
        self.support.count { $0.created(at: now, active: map.count) }
        self.support.sessionCreated(session)
        return session
    }

    package func changeSessionId(_ session: any Session, to new: String) {
        guard let session = session as? DeltaSession, let map = self.map else { return }
        let old = session.idInternal
        // another route does not end a session: it may come back to its first id
        let removed = map.begin(removing: old, isEnd: SessionKey(old) != SessionKey(new)).future
        // Under an id that it had before it is told from what was removed.
        session.setID(new, isPrimary: true, isCounted: true)
        let put = map.begin(putting: session, new)
        if let removed, let put { self.renamed.add(new, until: removed.and(put).map { _ in }) }
        self.support.sessionIDChanged(session, from: old)
    }

    /// A session that another node serves is fetched first.
    package func enqueueEnd(_ id: String) -> Bool {
        guard let map = self.map, map.contains(id) else { return false }
        self.ends.run {
            if let session = await map.get(id) { session.end(isExpiry: false, notifiesCluster: true) }
            await map.finish(id)
        }
        return true
    }

    package func finishEnds() async { await self.ends.finish() }

    package var activeSessions: Int { self.map?.count ?? 0 }
    /// Sessions that this node knows of, those that it does not hold included.
    package var activeSessionsFull: Int { self.map?.countFull ?? 0 }
    package var sessions: [any Session] { self.map?.values ?? [] }

    // MARK: Requests

    package func requestCompleted(_ session: any Session, of request: Request?) async {
        guard var session = session as? DeltaSession, let map = self.map else { return }
        var isValid = session.isValid
        var (isPrimary, told) = isValid ? map.beginReplicating(session.idInternal) : (true, nil)
        var attempts = 0
        while !isPrimary, session.isDirty, attempts < Self.takeoversMaximum {
            if let current = await map.get(session.idInternal), current !== session {
                // another node took the session over meanwhile: both have changed it
                current.adopt(session.takeUnsent())
                session = current
                isValid = current.isValid
            }
            // and may have done so once more while it was fetched
            if isValid { (isPrimary, told) = map.beginReplicating(session.idInternal) } else { isPrimary = true }
            attempts += 1
        }
        let isAsynchronous = self.settings.withLock { $0.mapSendOptions.contains(.asynchronous) }
        if isAsynchronous { return }
        if let renamed = self.renamed.pending(session.idInternal) {
            _ = await self.support.cluster?.arrives(renamed, for: request)
        }
        if !isValid { return await map.finish(session.idInternal) }
        _ = await self.support.cluster?.arrives(told, for: request)
    }

    // MARK: DeltaSessionOwner

    func sessionWillEnd(_ session: DeltaSession) {}

    func sessionEnded(_ session: DeltaSession, isExpiry: Bool, notifiesCluster: Bool) {
        let now = self.support.now()
        let (id, creationTime) = (session.idInternal, session.creationTimeInternal)
        // Idleness ends a session only for those who know no later change.
        switch (notifiesCluster, isExpiry) {
        case (true, true): self.map?.enqueueRemove(id)
        case (true, false): self.map?.enqueueEnd(id)
        case (false, _): self.map?.removeLocally(id)
        }
        self.support.count { statistics in
            if isExpiry { statistics.expired() }
            statistics.ended(at: now, createdAt: creationTime)
        }
    }

    // MARK: Expiry

    package func backgroundProcess() async {
        if self.support.isExpiryDue() { self.processExpires() }
    }

    /// Ends every session whose time is over.
    package func processExpires() {
        let begin = self.support.now()
        for session in self.map?.values ?? [] { _ = session.isValid }
        let elapsed = self.support.now() - begin
        self.support.count { $0.looked(for: elapsed) }
    }

    // MARK: Life

    package func startInternal() async throws {
        guard let cluster = self.support.cluster, let channel = cluster.channel else {
            throw LifecycleError("No cluster associated with this context: [\(self.name)]")
        }
        let configuration = self.configuration
        var map = ReplicatedMapConfiguration(name: self.mapName, kind: .lazy)
        map.sendOptions = configuration.mapSendOptions
        map.rpcTimeout = .milliseconds(configuration.rpcTimeout)
        map.accessTimeout = .milliseconds(configuration.accessTimeout)
        map.terminateOnStartFailure = configuration.terminateOnStartFailure
        let sessions = ReplicatedMap<DeltaSession>(map, channel: channel, owner: self)
        self.mapSlot.withLock { $0 = sessions }
        cluster.register(self)
        do {
            try await sessions.start()
        } catch {
            throw LifecycleError("Failed to start BackupManager [\(self.name)]", cause: error)
        }
        try await self.enter(.starting)
    }

    /// The sessions go on living on the nodes of their backups.
    package func stopInternal() async throws {
        try await self.enter(.stopping)
        self.ends.cancelAll()
        await self.map?.stop()
        self.mapSlot.withLock { $0 = nil }
        self.support.cluster?.unregister(self)
    }
}

extension BackupManager: ReplicatedMapOwner {
    package typealias Value = DeltaSession

    package func makeValue(_ stream: ByteBuffer, key: String) throws -> DeltaSession {
        var input = try JavaObjectInputStream(stream)
        guard let object = try input.readObject().object else {
            throw JavaSerializationError.unexpectedField("valuedata")
        }
        var record = try SessionRecord(object)
        // The same text: it is in memory once.
        if record.id == key { record.id = key }
        let session = DeltaSession(
            id: record.id,
            owner: self,
            creationTime: record.times.creation,
            maxInactiveInterval: Int(record.maxInactiveInterval),
            isPrimary: false
        )
        session.restore(record)
        session.accessedElsewhere()
        return session
    }

    package func objectMadePrimary(_ key: String, _ value: DeltaSession) { value.isPrimary = true }
}

extension BackupManager {
    /// What `/manager/jmxproxy` reads and calls, and what the metrics show.
    package static let beanInfo = BeanInfo<BackupManager>(
        type: "Manager",
        attributes: BackupManager.clusterManagerAttributes + [
            .text("mapName", "What the map of the sessions is called on all nodes") { $0.mapName },
            .text("mapSendOptionsName", "The names of the options") { $0.configuration.mapSendOptions.optionNames },
            .gauge("activeSessionsFull", "Sessions known, those that other nodes hold included") {
                $0.activeSessionsFull
            },
            .gauge("primarySessions", "Sessions whose node this is") { manager in
                manager.map?.entries.count { $0.role == .primary } ?? 0
            },
            .gauge("backupSessions", "Sessions held for other nodes") { manager in
                manager.map?.entries.count { $0.role == .backup } ?? 0
            },
            .gauge("proxySessions", "Sessions that two other nodes hold") { manager in
                manager.map?.entries.count { $0.role == .proxy } ?? 0
            },
            .list("mapMembers", "Nodes that have the application") { $0.map?.mapMembers.map(\.name) ?? [] },
        ],
        operations: BackupManager.sessionOperations + BackupManager.clusterManagerOperations + [
            ManagedOperation("processExpires", "Ends sessions that were idle for too long") { manager, _ in
                manager.processExpires()
            },
            ManagedOperation("getSessionIdsFull", "The ids of all sessions known") { manager, _ in
                manager.map?.keysFull.joined(separator: ",") ?? ""
            },
        ]
    )
}
