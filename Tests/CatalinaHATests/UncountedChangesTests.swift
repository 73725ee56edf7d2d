import JavaSerialization
import Synchronization
import Testing
import Tribes

@testable import CatalinaHA

/// Sessions that a node changes which numbers no changes, as Tomcat.
@Suite struct UncountedChangesTests {
    private final class Clock: Sendable {
        let now = Mutex<Int64>(1_000_000)
    }

    private let clock = Clock()
    private let manager: DeltaManager
    private let tomcat = Member(host: [127, 0, 0, 3], port: 1, uniqueID: UniqueID(high: 3, low: 3))
    private let other = Member(host: [127, 0, 0, 1], port: 1, uniqueID: UniqueID(high: 1, low: 1))

    init() throws {
        let clock = self.clock
        self.manager = try DeltaManager(configuration: DeltaManager.Configuration()) { clock.now.withLock { $0 } }
        self.manager.support.attach(name: "/app", cluster: nil)
    }

    private func receive(_ messages: SessionMessage...) {
        for message in messages { self.manager.messageReceived(message, from: self.tomcat) }
    }

    private func receiveOther(_ messages: SessionMessage...) {
        for message in messages { self.manager.messageReceived(message, from: self.other) }
    }

    private func created(_ id: String) -> SessionMessage { .created(id, in: "/app", at: 900_000, now: 1_000_000) }

    private func delta(
        _ id: String,
        _ value: Int32,
        _ number: Int64? = nil,
        at time: Int64 = 1_000_000,
        name: String = "n"
    ) throws -> SessionMessage {
        var delta = DeltaRequest(sessionID: id)
        delta.record(.init(.attribute, name, .int(value)))
        return .delta(id, in: "/app", now: time, payload: try delta.encoded(number: number))
    }

    private func renamed(_ id: String, to new: String, _ number: Int64? = nil) throws -> SessionMessage {
        let payload = try SessionMessage.payload(newID: new, number: number)
        return .changedID(id, in: "/app", now: 1_000_000, payload: payload)
    }

