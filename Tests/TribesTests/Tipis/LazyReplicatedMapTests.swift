import ClusterSupport
import NIOCore
import Synchronization
import Testing
import Tribes

@Suite struct LazyReplicatedMapTests {
    @Test("a value has one primary and one backup, the others know where", arguments: [1, 2, 3, 5, 8] as [UInt8])
    func places(count: UInt8) throws {
        let cluster = try MapCluster(count)
        for number in 1...count { cluster.put("s\(number)", ["from": "\(number)"], on: number) }
        #expect(cluster.faults() == [])
        for number in 1...count {
            #expect(cluster[number].role("s\(number)") == .primary)
            #expect(cluster[number].map.countFull == Int(count))
            #expect(cluster[number].map.mapMembers.count == Int(count) - 1)
            #expect(cluster[number].map.state == .initialized)
        }
    }

    @Test("backups are spread over the nodes in turn")
    func roundRobin() throws {
        let cluster = try MapCluster(4)
        for index in 0..<30 { cluster.put("s\(index)", on: 1) }
        let backups = (2...4).map { number in cluster[UInt8(number)].map.entries.count { $0.role == .backup } }
        #expect(backups == [10, 10, 10])
        #expect(cluster[1].map.count == 30 && cluster[2].map.count == 10 && cluster[2].map.countFull == 30)
        #expect(cluster[2].map.keys.count == 10 && cluster[2].map.values.count == 10)
    }

    @Test("changes go to the backup as changes")
    func changes() throws {
        let cluster = try MapCluster(3)
        cluster.put("s", ["a": "1"], on: 1)
        cluster.change("s", "a", "2", on: 1)
        cluster.change("s", "b", "3", on: 1)
        #expect(cluster.faults() == [])
        let statistics = cluster[1].map.statistics
        #expect(statistics.sent[.backup] == 3 && statistics.sent[.proxy] == 1)
        cluster[1].map.enqueueReplicate("s")
        cluster.run(20)
        #expect(cluster[1].map.statistics == statistics, "nothing changed, nothing is sent")
        cluster[1].map.peek("s")?.setOverdue()
        cluster[1].map.enqueueReplicate("s")
        cluster.run(20)
        #expect(cluster[1].map.statistics.sent[.access] == 1)
        #expect(cluster.nodes.filter { $0.role("s") == .backup }.compactMap { $0.map.peek("s")?.accesses } == [1])
    }

