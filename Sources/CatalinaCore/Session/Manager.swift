package import Modeler
package import ServletAPI

/// Keeps the sessions of one application.
///
/// Isolation: any thread.
/// Source: `org.apache.catalina.Manager`.
package protocol Manager: AnyObject, ManagedBean {
    /// Called before start.
    func attach(to context: StandardContext)
    /// The live session with an id; `nil` if there is none or it has expired.
    func findSession(_ id: String) async throws -> (any Session)?
    /// A session without suspending, if the manager holds it in memory.
    func sessionInMemory(_ id: String) -> (any Session)?
    /// Makes a session, with an id of the manager's choosing unless one is given.
    ///
    /// - Throws: `IllegalStateError` when `maxActiveSessions` is reached.
    func createSession(_ id: String?) throws -> any Session
    /// Gives a session a new id.
    func changeSessionId(_ session: any Session) -> String
    /// Ends the session with an id, as its application would, wherever it is kept; does not wait for that.
    ///
    /// - Returns: whether there is one.
    func enqueueEnd(_ id: String) -> Bool
    /// Ends sessions that were idle for too long; called every background interval.
    func backgroundProcess() async
    /// Number of sessions held now.
    var activeSessions: Int { get }
    /// Every session held in memory.
    var sessions: [any Session] { get }
}

extension Manager {
    package func enqueueEnd(_ id: String) -> Bool {
        guard let session = self.sessionInMemory(id), session.isValid else { return false }
        // Who else ends it in this moment has done what is wished.
        do { try session.invalidate() } catch { return false }
        return true
    }
}

/// A session, seen from the container.
///
/// Source: `org.apache.catalina.Session`.
package protocol Session: HttpSession {
    /// The id without checks.
    var idInternal: String { get }
    /// Whether it is neither expired nor invalidated; expires it if its time is over.
    var isValid: Bool { get }
    /// A request of its client begins to use it.
    func access()
    /// That request has ended.
    func endAccess()
    /// Ends it, telling listeners.
    func expire()
    /// The user that logged in with it.
    var principal: (any Principal)? { get set }
    /// How that user was authenticated.
    var authType: String? { get set }
    /// What the container itself remembers with it, by name: the saved request of a form login and the like.
    func note(_ name: String) -> (any Sendable)?
    func setNote(_ name: String, _ value: (any Sendable)?)
    /// Last use as seen by statistics, in milliseconds since 1970; does not throw once expired.
    var lastAccessedTimeInternal: Int64 { get }
    var creationTimeInternal: Int64 { get }
    /// Milliseconds since its last use.
    var idleTime: Int64 { get }
    /// Has somebody told what becomes of it.
    func add(_ listener: any SessionListener)
}