    /// What a node that heard Tomcat's change of that time has of the session.
    private func whole(
        _ id: String,
        version: Int64,
        foreign time: Int64?,
        _ values: [String: Int32]
    ) throws -> SessionMessage {
        let times = SessionRecord.Times(creation: 900_000, lastAccessed: 0, thisAccessed: 0)
        var record = SessionRecord(id: id, times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
        record.version = version
        record.attributes = values.map { .init($0.key, .int($0.value)) }
        record.foreignChange = time.map { SessionChange(author: MemberKey(self.tomcat), time: $0, isWhole: false) }
        let payload = try SessionList.encode([record], isCounted: true)
        return .allSessionData(in: "/app", at: 1_000_000, payload: payload, isCounted: true)
    }

    private func value(_ name: String = "n") throws -> Int32? {
        try self.manager.session("s.c")?.attribute(name) as? Int32
    }

    private func misses(_ member: Member) -> Bool {
        self.manager.backlogs.withLock { $0.missing("s").contains(member) }
    }

    @Test("who takes a session over begins where nobody can have counted to")
    func room() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1), try self.delta("s.c", 2, at: 1_000_001))
        let session = try #require(self.manager.session("s.c"))
        #expect(session.record.version == 3)
        #expect(session.isServed(by: MemberKey(self.tomcat)))
        self.manager.changeSessionId(session, to: "s.a")
        #expect(session.record.version == SessionHistory.looseStep + 1)
        #expect(!session.isServed(by: MemberKey(self.tomcat)))
    }

    @Test("a node that heard of other changes of Tomcat's misses nothing of what follows them")
    func noGap() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1))
        self.receiveOther(
            try self.renamed("s.c", to: "s.a", SessionHistory.looseStep + 1),
            try self.delta("s.a", 2, SessionHistory.looseStep + 2)
        )
        let session = try #require(self.manager.session("s.c"))
        #expect(!session.isLacking)
        #expect(try self.value() == 2)
        // but of those it misses it does
        self.receiveOther(try self.delta("s.a", 4, SessionHistory.looseStep + 4))
        #expect(session.isLacking)
    }

    @Test("a change that was made in ignorance of Tomcat's leaves the session Tomcat's")
    func late() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1), try self.delta("s.c", 2, at: 1_000_001))
        self.receiveOther(try self.delta("s.c", 9, 2))
        #expect(try self.value() == 2)
        #expect(self.misses(self.other))
        #expect(try #require(self.manager.session("s.c")).isServed(by: MemberKey(self.tomcat)))
    }

    @Test("of Tomcat's changes the one that it made later stays, whoever brings them and however many he heard of")
    func ownClock() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 7, at: 1_000_007))
        self.receiveOther(try self.whole("s.c", version: 40, foreign: 1_000_006, ["n": 6, "m": 5]))
        #expect(try self.value() == 7)
        #expect(try self.value("m") == 5)
        #expect(self.misses(self.other))
        self.receiveOther(try self.whole("s.c", version: 9, foreign: 1_000_008, ["n": 8, "m": 5]))
        #expect(try self.value() == 8)
        #expect(self.manager.session("s.c")?.record.version == 40)
        self.receive(try self.delta("s.c", 6, at: 1_000_006))
        #expect(try self.value() == 8)
        self.receive(try self.delta("s.c", 9, at: 1_000_009))
        #expect(try self.value() == 9)
    }

    @Test("who has taken the session over from Tomcat knows better than who heard Tomcat last")
    func overtaken() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 7, at: 1_000_007))
        self.receiveOther(try self.whole("s.a", version: SessionHistory.looseStep + 2, foreign: nil, ["n": 8]))
        #expect(try self.value() == 8)
        #expect(self.manager.session("s.c")?.id == "s.a")
        self.receiveOther(try self.whole("s.c", version: 50, foreign: 1_000_007, ["n": 7]))
        #expect(try self.value() == 8)
    }

    /// What Tomcat has of the session, all of it used just now.
    private func state(_ id: String, _ value: Int32, at time: Int64 = 1_000_000) throws -> SessionMessage {
        let times = SessionRecord.Times(creation: 900_000, lastAccessed: time, thisAccessed: time)
        var record = SessionRecord(id: id, times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
        record.attributes = [.init("n", .int(value))]
        return .allSessionData(in: "/app", at: time, payload: try SessionList.encode([record]))
    }

    @Test("of a session that it does not serve Tomcat has but a copy")
    func copy() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1))
        self.receiveOther(try self.renamed("s.c", to: "s.a", 1_001), try self.delta("s.a", 5, 1_002))
        self.receive(try self.state("s.a", 4, at: 2_000_000))
        #expect(try self.value() == 5)
        self.receive(try self.renamed("s.a", to: "s.c"), try self.state("s.c", 6, at: 2_000_000))
        #expect(try self.value() == 6)
        self.receive(try self.delta("s.c", 5, at: 1_999_999))
        #expect(try self.value() == 6)
        self.receive(try self.state("s.c", 4, at: 1_999_999))
        #expect(try self.value() == 6)
    }

    @Test("a request that ends after Tomcat took its session over tells nothing", arguments: [true, false])
    func taken(isTaken: Bool) throws {
        self.receiveOther(self.created("s.a"), try self.delta("s.a", 1, 2))
        let session = try #require(self.manager.session("s.a"))
        let complete = {
            var told: [Int64] = []
            let isServer: (MemberKey) -> Bool = { isTaken && $0 == MemberKey(self.tomcat) }
            let own = MemberKey(self.other)
            _ = session.complete(now: 1_000_000, isExpiry: false, by: own, isTaken: isServer) { _, outgoing, _, _ in
                if case .delta(_, let number) = outgoing { told.append(number) }
                return nil
            }
            return told
        }
        try session.setAttribute("n", 2)
        #expect(complete() == [3])
        try session.setAttribute("n", 3)
        self.receive(try self.renamed("s.a", to: "s.c"))
        #expect(complete() == (isTaken ? [] : [SessionHistory.looseStep + 1]))
        #expect(session.isPrimary != isTaken)
        self.manager.changeSessionId(session, to: "s.a")
        try session.setAttribute("n", 4)
        #expect(complete().count == 1)
        #expect(session.isPrimary)
    }

    @Test("who knows only that a session was made takes it from whoever has it")
    func beginning() throws {
        self.receive(self.created("s.c"), try self.state("s.c", 4))
        #expect(try self.value() == 4)
    }

    @Test("what a Tomcat that was lost has of a session that was used meanwhile is late", arguments: [true, false])
    func away(isUsed: Bool) throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1))
        self.manager.memberDisappeared(self.tomcat)
        if isUsed { self.clock.now.withLock { $0 += 1 } }
        self.receiveOther(try self.renamed("s.c", to: "s.a", 1_001), try self.delta("s.a", 5, 1_002))
        self.manager.memberAdded(self.tomcat)
        self.clock.now.withLock { $0 += 1_000 }
        self.receive(try self.state("s.c", 4, at: 1_001_000))
        #expect(try self.value() == (isUsed ? 5 : 4))
    }

    @Test("what Tomcat says under an id that the session has left is not believed, unless it goes on")
    func stray() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1))
        self.receiveOther(try self.renamed("s.c", to: "s.a", 1_001), try self.delta("s.a", 5, 1_002))
        self.receive(try self.delta("s.c", 2, at: 1_000_001), try self.delta("s.c", 3, at: 1_000_002))
        #expect(try self.value() == 5)
        #expect(self.misses(self.tomcat))
        let session = try #require(self.manager.session("s.c"))
        #expect(session.isLacking)
        self.clock.now.withLock { $0 += SessionHistory.strayAge }
        self.receive(try self.delta("s.c", 6, at: 1_000_003))
        #expect(try self.value() == 6)
        #expect(session.id == "s.c")
        #expect(!session.isLacking)
    }

    @Test("what Tomcat said once under such an id is no sign later")
    func strayAgain() throws {
        self.receive(self.created("s.c"), try self.delta("s.c", 1))
        self.receiveOther(try self.renamed("s.c", to: "s.a", 1_001), try self.delta("s.a", 5, 1_002))
        self.receive(try self.delta("s.c", 2, at: 1_000_001))
        self.clock.now.withLock { $0 += 10 * SessionHistory.strayAge }
        self.receive(try self.delta("s.c", 3, at: 1_000_002))
        #expect(try self.value() == 5)
        self.receive(try self.renamed("s.a", to: "s.c"), try self.delta("s.c", 6, at: 1_000_003))
        #expect(try self.value() == 6)
    }

    @Test("Tomcat reads a list of sessions as far as it knows it, and others read on")
    func list() throws {
        let message = try self.whole("s.c", version: 2, foreign: 17, ["n": 1])
        let payload = try #require(message.payload)
        var plain: [SessionRecord] = []
        try SessionList.decode(payload) { plain.append($0) }
        #expect(plain.map(\.id) == ["s.c"])
        #expect(plain.first?.foreignChange == nil)
        var whole: [SessionRecord] = []
        try SessionList.decode(payload, isCounted: true) { whole.append($0) }
        #expect(whole.first?.foreignChange?.time == 17)
        var cut: [SessionRecord] = []
        #expect(throws: JavaSerializationError.self) {
            try SessionList.decode(Array(payload.dropLast(3)), isCounted: true) { cut.append($0) }
        }
        #expect(cut.map(\.id) == ["s.c"])
    }
}
