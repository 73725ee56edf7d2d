import JavaSerialization
import NIOCore
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct SessionMessageTests {
    private static let recorded: [(String, SessionMessage.Event)] = [
        ("session-created", .created), ("session-expired", .expired), ("session-accessed-body", .accessed),
        ("session-get-all-sessions", .getAllSessions), ("session-all-data-empty", .allSessionData),
        ("session-all-data-one", .allSessionData), ("session-all-data-many-types", .allSessionData),
        ("session-delta-first", .delta), ("session-delta-int", .delta), ("session-delta-login", .delta),
        ("session-delta-maxinactive", .delta), ("session-delta-readonly-request", .delta),
        ("session-delta-remove-attribute", .delta), ("session-delta-sync-ack", .delta), ("sso-session-delta", .delta),
        ("session-transfer-complete", .transferComplete), ("session-change-id", .changeSessionID),
        ("session-change-id-rotate", .changeSessionID), ("session-no-context-manager", .noContextManager),
    ]

    @Test("a message of Tomcat's is read and written as the same bytes", arguments: recorded)
    func roundTrip(name: String, event: SessionMessage.Event) throws {
        let recording = try Recording(name)
        let message = try recording.message
        #expect(message.event == event)
        #expect(message.contextName == (event == .noContextManager ? "/other" : "/demo"))
        #expect([UInt8](message.stream().readableBytesView) == recording.body)
    }

    @Test("no beginning of a message is one", arguments: recorded)
    func cuts(name: String, event: SessionMessage.Event) throws {
        let body = try Recording(name).body
        for end in 0..<body.count {
            #expect(throws: JavaSerializationError.self, "\(end)") {
                var stream = try JavaObjectInputStream(Array(body[..<end]))
                guard let object = try stream.readObject().object else { throw JavaSerializationError.truncated }
                _ = try SessionMessage(object)
            }
        }
    }

    @Test("a message of Tomcat's is read field by field, too", arguments: recorded)
    func flat(name: String, event: SessionMessage.Event) throws {
        let body = try Recording(name).body
        #expect(SessionMessage(ByteBuffer(bytes: body)) == (try Recording(name).message))
        for end in 0..<body.count { #expect(SessionMessage(ByteBuffer(bytes: body[..<end])) == nil, "\(end)") }
        #expect(SessionMessage(ByteBuffer(bytes: body + [0])) == nil)
    }

    @Test(
        "a message is written as an object stream writes it",
        arguments: ["", "/demo", "/d\u{e9}mo", "/\u{1f600}", "a\u{0}b"]
    )
    func written(text: String) throws {
        for payload in [nil, [], [1, 2, 3]] as [[UInt8]?] {
            let message = SessionMessage(
                .delta,
                contextName: text.isEmpty ? nil : text,
                sessionID: text,
                uniqueID: String(repeating: "u", count: 70_000),
                timestamp: payload == nil ? nil : 1,
                payload: payload
            )
            var stream = JavaObjectOutputStream()
            try message.write(to: &stream)
            #expect(message.stream() == stream.finish())
        }
    }

    @Test("messages are filled in as Tomcat fills them in")
    func factories() throws {
        func same(_ message: SessionMessage, _ name: String) throws {
            #expect(message == (try Recording(name).message), "\(name)")
        }
        func recorded(_ name: String) throws -> (id: String, time: Int64, now: Int64, payload: [UInt8]) {
            let message = try Recording(name).message
            let now = message.uniqueID.split(separator: "-").last.flatMap { Int64($0) }
            return (message.sessionID, message.timestamp ?? 0, now ?? message.timestamp ?? 0, message.payload ?? [])
        }
        let created = try recorded("session-created")
        try same(.created(created.id, in: "/demo", at: created.time, now: created.now), "session-created")
        let expired = try recorded("session-expired")
        try same(.expired(expired.id, in: "/demo", now: expired.time), "session-expired")
        let all = try recorded("session-get-all-sessions")
        try same(.getAllSessions(in: "/demo", now: all.time), "session-get-all-sessions")
        let data = try recorded("session-all-data-one")
        try same(.allSessionData(in: "/demo", at: data.time, payload: data.payload), "session-all-data-one")
        let complete = try recorded("session-transfer-complete")
        try same(.transferComplete(in: "/demo", at: complete.time), "session-transfer-complete")
        try same(.noContextManager(in: "/other"), "session-no-context-manager")
        let changed = try Recording("session-change-id").message
        #expect(changed.payload == (try SessionMessage.payload(newID: try changed.newID().id)))
        #expect(try changed.newID().id.hasSuffix(".nodeA"))
    }

    @Test("an event that there is not is refused")
    func unknownEvent() throws {
        let message = SessionMessage(.created, contextName: "/a", sessionID: "s", uniqueID: "u", timestamp: 1)
        var bytes = [UInt8](message.stream().readableBytesView)
        let place = bytes.count - 4 - 4 - 1 - 5 - 1 - 8 - 4
        #expect(bytes[place..<place + 4].elementsEqual([0, 0, 0, 1]))
        bytes[place + 3] = 7
        var stream = try JavaObjectInputStream(bytes)
        let object = try #require(try stream.readObject().object)
        #expect(throws: JavaSerializationError.invalidValue(className: SessionMessage.className)) {
            try SessionMessage(object)
        }
    }
}
