import ClusterSupport
import NIOCore
import Testing
import Tribes

@Suite struct GroupChannelTests {
    struct Refusal: Error {}

    static func pair(
        _ conditions: EmbeddedNetwork.Conditions = EmbeddedNetwork.Conditions()
    ) throws -> (SimulatedCluster, SimulatedNode, SimulatedNode) {
        let cluster = SimulatedCluster()
        cluster.network.setConditions(conditions)
        let (one, two) = (cluster.node(1), cluster.node(2))
        try one.start()
        try two.start()
        cluster.run(.seconds(3))
        return (cluster, one, two)
    }

    @Test("nodes find each other by multicast, after four heartbeats at most")
    func discovery() throws {
        let cluster = SimulatedCluster()
        let nodes = (1...5).map { cluster.node($0) }
        let outcomes = try nodes.map { try $0.start() }
        cluster.run(.milliseconds(1900))
        #expect(outcomes.allSatisfy { $0.isPending })
        cluster.run(.milliseconds(200))
        #expect(outcomes.allSatisfy { $0.isSuccess })
        for node in nodes {
            let others = nodes.filter { $0 !== node }.compactMap(\.channel.localMember)
            #expect(Set(node.channel.members) == Set(others))
            #expect(node.events.count == 4)
        }
    }

    @Test("who stops is forgotten at once, who is killed after the drop time")
    func departure() throws {
        let (cluster, one, two) = try Self.pair()
        let member = try #require(two.channel.localMember)
        try two.stop()
        cluster.run(.milliseconds(10))
        #expect(one.events.last == .disappeared(member))
        #expect(one.channel.members.isEmpty)

        let three = cluster.node(3)
        try three.start()
        cluster.run(.seconds(3))
        #expect(one.channel.members.count == 1)
        cluster.network.kill(three.host)
        cluster.run(.milliseconds(2400))
        #expect(one.channel.members.count == 1)
        cluster.run(.milliseconds(1200))
        #expect(one.channel.members.isEmpty)
    }

    @Test("every combination of acknowledgement options delivers and completes", arguments: [0, 2, 4, 6, 8, 10, 14])
    func options(value: UInt32) throws {
        let (cluster, one, two) = try Self.pair()
        let outcome = one.send([1, 2], to: one.channel.members, options: SendOptions(rawValue: value))
        cluster.run(.milliseconds(20))
        #expect(outcome.isSuccess)
        #expect(two.bodies == [[1, 2]])
        #expect(two.received.first?.options == SendOptions(rawValue: value | 1))
        #expect(two.received.first?.sender == one.channel.localMember)
    }

    @Test("a refusal reaches the sender only of a synchronous message, and the connection stays")
    func refusal() throws {
        let (cluster, one, two) = try Self.pair()
        two.refuse(with: Refusal())
        let synchronous = one.send([1], to: one.channel.members, options: .synchronous)
        let received = one.send([2], to: one.channel.members, options: .useAck)
        cluster.run(.milliseconds(20))
        #expect(synchronous.error?.faultyMembers.map { $0.isRemoteFailure } == [true])
        #expect(received.isSuccess)
        two.refuse(with: nil)
        let again = one.send([3], to: one.channel.members, options: .synchronous)
        cluster.run(.milliseconds(20))
        #expect(again.isSuccess)
        #expect(two.bodies.sorted { $0[0] < $1[0] } == [[1], [2], [3]])
    }

    @Test("messages that nobody waits for arrive in order, whatever the network does")
    func order() throws {
        var conditions = EmbeddedNetwork.Conditions()
        conditions.delay = 1...40
        let (cluster, one, two) = try Self.pair(conditions)
        for number in 0..<200 {
            one.send([UInt8(number)], to: one.channel.members, options: .asynchronous)
            if number % 10 == 0 { cluster.run(.milliseconds(3)) }
        }
        cluster.run(.seconds(2))
        #expect(two.bodies.map { $0[0] } == (0..<200).map { UInt8($0) })
    }

    @Test("a member that does not answer is named after the timeout")
    func timeout() throws {
        let (cluster, one, two) = try Self.pair()
        let members = one.channel.members
        cluster.network.cut([one.host], from: [two.host])
        let outcome = one.send([1], to: members, options: .synchronous)
        cluster.run(.milliseconds(2900))
        #expect(outcome.isPending)
        cluster.run(.milliseconds(4000))
        #expect(outcome.error?.faultyMembers.map { $0.member } == members)
    }

    @Test("what is under way to a member fails when it is known to be lost, and nothing waits when it is back")
    func abandoned() throws {
        let (cluster, one, two) = try Self.pair()
        let member = try #require(one.channel.members.first)
        cluster.network.cut([one.host], from: [two.host])
        cluster.run(.milliseconds(2500))
        let lost = one.send([1], to: [member], options: .synchronous)
        cluster.run(.milliseconds(400))
        #expect(lost.isPending)
        cluster.run(.milliseconds(1600))
        #expect(one.channel.members.isEmpty)
        #expect(lost.error?.faultyMembers.map(\.member) == [member])
        cluster.network.heal()
        cluster.run(.seconds(1))
        #expect(one.channel.members == [member])
        let sent = one.send([2], to: [member], options: .synchronous)
        cluster.run(.milliseconds(20))
        #expect(sent.isSuccess)
        #expect(two.bodies == [[2]])
    }

