import ClusterSupport
import JavaSerialization
import NIOCore
import Testing
import Tribes

@Suite struct ReplicatedMapTests {
    @Test("a value is on every node", arguments: [1, 2, 3, 6] as [UInt8])
    func places(count: UInt8) throws {
        let cluster = try MapCluster(count, kind: .copies)
        for number in 1...count { cluster.put("s\(number)", ["from": "\(number)"], on: number) }
        for number in 1...count { cluster.change("s\(number)", "more", "x", on: number) }
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.count == Int(count) })
    }

    @Test("a copy that is asked for is primary from then on")
    func moves() throws {
        let cluster = try MapCluster(3, kind: .copies)
        cluster.put("s", ["a": "1"], on: 1)
        #expect(cluster.get("s", on: 3)?.texts == ["a": "1"])
        #expect(cluster[3].role("s") == .primary && cluster[1].role("s") == .copy)
        #expect(cluster[3].map.statistics.sent[.notifyMapMember] == 1)
        #expect(cluster[1].map.peek("s")?.accesses == 1)
        #expect(cluster.faults() == [])
    }

    @Test("a node that comes has every value, and one that was found late is given them")
    func join() throws {
        let cluster = try MapCluster(2, kind: .copies)
        for index in 0..<5 { cluster.put("s\(index)", ["n": "\(index)"], on: UInt8(index % 2) + 1) }
        try cluster.start(3)
        cluster.run(100)
        #expect(cluster.faults() == [])
        #expect(cluster[3].map.statistics.sent[.stateCopy] == 1)
    }

    @Test("the copies of a node that leaves have a new primary", arguments: [false, true])
    func leave(crashes: Bool) throws {
        let cluster = try MapCluster(4, kind: .copies)
        for index in 0..<8 { cluster.put("s\(index)", on: UInt8(index % 4) + 1) }
        if crashes { cluster.kill(1) } else { try cluster.stop(1) }
        cluster.settle()
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.count == 8 })
        #expect(cluster.nodes.flatMap(\.owner.promoted).count == 2)
    }

    @Test("a removed value is gone everywhere")
    func removed() throws {
        let cluster = try MapCluster(3, kind: .copies)
        cluster.put("s", on: 1)
        cluster[2].map.enqueueRemove("s")
        cluster.run(50)
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 0 })
    }

    @Test("a value of an unknown class is carried as it is")
    func opaque() throws {
        final class Box: ReplicatedMapEntry {
            let object: JavaValue
            init(_ object: JavaValue) { self.object = object }
            func encoded() throws -> ByteBuffer { try self.object.stream() }
        }
        final class Owner: ReplicatedMapOwner, Sendable {
            func makeValue(_ stream: ByteBuffer, key: String) throws -> Box { Box(try MapMessageTests.object(stream)) }
        }
        let cluster = SimulatedCluster()
        let owner = Owner()
        let nodes = [cluster.node(1), cluster.node(2)]
        let maps = try nodes.map { node in
            try node.start()
            cluster.run(.seconds(3))
            let map = ReplicatedMap(
                ReplicatedMapConfiguration(name: "/demo", kind: .copies),
                channel: node.channel,
                owner: owner
            )
            let outcome = Outcome(map.submitStart())
            cluster.run(.milliseconds(100))
            #expect(outcome.isSuccess)
            return map
        }
        let entry = try MapMessage(try MapMessageTests.object(MapMessageTests.body("sso-copy-1")))
        let bytes = ByteBuffer(bytes: try #require(entry.value))
        maps[0].enqueuePut("sso", Box(try MapMessageTests.object(bytes)))
        cluster.run(.milliseconds(50))
        let value = try #require(maps[1].peek("sso")).object
        #expect(value.className == "org.apache.catalina.authenticator.SingleSignOnEntry")
        #expect(try value.stream() == bytes)
    }

    @Test("messages of other maps and of no map are left alone; unreadable ones are counted and refused")
    func foreign() throws {
        let cluster = try MapCluster(2)
        let sender = cluster[1].node
        var message = MapMessage(.proxy, mapID: Array("/other-map".utf8), key: MapMessage.key("s"))
        sender.channel.submit(try .object(message), to: [cluster[2].member], options: []).whenComplete { _ in }
        sender.channel.submit(try .object(JavaValue.string("x")), to: [cluster[2].member], options: [])
            .whenComplete { _ in }
        cluster.run(50)
        #expect(cluster[2].map.countFull == 0 && cluster[2].map.statistics.unreadable == 0)
        message.mapID = Array("/demo-map".utf8)
        message.key = [1, 2, 3]
        let refused = Outcome(
            sender.channel.submit(try .object(message), to: [cluster[2].member], options: .synchronous)
        )
        cluster.run(5000)
        #expect(refused.error != nil)
        #expect(cluster[2].map.statistics.unreadable > 0 && cluster[2].map.countFull == 0)
    }

    @Test("a map can be started again, and does nothing before its start")
    func restart() throws {
        let cluster = try MapCluster(2)
        let node = cluster[2]
        cluster.put("s", on: 1)
        let stop = Outcome(node.map.submitStop())
        cluster.run(100)
        #expect(stop.isSuccess && node.map.state == .destroyed)
        #expect(cluster[1].map.mapMembers.isEmpty)
        node.map.insertLocally("t", Note())
        #expect(node.map.countFull == 1)
        let start = Outcome(node.map.submitStart())
        cluster.run(100)
        #expect(start.isSuccess && node.map.state == .initialized)
        cluster.settle()
        #expect(cluster.faults() == [])
        #expect(cluster[1].map.countFull == 2)
    }
}
