import ClusterSupport
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct NonBlockingCoordinatorTests {
    static let recordings: [(name: String, kind: CoordinationMessage.Kind)] = [
        ("nonblock-0-request", .request), ("nonblock-1-request", .request), ("nonblock-2-conf", .confirmation),
    ]

    static func node(_ cluster: SimulatedCluster, _ number: UInt8) -> (SimulatedNode, NonBlockingCoordinator) {
        let coordinator = NonBlockingCoordinator(configuration: NonBlockingCoordinator.Configuration())
        let node = cluster.node(number) { channel in
            channel.add(coordinator as any ChannelInterceptor)
            for layer in GroupChannel.defaultInterceptors() { channel.add(layer) }
        }
        return (node, coordinator)
    }

    @Test("recorded messages say what their annotations say and are written back byte for byte", arguments: recordings)
    func recorded(name: String, kind: CoordinationMessage.Kind) throws {
        let message = try recordedMessage(name)
        let coordination = try CoordinationMessage(message.body)
        #expect(coordination.kind == kind)
        #expect(coordination.view.map(\.port) == [14_000, 14_001])
        #expect(coordination.leader == coordination.view[0])
        #expect(coordination.source == coordination.view[0])
        #expect(coordination.encoded == message.body)
        #expect(message.options == .useAck)
    }

    @Test("a message cut anywhere, or with a view that is too large, is refused", arguments: recordings.map(\.name))
    func truncated(name: String) throws {
        let bytes = Array(try recordedMessage(name).body.readableBytesView)
        for size in 0..<bytes.count {
            #expect(throws: WireError.self) { try CoordinationMessage(ByteBuffer(bytes: bytes.prefix(size))) }
        }
        #expect(throws: WireError.trailingBytes(1)) { try CoordinationMessage(ByteBuffer(bytes: bytes + [0])) }
        var crowded = bytes
        crowded.replaceSubrange(178..<182, with: [0xff, 0xff, 0xff, 0xff])
        #expect(throws: WireError.badValue(field: .member, 0xffff_ffff)) {
            try CoordinationMessage(ByteBuffer(bytes: crowded))
        }
    }

    @Test("mutated messages are read or refused, never more")
    func mutations() throws {
        var generator = SeededGenerator(seed: 5)
        let bytes = Array(try recordedMessage("nonblock-0-request").body.readableBytesView)
        for _ in 0..<5000 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutated[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let message = try? CoordinationMessage(ByteBuffer(bytes: mutated)) else { continue }
            #expect(message.encoded == ByteBuffer(bytes: mutated))
        }
    }

    @Test("what begins with the mark of the living is swallowed, everything else goes up")
    func swallows() throws {
        let harness = ChainHarness([
            NonBlockingCoordinator(configuration: NonBlockingCoordinator.Configuration())
        ])
        harness.start()
        try harness.receive(harness.makeMessage(NonBlockingCoordinator.aliveMark + [1]))
        try harness.receive(harness.makeMessage([1, 2]))
        try harness.receive(harness.makeMessage([]))
        #expect(harness.receivedBodies == [[1, 2], []])
        #expect(harness.levels == .all)
    }

    @Test("nodes that start together agree on one view, whose first is the coordinator", arguments: [1, 2, 3, 7])
    func agreement(count: UInt8) throws {
        let cluster = SimulatedCluster()
        let nodes = (1...count).map { Self.node(cluster, $0) }
        for (node, _) in nodes { try node.start() }
        cluster.run(.seconds(8))
        let members = AbsoluteOrder.sorted(nodes.compactMap { $0.0.channel.localMember })
        for (_, coordinator) in nodes { #expect(coordinator.view == members) }
        #expect(nodes.map(\.1.isCoordinator) == (1...count).map { $0 == 1 })
    }

    @Test("a node that joins, one that leaves and one that dies change the view of all", arguments: [false, true])
    func changes(isKilled: Bool) throws {
        let cluster = SimulatedCluster()
        let nodes = [3, 4, 5].map { Self.node(cluster, $0) }
        for (node, _) in nodes { try node.start() }
        cluster.run(.seconds(8))
        #expect(nodes[0].1.isCoordinator)
        let (better, coordinator) = Self.node(cluster, 1)
        try better.start()
        cluster.run(.seconds(30))
        let first = try #require(better.channel.localMember)
        #expect(coordinator.isCoordinator)
        for (_, other) in nodes { #expect(other.coordinator == first) }
        if isKilled { cluster.network.kill(better.host) } else { try better.stop() }
        cluster.run(.seconds(30))
        let second = try #require(nodes[0].0.channel.localMember)
        for (_, other) in nodes {
            #expect(other.coordinator == second)
            #expect(other.view.count == 3)
        }
    }

    @Test("a token for another goes to the next in the ring, past one that does not take it")
    func passing() throws {
        let local = ChainHarness.member(5)
        let harness = ChainHarness(
            [NonBlockingCoordinator(configuration: NonBlockingCoordinator.Configuration())],
            local: local
        )
        let members = [1, 5, 8, 9].map { ChainHarness.member($0) }
        let peers = members.filter { $0 != local }.map { Peer($0, in: harness) }
        #expect(peers.count == 3)
        harness.start()
        harness.answerSends { [harness] _, destinations in
            destinations == [ChainHarness.member(8)]
                ? harness.loop.failed(Tribes.ChannelError(.timedOut, "late")) : harness.loop.succeeded()
        }
        let token = CoordinationMessage(
            .request,
            leader: members[0],
            source: members[0],
            view: members,
            id: UniqueID(high: 1, low: 2)
        )
        var message = harness.makeMessage([], options: .useAck, sender: members[0])
        message.body = token.encoded
        try harness.receive(message)
        harness.run()
        #expect(harness.sent.map(\.destinations) == [[members[2]], [members[3]]])
        #expect(harness.sent.allSatisfy { $0.message.options == .useAck })
        #expect(harness.sentBodies.map { ByteBuffer(bytes: $0) } == [token.encoded, token.encoded])
        #expect(Set(harness.added) == Set(members.filter { $0 != local }))
    }

    @Test("members that only a message names and nobody reaches are left out; waiting messages are bounded")
    func unreachable() throws {
        let harness = ChainHarness(
            [NonBlockingCoordinator(configuration: NonBlockingCoordinator.Configuration())],
            local: ChainHarness.member(5)
        )
        harness.start()
        func token(_ number: UInt8) -> ChannelMessage {
            let stranger = ChainHarness.member(number)
            var message = harness.makeMessage([], sender: stranger)
            message.body =
                CoordinationMessage(
                    .request,
                    leader: stranger,
                    source: stranger,
                    view: [stranger, harness.local],
                    id: UniqueID(high: 1, low: UInt64(number))
                ).encoded
            return message
        }
        var refused = 0
        for number in 100..<200 as Range<UInt8> {
            do { try harness.receive(token(number)) } catch { refused += 1 }
        }
        #expect(refused == 100 - NonBlockingCoordinator.pendingMaximum - 1)
        harness.run(.seconds(120))
        #expect(harness.sent.isEmpty)
        #expect(harness.added.isEmpty)
    }

    @Test("an election that comes to nothing is begun again")
    func retries() {
        let local = ChainHarness.member(1)
        var election = CoordinatorElection(local: local)
        let ids = (1...9).map { UniqueID(high: 0, low: UInt64($0)) }
        #expect(election.elect(newID: ids[0]) == [.installed])
        let other = ChainHarness.member(2)
        let token = CoordinationMessage(.request, leader: local, source: local, view: [local, other], id: ids[1])
        #expect(election.memberAdded(other, newID: ids[1]) == [.pass(token, to: [other]), .wait(ids[1])])
        #expect(election.elect(newID: ids[2]) == [])
        let again = election.timedOut(ids[1], newID: ids[3])
        #expect(again.last == .wait(ids[3]))
        election.failed(ids[3])
        #expect(!election.isElecting)
        #expect(election.check(newID: ids[4]).count == 2)
        let gone = election.memberDisappeared(other, newID: ids[5])
        #expect(gone == [.installed])
        #expect(election.view == [local])
        #expect(election.isCoordinator)
    }
}
