import CatalinaCore
import CatalinaSession
import ClusterSupport
import JavaSerialization
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Tribes

@testable import CatalinaHA

/// One process of a simulated cluster: a channel, a cluster and the manager of one application.
///
/// Isolation: the embedded loop's thread; its tasks run there too.
final class SimulatedServer: Sendable {
    private struct State {
        var isServing = false
        var isDead = false
        var isPaused = false
    }

    /// What a client asks for.
    enum Operation: Sendable {
        case create(value: Int)
        case change(value: Int)
        case read
        case rename(to: String)
        case invalidate
    }

    /// What became of a request.
    struct Answer: Sendable {
        /// nil where there is no such session.
        var id: String?
        /// The counter that the client found.
        var found = 0
        /// The members of which each has said that it took the change, if the options ask for that.
        var holders: [Member] = []
        var isAcknowledged = false
    }

    let number: UInt8
    let host: [UInt8]
    let loop: NodeLoop
    let executor: NodeExecutor
    let cluster: SimpleTcpCluster
    let manager: any ClusterManager
    private let network: EmbeddedNetwork
    private let state = Mutex(State())

    /// A process that is not started; its member is told apart from earlier ones at that address by `life`.
    init(number: UInt8, life: Int, scenario: Scenario, base: EmbeddedEventLoop, network: EmbeddedNetwork) throws {
        self.number = number
        self.host = [10, 0, 0, number]
        self.network = network
        let loop = NodeLoop(base)
        self.loop = loop
        self.executor = NodeExecutor(loop)
        let epoch = 1_700_000_000_000 + scenario.skews[Int(number) - 1]
        let now: @Sendable () -> Int64 = { epoch + Int64(base.now.uptimeNanoseconds / 1_000_000) }
        let channelLoop = ChannelLoop(
            eventLoop: loop,
            clock: now,
            generator: SeededGenerator(seed: scenario.seed &* 0x1_0000 &+ UInt64(number) &* 0x100 &+ UInt64(life)),
            taskExecutor: self.executor
        )
        let channel = GroupChannel(configuration: GroupChannel.Configuration())
        channel.name = "test-Channel"
        var membership = McastService.Configuration()
        membership.frequency = scenario.heartbeat
        membership.dropTime = 6 * scenario.heartbeat
        channel.membershipService = McastService(configuration: membership)
        channel.setRuntime(ChannelRuntime(loop: channelLoop, network: network.node(self.host)))
        var settings = SimpleTcpCluster.Configuration()
        settings.channelSendOptions = scenario.options
        settings.clusterName = "test"
        self.cluster = SimpleTcpCluster(configuration: settings)
        self.cluster.channel = channel
        switch scenario.kind {
        case .delta:
            let manager = try DeltaManager(configuration: DeltaManager.Configuration(), now: now)
            manager.support.attach(name: "/app", cluster: self.cluster, idleSeconds: scenario.idleSeconds)
            self.manager = manager
        case .backup:
            var configuration = BackupManager.Configuration()
            configuration.mapSendOptions = scenario.options
            let manager = try BackupManager(configuration: configuration, now: now)
            manager.support.attach(name: "/app", cluster: self.cluster, idleSeconds: scenario.idleSeconds)
            self.manager = manager
        }
        self.cluster.managerTemplate = self.manager
    }

    // MARK: Life

    /// Whether it takes requests.
    var isServing: Bool { self.state.withLock { $0.isServing && !$0.isDead && !$0.isPaused } }
    var isAlive: Bool { self.state.withLock { !$0.isDead } }
    var isPaused: Bool { self.state.withLock { $0.isPaused } }
    var member: Member? { self.cluster.channel?.localMember }
    var delta: DeltaManager? { self.manager as? DeltaManager }
    var backup: BackupManager? { self.manager as? BackupManager }

    func start() {
        self.run {
            do {
                try await self.cluster.start()
                try await self.manager.start()
                self.state.withLock { $0.isServing = true }
            } catch {
                self.state.withLock { $0.isDead = true }
            }
        }
    }

    /// Takes leave.
    func stop() {
        self.state.withLock { $0.isServing = false }
        self.run {
            do {
                try await self.manager.stop()
                try await self.cluster.stop()
            } catch {
                self.network.kill(self.host)
            }
            self.state.withLock { $0.isDead = true }
        }
    }

    /// Ends without a word: what its loop still does has no effect.
    func kill() {
        self.state.withLock { $0 = State(isDead: true) }
        self.network.kill(self.host)
        self.loop.resume()
    }

    func pause() {
        self.state.withLock { $0.isPaused = true }
        self.network.pause(self.host)
        self.loop.pause()
    }

