import CatalinaCore
import Synchronization
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

/// A node of a test: a cluster on sockets of the loopback, and the manager of one application.
///
/// Messages are acknowledged after they were applied, so that nothing has to be waited for.
final class TestNode: Sendable {
    /// Milliseconds since 1970 as all nodes of the test see them.
    final class Clock: Sendable {
        private let time = Mutex<Int64>(1_700_000_000_000)

        var now: Int64 { self.time.withLock { $0 } }
        func advance(seconds: Int) { self.time.withLock { $0 += Int64(seconds) * 1000 } }
    }

    let cluster: SimpleTcpCluster
    let manager: DeltaManager

    init(
        _ place: MeetingPlace,
        clock: Clock,
        options: SendOptions = .synchronous,
        name: String = "/app",
        _ configure: (inout DeltaManager.Configuration) -> Void = { _ in }
    ) async throws {
        let cluster = Self.cluster(place, options: options)
        var configuration = DeltaManager.Configuration()
        configure(&configuration)
        let manager = try DeltaManager(configuration: configuration) { clock.now }
        manager.support.attach(name: name, cluster: cluster)
        self.cluster = cluster
        self.manager = manager
        try await cluster.start()
    }

    /// A cluster that is not started.
    static func cluster(_ place: MeetingPlace, options: SendOptions = .synchronous) -> SimpleTcpCluster {
        var settings = SimpleTcpCluster.Configuration()
        settings.channelSendOptions = options
        settings.clusterName = "test"
        let cluster = SimpleTcpCluster(configuration: settings)
        let channel = GroupChannel(configuration: GroupChannel.Configuration())
        var receiver = NioReceiver.Configuration()
        receiver.address = "127.0.0.1"
        receiver.port = 0
        receiver.autoBind = 1
        channel.receiver = NioReceiver(configuration: receiver)
        channel.membershipService = place.service()
        cluster.channel = channel
        return cluster
    }

    func start() async throws { try await self.manager.start() }

    func stop() async throws {
        if self.manager.state.isAvailable { try await self.manager.stop() }
        try await self.cluster.stop()
    }

    /// Nodes that know each other, with their managers started one after the other.
    static func group(
        _ count: Int,
        clock: Clock = Clock(),
        options: SendOptions = .synchronous,
        _ configure: (inout DeltaManager.Configuration) -> Void = { _ in }
    ) async throws -> [TestNode] {
        let place = MeetingPlace()
        var nodes: [TestNode] = []
        for _ in 0..<count {
            let node = try await TestNode(place, clock: clock, options: options, configure)
            nodes.append(node)
        }
        for node in nodes { try await node.meets(count - 1) }
        for node in nodes { try await node.start() }
        return nodes
    }

    func meets(_ count: Int) async throws { try await self.cluster.meets(count) }

    /// Runs a request that creates or uses a session.
    func request(
        _ session: DeltaSession? = nil,
        _ body: (DeltaSession) throws -> Void = { _ in }
    ) async throws
        -> DeltaSession
    {
        let used = try session ?? #require(try self.manager.createSession(nil) as? DeltaSession)
        used.access()
        try body(used)
        await self.manager.requestCompleted(used)
        used.endAccess()
        return used
    }
}

extension [TestNode] {
    func stop() async throws { for node in self { try await node.stop() } }
}

extension SimpleTcpCluster {
    /// Waits until the node knows so many others.
    func meets(_ count: Int) async throws {
        #expect(try await eventually { self.members.count == count }, "the nodes do not find each other")
    }
}
