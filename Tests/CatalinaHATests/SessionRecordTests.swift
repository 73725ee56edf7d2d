import CatalinaCore
import JavaSerialization
import NIOCore
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct SessionRecordTests {
    private static let recorded = [
        ("session-all-data-empty", 0), ("session-all-data-one", 1), ("session-all-data-many-types", 1),
    ]

    private static func records(_ bytes: [UInt8]) throws -> [SessionRecord] {
        var records: [SessionRecord] = []
        try SessionList.decode(bytes) { records.append($0) }
        return records
    }

    @Test("the sessions that Tomcat sends are read, and written as it would", arguments: recorded)
    func roundTrip(name: String, count: Int) throws {
        let payload = try #require(try Recording(name).message.payload)
        let records = try Self.records(payload)
        #expect(records.count == count)
        let written = try SessionList.encode(records)
        if written.count == payload.count { #expect(written == payload) }
        let again = try Self.records(written)
        #expect(again.map(\.id) == records.map(\.id))
        #expect(again.map(\.times) == records.map(\.times))
        #expect(again.flatMap(\.attributes).map(\.name) == records.flatMap(\.attributes).map(\.name))
        let classes = again.flatMap(\.attributes).map(\.value.className)
        #expect(classes == records.flatMap(\.attributes).map(\.value.className))
    }

    @Test("one session is written as the same bytes")
    func one() throws {
        let payload = try #require(try Recording("session-all-data-one").message.payload)
        let records = try Self.records(payload)
        #expect(try SessionList.encode(records) == payload)
        let record = try #require(records.first)
        #expect(
            record.attributes == [.init("a", .string("hello")), .init("b", .string("fromB")), .init("n", .int(42))]
        )
        #expect(record.maxInactiveInterval == 1800)
        #expect(!record.isNew && record.isValid && record.principal == nil && record.listeners.isEmpty)
    }

    @Test("no beginning of a list is a list", arguments: recorded)
    func cuts(name: String, count: Int) throws {
        let payload = try #require(try Recording(name).message.payload)
        for end in stride(from: 0, to: payload.count, by: 1 + payload.count / 500) {
            #expect(throws: JavaSerializationError.self, "\(end)") { try Self.records(Array(payload[..<end])) }
        }
    }

    @Test("an older Tomcat leaves the notes out")
    func withoutNotes() throws {
        var stream = JavaObjectOutputStream()
        try stream.writeObject(.int(1))
        for value in [JavaValue.long(1), .long(2), .int(60), .boolean(false), .boolean(true), .long(3), .long(0)] {
            try stream.writeObject(value)
        }
        stream.writeBoolean(false)
        stream.writeString("s1")
        try stream.writeObject(.int(1))
        stream.writeString("a")
        stream.writeString("x")
        try stream.writeObject(.int(0))
        let record = try #require(try Self.records(stream.finishedBytes()).first)
        #expect(record.id == "s1")
        #expect(record.times == .init(creation: 1, lastAccessed: 2, thisAccessed: 3))
        #expect(record.attributes == [.init("a", .string("x"))])
    }

    @Test("a session within a replicated map is an object of its class")
    func inMap() throws {
        let message = try Recording("map-backup-full").object
        let value = try #require(try message.bytes("valuedata"))
        var stream = try JavaObjectInputStream(value)
        let record = try SessionRecord(try #require(try stream.readObject().object))
        #expect(record.id.hasSuffix(".nodeA"))
        #expect(record.maxInactiveInterval == 1800)
        // Java refers back to the objects that it has once; ours are written in full.
        let written = [UInt8](try record.stream().readableBytesView)
        #expect(written.count >= value.count)
        var again = try JavaObjectInputStream(written)
        #expect(try SessionRecord(try #require(try again.readObject().object)) == record)
    }

    @Test("a session with a user keeps it")
    func user() throws {
        var record = SessionRecord(
            id: "s",
            times: .init(creation: 1, lastAccessed: 1, thisAccessed: 1),
            maxInactiveInterval: 60,
            isNew: true,
            isValid: true
        )
        record.principal = SessionPrincipal.java(RealmPrincipal(name: "ann", roles: ["a", "b"]))
        let again = try #require(try Self.records(try SessionList.encode([record])).first)
        let user = try #require(again.principal.flatMap { SessionPrincipal.principal($0) })
        #expect(user.name == "ann" && user.roles == ["a", "b"])
    }
}
