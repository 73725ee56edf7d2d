import ClusterSupport
import JavaSerialization
import NIOCore
import Synchronization
import Testing
import Tribes

@Suite struct RpcChannelTests {
    /// Replies with the request's text and the node's number, or not at all.
    final class Echo: RpcCallback, Sendable {
        let number: UInt8
        let leftOvers = Mutex(0)
        /// What its replies wait for.
        let readiness = Mutex<EventLoopFuture<Void>?>(nil)

        init(_ number: UInt8) { self.number = number }

        func reply(to request: JavaValue, from sender: Member) throws -> RpcReply {
            guard let text = request.string else { throw Tribes.ChannelError(.badMessage, "no text") }
            let value = text == "null" ? nil : JavaValue.string("\(text) \(self.number)")
            return RpcReply(value, after: self.readiness.withLock { $0 })
        }

        func leftOver(_ reply: JavaValue, from sender: Member) { self.leftOvers.withLock { $0 += 1 } }
    }

    struct Group {
        let cluster = SimulatedCluster()
        let nodes: [SimulatedNode]
        let echoes: [Echo]
        let rpcs: [RpcChannel]

        /// Nodes 1 to `count`, of which those numbered in `silent` have no RPC channel.
        init(_ count: UInt8, silent: Set<UInt8> = []) throws {
            let cluster = self.cluster
            self.nodes = (1...count).map { cluster.node($0) }
            for node in self.nodes { try node.start() }
            cluster.run(.seconds(3))
            self.echoes = (1...count).map { Echo($0) }
            self.rpcs = zip(self.nodes, self.echoes).compactMap { node, echo in
                guard !silent.contains(echo.number) else { return nil }
                return RpcChannel(id: Array("echo".utf8), channel: node.channel, callback: echo)
            }
        }

        func ask(
            _ text: String = "ping",
            mode: RpcReplyMode,
            options: SendOptions = .useAck
        ) -> Outcome<[RpcResponse]> {
            Outcome(
                self.rpcs[0].submit(
                    JavaValue.string(text),
                    to: self.nodes[0].channel.members,
                    mode: mode,
                    options: options,
                    timeout: .seconds(2)
                )
            )
        }
    }

    static func texts(_ outcome: Outcome<[RpcResponse]>) -> [String?]? {
        guard case .success(let responses) = outcome.result else { return nil }
        return responses.map(\.message.string).sorted { ($0 ?? "") < ($1 ?? "") }
    }

    @Test(
        "a mode says how many replies are waited for",
        arguments: [
            (RpcReplyMode.firstReply, 1), (.majorityReply, 2), (.allReplies, 4), (.noReply, 0),
        ]
    )
    func modes(mode: RpcReplyMode, count: Int) throws {
        let group = try Group(5)
        let outcome = group.ask(mode: mode)
        group.cluster.run(.milliseconds(50))
        #expect(Self.texts(outcome)?.count == count)
        #expect(group.echoes[0].leftOvers.withLock { $0 } == (4 - count))
    }

    @Test("a reply goes when what it waits for is done")
    func readiness() throws {
        let group = try Group(2)
        let promise = group.nodes[1].loop.makePromise(of: Void.self)
        group.echoes[1].readiness.withLock { $0 = promise.futureResult }
        let outcome = group.ask(mode: .firstReply)
        group.cluster.run(.milliseconds(50))
        #expect(outcome.isPending)
        promise.succeed()
        group.cluster.run(.milliseconds(50))
        #expect(Self.texts(outcome) == ["ping 2"])
    }

    @Test("every reply names its member, null is a reply too")
    func replies() throws {
        let group = try Group(3)
        let outcome = group.ask(mode: .allReplies)
        let null = group.ask("null", mode: .allReplies)
        group.cluster.run(.milliseconds(50))
        #expect(Self.texts(outcome) == ["ping 2", "ping 3"])
        #expect(Self.texts(null) == [nil, nil])
    }

    @Test("who has no such channel says so and is not waited for")
    func absence() throws {
        let group = try Group(3, silent: [3])
        let outcome = group.ask(mode: .allReplies)
        group.cluster.run(.milliseconds(50))
        #expect(Self.texts(outcome) == ["ping 2"])
        let nobody = try Group(2, silent: [2])
        let none = nobody.ask(mode: .firstReply)
        nobody.cluster.run(.milliseconds(50))
        #expect(Self.texts(none) == [])
    }

    @Test("a timeout gives what came")
    func timeout() throws {
        let group = try Group(3)
        group.cluster.network.cut([group.nodes[2].host], from: [group.nodes[0].host])
        let outcome = group.ask(mode: .allReplies, options: [])
        group.cluster.run(.milliseconds(1900))
        #expect(outcome.isPending)
        group.cluster.run(.milliseconds(2000))
        #expect(outcome.error != nil || Self.texts(outcome) == ["ping 2"])
    }

    @Test(
        "recorded messages are read and written back byte for byte",
        arguments: [
            ("rpc-request", RpcMessage.Kind.request), ("rpc-reply", .reply), ("rpc-no-channel-reply", .absence),
        ]
    )
    func recorded(name: String, kind: RpcMessage.Kind) throws {
        let message = try ChannelDataTests.message(TribesVector.named(name))
        var stream = try JavaObjectInputStream(message.body)
        let rpc = try RpcMessage(try #require(try stream.readObject().object))
        #expect(rpc.kind == kind)
        #expect(rpc.rpcID.starts(with: Array("rpc".utf8)) || kind == .absence)
        #expect(try rpc.stream() == message.body)
    }

    @Test("a recorded member object is read and written back byte for byte")
    func memberObject() throws {
        let vector = TribesVector.named("member-javaser")
        var stream = try JavaObjectInputStream(vector.buffer)
        let member = try MemberObject(try #require(try stream.readObject().object))
        #expect(String(member.member.port) == "4000")
        #expect(try member.stream() == vector.buffer)
    }
}
