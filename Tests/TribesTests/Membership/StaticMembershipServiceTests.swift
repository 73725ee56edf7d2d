import ClusterSupport
import JavaSerialization
import NIOCore
import Testing
import Tribes

@Suite struct StaticMembershipServiceTests {
    /// Node `number` of a group whose nodes all list `listed`.
    static func node(
        _ cluster: SimulatedCluster,
        _ number: UInt8,
        listed: ClosedRange<UInt8>,
        useThread: Bool = false
    ) throws -> SimulatedNode {
        var configuration = StaticMembershipService.Configuration()
        configuration.useThread = useThread
        let service = StaticMembershipService(configuration: configuration)
        for other in listed { service.add(try StaticMembershipInterceptorTests.member(Int(other))) }
        return cluster.node(number) { $0.membershipService = service }
    }

    @Test(
        "recorded questions, answers and farewells are read and written back byte for byte",
        arguments: [
            ("staticsvc-start-request", MemberMessage.Kind.start, RpcMessage.Kind.request),
            ("staticsvc-start-reply", .start, .reply), ("staticsvc-ping-request", .ping, .request),
            ("staticsvc-ping-reply", .ping, .reply), ("staticsvc-stop", .stop, nil),
        ] as [(String, MemberMessage.Kind, RpcMessage.Kind?)]
    )
    func recorded(name: String, kind: MemberMessage.Kind, call: RpcMessage.Kind?) throws {
        let frame = try recordedMessage(name)
        var stream = try JavaObjectInputStream(frame.body)
        let object = try stream.readObject()
        let rpc = try call.map { _ in try RpcMessage(try #require(object.object)) }
        #expect(rpc?.kind == call)
        let payload = try #require(call == nil ? object : rpc?.payload as? JavaValue)
        let message = try #require(try MemberMessage(payload))
        #expect(message.kind == kind)
        #expect(message.membershipID == Array("localhost-Channel-StaticMembership".utf8))
        #expect(rpc.map { $0.rpcID == message.membershipID } != false)
        #expect(message.member.isShuttingDown == (kind == .stop))
        #expect(message.member.isStatic)
        guard let rpc else {
            #expect(try message.stream() == frame.body)
            return
        }
        let written = RpcMessage(rpc.kind, callID: rpc.callID, rpcID: rpc.rpcID, payload: message)
        #expect(try written.stream() == frame.body)
    }

    @Test("listed nodes find each other at their start, whoever is first", arguments: [false, true])
    func discovery(useThread: Bool) throws {
        let cluster = SimulatedCluster()
        let nodes = try (1...3).map { try Self.node(cluster, $0, listed: 1...3, useThread: useThread) }
        for node in nodes {
            let outcome = try node.start()
            cluster.run(.seconds(1))
            #expect(outcome.isSuccess)
        }
        for node in nodes {
            let others = nodes.filter { $0 !== node }.compactMap(\.channel.localMember)
            #expect(Set(node.channel.members) == Set(others))
        }
        let outcome = nodes[0].send([1], to: nodes[0].channel.members, options: .synchronous)
        cluster.run(.seconds(12))
        #expect(outcome.isSuccess)
        #expect(nodes.allSatisfy { $0.channel.members.count == 2 })
    }

    @Test("who stops is forgotten at once, who is killed soon, and who comes back is found", arguments: [false, true])
    func departure(isKilled: Bool) throws {
        let cluster = SimulatedCluster()
        let (one, two) = (try Self.node(cluster, 1, listed: 1...2), try Self.node(cluster, 2, listed: 1...2))
        try one.start()
        try two.start()
        cluster.run(.seconds(2))
        let member = try #require(two.channel.localMember)
        if isKilled {
            cluster.network.kill(two.host)
            cluster.run(.seconds(20))
        } else {
            try two.stop()
            cluster.run(.milliseconds(50))
        }
        #expect(one.events.last == .disappeared(member))
        #expect(one.channel.members.isEmpty)
        let again = try Self.node(cluster, 2, listed: 1...2)
        try again.start()
        cluster.run(.seconds(2))
        #expect(one.channel.members == [member])
    }

    @Test("a node that is not listed itself cannot start, unless it says who it is")
    func unlisted() throws {
        let cluster = SimulatedCluster()
        let stranger = try Self.node(cluster, 3, listed: 1...2)
        let outcome = try stranger.start()
        cluster.run(.seconds(1))
        #expect(outcome.error?.code == .cannotStart)
        let service = StaticMembershipService(configuration: StaticMembershipService.Configuration())
        service.setLocalMember(try StaticMembershipInterceptorTests.member(3, host: ""))
        let node = cluster.node(4) { $0.membershipService = service }
        let started = try node.start()
        cluster.run(.seconds(1))
        #expect(started.isSuccess)
        #expect(node.channel.localMember?.host == [10, 0, 0, 4])
        #expect(node.channel.localMember?.uniqueID.bytes == Array(repeating: 3, count: 16))
    }

    @Test("objects that are no such message are none, or refused")
    func hostile() throws {
        #expect(try MemberMessage(.string("START")) == nil)
        let frame = try recordedMessage("staticsvc-stop")
        var bytes = Array(frame.body.readableBytesView)
        let type = try #require(bytes.firstRange(of: [0, 0, 0, 2] + [0x73]))
        bytes.replaceSubrange(type.prefix(4), with: [0, 0, 0, 9])
        var stream = try JavaObjectInputStream(bytes)
        let value = try stream.readObject()
        #expect(throws: JavaSerializationError.self) { try MemberMessage(value) }
    }
}

@Suite struct CloudMembershipServiceTests {
    static func service(
        provider: String = "dns",
        name: String = "",
        _ variables: [String: String] = ["DNS_MEMBERSHIP_SERVICE_NAME": "nodes.test"]
    ) -> CloudMembershipService {
        var configuration = CloudMembershipService.Configuration()
        configuration.membershipProviderClassName = provider
        configuration.dnsServiceName = name
        return CloudMembershipService(configuration: configuration) { variables[$0] }
    }

    @Test("the addresses of the name are the members, with ids that everybody computes alike")
    func discovery() throws {
        let cluster = SimulatedCluster()
        cluster.network.setAddresses((1...3).map { [10, 0, 0, $0] }, for: "nodes.test")
        let nodes = (1...3 as ClosedRange<UInt8>).map { number in
            cluster.node(number) { $0.membershipService = Self.service() }
        }
        for node in nodes { try node.start() }
        cluster.run(.seconds(11))
        for node in nodes {
            let others = nodes.filter { $0 !== node }.compactMap(\.channel.localMember)
            #expect(Set(node.channel.members) == Set(others))
        }
        // printf %s 10.0.0.1 | md5sum
        #expect(nodes[0].channel.localMember?.uniqueID.description == "190dafab69706a67221c1226360de7dc")
        let outcome = nodes[0].send([1], to: nodes[0].channel.members, options: .synchronous)
        cluster.run(.milliseconds(100))
        #expect(outcome.isSuccess)
        cluster.network.kill(nodes[2].host)
        cluster.network.setAddresses([[10, 0, 0, 1], [10, 0, 0, 2]], for: "nodes.test")
        cluster.run(.seconds(20))
        #expect(nodes[0].channel.members.map(\.host) == [[10, 0, 0, 2]])
    }

    @Test("who sends a message without being known joins")
    func senders() throws {
        let cluster = SimulatedCluster()
        cluster.network.setAddresses([[10, 0, 0, 1], [10, 0, 0, 2]], for: "nodes.test")
        cluster.network.setAddresses([[10, 0, 0, 2]], for: "few.test")
        let one = cluster.node(1) { $0.membershipService = Self.service() }
        let two = cluster.node(2) { $0.membershipService = Self.service(name: "few.test") }
        try two.start()
        try one.start()
        cluster.run(.milliseconds(100))
        #expect(two.channel.members.isEmpty)
        one.send([1], to: one.channel.members)
        cluster.run(.milliseconds(100))
        #expect(two.channel.members == [one.channel.localMember].compactMap { $0 })
        #expect(two.bodies == [[1]])
    }

    @Test(
        "the name comes from the attribute, else from the first variable that is set",
        arguments: [
            ("a", ["DNS_MEMBERSHIP_SERVICE_NAME": "b"], "a"), ("", ["DNS_MEMBERSHIP_SERVICE_NAME": "b"], "b"),
            ("", ["DNS_MEMBERSHIP_SERVICE_NAME": "", "KUBERNETES_NAMESPACE": "c"], "c"),
            ("", ["OPENSHIFT_KUBE_PING_NAMESPACE": "d", "KUBERNETES_NAMESPACE": "c"], "d"), ("", [:], "tomcat"),
        ]
    )
    func names(attribute: String, variables: [String: String], name: String) {
        #expect(Self.service(name: attribute, variables).serviceName == name)
    }

    @Test("another provider than DNS is refused; a name without addresses is not fatal", arguments: ["", "kubernetes"])
    func providers(name: String) throws {
        let cluster = SimulatedCluster()
        let node = cluster.node(1) { $0.membershipService = Self.service(provider: name) }
        let outcome = try node.start()
        cluster.run(.seconds(1))
        #expect(outcome.error?.code == .badConfiguration)
        let lonely = cluster.node(2) { $0.membershipService = Self.service(name: "nobody.test") }
        let started = try lonely.start()
        cluster.run(.seconds(6))
        #expect(started.isSuccess)
        #expect(lonely.channel.members.isEmpty)
    }

    @Test("an address is digested as Java writes it")
    func text() {
        #expect(HostAddress.javaText([127, 0, 0, 1]) == "127.0.0.1")
        #expect(
            HostAddress.javaText([0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [1]) == "2001:db8:0:0:0:0:0:1"
        )
    }
}
