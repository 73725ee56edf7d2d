import JavaSerialization
import Modeler
import NIOCore
import TestSupport
import Testing
import Tribes

@testable import CatalinaCore
@testable import CatalinaHA

@Suite struct ReplicatedAttributesTests {
    private struct Node {
        let cluster: SimpleTcpCluster
        let attributes = ReplicatedAttributes()

        func stop() async throws {
            await self.attributes.stop()
            try await self.cluster.stop()
        }

        func string(_ name: String) -> String? { self.attributes.value(name) as? String }
    }

    private struct Opaque: Sendable {}

    private static func group(_ count: Int, _ options: SendOptions = .synchronous) async throws -> [Node] {
        let place = MeetingPlace()
        let nodes = (0..<count).map { _ in Node(cluster: TestNode.cluster(place)) }
        for node in nodes { try await node.cluster.start() }
        for node in nodes { try await node.cluster.meets(count - 1) }
        for node in nodes {
            let channel = try #require(node.cluster.channel)
            try await node.attributes.start(named: "/app", options, on: channel)
        }
        return nodes
    }

    @Test("what one node sets and removes is so on all, when its request has ended")
    func shared() async throws {
        let nodes = try await Self.group(3)
        #expect(nodes[0].attributes.set("a", "x"))
        #expect(nodes[0].string("a") == "x")
        await nodes[0].attributes.finish()
        #expect(nodes.map { $0.string("a") } == ["x", "x", "x"])
        #expect(nodes[1].attributes.set("a", "y"))
        #expect(nodes[1].attributes.set("b", ["k": 1]))
        await nodes[1].attributes.finish()
        #expect(nodes.map { $0.string("a") } == ["y", "y", "y"])
        #expect(nodes[2].attributes.value("b") as? [String: Int] == ["k": 1])
        #expect(nodes[2].attributes.names.sorted() == ["a", "b"])
        nodes[2].attributes.remove("a")
        await nodes[2].attributes.finish()
        #expect(nodes.map { $0.attributes.names } == [["b"], ["b"], ["b"]])
        for node in nodes { try await node.stop() }
    }

    @Test("a value that cannot travel is refused, and nobody keeps an earlier one")
    func refused() async throws {
        let nodes = try await Self.group(2)
        #expect(nodes[0].attributes.set("a", "x"))
        #expect(!nodes[0].attributes.set("a", Opaque()))
        await nodes[0].attributes.finish()
        #expect(nodes.map { $0.attributes.names } == [[], []])
        for node in nodes { try await node.stop() }
    }

    @Test("a node that stops leaves its attributes to the others")
    func stopped() async throws {
        let nodes = try await Self.group(2)
        #expect(nodes[0].attributes.set("a", "x"))
        await nodes[0].attributes.finish()
        try await nodes[0].stop()
        #expect(nodes[0].attributes.value("a") == nil)
        #expect(!nodes[0].attributes.set("a", "z"))
        #expect(nodes[1].string("a") == "x")
        try await nodes[1].stop()
    }

    @Test("a node that starts later gets what is there")
    func late() async throws {
        let place = MeetingPlace()
        let nodes = (0..<2).map { _ in Node(cluster: TestNode.cluster(place)) }
        for node in nodes { try await node.cluster.start() }
        for node in nodes { try await node.cluster.meets(1) }
        try await nodes[0].attributes.start(named: "/app", .useAck, on: try #require(nodes[0].cluster.channel))
        #expect(nodes[0].attributes.set("a", "x"))
        try await nodes[1].attributes.start(named: "/app", .useAck, on: try #require(nodes[1].cluster.channel))
        #expect(try await eventually { nodes[1].string("a") == "x" })
        for node in nodes { try await node.stop() }
    }

    @Test("messages that are queued are not waited for")
    func queued() async throws {
        let nodes = try await Self.group(2, .asynchronous)
        #expect(nodes[0].attributes.set("a", "x"))
        await nodes[0].attributes.finish()
        #expect(try await eventually { nodes[1].string("a") == "x" })
        for node in nodes { try await node.stop() }
    }

    @Test("an attribute of Tomcat's is read")
    func recorded() throws {
        let message = try MapMessage(.object(try Recording("ctx-copy").object))
        let value = try #require(message.value)
        let attribute = try ReplicatedAttributes().makeValue(.init(bytes: value), key: "k")
        #expect(Array(try attribute.encoded().readableBytesView) == value)
    }

    @Test("how messages go is an attribute of the context")
    func options() throws {
        var configuration = ReplicatedContext.descriptor.defaults
        #expect(configuration.mapSendOptions == .useAck)
        try ReplicatedContext.descriptor.set("mapSendOptions", to: "8", in: &configuration)
        #expect(configuration.mapSendOptions == .asynchronous)
        let built = try AnyComponentDescriptor(ReplicatedContext.descriptor).instantiate().build()
        let context = try #require(built as? StandardContext)
        #expect(context.pipeline.valves.contains { $0 is ReplicatedAttributes })
    }
}
