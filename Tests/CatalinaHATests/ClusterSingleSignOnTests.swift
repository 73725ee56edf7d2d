import JavaSerialization
import Modeler
import ServletAPI
import TestSupport
import Testing
import Tribes

@testable import CatalinaCore
@testable import CatalinaHA

@Suite struct ClusterSingleSignOnTests {
    /// A node with two applications of one host, whose sessions all nodes have.
    private final class Node: Sendable {
        let cluster: SimpleTcpCluster
        let engine: StandardEngine
        let valve = ClusterSingleSignOn(configuration: .init())
        let contexts: [StandardContext]
        private let files: FileTree

        init(_ place: MeetingPlace, clock: TestNode.Clock, backups: Bool) throws {
            let cluster = TestNode.cluster(place)
            self.cluster = cluster
            self.files = try FileTree()
            var settings = StandardEngine.Configuration()
            settings.name = "Catalina"
            settings.backgroundProcessorDelay = -1
            self.engine = StandardEngine(configuration: settings)
            var hostSettings = StandardHost.Configuration()
            hostSettings.name = "localhost"
            let host = StandardHost(configuration: hostSettings)
            host.base.cluster = cluster
            cluster.attach(to: host)
            cluster.add(self.valve)
            var contexts: [StandardContext] = []
            for path in ["/one", "/two"] {
                var settings = StandardContext.Configuration()
                settings.path = path
                let context = StandardContext(configuration: settings)
                var setup = StandardContext.Setup()
                setup.documentBase = self.files.path
                setup.makeManager = { _ in
                    if backups { return try BackupManager(configuration: .init()) { clock.now } }
                    return try DeltaManager(configuration: .init()) { clock.now }
                }
                context.setup = setup
                context.lifecycle.add(Installer())
                try host.attachChild(context)
                contexts.append(context)
            }
            self.contexts = contexts
            try self.engine.attachChild(host)
        }

        func manager(_ index: Int) throws -> any ClusterManager {
            try #require(self.contexts[index].manager as? any ClusterManager)
        }

        /// A session of one application that belongs to a sign-on.
        func session(_ index: Int, of id: String) async throws -> DeltaSession {
            let manager = try self.manager(index)
            let session = try #require(try manager.createSession(nil) as? DeltaSession)
            let key = SingleSignOnSessionKey(session.id, in: self.contexts[index])
            await self.valve.support.cache.share(id) { entry in
                guard entry.insert(key) else { return false }
                session.add(SingleSignOnListener(id: id, isReplicated: true))
                return true
            }
            await manager.requestCompleted(session)
            return session
        }

        func find(_ index: Int, _ id: String) async throws -> DeltaSession? {
            try await self.manager(index).findSession(id) as? DeltaSession
        }

        func entry(_ id: String) -> SingleSignOnEntry? { self.valve.support.cache.entry(id) }
    }

    /// Plays that part of the context configuration which chooses the authenticator.
    private final class Installer: LifecycleListener {
        func lifecycleEvent(_ event: LifecycleEvent) async throws {
            guard let context = event.lifecycle as? StandardContext else { return }
            switch event.kind {
            case .configureStart: try AuthenticatorValve.install(in: context)
            case .configureStop: AuthenticatorValve.uninstall(from: context)
            default: break
            }
        }
    }

    private let clock = TestNode.Clock()

    private func group(backups: Bool) async throws -> [Node] {
        let place = MeetingPlace()
        let nodes = try (0..<2).map { _ in try Node(place, clock: self.clock, backups: backups) }
        for node in nodes { try await node.engine.start() }
        for node in nodes { try await node.cluster.meets(1) }
        return nodes
    }

    private static let login = SingleSignOnEntry.Login(
        principal: RealmPrincipal(name: "joe", roles: ["r"]),
        authType: "BASIC",
        username: "joe",
        password: "secret"
    )

