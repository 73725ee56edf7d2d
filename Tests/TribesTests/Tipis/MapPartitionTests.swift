import ClusterSupport
import TestSupport
import Testing
import Tribes

@Suite struct MapPartitionTests {
    /// Storms that are tried; each takes about a second.
    static let seeds: UInt64 = 16

    @Test("two halves that both used a value agree on one of them", arguments: [2, 4] as [UInt8])
    func bothSides(count: UInt8) throws {
        let cluster = try MapCluster(count)
        for index in 0..<8 { cluster.put("s\(index)", ["n": "\(index)"], on: UInt8(index % Int(count)) + 1) }
        let (left, right) = (Array(1...count / 2), Array((count / 2 + 1)...count))
        cluster.cut(left, right)
        cluster.run(30_000)
        #expect(cluster.nodes.allSatisfy { $0.map.mapMembers.count == Int(count) / 2 - 1 })
        for node in cluster.nodes {
            for entry in node.map.entries where entry.role == .primary {
                cluster.change(entry.key, "on", "\(node.number)", on: node.number)
            }
        }
        cluster.heal()
        cluster.run(60_000)
        #expect(cluster.nodes.allSatisfy { $0.map.mapMembers.count == Int(count) - 1 })
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.contains { $0.map.statistics.conflicts > 0 })
    }

    @Test("what was removed on one side does not come back from the other")
    func removed() throws {
        let cluster = try MapCluster(3)
        for index in 0..<6 { cluster.put("s\(index)", on: 1) }
        cluster.cut([1], [2, 3])
        cluster.run(30_000)
        cluster[1].map.enqueueRemove("s2")
        cluster.heal()
        cluster.run(60_000)
        #expect(cluster.nodes.allSatisfy { !$0.map.contains("s2") })
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 5 })
    }

    @Test("an end outlives what was changed where nobody heard of it")
    func ended() throws {
        let cluster = try MapCluster(3)
        cluster.put("s", on: 1)
        cluster.cut([1], [2, 3])
        cluster.run(30_000)
        for index in 0..<5 { cluster.change("s", "n", "\(index)", on: 1) }
        let owner = try #require([2, 3].first { cluster[$0].role("s") == .primary })
        cluster.change("s", "n", "x", on: owner)
        cluster[owner].map.enqueueEnd("s")
        cluster.heal()
        cluster.run(60_000)
        #expect(cluster.nodes.allSatisfy { !$0.map.contains("s") })
        #expect(cluster.faults() == [])
    }

    /// Takeovers of one key on several nodes at once may leave it with none that is primary: a use mends that.
    @Test(
        "whatever happens, after quiet a use of a value finds or makes its one primary",
        arguments: Array(1...Self.seeds) + [84, 138, 170]
    )
    func storm(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let count = UInt8.random(in: 2...6, using: &generator)
        let cluster = try MapCluster(count, kind: seed % 4 == 0 ? .copies : .lazy, seed: seed)
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 1...15
        cluster.cluster.network.setConditions(conditions)
        for step in 0..<60 {
            let node = try #require(cluster.nodes.randomElement(using: &generator))
            let key = "s\(Int.random(in: 0..<12, using: &generator))"
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<6: if !node.map.contains(key) { cluster.put(key, ["step": "\(step)"], on: node.number) }
            case 6..<11: _ = cluster.get(key, on: node.number)
            case 11..<16: if node.role(key) == .primary { cluster.change(key, "step", "\(step)", on: node.number) }
            case 16: node.map.enqueueRemove(key)
            case 17 where cluster.nodes.count > 2:
                cluster.kill(node.number)
                cluster.run(Int64.random(in: 0...20_000, using: &generator))
            case 18:
                let gone = (1...count).filter { number in !cluster.nodes.contains { $0.number == number } }
                if let number = gone.randomElement(using: &generator) { try cluster.start(number) }
            default:
                cluster.cut([node.number], cluster.nodes.map(\.number).filter { $0 != node.number })
                cluster.run(Int64.random(in: 0...20_000, using: &generator))
                cluster.heal()
            }
            cluster.run(Int64.random(in: 0...500, using: &generator))
        }
        cluster.heal()
        cluster.run(120_000)
        for key in Set(cluster.nodes.flatMap(\.map.keysFull)).sorted() {
            let owners = cluster.nodes.filter { $0.role(key) == .primary }
            #expect(owners.count <= 1)
            let node = try #require(owners.first ?? cluster.nodes.first { $0.map.contains(key) })
            let value = try #require(cluster.get(key, on: node.number), "\(key) is lost")
            value.set("last", "x")
            node.map.enqueueReplicate(key)
            cluster.run(1000)
        }
        #expect(cluster.faults(ignoresHints: true) == [])
    }
}
