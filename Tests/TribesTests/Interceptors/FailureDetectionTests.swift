import ClusterSupport
import NIOCore
import Testing
import Tribes

@Suite struct TcpFailureDetectorTests {
    static func harness(
        _ change: (inout TcpFailureDetector.Configuration) -> Void = { _ in }
    ) -> (ChainHarness, TcpFailureDetector) {
        var configuration = TcpFailureDetector.Configuration()
        change(&configuration)
        let detector = TcpFailureDetector(configuration: configuration)
        let harness = ChainHarness([detector])
        harness.start()
        return (harness, detector)
    }

    static func listed(_ number: UInt8) -> Member {
        var member = ChainHarness.member(number)
        member.isStatic = true
        return member
    }

    @Test("a member counts once it takes a connection; the probe is the recorded frame")
    func added() throws {
        let (harness, _) = Self.harness()
        let member = ChainHarness.member(2)
        let peer = Peer(member, in: harness)
        harness.addMember(member)
        #expect(harness.chain.members.isEmpty)
        harness.run()
        #expect(harness.added == [member])
        #expect(harness.chain.members == [member])
        var bytes = peer.received
        let payload = try #require(try PackageDecoder().decode(buffer: &bytes))
        try expectFrame(try ChannelData.decode(payload), equals: "frame-fail-detect-probe")
        harness.addMember(ChainHarness.member(3))
        harness.run(.seconds(2))
        #expect(harness.chain.members == [member])
    }

    @Test("a recorded probe is swallowed, whatever else its sender says is not")
    func swallows() throws {
        let (harness, _) = Self.harness()
        try harness.receive(try recordedMessage("frame-fail-detect-probe"))
        #expect(harness.received.isEmpty)
        try harness.receive(harness.makeMessage(TcpFailureDetector.probeBody + [0]))
        try harness.receive(harness.makeMessage(TcpFailureDetector.probeBody.dropLast()))
        #expect(harness.received.count == 2)
    }

    @Test("who is reported gone and can be reached stays; who cannot goes")
    func disappeared() {
        let (harness, _) = Self.harness()
        let member = ChainHarness.member(2)
        let peer = Peer(member, in: harness)
        harness.addMember(member)
        harness.run()
        harness.removeMember(member)
        harness.run()
        #expect(harness.disappeared.isEmpty)
        peer.close()
        harness.beat()
        #expect(harness.disappeared == [member])
        #expect(harness.chain.members.isEmpty)
    }

    @Test("who says that it leaves goes at once")
    func shutdown() {
        let (harness, _) = Self.harness()
        var member = ChainHarness.member(2)
        let peer = Peer(member, in: harness)
        harness.addMember(member)
        harness.run()
        member.command = Member.shutdownCommand
        harness.removeMember(member)
        #expect(harness.disappeared.map(\.isShuttingDown) == [true])
        peer.close()
    }

    @Test("a failed send raises suspicion, a refusal does not")
    func sends() {
        let (harness, _) = Self.harness()
        let member = ChainHarness.member(2)
        let peer = Peer(member, in: harness)
        harness.addMember(member)
        harness.run()
        peer.close()
        harness.answerSends { [harness] _, destinations in
            harness.loop.failed(
                Tribes.ChannelError(
                    .sendFailed,
                    "no",
                    destinations: destinations,
                    cause: Tribes.ChannelError(.remoteProcessing, "refused")
                )
            )
        }
        harness.send(harness.makeMessage([1]), to: [member])
        harness.run()
        #expect(harness.disappeared.isEmpty)
        harness.answerSends { [harness] _, destinations in
            harness.loop.failed(
                Tribes.ChannelError(
                    .sendFailed,
                    "no",
                    destinations: destinations,
                    cause: Tribes.ChannelError(.timedOut, "late")
                )
            )
        }
        harness.send(harness.makeMessage([1]), to: [member])
        harness.run()
        #expect(harness.disappeared == [member])
    }

    @Test("a listed member that is down is found when it comes up, and lost again")
    func listedMember() {
        let (harness, _) = Self.harness()
        let member = Self.listed(2)
        harness.addMember(member)
        harness.run()
        #expect(harness.added.isEmpty)
        let peer = Peer(member, in: harness)
        harness.beat()
        #expect(harness.added == [member])
        peer.close()
        for layer in [false, true] {
            if layer { harness.removeMember(member) }
            harness.beat()
        }
        #expect(harness.disappeared == [member])
        harness.members = [member]
        _ = Peer(member, in: harness)
        harness.beat()
        #expect(harness.added == [member, member])
    }

    @Test("a member that the layer below knows unannounced is found by the heartbeat")
    func unannounced() {
        let (harness, _) = Self.harness()
        let member = ChainHarness.member(2)
        _ = Peer(member, in: harness)
        harness.members = [member]
        harness.beat()
        #expect(harness.added == [member])
    }

