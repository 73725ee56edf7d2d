import Foundation
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaSession

/// Milliseconds that a test sets.
final class ManualTime: Sendable {
    private let milliseconds = Atomic<Int64>(1_000_000)
    var now: Int64 { self.milliseconds.load(ordering: .relaxed) }
    func advance(seconds: Int64) { self.milliseconds.wrappingAdd(seconds * 1000, ordering: .relaxed) }
}

@Suite struct StandardManagerTests {
    private let time = ManualTime()
    private let context = StandardContext(configuration: .init())

    private func manager(_ change: (inout StandardManager.Configuration) -> Void = { _ in }) -> StandardManager {
        var configuration = StandardManager.Configuration()
        change(&configuration)
        let manager = StandardManager(configuration: configuration) { [time] in time.now }
        manager.attach(to: self.context)
        return manager
    }

    private static func isID(_ id: some StringProtocol) -> Bool {
        id.utf8.count == 32 && id.allSatisfy { "0123456789ABCDEF".contains($0) }
    }

    @Test("an id is 32 upper-case hexadecimal digits, then the route")
    func ids() throws {
        #expect(Self.isID(try self.manager().createSession(nil).idInternal))
        let routed = try self.manager { $0.base.jvmRoute = "n1" }.createSession(nil).idInternal
        #expect(routed.hasSuffix(".n1") && Self.isID(routed.dropLast(3)))
        var configuration = StandardSessionIDGenerator.Configuration()
        configuration.sessionIdLength = 5
        var source = SeededGenerator(seed: 1)
        let short = StandardSessionIDGenerator(configuration: configuration).make(route: nil, using: &source)
        #expect(short.count == 10)
    }

    @Test("ids that are too short to be used are made longer", arguments: [3, 0, -1, Int.min])
    func shortIDs(length: Int) throws {
        let manager = self.manager()
        var configuration = StandardSessionIDGenerator.Configuration()
        configuration.sessionIdLength = length
        manager.use(StandardSessionIDGenerator(configuration: configuration))
        let ids = try (0..<100).map { _ in try manager.createSession(nil).idInternal }
        #expect(Set(ids).count == 100 && ids.allSatisfy { $0.count == 8 })
    }

    @Test("who listens to one session hears of its end and of new ids")
    func listeners() throws {
        let manager = self.manager()
        let session = try manager.createSession("A")
        let listener = Listener()
        session.add(listener)
        _ = try manager.createSession("B")
        let new = manager.changeSessionId(session)
        self.time.advance(seconds: 3)
        #expect(session.idleTime == 3000)
        #expect(manager.enqueueEnd(new))
        #expect(!manager.enqueueEnd(new) && !manager.enqueueEnd("A"))
        #expect(listener.heard.withLock { $0 } == ["A is \(new)", "end of \(new)"])
        #expect(manager.activeSessions == 1)
    }

    private final class Listener: CatalinaCore.SessionListener {
        let heard = Mutex<[String]>([])

        func sessionEnded(_ session: any Session, in context: StandardContext, isLocal: Bool) {
            #expect(isLocal)
            self.heard.withLock { $0.append("end of " + session.idInternal) }
        }

        func sessionIDChanged(_ session: any Session, from old: String, in context: StandardContext, isLocal: Bool) {
            #expect(isLocal)
            self.heard.withLock { $0.append("\(old) is \(session.idInternal)") }
        }
    }

    @Test("an id that is in use is not given away again")
    func duplicates() throws {
        let manager = self.manager { $0.base.jvmRoute = "n2" }
        let first = try manager.createSession("MINE")
        let second = try manager.createSession("MINE")
        #expect(first.idInternal == "MINE")
        #expect(second.idInternal != "MINE" && second.idInternal.hasSuffix(".n2"))
        #expect(manager.statistics.duplicates == 1)
    }

    @Test("a session that idles for its interval ends at the next look, one in use does not")
    func expiry() throws {
        let manager = self.manager()
        let idle = try manager.createSession(nil)
        let used = try manager.createSession(nil)
        idle.maxInactiveInterval = 60
        used.maxInactiveInterval = 60
        self.time.advance(seconds: 59)
        #expect(idle.isValid)
        used.access()
        used.endAccess()
        self.time.advance(seconds: 1)
        manager.processExpires()
        #expect(manager.activeSessions == 1)
        #expect(manager.statistics.expiredSessions == 1)
        #expect(manager.sessionInMemory(idle.idInternal) == nil)
        #expect(throws: IllegalStateError.self) { _ = try idle.attribute("x") }
        #expect(used.isValid)
    }

