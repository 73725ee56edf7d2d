import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaSession

/// What listeners and management clients see of sessions.
@Suite struct SessionListenerTests {
    private let context = StandardContext(configuration: .init())
    private let entries = Entries()

    /// Remembers what was told, in order.
    private final class Entries: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ entry: String) { self.list.withLock { $0.append(entry) } }
        func take() -> [String] {
            self.list.withLock { list in
                defer { list = [] }
                return list
            }
        }
    }

    private struct Listener: HttpSessionListener, HttpSessionIdListener, HttpSessionAttributeListener {
        let name: String
        let entries: Entries

        func sessionCreated(_ session: any HttpSession) { self.entries.add("\(self.name) created \(session.id)") }

        func sessionDestroyed(_ session: any HttpSession) {
            let value: String
            do { value = try session.attribute("a").map { "\($0)" } ?? "nothing" } catch { value = "unreadable" }
            self.entries.add("\(self.name) destroyed \(session.id) with \(value)")
        }

        func sessionIdChanged(_ session: any HttpSession, _ oldSessionId: String) {
            self.entries.add("\(self.name) \(oldSessionId) changed")
        }

        func attributeChanged(
            _ change: AttributeChange,
            _ session: any HttpSession,
            _ name: String,
            _ value: any Sendable
        ) { self.entries.add("\(self.name) \(change) \(name) \(value)") }
    }

    private func manager(_ change: (inout StandardManager.Configuration) -> Void = { _ in }) -> StandardManager {
        TestLog.install()
        let listeners = ["1", "2"].map { Listener(name: $0, entries: self.entries) }
        var instances = StandardContext.Instances()
        instances.listeners = listeners
        instances.sessionListeners = listeners
        instances.sessionAttributeListeners = listeners
        let ready = instances
        self.context.protected.withLock { $0.instances = ready }
        var configuration = StandardManager.Configuration()
        change(&configuration)
        let manager = StandardManager(configuration: configuration) { 1_000_000 }
        manager.attach(to: self.context)
        return manager
    }

    @Test("listeners hear of a session's life, of its end in reverse and while it can be read")
    func life() throws {
        let manager = self.manager()
        let session = try manager.createSession("A")
        #expect(self.entries.take() == ["1 created A", "2 created A"])
        try session.setAttribute("a", 1)
        try session.setAttribute("a", 2)
        #expect(self.entries.take() == ["1 added a 1", "2 added a 1", "1 replaced a 1", "2 replaced a 1"])
        try session.setAttribute("b", nil)
        #expect(self.entries.take().isEmpty)
        let id = manager.changeSessionId(session)
        #expect(self.entries.take() == ["1 A changed", "2 A changed"])
        try session.invalidate()
        #expect(
            self.entries.take() == [
                "2 destroyed \(id) with 2", "1 destroyed \(id) with 2", "1 removed a 2", "2 removed a 2",
            ]
        )
        session.expire()
        #expect(throws: IllegalStateError.self) { try session.setAttribute("a", 3) }
        #expect(self.entries.take().isEmpty)
    }

    /// An object whose session may leave the process.
    private final class Traveller: HttpSessionActivationListener {
        let entries: Entries
        init(_ entries: Entries) { self.entries = entries }
        func sessionWillPassivate(_ session: any HttpSession) { self.entries.add("leaves \(session.id)") }
        func sessionDidActivate(_ session: any HttpSession) { self.entries.add("returns \(session.id)") }
    }

    @Test("values that want to know hear that their session goes to a file, and nobody that it ends")
    func passivation() async throws {
        let files = try FileTree("sessions")
        self.context.setup.workDirectory = files.path
        let manager = self.manager { $0.pathname = "S" }
        try await manager.start()
        let session = try manager.createSession("A")
        try session.setAttribute("t", Traveller(self.entries))
        _ = self.entries.take()
        try await manager.stop()
        #expect(self.entries.take() == ["leaves A"])
        #expect(files.exists("S"))
    }

    @Test("without a file the sessions end with the application")
    func stops() async throws {
        let manager = self.manager()
        try await manager.start()
        _ = try manager.createSession("A")
        _ = self.entries.take()
        try await manager.stop()
        #expect(self.entries.take() == ["2 destroyed A with nothing", "1 destroyed A with nothing"])
        #expect(manager.activeSessions == 0)
    }

    private static let calls: [(String, [String], String)] = [
        ("listSessionIds", [], "A "), ("getSessionAttribute", ["A", "a"], "1"),
        ("getSessionAttribute", ["A", "b"], "null"),
        ("getSessionAttribute", ["B", "a"], "null"), ("getSession", ["B"], "null"),
        ("getCreationTimeMillis", ["A"], "1000000"), ("getCreationTimeMillis", ["B"], "-1"),
        ("getLastAccessedTimeMillis", ["A"], "1000000"), ("getLastAccessedTimeMillis", ["B"], "-1"),
        ("getCreationTime", ["B"], ""), ("getLastAccessedTime", ["B"], ""), ("expireSession", ["B"], "null"),
        ("backgroundProcess", [], "null"), ("processExpires", [], "null"),
    ]

    @Test("a management client may look at sessions that are there and at others", arguments: calls)
    func operations(name: String, arguments: [String], text: String) async throws {
        let manager = self.manager()
        try manager.createSession("A").setAttribute("a", 1)
        let bean = RegisteredBean(manager, as: try ObjectName("Catalina:type=Manager"))
        #expect(Self.text(try await bean.invoke(name, arguments)) == text)
        #expect(manager.activeSessions == 1)
    }

    @Test("a management client ends a session, and sets what the configuration says")
    func changes() async throws {
        let manager = self.manager()
        try manager.createSession("A").setAttribute("a", 1)
        let bean = RegisteredBean(manager, as: try ObjectName("Catalina:type=Manager"))
        #expect(Self.text(try bean.get("activeSessions")) == "1")
        _ = try await bean.invoke("expireSession", ["A"])
        #expect(Self.text(try bean.get("activeSessions")) == "0")
        #expect(Self.text(try bean.get("expiredSessions")) == "1")
        try bean.set("maxActiveSessions", to: "0")
        #expect(throws: IllegalStateError.self) { try manager.createSession(nil) }
        try bean.set("sessionActivityCheck", to: "true")
        #expect(manager.isUseChecked)
        #expect(throws: BeanError.self) { try bean.set("maxActiveSessions", to: "many") }
    }

    private static func text(_ value: BeanValue) -> String {
        switch value {
        case .null: "null"
        case .string(let text): text
        case .int(let number): "\(number)"
        case .long(let number): "\(number)"
        default: "\(value)"
        }
    }
}