    @Test("a forced check finds who is dead without any report")
    func forced() {
        let (harness, detector) = Self.harness()
        let member = ChainHarness.member(2)
        let peer = Peer(member, in: harness)
        harness.addMember(member)
        harness.run()
        peer.close()
        harness.beat()
        #expect(harness.chain.members == [member])
        detector.checkMembers(isForced: true, context: harness.chain.context(at: 0))
        harness.run()
        #expect(harness.disappeared == [member])
    }

    @Test("a probe that wants an answer takes silence for death", arguments: [false, true])
    func readTest(answers: Bool) {
        let (harness, _) = Self.harness { configuration in
            configuration.performReadTest = true
            configuration.readTestTimeout = 100
        }
        let member = ChainHarness.member(2)
        final class Answering: NetworkConnectionHandler, Sendable {
            let answers: Bool
            init(_ answers: Bool) { self.answers = answers }
            func received(_ bytes: ByteBuffer, on connection: any NetworkConnection) {
                if self.answers { _ = connection.write(Acknowledgement.accepted.package) }
            }
            func closed(_ connection: any NetworkConnection, error: (any Error)?) {}
        }
        _ = harness.network.node(member.host).listen(
            at: member.endpoint,
            options: SocketOptions(),
            on: harness.loop
        ) { _ in Answering(answers) }
        harness.addMember(member)
        harness.run(.milliseconds(200))
        #expect(harness.chain.members == (answers ? [member] : []))
    }

    @Test("a suspect that stays alive is probed for its time and no longer")
    func suspects() {
        var verification = MemberVerification()
        let member = ChainHarness.member(2)
        let start = NIODeadline.uptimeNanoseconds(0)
        func answer(
            _ actions: [MemberVerification.Action],
            _ isAlive: Bool,
            at now: NIODeadline
        ) -> [MemberVerification.Action] {
            actions.flatMap { action -> [MemberVerification.Action] in
                guard case .probe(let member, let number) = action else { return [] }
                return verification.probed(
                    member,
                    number: number,
                    isAlive: isAlive,
                    at: now,
                    suspectTimeout: .seconds(300)
                )
            }
        }
        var actions = verification.memberAdded(member)
        #expect(answer(actions, true, at: start) == [.announceAdded(member, .added)])
        actions = verification.memberDisappeared(member)
        #expect(answer(actions, true, at: start) == [.stillAlive(member, .disappeared)])
        #expect(verification.suspects.toRemove == [member])
        actions = verification.check(below: [], at: start + .seconds(5))
        #expect(answer(actions, true, at: start + .seconds(5)) == [.stillAlive(member, .removeSuspect)])
        actions = verification.check(below: [], at: start + .seconds(301))
        _ = answer(actions, true, at: start + .seconds(301))
        #expect(verification.suspects.toRemove.isEmpty)
        #expect(verification.members == [member])
        let unwanted = verification.probed(member, number: 77, isAlive: false, at: start, suspectTimeout: nil)
        #expect(unwanted.isEmpty)
    }
}

@Suite struct TcpPingInterceptorTests {
    static func ping(_ change: (inout TcpPingInterceptor.Configuration) -> Void = { _ in }) -> TcpPingInterceptor {
        var configuration = TcpPingInterceptor.Configuration()
        change(&configuration)
        return TcpPingInterceptor(configuration: configuration)
    }

    @Test("without a failure detector each member gets the recorded ping at a heartbeat")
    func pings() throws {
        let harness = ChainHarness([Self.ping()])
        harness.start()
        harness.beat()
        #expect(harness.sent.isEmpty)
        harness.addMember(ChainHarness.member(2))
        harness.beat()
        #expect(harness.sent.map(\.destinations) == [[ChainHarness.member(2)]])
        try expectFrame(harness.sent.first?.message, equals: "frame-tcpping")
        try harness.receive(try recordedMessage("frame-tcpping"))
        #expect(harness.received.isEmpty)
        try harness.receive(harness.makeMessage(TcpPingInterceptor.ping + [1]))
        #expect(harness.received.count == 1)
    }

    @Test("with a failure detector below every member is probed")
    func detector() {
        let detector = TcpFailureDetector(configuration: TcpFailureDetector.Configuration())
        let harness = ChainHarness([Self.ping(), detector])
        harness.start()
        let member = ChainHarness.member(2)
        let peer = Peer(member, in: harness)
        harness.addMember(member)
        harness.run()
        peer.close()
        harness.beat()
        #expect(harness.disappeared == [member])
        #expect(harness.sent.isEmpty)
    }