    @Test("a logout on one node ends all sessions on all nodes", arguments: [false, true])
    func logout(backups: Bool) async throws {
        let nodes = try await self.group(backups: backups)
        await nodes[0].valve.support.cache.put("S", SingleSignOnEntry(Self.login))
        #expect(try await eventually { nodes[1].entry("S")?.login.principal?.name == "joe" })
        let first = try await nodes[0].session(0, of: "S")
        let second = try await nodes[1].session(1, of: "S")
        #expect(try await eventually { nodes.allSatisfy { $0.entry("S")?.sessions.count == 2 } })
        #expect(nodes[1].entry("S")?.login.password == "secret")
        let copy = try #require(try await nodes[1].find(0, first.id))
        try copy.invalidate()
        await nodes[1].valve.finish()
        #expect(nodes.allSatisfy { $0.entry("S") == nil })
        await nodes[1].valve.finish()
        // The session itself is told by the valve that replicates it.
        #expect(try nodes.allSatisfy { try $0.manager(1).isPrimary(second.id) == nil })
        #expect(try await eventually { try nodes.allSatisfy { try $0.manager(0).isPrimary(first.id) == nil } })
        for node in nodes { try await node.engine.stop() }
    }

    @Test("a session that was idle for too long ends alone")
    func expiry() async throws {
        let nodes = try await self.group(backups: false)
        await nodes[0].valve.support.cache.put("S", SingleSignOnEntry(Self.login))
        let first = try await nodes[0].session(0, of: "S")
        let second = try await nodes[0].session(1, of: "S")
        first.maxInactiveInterval = 1
        self.clock.advance(seconds: 2)
        #expect(!first.isValid)
        #expect(try await eventually { nodes.allSatisfy { $0.entry("S")?.sessions.count == 1 } })
        #expect(second.isValid)
        second.maxInactiveInterval = 1
        self.clock.advance(seconds: 2)
        #expect(!second.isValid)
        #expect(try await eventually { nodes.allSatisfy { $0.entry("S") == nil } })
        for node in nodes { try await node.engine.stop() }
    }

    @Test("a session that gets another id stays part of it")
    func renamed() async throws {
        let nodes = try await self.group(backups: false)
        await nodes[0].valve.support.cache.put("S", SingleSignOnEntry(Self.login))
        let session = try await nodes[0].session(0, of: "S")
        let new = try nodes[0].manager(0).changeSessionId(session as any Session)
        await nodes[0].valve.finish()
        #expect(nodes.allSatisfy { $0.entry("S")?.sessions.map(\.sessionID) == [new] })
        for node in nodes { try await node.engine.stop() }
    }

    @Test("a node that stops ends nothing")
    func stopped() async throws {
        let nodes = try await self.group(backups: false)
        await nodes[0].valve.support.cache.put("S", SingleSignOnEntry(Self.login))
        let session = try await nodes[0].session(0, of: "S")
        try await nodes[0].engine.stop()
        #expect(nodes[1].entry("S")?.sessions.map(\.sessionID) == [session.id])
        #expect(try await nodes[1].find(0, session.id) != nil)
        try await nodes[1].engine.stop()
    }

    @Test("without a cluster the valve does not start")
    func alone() async throws {
        let valve = ClusterSingleSignOn(configuration: .init())
        await #expect(throws: LifecycleError.self) { try await valve.start() }
    }

    @Test("its attributes are Tomcat's")
    func attributes() throws {
        var configuration = ClusterSingleSignOn.Configuration()
        #expect(configuration.base.cookieName == "JSESSIONIDSSO")
        for (name, value) in [
            ("cookieName", "ONE"), ("requireReauthentication", "true"), ("mapSendOptions", "8"), ("rpcTimeout", "1"),
            ("accessTimeout", "2"), ("terminateOnStartFailure", "true"),
        ] {
            try ClusterSingleSignOn.descriptor.set(name, to: value, in: &configuration)
        }
        #expect(configuration.base.cookieName == "ONE" && configuration.base.requireReauthentication)
        #expect(configuration.mapSendOptions == .asynchronous)
        #expect(configuration.rpcTimeout == 1 && configuration.accessTimeout == 2)
        #expect(configuration.terminateOnStartFailure)
    }
}
