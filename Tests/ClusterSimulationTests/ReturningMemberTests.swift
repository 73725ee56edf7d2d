import ClusterSupport
import Synchronization
import Testing
import Tribes

@testable import CatalinaHA

/// A member that is there again while a request waits for the others.
@Suite struct ReturningMemberTests {
    /// Milliseconds from the end of the cut to the request: some of them end with the member back while the request
    /// waits for the one that missed something.
    private static let offsets = Array(stride(from: Int64(0), through: 4000, by: 200))

    @Test("who is a member when a request is answered has its change", arguments: Self.offsets)
    func answer(offset: Int64) throws {
        let nodes = SimulatedNodes(Scenario(quiet: 3), isTraced: false)
        for number in nodes.numbers { try nodes.start(number) }
        nodes.pass(10_000)
        let server = try #require(nodes[1])
        self.serve(.create(value: 1), on: server, nodes)
        let others = try [2, 3].map { try #require(nodes[$0]) }
        #expect(others.compactMap { $0.delta?.session("s") }.map(SimulatedServer.counter) == [1, 1])

        nodes.network.cut([server.host, SimulatedNodes.host(2)], from: [SimulatedNodes.host(3)])
        nodes.pass(10_000)
        #expect(server.cluster.members == [others[0].member])
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 300...300
        nodes.network.setConditions(conditions)
        nodes.network.heal()
        nodes.pass(offset)
        server.delta?.missed("s", by: [others[0].member].compactMap { $0 })
        self.serve(.change(value: 2), on: server, nodes)
        nodes.end()
    }

    /// Looks at all members of the node at the moment at which it answers.
    private func serve(_ operation: SimulatedServer.Operation, on server: SimulatedServer, _ nodes: SimulatedNodes) {
        let seen = Mutex<[Int]?>(nil)
        let living = nodes.living
        let begin = nodes.now
        server.run {
            let answer = await server.serve(operation, id: "s")
            let members = living.filter { $0.member.map(server.cluster.members.contains) == true }
            let counters = members.map { $0.delta?.session("s").map(SimulatedServer.counter) ?? 0 }
            seen.withLock { $0 = answer.isAcknowledged ? counters : nil }
        }
        while seen.withLock({ $0 }) == nil, nodes.now - begin < 20_000 { nodes.pass(1) }
        let counters = seen.withLock { $0 } ?? []
        let value = if case .create(let value) = operation { value } else { 2 }
        #expect(!counters.isEmpty && counters.allSatisfy { $0 == value }, "\(counters)")
    }
}
