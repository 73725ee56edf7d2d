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