    func resume() {
        guard self.isPaused else { return }
        self.state.withLock { $0.isPaused = false }
        self.loop.resume()
        self.network.resume(self.host)
    }

    /// Runs a task of this process.
    func run(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self.executor) { await body() }
    }

    // MARK: Requests

    /// Serves one request, as the container does: the session is found, used, changed and sent.
    func serve(_ operation: Operation, id: String) async -> Answer {
        var answer = Answer()
        do {
            guard let session = try await self.session(for: operation, id: id), session.isValid else { return answer }
            session.access()
            answer.found = Self.counter(of: session)
            switch operation {
            case .create(let value), .change(let value):
                try session.setAttribute("n", Int32(value))
                try session.setAttribute("t\(value % 5)", value % 7 == 0 ? nil : "text \(value)")
            case .read: break
            case .rename(let new): self.manager.changeSessionId(session, to: new)
            case .invalidate: try session.invalidate()
            }
            let before = self.mark(session)
            let members = self.cluster.members
            await self.manager.requestCompleted(session)
            session.endAccess()
            answer.id = session.idInternal
            answer.isAcknowledged = self.isDone(session, since: before)
            answer.holders = self.holders(session, members)
        } catch {
            return Answer()
        }
        return answer
    }

    /// Counts in a session, as an application does whose sessions get the route of the node that serves them; one that
    /// is not found is made anew.
    func count(_ id: String?, orNew new: String) async -> (id: String, count: Int) {
        do {
            let found = try await self.session(movedHere: id)
            guard let session = try found ?? self.manager.createSession(new) as? DeltaSession else { return ("", 0) }
            session.access()
            let count = Self.counter(of: session) + 1
            try session.setAttribute("n", Int32(count))
            let id = session.idInternal
            await self.manager.requestCompleted(session)
            session.endAccess()
            return (id, count)
        } catch {
            return ("", 0)
        }
    }

    private func session(movedHere id: String?) async throws -> DeltaSession? {
        guard let id, let session = try await self.manager.findSession(id) as? DeltaSession, session.isValid else {
            return nil
        }
        if let new = JvmRouteBinderValve.rebound(session.idInternal, to: "\(self.number)") {
            self.manager.changeSessionId(session, to: new)
        }
        return session
    }

    private func session(for operation: Operation, id: String) async throws -> DeltaSession? {
        if case .create = operation { return try self.manager.createSession(id) as? DeltaSession }
        return try await self.manager.findSession(id) as? DeltaSession
    }

    static func counter(of session: DeltaSession) -> Int {
        guard let java = session.protected.withLock({ $0.attributes["n"]?.java }) else { return 0 }
        return Int(java.int ?? 0)
    }

    private func mark(_ session: DeltaSession) -> Int {
        self.backup?.map?.statistics.sendFailures ?? 0
    }

    /// Whether the request's end said that everything arrived: what is still on its way then counts as arrived.
    private func isDone(_ session: DeltaSession, since mark: Int) -> Bool {
        guard self.delta != nil else { return self.mark(session) == mark }
        guard let sent = session.lastSend else { return true }
        let isFailed = Mutex(false)
        sent.whenFailure { _ in isFailed.withLock { $0 = true } }
        return !isFailed.withLock { $0 }
    }

    /// Who must have the session now, besides this node.
    private func holders(_ session: DeltaSession, _ before: [Member]) -> [Member] {
        guard let map = self.backup?.map else {
            let now = self.cluster.members
            return before.filter { now.contains($0) }
        }
        let entry = map.entries.first { $0.key == session.idInternal }
        return entry?.role == .primary ? entry?.backups ?? [] : []
    }

    // MARK: Tracing

    /// What this node holds of a session, as `2:5#7` or `2:backup of 1 in [2], 5#7`.
    func place(of id: String) -> String {
        if let delta = self.delta {
            let session = delta.session(id).map { "(\(Invariants.content(of: $0).dropFirst(5)))#\($0.record.version)" }
            return "\(self.number):" + (session ?? (delta.protected.withLock { $0.ended.contains(id) } ? "ended" : "-"))
        }
        guard let entry = self.backup?.map?.entries.first(where: { $0.key == id }) else { return "\(self.number):-" }
        return "\(self.number):" + Self.place(entry, self.backup?.map?.peek(id))
    }

    static func place(_ entry: ReplicatedMapEntryInfo, _ value: DeltaSession?) -> String {
        let primary = entry.primary.map { "\($0.host[3])" } ?? "nobody"
        let version = value.map { "\(Self.counter(of: $0))#\($0.lastUsed)" } ?? "-"
        return "\(entry.role) of \(primary) in \(entry.backups.map { $0.host[3] }), \(version)"
    }
}
