import CatalinaCore
import JavaSerialization
import TestSupport
import Testing

@testable import CatalinaHA

@Suite struct DeltaRequestTests {
    private static let recorded = [
        "session-delta-first", "session-delta-int", "session-delta-login", "session-delta-maxinactive",
        "session-delta-readonly-request", "session-delta-remove-attribute", "session-delta-sync-ack",
        "sso-session-delta", "delta-type-pojo", "delta-type-nested", "delta-type-hashmap", "delta-type-uuid",
    ]

    private static func payload(_ name: String) throws -> [UInt8] {
        let recording = try Recording(name)
        return (try? recording.message)?.payload ?? recording.body
    }

    @Test("a delta of Tomcat's is read and written as the same bytes", arguments: recorded)
    func roundTrip(name: String) throws {
        let payload = try Self.payload(name)
        let delta = try DeltaRequest(payload)
        let written = try delta.encoded()
        // Where Java refers back to a text or number of another value, ours is written in full.
        if written.count == payload.count { #expect(written == payload) }
        let again = try DeltaRequest(written)
        #expect(again.actions.map(\.name) == delta.actions.map(\.name))
        #expect(again.actions.map(\.isRemoval) == delta.actions.map(\.isRemoval))
        #expect(again.actions.map { $0.value?.className } == delta.actions.map { $0.value?.className })
    }

    @Test("a delta of Tomcat's is read field by field, too", arguments: recorded)
    func flat(name: String) throws {
        let payload = try Self.payload(name)
        var input = try JavaObjectInputStream(payload)
        let delta = try DeltaRequest(from: &input)
        guard let flat = DeltaRequest.flat(payload) else {
            #expect(!name.hasPrefix("session-delta") || name == "session-delta-login", "\(name)")
            return
        }
        #expect(flat.delta == delta)
        for end in 0..<payload.count { #expect(DeltaRequest.flat(Array(payload[..<end])) == nil) }
    }

    private static let values: [[JavaValue]] = [
        [], [.string("")], [.string("a"), .boolean(true)], [.int(-1)], [.long(.min), .boolean(false)],
        [.int(1), .int(2)],
        [.boolean(true), .boolean(true)], [.long(1), .int(1)], [.string("d\u{e9}"), .string("\u{1f600}")],
        [.double(1)], [.null], [.string(String(repeating: "x", count: 70_000))], [.bytes([1])],
    ]

    @Test("a delta is written as an object stream writes it", arguments: values, [nil, 7] as [Int64?])
    func written(values: [JavaValue], number: Int64?) throws {
        var delta = DeltaRequest(sessionID: "0123456789ABCDEF.a")
        for (index, value) in values.enumerated() { delta.record(.init(.attribute, "name\(index)", value)) }
        delta.record(.init(.attribute, "removed", nil))
        var stream = JavaObjectOutputStream()
        try delta.write(to: &stream)
        if let number { stream.writeLong(number) }
        let bytes = stream.finishedBytes()
        #expect(try delta.encoded(number: number) == bytes)
        let read = try DeltaRequest.numbered(bytes)
        #expect(read.delta == delta)
        #expect(read.number == number)
    }

    @Test("a delta of texts is read over the ends of blocks")
    func blocks() throws {
        var delta = DeltaRequest(sessionID: String(repeating: "s", count: 250))
        for count in [0, 1, 200, 300, 2000] {
            delta.record(.init(.attribute, "a\(count)", .string(String(repeating: "v", count: count))))
            delta.record(.init(.attribute, "r\(count)", nil))
            let read = try DeltaRequest.numbered(try delta.encoded(number: 7))
            #expect(read.delta == delta)
            #expect(read.number == 7)
        }
    }

    @Test("no beginning of a delta is one", arguments: recorded)
    func cuts(name: String) throws {
        let payload = try Self.payload(name)
        for end in 0..<payload.count {
            #expect(throws: JavaSerializationError.self, "\(end)") { try DeltaRequest(Array(payload[..<end])) }
        }
    }

    @Test("every kind of action is known")
    func allActions() throws {
        let delta = try DeltaRequest(try Self.payload("deltarequest-all-actions"))
        #expect(Set(delta.actions.map(\.subject)) == Set(DeltaRequest.Subject.allCases))
        #expect(delta.actions.contains { $0.isRemoval && $0.subject == .attribute })
    }

    @Test("the actions of a login are a flag, a method and a user")
    func login() throws {
        let delta = try DeltaRequest(try Self.payload("session-delta-login"))
        #expect(delta.actions.map(\.subject) == [.isNew, .authType, .principal])
        #expect(delta.actions[1].value == .string("NONE"))
        let principal = try #require(delta.actions[2].value.flatMap { SessionPrincipal.principal($0) })
        #expect(principal.name == "joe")
        #expect(principal.roles == ["r1", "r2"])
        let ours = try #require(SessionPrincipal.java(principal))
        var mine = DeltaRequest(sessionID: delta.sessionID)
        mine.record(.isNew(false))
        mine.record(.authType("NONE"))
        mine.record(.principal(ours))
        #expect(try mine.encoded() == (try Self.payload("session-delta-login")))
    }

    @Test("the last action of a name takes its place behind all others")
    func record() {
        var delta = DeltaRequest(sessionID: "s")
        delta.record(.init(.attribute, "a", .int(1)))
        delta.record(.isNew(true))
        delta.record(.init(.attribute, "a", .int(2)))
        #expect(delta.actions == [.isNew(true), .init(.attribute, "a", .int(2))])
        delta.record(.init(.note, "a", nil))
        #expect(delta.actions == [.isNew(true), .init(.note, "a", nil)])
    }

    @Test("all actions are kept where that is asked for")
    func recordAll() throws {
        var delta = DeltaRequest(sessionID: "s", recordsAllActions: true)
        delta.record(.init(.attribute, "a", .int(1)))
        delta.record(.init(.attribute, "a", .int(2)))
        #expect(delta.actions.count == 2)
        let recorded = try DeltaRequest(try Self.payload("deltarequest-recordall"))
        #expect(recorded.recordsAllActions)
        #expect(try recorded.encoded() == (try Self.payload("deltarequest-recordall")))
    }

    @Test("numbers outside of their range are refused", arguments: [(9, 0), (-1, 0), (0, 2)])
    func rejects(subject: Int32, kind: Int32) throws {
        var stream = JavaObjectOutputStream()
        try stream.writeUTF("s")
        stream.writeBoolean(false)
        stream.writeInt(1)
        stream.writeInt(subject)
        stream.writeInt(kind)
        try stream.writeUTF("a")
        stream.writeBoolean(false)
        let bytes = stream.finishedBytes()
        #expect(throws: JavaSerializationError.self) { try DeltaRequest(bytes) }
    }
}