    @Test("an interval of its own is kept until the stop")
    func interval() {
        let harness = ChainHarness(
            [
                Self.ping { configuration in
                    configuration.useThread = true
                    configuration.interval = 200
                }
            ]
        )
        harness.members = [ChainHarness.member(2)]
        harness.start()
        harness.run(.milliseconds(1000))
        #expect(harness.sent.count == 5)
        harness.beat()
        #expect(harness.sent.count == 5)
        _ = harness.chain.stop(.all)
        harness.run(.seconds(1))
        #expect(harness.sent.count == 5)
    }

    @Test("staticOnly spares members that nobody listed")
    func staticOnly() throws {
        let members = StaticMembershipInterceptor(configuration: StaticMembershipInterceptor.Configuration())
        var configuration = StaticMember.Configuration()
        configuration.host = "10.0.0.2"
        configuration.port = 4000
        members.add(try StaticMember(configuration: configuration))
        let harness = ChainHarness([Self.ping { $0.staticOnly = true }, members])
        harness.addMember(ChainHarness.member(3))
        harness.start([.receiver])
        harness.clear()
        harness.beat()
        #expect(harness.sent.map { $0.destinations.map(\.host) } == [[[10, 0, 0, 2]]])
    }
}

@Suite struct StaticMembershipInterceptorTests {
    static func member(_ number: Int, host: String? = nil) throws -> StaticMember {
        var configuration = StaticMember.Configuration()
        configuration.host = host ?? "10.0.0.\(number)"
        configuration.port = 4000
        configuration.uniqueId = "{" + Array(repeating: "\(number)", count: 16).joined(separator: ",") + "}"
        return try StaticMember(configuration: configuration)
    }

    /// A harness for node 1 with the listed nodes 2 and 3, below a failure detector.
    static func harness() throws -> ChainHarness {
        let layer = StaticMembershipInterceptor(configuration: StaticMembershipInterceptor.Configuration())
        for number in 1...3 { layer.add(try Self.member(number)) }
        layer.setLocalMember(try Self.member(1, host: ""))
        let detector = TcpFailureDetector(configuration: TcpFailureDetector.Configuration())
        return ChainHarness([detector, layer])
    }

    @Test("listed members that can be reached are there after the start and get the recorded notice")
    func start() throws {
        let harness = try Self.harness()
        let two = try Self.member(2).member
        _ = Peer(two, in: harness)
        let outcome = harness.start([.receiver, .sender])
        #expect(outcome.isSuccess)
        #expect(harness.chain.members == [two])
        #expect(harness.sent.map(\.destinations) == [[two]])
        try expectFrame(harness.sent.first?.message, equals: "frame-member-start")
        #expect(harness.sent.first?.message.sender.uniqueID.bytes == Array(repeating: 1, count: 16))
        #expect(harness.chain.localMember?.host == [10, 0, 0, 1])
        harness.clear()
        _ = harness.chain.stop([.receiver, .sender])
        harness.run()
        try expectFrame(harness.sent.first?.message, equals: "frame-member-stop")
    }

    @Test("notices of listed members make them come and go")
    func notices() throws {
        let harness = try Self.harness()
        harness.start([.receiver, .sender])
        let three = try Self.member(3).member
        _ = Peer(three, in: harness)
        var sender = three
        sender.isStatic = false
        try harness.receive(harness.makeMessage(StaticMembershipInterceptor.startNotice, sender: sender))
        harness.run()
        #expect(harness.added == [three])
        try harness.receive(harness.makeMessage(StaticMembershipInterceptor.stopNotice, sender: sender))
        #expect(harness.disappeared.map(\.isShuttingDown) == [true])
        #expect(harness.received.isEmpty)
        try harness.receive(harness.makeMessage([1], sender: sender))
        #expect(harness.receivedBodies == [[1]])
    }

    @Test("without a membership service a stranger's connection is closed; with one it is let through")
    func strangers() throws {
        let harness = try Self.harness()
        harness.start([.receiver, .sender])
        let stranger = ChainHarness.member(9)
        let error = #expect(throws: Tribes.ChannelError.self) {
            try harness.receive(harness.makeMessage([1], sender: stranger))
        }
        #expect(error?.code == .unknownSender)
        let open = try Self.harness()
        open.start()
        try open.receive(open.makeMessage([1], sender: stranger))
        #expect(open.receivedBodies == [[1]])
        try open.receive(open.makeMessage(StaticMembershipInterceptor.startNotice, sender: stranger))
        #expect(open.added.isEmpty)
    }

    @Test(
        "ids and hosts that cannot be are refused",
        arguments: [("10.0.0.2", "{1,2}"), ("10.0.0.2", "x"), ("no such host.invalid", "")]
    )
    func badMembers(host: String, id: String) {
        var configuration = StaticMember.Configuration()
        configuration.host = host
        configuration.uniqueId = id
        #expect(throws: Tribes.ChannelError.self) { try StaticMember(configuration: configuration) }
    }
}