    @Test("a value put again replaces the old one everywhere, a removed one is gone everywhere")
    func replaced() throws {
        let cluster = try MapCluster(4)
        cluster.put("s", ["a": "1"], on: 1)
        cluster.put("s", ["a": "2"], on: 1)
        #expect(cluster.faults() == [])
        #expect(cluster[1].map.peek("s")?.texts == ["a": "2"])
        #expect(cluster[1].map.enqueueRemove("s") != nil)
        cluster.run(20)
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 0 })
        #expect(cluster.get("s", on: 2) == nil)
    }

    @Test("a value is primary where it is asked for", arguments: [ReplicatedMapRole.backup, .proxy])
    func moves(from role: ReplicatedMapRole) throws {
        let cluster = try MapCluster(4)
        cluster.put("s", ["a": "1"], on: 1)
        cluster.change("s", "b", "2", on: 1)
        let target = try #require(cluster.nodes.first { $0.role("s") == role })
        #expect(cluster.get("s", on: target.number)?.texts == ["a": "1", "b": "2"])
        #expect(target.role("s") == .primary)
        #expect(target.owner.promoted == ["s"])
        #expect(cluster.faults() == [])
        let sent = target.map.statistics.sent
        switch role {
        case .proxy: #expect(sent[.retrieveBackup] == 1 && sent[.notifyMapMember] == 1 && sent[.backup] == nil)
        default: #expect(sent[.backup] == 1 && sent[.proxy] == 1 && sent[.retrieveBackup] == nil)
        }
        cluster.change("s", "c", "3", on: target.number)
        #expect(cluster.get("s", on: 1)?.texts == ["a": "1", "b": "2", "c": "3"])
        #expect(cluster.faults() == [])
    }

    @Test("many who ask for a value at the same time on one node get the same")
    func together() throws {
        let cluster = try MapCluster(4)
        cluster.put("s", ["a": "1"], on: 1)
        let proxy = try #require(cluster.nodes.first { $0.role("s") == .proxy })
        let outcomes = (0..<5).map { _ in Outcome(proxy.map.submitGet("s")) }
        cluster.run(100)
        let values = outcomes.compactMap { outcome -> Note? in
            guard case .success(let value) = outcome.result else { return nil }
            return value
        }
        #expect(values.count == 5 && values.allSatisfy { $0 === values[0] })
        #expect(proxy.map.statistics.sent[.retrieveBackup] == 1)
        #expect(cluster.faults() == [])
    }

    @Test(
        "a value that is asked for on all nodes at once ends on one of them",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func everywhere(seed: UInt64) throws {
        let cluster = try MapCluster(4, seed: seed)
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 1...20
        cluster.cluster.network.setConditions(conditions)
        cluster.put("s", ["a": "1"], on: 1)
        cluster.run(200)
        let outcomes = cluster.nodes.map { Outcome($0.map.submitGet("s")) }
        cluster.run(1000)
        #expect(outcomes.allSatisfy { $0.isSuccess })
        let number = UInt8(1 + seed % 4)
        #expect(cluster.get("s", on: number)?.texts == ["a": "1"])
        cluster.run(300)
        #expect(cluster.nodes.count { $0.role("s") == .primary } == 1)
        #expect(cluster[number].role("s") == .primary)
    }

    @Test("a node that comes learns every key; what had no backup has one then")
    func join() throws {
        let cluster = try MapCluster(1)
        for index in 0..<10 { cluster.put("s\(index)", ["n": "\(index)"], on: 1) }
        try cluster.start(2)
        cluster.run(100)
        #expect(cluster.faults() == [])
        #expect(cluster[2].map.entries.allSatisfy { $0.role == .backup })
        try cluster.start(3)
        cluster.run(100)
        #expect(cluster.faults() == [])
        #expect(cluster[3].map.entries.count { $0.role == .proxy } == 10)
        #expect(cluster.get("s4", on: 3)?.texts == ["n": "4"])
        #expect(cluster.faults() == [])
    }

    @Test("a node has begun when it holds what lacked a backup")
    func begins() throws {
        let cluster = try MapCluster(1)
        for index in 0..<200 { cluster.put("s\(index)", ["n": "\(index)"], on: 1) }
        let node = try cluster.join(2)
        let counts = Mutex<[Int]>([])
        node.map.submitStart().whenSuccess { counts.withLock { $0.append(node.map.count) } }
        cluster.run(1000)
        #expect(counts.withLock { $0 } == [200])
    }

    @Test("a node that begins does not wait for ever, nor for a map that stops", arguments: [false, true])
    func beginsAlone(stops: Bool) throws {
        let cluster = try MapCluster(2) { $0.rpcTimeout = .seconds(2) }
        let node = try cluster.join(3)
        cluster.cut([1, 3], [2])
        cluster[1].map.enqueuePut("s", Note())
        let start = Outcome(node.map.submitStart())
        cluster.run(500)
        #expect(start.isPending)
        if stops { _ = cluster[1].map.submitStop() }
        cluster.run(stops ? 100 : 400)
        #expect(start.isPending == !stops)
        cluster.run(200)
        #expect(start.isSuccess)
    }

    @Test("a node that stops leaves nothing behind and nothing is lost", arguments: [2, 3, 5] as [UInt8])
    func leave(count: UInt8) throws {
        let cluster = try MapCluster(count)
        for index in 0..<20 { cluster.put("s\(index)", ["n": "\(index)"], on: UInt8(index % Int(count)) + 1) }
        try cluster.stop(1)
        cluster.run(500)
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 20 })
    }

    @Test("the backup of a node that dies takes over", arguments: [2, 3, 4, 8] as [UInt8])
    func crash(count: UInt8) throws {
        let cluster = try MapCluster(count)
        for index in 0..<20 { cluster.put("s\(index)", ["n": "\(index)"], on: UInt8(index % Int(count)) + 1) }
        for index in 0..<20 { cluster.change("s\(index)", "m", "x", on: UInt8(index % Int(count)) + 1) }
        cluster.kill(2)
        cluster.settle()
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 20 })
        #expect(cluster.get("s1", on: 1)?.texts == ["n": "1", "m": "x"])
    }

    @Test("what died with both its nodes is forgotten by all others")
    func orphans() throws {
        let cluster = try MapCluster(4)
        for index in 0..<9 { cluster.put("s\(index)", on: 1) }
        let orphans = cluster[2].map.entries.count { $0.role == .backup }
        cluster.kill(2)
        cluster.kill(1)
        cluster.settle()
        #expect(orphans == 3)
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 9 - orphans })
    }

    @Test("changes for a backup that died are on another one when the caller has its answer")
    func deadBackup() throws {
        let cluster = try MapCluster(3)
        cluster.put("s", ["a": "1"], on: 1)
        let backup = try #require(cluster.nodes.first { $0.role("s") == .backup })
        cluster.kill(backup.number)
        cluster[1].map.peek("s")?.set("a", "2")
        cluster[1].map.enqueueReplicate("s")
        cluster.run(500)
        let other = try #require(cluster.nodes.first { $0.number != 1 })
        #expect(other.role("s") == .backup && other.map.peek("s")?.texts == ["a": "2"])
        cluster.settle()
        #expect(cluster.faults() == [])
    }

    @Test("a node that was restarted before anybody noticed is given what it had")
    func quickRestart() throws {
        let cluster = try MapCluster(3)
        for index in 0..<10 { cluster.put("s\(index)", ["n": "\(index)"], on: UInt8(index % 3) + 1) }
        cluster.kill(3)
        try cluster.start(3)
        cluster.settle()
        #expect(cluster.faults() == [])
        #expect(cluster.nodes.allSatisfy { $0.map.countFull == 10 })
    }

    @Test("changes without their value have it fetched")
    func repair() throws {
        let cluster = try MapCluster(3)
        cluster.put("s", ["a": "1"], on: 1)
        let backup = try #require(cluster.nodes.first { $0.role("s") == .backup })
        #expect(backup.map.removeLocally("s") != nil)
        cluster.change("s", "b", "2", on: 1)
        cluster.run(100)
        #expect(backup.map.statistics.repairs >= 1)
        cluster.settle()
        #expect(cluster.faults() == [])
        #expect(cluster[1].map.peek("s")?.texts == ["a": "1", "b": "2"])
    }

    @Test("a value that comes behind its changes without a version has them fetched all the same")
    func overtaken() throws {
        let cluster = try MapCluster(2)
        cluster.put("s", ["a": "1"], on: 1)
        let stale = try #require(try cluster[1].map.peek("s")?.encoded())
        #expect(cluster[2].map.removeLocally("s") != nil)
        cluster[1].map.peek("s")?.set("b", "2")
        cluster[1].map.enqueueReplicate("s")
        for _ in 0..<10 where cluster[2].map.statistics.repairs == 0 { cluster.run(1) }
        // As Tomcat's does whose message was sent first and took longer.
        var message = MapMessage(
            .backup,
            mapID: Array("/demo-map".utf8),
            key: MapMessage.key("s"),
            primary: cluster[1].member,
            nodes: [cluster[2].member]
        )
        message.value = Array(stale.readableBytesView)
        let sent = cluster[1].node.channel.submit(
            try .object(message),
            to: [cluster[2].member],
            options: .asynchronous
        )
        _ = Outcome(sent)
        cluster.run(50)
        #expect(cluster[2].map.statistics.repairs > 1)
        #expect(cluster[2].map.peek("s")?.texts == ["a": "1", "b": "2"])
        cluster.settle()
        #expect(cluster.faults() == [])
    }

    @Test("a map takes no more entries of others than it may")
    func full() throws {
        let cluster = try MapCluster(2) { $0.entriesMaximum = 5 }
        for index in 0..<8 { cluster.put("s\(index)", on: 1) }
        #expect(cluster[2].map.countFull == 5)
        #expect(cluster[2].map.statistics.refused > 0)
        #expect(cluster[1].map.countFull == 8)
    }

    @Test("a map without neighbours keeps no changes for anybody")
    func alone() throws {
        let cluster = try MapCluster(1)
        cluster.put("s", on: 1)
        cluster.change("s", "a", "1", on: 1)
        #expect(cluster[1].map.peek("s")?.isDirty == false)
        #expect(cluster[1].map.statistics.sent == [:])
    }
}
