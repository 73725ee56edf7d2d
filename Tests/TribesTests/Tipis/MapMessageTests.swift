import ClusterSupport
import JavaSerialization
import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct MapMessageTests {
    typealias Kind = MapMessage.Kind

    /// Recorded messages with what their annotations say: kind, map, whether there are key, value, changes, nodes.
    static let plain: [(String, Kind, String, key: Bool, value: Bool, diff: Bool, nodes: Int?, primary: Bool)] = [
        ("map-backup-full", .backup, "/demo-map", true, true, false, 1, true),
        ("map-backup-diff", .backup, "/demo-map", true, false, true, 1, true),
        ("map-proxy", .proxy, "/demo-map", true, false, false, 1, true),
        ("map-remove", .remove, "/demo-map", true, false, false, nil, false),
        ("map-notify-mapmember", .notifyMapMember, "/demo-map", true, false, false, 1, true),
        ("map-stop", .stop, "/demo-map", false, false, false, nil, true),
        ("ctx-copy", .copy, "/demo", true, true, false, 1, true),
        ("ctx-notify-mapmember", .notifyMapMember, "/demo", true, false, false, 1, true),
        ("sso-copy-1", .copy, "localhost-SSO-cache", true, true, false, 1, true),
        ("sso-copy-2", .copy, "localhost-SSO-cache", true, true, false, 1, true),
    ]

    static let calls: [(String, Kind, String, isReply: Bool)] = [
        ("map-init-request", .initialize, "/demo-map", false), ("map-init-reply", .initialize, "/demo-map", true),
        ("map-state-request", .state, "/demo-map", false), ("map-state-reply-empty", .state, "/demo-map", true),
        ("map-state-reply-one", .state, "/demo-map", true), ("map-start-request", .start, "/demo-map", false),
        ("map-start-reply", .start, "/demo-map", true), ("map-ping-request", .ping, "/demo-map", false),
        ("map-ping-reply", .ping, "/demo-map", true),
        ("map-retrieve-request", .retrieveBackup, "/demo-map", false),
        ("map-retrieve-reply", .retrieveBackup, "/demo-map", true),
        ("ctx-state-copy-request", .stateCopy, "/demo", false),
    ]

    static func body(_ name: String) throws -> ByteBuffer {
        let vector = TribesVector.named(name)
        return vector.isFrame ? try ChannelDataTests.message(vector).body : vector.buffer
    }

    static func object(_ body: ByteBuffer) throws -> JavaValue {
        var stream = try JavaObjectInputStream(body)
        return try stream.readObject()
    }

    /// The payload of a recorded call or reply.
    static func payload(_ name: String) throws -> MapMessage {
        let rpc = try RpcMessage(try #require(try Self.object(Self.body(name)).object))
        return try MapMessage(try #require(rpc.payload as? JavaValue))
    }

    @Test("a recorded message says what its annotation says and is written back byte for byte", arguments: plain)
    func recorded(
        row: (String, Kind, String, key: Bool, value: Bool, diff: Bool, nodes: Int?, primary: Bool)
    ) throws {
        let body = try Self.body(row.0)
        let object = try Self.object(body)
        let message = try MapMessage(object)
        #expect(MapMessage.mapID(of: object) == Array(row.2.utf8))
        #expect(message.kind == row.1)
        #expect(String(decoding: message.mapID, as: UTF8.self) == row.2)
        #expect((message.key != nil) == row.key && (message.value != nil) == row.value)
        #expect(message.isDiff == row.diff && (message.diff != nil) == row.diff)
        #expect(message.nodes?.count == row.nodes && (message.primary != nil) == row.primary)
        #expect(try message.stream() == body)
        if let key = message.key { #expect(MapMessage.key(try message.keyText()) == key) }
    }

    @Test("a message of the class alone is written back byte for byte")
    func access() throws {
        let body = try Self.body("map-access-body")
        let message = try MapMessage(try Self.object(body))
        #expect(message.kind == .access)
        #expect(try message.keyText() == "SID.r1")
        #expect(try message.stream() == body)
    }

    @Test("a recorded call is read and written back byte for byte", arguments: calls)
    func recordedCall(name: String, kind: Kind, map: String, isReply: Bool) throws {
        let body = try Self.body(name)
        let rpc = try RpcMessage(try #require(try Self.object(body).object))
        let message = try Self.payload(name)
        #expect(rpc.kind == (isReply ? .reply : .request))
        #expect(rpc.rpcID == Array(map.utf8) && message.mapID == rpc.rpcID)
        #expect(message.kind == kind)
        let written = RpcMessage(rpc.kind, callID: rpc.callID, rpcID: rpc.rpcID, payload: message)
        #expect(try written.stream() == body)
    }

    @Test("the state in the answer to a ping is an enum constant", arguments: ReplicatedMapState.allCases)
    func state(state: ReplicatedMapState) throws {
        let recorded = try #require(try Self.payload("map-ping-reply").value)
        #expect(try ReplicatedMapState(stream: recorded) == .initialized)
        let written = Array(try state.javaValue.stream().readableBytesView)
        #expect(try ReplicatedMapState(stream: written) == state)
        if state == .initialized { #expect(written == recorded) }
        #expect(throws: JavaSerializationError.self) { try ReplicatedMapState(stream: MapMessage.key("INITIALIZED")) }
    }

    @Test("the list in the answer to a state request names each key's place")
    func list() throws {
        let empty = try #require(try Self.payload("map-state-reply-empty").value)
        #expect(try MapMessageList(stream: empty).messages.isEmpty)
        #expect(Array(try MapMessageList([]).stream().readableBytesView) == empty)
        let one = try #require(try Self.payload("map-state-reply-one").value)
        let messages = try MapMessageList(stream: one).messages
        #expect(messages.map(\.kind) == [.proxy])
        #expect(try messages[0].keyText() == "47ABB49BBF969171E358690B155A03AB.nodeA")
        #expect(messages[0].primary?.port == 14000)
        #expect(Array(try MapMessageList(messages).stream().readableBytesView) == one)
    }

    @Test("a message that ends early is refused at every cut", arguments: plain.map(\.0) + calls.map(\.0))
    func truncated(name: String) throws {
        let body = try Self.body(name)
        for size in 0..<body.readableBytes {
            let part = try #require(body.getSlice(at: body.readerIndex, length: size))
            #expect(throws: (any Error).self, "\(size) bytes") {
                let value = try Self.object(part)
                if RpcMessage.isRpcMessage(value) {
                    _ = try Self.payload(try RpcMessage(try #require(value.object)))
                } else {
                    _ = try MapMessage(value)
                }
            }
        }
    }

    private static func payload(_ rpc: RpcMessage) throws -> MapMessage {
        try MapMessage(try #require(rpc.payload as? JavaValue))
    }

    @Test("changed bytes are refused or read, and never stop the process", arguments: 1...200 as ClosedRange<UInt64>)
    func mutated(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bytes = Array(try Self.body("map-backup-full").readableBytesView)
        for _ in 0..<4 {
            let index = Int.random(in: 4..<bytes.count, using: &generator)
            bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
        }
        do {
            let message = try MapMessage(try Self.object(ByteBuffer(bytes: bytes)))
            _ = try message.stream()
            _ = try? message.keyText()
        } catch {
            #expect(error is JavaSerializationError || error is WireError)
        }
    }

    @Test("objects of other classes, unknown kinds and keys that are no text are refused")
    func rejects() throws {
        #expect(throws: JavaSerializationError.self) { try MapMessage(.string("x")) }
        #expect(throws: JavaSerializationError.self) { try MapMessage(.null) }
        #expect(MapMessage.mapID(of: .string("x")) == nil)
        var message = MapMessage(.proxy, mapID: [1])
        #expect(throws: JavaSerializationError.self) { try message.keyText() }
        message.key = Array(try JavaValue.int(1).stream().readableBytesView)
        #expect(throws: JavaSerializationError.self) { try message.keyText() }
        var bytes = Array(try message.stream().readableBytesView)
        let kind = try #require(bytes.indices.first { bytes[$0...].starts(with: [0, 0, 0, 3, 0x70]) })
        bytes[kind + 3] = 14
        #expect(throws: JavaSerializationError.unexpectedField("msgtype")) {
            try MapMessage(try Self.object(ByteBuffer(bytes: bytes)))
        }
    }
}
