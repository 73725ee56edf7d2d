import ClusterSupport
import NIOCore
import Testing
import Tribes

/// Frames of senders that are no members.
@Suite struct UnknownSenderTests {
    private let cluster = SimulatedCluster()

    /// A node that announces itself to some group; the default one is that of all others.
    private func node(_ number: UInt8, group: String = "228.0.0.4") throws -> SimulatedNode {
        let node = self.cluster.node(number) { channel in
            var configuration = McastService.Configuration()
            configuration.address = group
            channel.membershipService = McastService(configuration: configuration)
            channel.receiver = NioReceiver(configuration: NioReceiver.Configuration())
        }
        try node.start()
        return node
    }

    private func statistics(_ node: SimulatedNode) throws -> NioReceiver.Statistics {
        try #require(node.channel.receiver as? NioReceiver).statistics
    }

    @Test("a sender whose heartbeat is never heard is not delivered; its connection ends, and it is counted")
    func stranger() throws {
        let (one, stranger) = (try self.node(1), try self.node(2, group: "228.0.0.9"))
        self.cluster.run(.seconds(3))
        let member = try #require(one.channel.localMember)
        let outcome = stranger.send([1], to: [member], options: .synchronous)
        self.cluster.run(.seconds(30))
        #expect(outcome.error != nil)
        #expect(one.received.isEmpty)
        let statistics = try self.statistics(one)
        #expect(statistics.unknownSenders > 0)
        #expect(statistics.faults == ["10.0.0.2": Int64(statistics.unknownSenders)])
        #expect(statistics.connections == 0)
    }

    @Test("what a member sends before its heartbeat is heard waits for that", arguments: [SendOptions.synchronous, []])
    func early(options: SendOptions) throws {
        let one = try self.node(1)
        self.cluster.run(.seconds(3))
        let member = try #require(one.channel.localMember)
        var conditions = EmbeddedNetwork.Conditions()
        conditions.datagramLoss = 1
        self.cluster.network.setConditions(conditions)
        let late = try self.node(2)
        self.cluster.run(.milliseconds(2100))
        let outcomes = (1...3).map { late.send([$0], to: [member], options: options) }
        self.cluster.run(.milliseconds(500))
        #expect(one.received.isEmpty)
        self.cluster.network.setConditions(EmbeddedNetwork.Conditions())
        self.cluster.run(.milliseconds(1000))
        #expect(Set(one.bodies) == [[1], [2], [3]] && one.bodies.count == 3)
        #expect(outcomes.allSatisfy { $0.isSuccess })
        #expect(try self.statistics(one).unknownSenders == 0)
    }
}
