import JavaSerialization
import Synchronization
import Testing
import Tribes

@testable import CatalinaHA

/// Messages in the orders in which Tomcat's threads may bring them.
@Suite struct DeltaManagerReceivingTests {
    private let manager: DeltaManager
    private let sender = Member(host: [127, 0, 0, 1], port: 1, uniqueID: .zero)

    init() throws {
        self.manager = try DeltaManager(configuration: DeltaManager.Configuration()) { 1_000_000 }
        self.manager.support.attach(name: "/app", cluster: nil)
    }

    private func receive(_ messages: SessionMessage...) {
        for message in messages { self.manager.messageReceived(message, from: self.sender) }
    }

    private func delta(_ id: String, _ name: String, _ value: JavaValue?) throws -> SessionMessage {
        var delta = DeltaRequest(sessionID: id)
        delta.record(.init(.attribute, name, value))
        return .delta(id, in: "/app", now: 1_000_000, payload: try delta.encoded())
    }

    private func created(_ id: String, at time: Int64 = 900_000) -> SessionMessage {
        .created(id, in: "/app", at: time, now: 1_000_000)
    }

    @Test("a change that comes before its session is not lost")
    func early() throws {
        self.receive(
            try self.delta("s", "a", .int(1)),
            try self.delta("s", "a", .int(2)),
            self.created("s")
        )
        #expect(try self.manager.session("s")?.attribute("a") as? Int32 == 2)
        #expect(self.manager.protected.withLock { $0.early.size } == 0)
    }

    @Test("a change that comes before its session's new id is not lost")
    func earlyRename() throws {
        let renamed = SessionMessage.changedID(
            "s",
            in: "/app",
            now: 1_000_000,
            payload: try SessionMessage.payload(newID: "t")
        )
        self.receive(try self.delta("t", "a", .int(1)), renamed, self.created("s"))
        #expect(self.manager.session("s") == nil)
        #expect(try self.manager.session("t")?.attribute("a") as? Int32 == 1)
    }

    @Test("a session that has ended does not come back")
    func ended() throws {
        let expired = SessionMessage.expired("s", in: "/app", now: 950_000)
        self.receive(self.created("s"), expired, self.created("s"), try self.delta("s", "a", .int(1)))
        #expect(self.manager.activeSessions == 0)
        self.receive(SessionMessage.expired("t", in: "/app", now: 950_000), self.created("t"))
        #expect(self.manager.activeSessions == 0)
        self.receive(self.created("s", at: 960_000))
        #expect(self.manager.activeSessions == 1)
    }

    private func renamed(_ id: String, to new: String, _ number: Int64? = nil) throws -> SessionMessage {
        let payload = try SessionMessage.payload(newID: new, number: number)
        return .changedID(id, in: "/app", now: 1_000_000, payload: payload)
    }

    private func numbered(_ id: String, _ name: String, _ value: Int32, _ number: Int64) throws -> SessionMessage {
        var delta = DeltaRequest(sessionID: id)
        delta.record(.init(.attribute, name, .int(value)))
        return .delta(id, in: "/app", now: 1_000_000 + number, payload: try delta.encoded(number: number))
    }

    @Test("a session stays the same whatever node its id names, and is found under any of them")
    func routes() throws {
        self.receive(self.created("s.a"), try self.renamed("s.a", to: "s.b", 2), try self.renamed("s.b", to: "s.a", 3))
        self.receive(try self.numbered("s.b", "n", 7, 4))
        let session = try #require(self.manager.session("s.b"))
        #expect(session === self.manager.session("s.a"))
        #expect(session.id == "s.a")
        #expect(try session.attribute("n") as? Int32 == 7)
        // the first of the two new ids comes once more
        self.receive(try self.renamed("s.a", to: "s.b", 2))
        #expect(session.id == "s.a")
        #expect(self.manager.activeSessions == 1)
    }

    @Test("Tomcat's word on an id that a session has left does not end it")
    func formerID() throws {
        self.receive(self.created("s.a"), try self.renamed("s.a", to: "s.b"))
        self.receive(.expired("s.a", in: "/app", now: 1_000_001))
        #expect(self.manager.activeSessions == 1)
        self.receive(.expired("s.b", in: "/app", now: 1_000_002))
        #expect(self.manager.activeSessions == 0)
    }

    @Test("a new id with another beginning ends the old one")
    func login() throws {
        self.receive(self.created("s.a"), try self.renamed("s.a", to: "t.a", 2))
        #expect(self.manager.session("s.a") == nil)
        #expect(self.manager.session("t.a") != nil)
        self.receive(self.created("s.b"), try self.numbered("s.a", "n", 1, 3))
        #expect(self.manager.activeSessions == 1)
    }