    @Test("an interval of zero or less never ends", arguments: [0, -1])
    func unlimited(interval: Int) throws {
        let manager = self.manager()
        let session = try manager.createSession(nil)
        session.maxInactiveInterval = interval
        self.time.advance(seconds: 1_000_000)
        #expect(session.isValid)
    }

    @Test("an interval beyond all measure is as good as never", arguments: [Int.max, Int(Int32.max), Int.min])
    func extreme(interval: Int) throws {
        let manager = self.manager()
        let session = try manager.createSession(nil)
        session.maxInactiveInterval = interval
        self.time.advance(seconds: 1_000_000_000)
        #expect(session.isValid)
        #expect(session.maxInactiveInterval == Int(Int32(clamping: interval)))
    }

    @Test("expiry is looked for every sixth background round")
    func rounds() async throws {
        let manager = self.manager()
        let session = try manager.createSession(nil)
        session.maxInactiveInterval = 1
        self.time.advance(seconds: 5)
        for _ in 0..<5 { await manager.backgroundProcess() }
        #expect(manager.activeSessions == 1)
        await manager.backgroundProcess()
        #expect(manager.activeSessions == 0)
    }

    @Test("more sessions than allowed are refused and counted")
    func limit() throws {
        let manager = self.manager { $0.base.maxActiveSessions = 1 }
        _ = try manager.createSession(nil)
        #expect {
            _ = try manager.createSession(nil)
        } throws: {
            ($0 as? IllegalStateError)?.message == "createSession: Too many active sessions"
        }
        #expect(manager.statistics.rejectedSessions == 1)
        #expect(manager.statistics.sessionCounter == 1)
    }

    @Test("a new id replaces the old one and keeps what the session holds")
    func changeID() throws {
        let manager = self.manager()
        let session = try manager.createSession("A")
        try session.setAttribute("n", 7)
        let id = manager.changeSessionId(session)
        #expect(manager.sessionInMemory("A") == nil)
        #expect(try manager.sessionInMemory(id)?.attribute("n") as? Int == 7)
        #expect(manager.activeSessions == 1)
    }

    @Test("a session that has ended gets no new id and does not come back")
    func changeIDOfEnded() throws {
        let manager = self.manager()
        let session = try manager.createSession("A")
        try session.invalidate()
        #expect(manager.changeSessionId(session) == "A")
        #expect(manager.activeSessions == 0)
    }

    @Test("a session that ends while its id changes is gone, whoever comes first")
    func changeIDWhileEnding() async throws {
        let manager = self.manager()
        for _ in 0..<200 {
            let session = try manager.createSession(nil)
            await withTaskGroup { group in
                for _ in 0..<2 { group.addTask { _ = manager.changeSessionId(session) } }
                group.addTask { session.expire() }
            }
        }
        #expect(manager.activeSessions == 0)
    }

    @Test("statistics count lives and most at a time")
    func statistics() throws {
        let manager = self.manager()
        let sessions = try (0..<3).map { _ in try manager.createSession(nil) }
        self.time.advance(seconds: 10)
        try sessions[0].invalidate()
        self.time.advance(seconds: 20)
        try sessions[1].invalidate()
        let statistics = manager.statistics
        #expect(statistics.sessionCounter == 3)
        #expect(statistics.maxActive == 3)
        #expect(statistics.expiredSessions == 0)
        #expect(statistics.sessionMaxAliveTime == 30)
        #expect(statistics.sessionAverageAliveTime == 20)
        #expect(throws: IllegalStateError.self) { try sessions[0].invalidate() }
    }

    /// Is told when a session holds it and when no longer.
    private final class Bound: HttpSessionBindingListener {
        private let entries = Mutex<[String]>([])
        var log: [String] { self.entries.withLock { $0 } }
        func valueBound(_ session: any HttpSession, _ name: String) { self.entries.withLock { $0.append("+\(name)") } }
        func valueUnbound(_ session: any HttpSession, _ name: String) {
            self.entries.withLock { $0.append("-\(name)") }
        }
    }

    @Test("a value is told when it is stored, replaced, and when its session ends")
    func binding() throws {
        let manager = self.manager()
        let session = try manager.createSession(nil)
        let (first, second) = (Bound(), Bound())
        try session.setAttribute("a", first)
        try session.setAttribute("a", second)
        try session.invalidate()
        #expect(first.log == ["+a", "-a"])
        #expect(second.log == ["+a", "-a"])
    }

    @Test("an object that replaces itself is told so only where configured", arguments: [false, true])
    func unchanged(isTold: Bool) throws {
        let manager = self.manager { $0.base.notifyBindingListenerOnUnchangedValue = isTold }
        let session = try manager.createSession(nil)
        let value = Bound()
        try session.setAttribute("a", value)
        try session.setAttribute("a", value)
        #expect(value.log == (isTold ? ["+a", "+a", "-a"] : ["+a"]))
    }

    @Test("values that are no objects never replace themselves")
    func identity() {
        let object = Bound()
        #expect(ObjectIdentity.isSame(object, object))
        #expect(!ObjectIdentity.isSame(object, Bound()))
        #expect(!ObjectIdentity.isSame("a", "a"))
        #expect(!ObjectIdentity.isSame(nil, nil))
    }

    @Test("a session that a request holds ends unless its use is checked", arguments: [false, true])
    func activity(isChecked: Bool) throws {
        let manager = self.manager { $0.base.sessionActivityCheck = isChecked }
        let session = try manager.createSession(nil)
        session.maxInactiveInterval = 60
        session.access()
        self.time.advance(seconds: 61)
        #expect(session.isValid == isChecked)
        session.endAccess()
        self.time.advance(seconds: 61)
        #expect(!session.isValid)
    }

    @Test("idle time counts from a request's end, or from its start where configured", arguments: [false, true])
    func idleFrom(isStart: Bool) throws {
        let manager = self.manager { $0.base.sessionLastAccessAtStart = isStart }
        let session = try manager.createSession(nil)
        session.maxInactiveInterval = 60
        session.access()
        self.time.advance(seconds: 50)
        session.endAccess()
        self.time.advance(seconds: 20)
        #expect(session.isValid == !isStart)
    }

    @Test("a file holds only attributes whose names and types the filters admit, when written and when read")
    func filters() async throws {
        let files = try FileTree("sessions")
        self.context.setup.workDirectory = files.path
        let first = self.manager {
            $0.pathname = "SESSIONS.ser"
            $0.base.sessionAttributeValueClassNameFilter = #"java\.lang\.(String|Boolean)"#
        }
        try await first.start()
        let session = try first.createSession("KEPT")
        try session.setAttribute("user.name", "a")
        try session.setAttribute("user.age", 42)
        try session.setAttribute("other", true)
        try await first.stop()
        let second = self.manager {
            $0.pathname = "SESSIONS.ser"
            $0.base.sessionAttributeNameFilter = #"user\..*"#
        }
        try await second.start()
        #expect(try second.sessionInMemory("KEPT")?.attributeNames == ["user.name"])
        let broken = self.manager {
            $0.pathname = "SESSIONS.ser"
            $0.base.sessionAttributeNameFilter = "("
        }
        await #expect(throws: (any Error).self) { try await broken.start() }
    }

    @Test("sessions survive in a file when one is named, without those whose time is over")
    func file() async throws {
        let files = try FileTree("sessions")
        self.context.setup.workDirectory = files.path
        let first = self.manager { $0.pathname = "SESSIONS.ser" }
        try await first.start()
        let kept = try first.createSession("KEPT")
        try kept.setAttribute("text", "a b%\n")
        try kept.setAttribute("number", 42)
        let short = try first.createSession("SHORT")
        short.maxInactiveInterval = 5
        try await first.stop()
        #expect(files.exists("SESSIONS.ser"))
        self.time.advance(seconds: 6)
        let second = self.manager { $0.pathname = "SESSIONS.ser" }
        try await second.start()
        #expect(!files.exists("SESSIONS.ser"))
        #expect(second.sessions.map(\.idInternal) == ["KEPT"])
        let restored = try #require(second.sessionInMemory("KEPT"))
        #expect(try restored.attribute("text") as? String == "a b%\n")
        #expect(try restored.attribute("number") as? Int == 42)
        #expect(try !restored.isNew)
    }

    @Test(
        "a file of another kind is ignored and the application starts",
        arguments: [
            "", "\u{ac}\u{ed}junk", "caracal-sessions 1\nsession x", "caracal-sessions 1\ntext a b",
            "caracal-sessions 1\nsession A 1 2 x",
            "caracal-sessions 1\nsession A -9223372036854775808 1 60",
            "caracal-sessions 1\nsession A 1 -9223372036854775808 60",
            "caracal-sessions 1\nsession A 1 2 9223372036854775807",
            "caracal-sessions 1\nsession A 1 2 3\ntext a", "caracal-sessions 1\nsession A 1 2 3\ntext a b c",
            "caracal-sessions 1\nsession A 1 2 3\ntext %4 b", "caracal-sessions 1\nsession A 1 2 3\ntext a %zz",
        ]
    )
    func foreignFile(text: String) async throws {
        let files = try FileTree("sessions")
        try files.write("SESSIONS.ser", text)
        self.context.setup.workDirectory = files.path
        let manager = self.manager { $0.pathname = "SESSIONS.ser" }
        try await manager.start()
        #expect(manager.activeSessions == 0)
        #expect(manager.state == .started)
    }
}
