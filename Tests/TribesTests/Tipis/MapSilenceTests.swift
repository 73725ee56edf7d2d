import ClusterSupport
import Testing

@testable import Tribes

/// Nodes of a map of which one says nothing any more.
@Suite struct MapSilenceTests {
    @Test("what one node has is found although another one does not answer")
    func silent() throws {
        let cluster = try MapCluster(4)
        cluster.put("s", ["a": "1"], on: 1)
        let proxies = cluster.nodes.filter { $0.role("s") == .proxy }
        let (asking, silent) = (try #require(proxies.first), try #require(proxies.last))
        let others = cluster.nodes.filter { $0 !== asking }.map(\.member)
        cluster.cluster.network.pause(silent.node.host)
        let outcome = Outcome(asking.map.retrieve("s", from: others))
        cluster.run(20_000)
        guard case .success(let value) = outcome.result else {
            Issue.record("nothing was found")
            return
        }
        #expect((value as? Note)?.texts == ["a": "1"])
    }
}
