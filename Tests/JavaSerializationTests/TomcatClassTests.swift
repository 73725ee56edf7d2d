import JavaSerialization
import NIOCore
import TestSupport
import Testing

/// Tomcat's own messages, read and written as the cluster's targets do it.
@Suite struct TomcatClassTests {
    private static let sessionMessages = [
        "session-created", "session-delta-first", "session-delta-int", "session-delta-maxinactive", "session-change-id",
        "session-expired", "session-get-all-sessions", "session-all-data-one", "session-all-data-many-types",
        "session-accessed-body", "session-no-context-manager", "delta-type-big", "sso-session-delta",
    ]

    @Test("a session message is written as Java writes it", arguments: sessionMessages)
    func sessionMessage(name: String) throws {
        let bytes = try #require(try RecordedStream.named(name).first).bytes
        var input = try JavaObjectInputStream(bytes)
        let message = try #require(try input.readObject().object)
        try message.expect(className: TomcatClasses.sessionMessage.name)
        #expect(message.descriptor == TomcatClasses.sessionMessage)
        let context = try message.string("mContextName")
        let session = try message.bytes("mSession")
        let id = try message.string("mSessionID")
        let unique = try message.string("uniqueId")
        let type = try message.int("mEvtType")
        let time = try message.long("serializationTimestamp")
        let isSet = try message.boolean("timestampSet")

        var output = JavaObjectOutputStream()
        try output.writeObject(of: TomcatClasses.sessionMessage) { (stream) throws(JavaSerializationError) in
            stream.writeLong(0)
            stream.writeInt(type)
            stream.writeLong(time)
            stream.writeBoolean(isSet)
            try stream.writeObject(.string(orNull: context))
            try stream.writeObject(session.map { .bytes($0) } ?? .null)
            try stream.writeObject(.string(orNull: id))
            try stream.writeObject(.string(orNull: unique))
        }
        #expect([UInt8](output.finish().readableBytesView) == bytes)
    }

    @Test("an RPC message is written as Java writes it", arguments: ["rpc-request", "rpc-reply", "map-ping-reply"])
    func rpcMessage(name: String) throws {
        let bytes = try #require(try RecordedStream.named(name).first).bytes
        var input = try JavaObjectInputStream(bytes)
        let message = try #require(try input.readObject().object)
        #expect(message.descriptor == TomcatClasses.rpcMessage)
        var data = try message.data()
        let isReply = try data.readBoolean()
        let uuid = try data.readBytes(Int(data.readInt()))
        let id = try data.readBytes(Int(data.readInt()))
        let payload = try data.readObject()
        #expect(data.isAtEnd)

        var output = JavaObjectOutputStream()
        try output.writeObject(of: TomcatClasses.rpcMessage) { (stream) throws(JavaSerializationError) in
            stream.writeBoolean(isReply)
            stream.writeInt(Int32(uuid.count))
            stream.writeBytes(uuid)
            stream.writeInt(Int32(id.count))
            stream.writeBytes(id)
            try stream.writeObject(payload)
        }
        #expect([UInt8](output.finish().readableBytesView) == bytes)
    }

    @Test("a map message is written as Java writes it", arguments: ["map-proxy", "map-backup-full", "map-backup-diff"])
    func mapMessage(name: String) throws {
        let bytes = try #require(try RecordedStream.named(name).first).bytes
        var input = try JavaObjectInputStream(bytes)
        let message = try #require(try input.readObject().object)
        #expect(message.descriptor == TomcatClasses.mapMessage)
        let nodes = try #require(try message.objects("nodes")).map { try Self.record(of: #require($0)) }
        let primary = try Self.record(of: #require(try message.object("primary")))
        let arrays = try ["diffvalue", "keydata", "mapId", "valuedata"].map { name in
            try message.bytes(name).map { JavaValue.bytes($0) } ?? .null
        }
        let isDiff = try message.boolean("diff")
        let type = try message.int("msgtype")

        var output = JavaObjectOutputStream()
        try output.writeObject(of: TomcatClasses.mapMessage) { (stream) throws(JavaSerializationError) in
            stream.writeBoolean(isDiff)
            stream.writeInt(type)
            for array in arrays[..<3] { try stream.writeObject(array) }
            try stream.writeArray(of: TomcatClasses.members, count: nodes.count) {
                (stream) throws(JavaSerializationError) in
                for node in nodes { try Self.write(node, to: &stream) }
            }
            try Self.write(primary, to: &stream)
            try stream.writeObject(arrays[3])
        }
        #expect([UInt8](output.finish().readableBytesView) == bytes)
    }

    private static func record(of member: JavaObject) throws -> [UInt8] {
        #expect(member.descriptor == TomcatClasses.staticMember)
        var data = try member.data()
        return try data.readBytes(Int(data.readInt()))
    }

    private static func write(
        _ record: [UInt8],
        to output: inout JavaObjectOutputStream
    ) throws(JavaSerializationError) {
        try output.writeObject(of: TomcatClasses.staticMember) { stream in
            stream.writeInt(Int32(record.count))
            stream.writeBytes(record)
        }
    }

    @Test("a session object's own data is read from a map's value")
    func deltaSession() throws {
        let streams = try RecordedStream.named("map-backup-full")
        let value = try #require(try streams.map { try JavaObjectInputStream($0.bytes).first }.last?.object)
        #expect(value.descriptor == TomcatClasses.deltaSession)
        var data = try value.data()
        let times = try (0..<2).map { _ in try data.readObject().long }
        #expect(times.allSatisfy { $0 != nil })
        #expect(try data.readObject() == .int(1_800))
        #expect(try data.readObject().boolean != nil)
        #expect(try data.readObject() == .boolean(true))
        #expect(try data.readObject().long != nil)
        #expect(try data.readObject().long != nil)
        #expect(try data.readBoolean() == false)
        let id = try #require(try data.readObject().string)
        #expect(id.hasSuffix(".nodeA"))
        _ = try data.readObject()
        _ = try data.readObject()
        let count = try #require(try data.readObject().int)
        for _ in 0..<count {
            #expect(try data.readObject().string != nil)
            _ = try data.readObject()
        }
        #expect(try data.readObject() == .int(0))
        #expect(data.isAtEnd)
    }

    @Test("a delta is written as Java writes it", arguments: ["deltarequest-all-actions", "deltarequest-recordall"])
    func deltaRequest(name: String) throws {
        let bytes = try #require(try RecordedStream.named(name).first).bytes
        var input = try JavaObjectInputStream(bytes)
        let delta = try DeltaActions(from: &input)
        #expect(input.isAtEnd)
        var output = JavaObjectOutputStream()
        try delta.write(to: &output)
        var again = try JavaObjectInputStream(output.finish())
        #expect(try DeltaActions(from: &again).actions.map(\.name) == delta.actions.map(\.name))
        if name == "deltarequest-recordall" { #expect([UInt8](output.finish().readableBytesView) == bytes) }
    }
}

extension JavaObjectInputStream {
    /// The first object of the stream.
    var first: JavaValue {
        get throws {
            var input = self
            return try input.readObject()
        }
    }
}