    @Test("connections that open too late for their messages take others")
    func lateConnections() throws {
        let (cluster, one, two) = try Self.pair()
        let member = try #require(one.channel.members.first)
        cluster.network.cut([one.host], from: [two.host])
        let late = (0..<40).map { one.send([UInt8($0)], to: [member], options: .synchronous) }
        cluster.run(.milliseconds(3300))
        #expect(late.allSatisfy { !$0.isPending && !$0.isSuccess })
        cluster.network.heal()
        cluster.run(.seconds(1))
        let sent = (0..<40).map { one.send([UInt8(100 + $0)], to: [member], options: .synchronous) }
        cluster.run(.seconds(1))
        #expect(sent.allSatisfy { $0.isSuccess })
        #expect(Set(two.bodies.map { $0[0] }.filter { $0 >= 100 }).count == 40)
    }

    @Test("one dead member of several does not keep the others from the message")
    func partialFailure() throws {
        let cluster = SimulatedCluster()
        let nodes = (1...3).map { cluster.node($0) }
        for node in nodes { try node.start() }
        cluster.run(.seconds(3))
        let dead = try #require(nodes[2].channel.localMember)
        cluster.network.kill(nodes[2].host)
        let outcome = nodes[0].send([7], to: nodes[0].channel.members, options: .synchronous)
        cluster.run(.milliseconds(100))
        #expect(outcome.error?.faultyMembers.map { $0.member } == [dead])
        #expect(nodes[1].bodies == [[7]])
    }

    @Test("a burst of waiting messages shares the pool and all arrive")
    func pool() throws {
        let (cluster, one, two) = try Self.pair()
        let outcomes = (0..<200).map { one.send([UInt8($0)], to: one.channel.members, options: .synchronous) }
        cluster.run(.seconds(1))
        #expect(outcomes.allSatisfy { $0.isSuccess })
        #expect(Set(two.bodies.map { $0[0] }).count == 200)
        let transmitter = try #require(one.channel.sender as? ReplicationTransmitter)
        cluster.run(.seconds(5))
        #expect(transmitter.transport.statistics.inPoolSize == 25)
        let receiver = try #require(two.channel.receiver as? NioReceiver)
        #expect(receiver.statistics.connections == 25)
    }

    @Test("a message broadcast to the group needs no member list and reaches everybody else")
    func multicast() throws {
        let (cluster, one, two) = try Self.pair()
        let outcome = one.send([5], to: one.channel.members, options: .multicast)
        cluster.run(.milliseconds(10))
        #expect(outcome.isSuccess)
        #expect(two.bodies == [[5]])
        #expect(one.bodies.isEmpty)
    }

    @Test("datagrams carry messages to a member with a UDP port", arguments: [UInt32(0x20), 0x22, 0x26])
    func datagrams(value: UInt32) throws {
        let cluster = SimulatedCluster()
        let nodes = (1...2).map { number in
            cluster.node(UInt8(number)) { channel in
                var configuration = NioReceiver.Configuration()
                configuration.udpPort = 4300
                channel.receiver = NioReceiver(configuration: configuration)
            }
        }
        for node in nodes { try node.start() }
        cluster.run(.seconds(3))
        #expect(nodes[0].channel.members.map { $0.udpPort } == [4300])
        let outcome = nodes[0].send([6], to: nodes[0].channel.members, options: SendOptions(rawValue: value))
        cluster.run(.milliseconds(50))
        #expect(outcome.isSuccess)
        #expect(nodes[1].bodies == [[6]])
    }

    @Test("two receivers on one host take the next free port")
    func autoBind() throws {
        let cluster = SimulatedCluster()
        let (one, two) = (cluster.node(1), cluster.node(1))
        try one.start(.receiver)
        try two.start(.receiver)
        #expect(one.channel.localMember?.port == 4000)
        #expect(two.channel.localMember?.port == 4001)
    }

    @Test("a level that runs cannot be started again; nothing is sent before the sender runs")
    func levels() throws {
        let cluster = SimulatedCluster()
        let node = cluster.node(1)
        try node.start([.receiver])
        let again = try node.start([.receiver])
        cluster.run(.milliseconds(1))
        #expect(again.error?.code == .alreadyStarted)
        let other = ChainHarness.member(2)
        #expect(node.send([1], to: [other]).error?.code == .notStarted)
        #expect(node.send([1], to: []).error?.code == .noDestination)
    }

    @Test("colliding flags are refused when asked to look")
    func optionCheck() throws {
        var configuration = GroupChannel.Configuration()
        configuration.optionCheck = true
        let channel = GroupChannel(configuration: configuration)
        channel.add(Flagged(0x100) as any ChannelInterceptor)
        channel.add(Flagged(0x300) as any ChannelInterceptor)
        #expect(throws: Tribes.ChannelError.self) { try channel.assemble() }
    }

    final class Flagged: ChannelInterceptor {
        let optionFlag: SendOptions
        init(_ flag: UInt32) { self.optionFlag = SendOptions(rawValue: flag) }
    }
}