    @Test("a change that was made in ignorance of later ones changes only what they did not")
    func stale() throws {
        self.receive(self.created("s"), try self.numbered("s", "n", 1, 2))
        let other = Member(host: [127, 0, 0, 2], port: 1, uniqueID: UniqueID(high: 7, low: 7))
        self.manager.messageReceived(try self.numbered("s", "n", 9, 5), from: other)
        self.receive(try self.numbered("s", "n", 2, 3), try self.numbered("s", "m", 3, 4))
        let session = try #require(self.manager.session("s"))
        #expect(try session.attribute("n") as? Int32 == 9)
        #expect(try session.attribute("m") as? Int32 == 3)
        #expect(session.record.version == 5)
        #expect(session.isLacking)
        #expect(self.manager.backlogs.withLock { $0.missing("s") } == [self.sender])
    }

    @Test("idleness elsewhere does not end a session that has changed here since", arguments: [true, false])
    func lapse(isLapse: Bool) throws {
        self.receive(self.created("s"), try self.numbered("s", "n", 1, 2))
        let end = SessionEnd(creationTime: 900_000, number: 1, isLapse: isLapse)
        self.receive(.expired("s", in: "/app", now: 1_000_001, payload: end.encoded))
        #expect((self.manager.session("s") != nil) == isLapse)
        let last = SessionEnd(creationTime: 900_000, number: 2, isLapse: isLapse)
        self.receive(.expired("s", in: "/app", now: 1_000_002, payload: last.encoded))
        #expect(self.manager.session("s") == nil)
    }

    @Test("an end of an earlier session with that id is none of this one")
    func otherEnd() throws {
        self.receive(self.created("s"))
        let end = SessionEnd(creationTime: 899_999, number: 9, isLapse: false)
        self.receive(.expired("s", in: "/app", now: 1_000_001, payload: end.encoded))
        #expect(self.manager.session("s") != nil)
    }

    @Test("ids that are asked for are read back")
    func asked() throws {
        let payload = try SessionMessage.payload(ids: ["s.a", "t"])
        #expect(try SessionMessage.getAllSessions(in: "/app", now: 1, payload: payload).askedIDs() == ["s.a", "t"])
        #expect(try SessionMessage.getAllSessions(in: "/app", now: 1).askedIDs() == nil)
    }

    @Test("a session that is said to be made again keeps what it holds")
    func createdTwice() throws {
        self.receive(self.created("s"), try self.delta("s", "a", .int(1)), self.created("s"))
        #expect(try self.manager.session("s")?.attribute("a") as? Int32 == 1)
        self.receive(self.created("s", at: 900_001))
        #expect(try self.manager.session("s")?.attribute("a") == nil)
    }

    @Test("what cannot be read changes nothing", arguments: [[], [1, 2, 3], [0xac, 0xed, 0, 5]] as [[UInt8]])
    func garbage(payload: [UInt8]) throws {
        self.receive(self.created("s"), try self.delta("s", "a", .int(1)))
        self.receive(
            .delta("s", in: "/app", now: 1, payload: payload),
            .changedID("s", in: "/app", now: 1, payload: payload),
            .allSessionData(in: "/app", at: 1, payload: payload)
        )
        #expect(try self.manager.session("s")?.attribute("a") as? Int32 == 1)
    }

    @Test("a delta of another session is refused")
    func otherSession() throws {
        self.receive(self.created("s"))
        let other = try self.delta("t", "a", .int(1))
        self.receive(.delta("s", in: "/app", now: 1, payload: try #require(other.payload)))
        #expect(try self.manager.session("s")?.attributeNames.isEmpty == true)
    }

    @Test("use elsewhere takes the session from this node")
    func accessed() throws {
        self.receive(self.created("s"))
        let session = try #require(self.manager.session("s"))
        session.isPrimary = true
        self.receive(.accessed("s", in: "/app", now: 1))
        #expect(!session.isPrimary)
    }

    @Test("all attribute types of Tomcat's test come in and go out unchanged")
    func manyTypes() throws {
        let recorded = try Recording("session-all-data-many-types").message
        self.receive(recorded)
        let session = try #require(self.manager.deltaSessions.first)
        var records: [SessionRecord] = []
        try SessionList.decode(try #require(recorded.payload)) { records.append($0) }
        let sent = try #require(records.first)
        let (times, age) = (session.record.times, 1_000_000 - (recorded.timestamp ?? 0))
        #expect(times.creation == sent.times.creation)
        #expect(times.lastAccessed == sent.times.lastAccessed + age)
        #expect(times.thisAccessed == sent.times.thisAccessed + age)
        let (mine, theirs) = (session.record.attributes, sent.attributes)
        #expect(Set(mine.map(\.name)) == Set(theirs.map(\.name)))
        for attribute in theirs {
            let value = try #require(mine.first { $0.name == attribute.name }?.value)
            #expect(try value.stream() == attribute.value.stream(), "\(attribute.name)")
        }
    }
}

@Suite struct JvmRouteBinderValveTests {
    @Test(
        "an id gets the route of this node",
        arguments: [
            ("abc.n1", "abc.n2"), ("abc.n2", nil), ("abc", nil), (".n1", nil), ("abc.n1.x", "abc.n2"),
            ("abc.", "abc.n2"),
        ] as [(String, String?)]
    )
    func rebound(id: String, expected: String?) {
        #expect(JvmRouteBinderValve.rebound(id, to: "n2") == expected)
    }
}
