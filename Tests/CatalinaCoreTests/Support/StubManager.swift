import ServletAPI
import Synchronization

@testable import CatalinaCore

/// Sessions that live as long as their test.
final class StubManager: Manager {
    private let held = Mutex<[String: StubSession]>([:])
    private let count = Atomic(0)

    func attach(to context: StandardContext) {}
    func findSession(_ id: String) async throws -> (any Session)? { self.sessionInMemory(id) }
    func sessionInMemory(_ id: String) -> (any Session)? { self.held.withLock { $0[id] } }
    func changeSessionId(_ session: any Session) -> String { session.idInternal }
    func backgroundProcess() async {}
    var activeSessions: Int { self.held.withLock { $0.count } }
    var sessions: [any Session] { self.held.withLock { Array($0.values) } }

    func createSession(_ id: String?) throws -> any Session {
        let number = String(self.count.add(1, ordering: .relaxed).newValue, radix: 16).uppercased()
        let id = id ?? String(repeating: "0", count: 32 - number.count) + number
        let session = StubSession(id)
        self.held.withLock { $0[id] = session }
        return session
    }
}

final class StubSession: Session {
    private struct State {
        var attributes: [String: any Sendable] = [:]
        var notes: [String: any Sendable] = [:]
        var principal: (any Principal)?
        var authType: String?
        var maxInactiveInterval = 1800
    }

    let idInternal: String
    private let state = Mutex(State())

    init(_ id: String) { self.idInternal = id }

    var isValid: Bool { true }
    /// Requests that have used the session.
    let accesses = Atomic(0)
    func access() { self.accesses.add(1, ordering: .relaxed) }
    func endAccess() {}
    func expire() {}
    var principal: (any Principal)? {
        get { self.state.withLock { $0.principal } }
        set { self.state.withLock { $0.principal = newValue } }
    }
    var authType: String? {
        get { self.state.withLock { $0.authType } }
        set { self.state.withLock { $0.authType = newValue } }
    }
    func note(_ name: String) -> (any Sendable)? { self.state.withLock { $0.notes[name] } }
    func setNote(_ name: String, _ value: (any Sendable)?) { self.state.withLock { $0.notes[name] = value } }
    var lastAccessedTimeInternal: Int64 { 0 }
    var creationTimeInternal: Int64 { 0 }
    var idleTime: Int64 { 0 }
    func add(_ listener: any SessionListener) {}

    var id: String { self.idInternal }
    var creationTime: Int64 { 0 }
    var lastAccessedTime: Int64 { 0 }
    var isNew: Bool { true }
    var maxInactiveInterval: Int {
        get { self.state.withLock { $0.maxInactiveInterval } }
        set { self.state.withLock { $0.maxInactiveInterval = newValue } }
    }
    var servletContext: any ServletContext { NoServletContext.shared }
    func attribute(_ name: String) throws -> (any Sendable)? { self.state.withLock { $0.attributes[name] } }
    func setAttribute(_ name: String, _ value: (any Sendable)?) throws {
        self.state.withLock { $0.attributes[name] = value }
    }
    var attributeNames: [String] { self.state.withLock { Array($0.attributes.keys) } }
    func invalidate() throws {}
}
