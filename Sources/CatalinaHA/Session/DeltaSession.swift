import CatalinaCore
import CatalinaSession
import JavaSerialization
import NIOCore
package import ServletAPI
import Synchronization

/// One client's session, of which other nodes hold copies; what changes is written down for them.
///
/// The node that last served the client is the primary one: it alone tells the others that the session has expired,
/// and they keep their copies for twice the time.
/// Isolation: any thread.
/// Source: `org.apache.catalina.ha.session.DeltaSession`.
package final class DeltaSession: Session, ConvertingSession {
    /// What this node remembers and no other one needs.
    struct Local {
        /// When something was last sent about it, in milliseconds since 1970: two messages have different times.
        var lastReplicated: Int64 = 0
        /// The last message about it; the next one goes after it.
        var lastSend: EventLoopFuture<Void>?
        var history = SessionHistory()
        /// Whether a request of this node has used it.
        var isUsed = false
        /// Whether each of several changes of one name is sent.
        let recordsAllActions: Bool
    }

    /// A session's state, in an order that leaves no room between its parts; what most sessions do not have belongs to
    /// the extras.
    struct Protected {
        var id: String
        var times: SessionRecord.Times
        var attributes = NamedValues<SessionAttribute>()
        var isNew = false
        var isValid = true
        var isExpiring = false
        /// Seconds.
        var maxInactiveInterval: Int32
        var extras = SessionExtras()
        /// What changed since changes were last sent.
        var changes: [DeltaRequest.Action] = []
        var local: Local
        /// Whether this node last completed a request of it.
        var isPrimary: Bool
        /// Requests of this node that use the session at present.
        var uses: Int32 = 0
    }

    /// One attribute before and after a change.
    struct AttributeEvent {
        let name: String
        let old: SessionAttribute?
        let new: SessionAttribute?
    }

    /// The authenticator's note of the id under which the user logged in.
    static let sessionIDNote = "org.apache.catalina.authenticator.SESSION_ID"

    package let support: ManagerSupport
    let protected: Mutex<Protected>

    /// A new session of this node, or one that another node says it has made.
    init(id: String, owner: any DeltaSessionOwner, creationTime: Int64, maxInactiveInterval: Int, isPrimary: Bool) {
        self.support = owner.support
        self.protected = Mutex(
            Protected(
                id: id,
                times: .init(creation: creationTime, lastAccessed: creationTime, thisAccessed: creationTime),
                maxInactiveInterval: Int32(clamping: maxInactiveInterval),
                local: Local(recordsAllActions: owner.support.settings.recordAllActions),
                isPrimary: isPrimary
            )
        )
    }

    // MARK: For applications

    package var id: String { self.idInternal }

    package var creationTime: Int64 {
        get throws { try self.checked("getCreationTime") { $0.times.creation } }
    }

    package var lastAccessedTime: Int64 {
        get throws { try self.checked("getLastAccessedTime") { $0.times.lastAccessed } }
    }

    package var isNew: Bool {
        get throws { try self.checked("isNew") { $0.isNew } }
    }

    package var maxInactiveInterval: Int {
        get { Int(self.protected.withLock { $0.maxInactiveInterval }) }
        set {
            // Within Java's `int`, as it goes to the other nodes.
            let seconds = Int32(clamping: newValue)
            self.protected.withLock { protected in
                protected.maxInactiveInterval = seconds
                protected.record(.maxInactiveInterval(Int(seconds)))
            }
        }
    }

    package var servletContext: any ServletContext { self.support.servletContext }

    package func attribute(_ name: String) throws -> (any Sendable)? {
        try self.checked("getAttribute") { $0.attributes[name]?.value }
    }

    package func convertedAttribute<Value: Sendable>(_ name: String, as type: Value.Type) throws -> Value? {
        try self.checked("getAttribute") { protected in
            guard let java = protected.attributes[name]?.java, let value = CodableValue.swift(java, as: type) else {
                return nil
            }
            // An object of the application is made once, so that all requests see the same one.
            if case .received? = protected.attributes[name] { protected.set(name, SessionAttribute(value, java)) }
            return value
        }
    }

    package var attributeNames: [String] {
        get throws { try self.checked("getAttributeNames") { $0.attributes.keys } }
    }

    package func setAttribute(_ name: String, _ value: (any Sendable)?) throws {
        let event = try self.checked(value == nil ? "removeAttribute" : "setAttribute") { protected in
            guard let value else {
                let old = protected.set(name, nil)
                if let old, self.isDistributed(name, old) { protected.record(.init(.attribute, name, nil)) }
                return AttributeEvent(name: name, old: old, new: nil)
            }
            let java = SessionValue.java(value, replacing: protected.attributes[name]?.java)
            let new = SessionAttribute(value, java)
            if self.support.filter.admits(name, className: java?.className) {
                guard let java else {
                    throw IllegalArgumentError("setAttribute: Non-serializable attribute [\(name)]")
                }
                protected.record(.init(.attribute, name, java))
            }
            return AttributeEvent(name: name, old: protected.set(name, new), new: new)
        }
        let old = event.old?.stored
        let isUnchanged = ObjectIdentity.isSame(old, value)
        if !isUnchanged || self.support.setting({ $0.base.notifyBindingListenerOnUnchangedValue }) {
            if let bound = ObjectIdentity.listener(value) { bound.valueBound(self, name) }
            if let unbound = ObjectIdentity.listener(old) { unbound.valueUnbound(self, name) }
        }
        if !isUnchanged || self.support.setting({ $0.base.notifyAttributeListenerOnUnchangedValue }) {
            self.support.attributeChanged(self, event)
        }
    }

    package func invalidate() throws {
        try self.checked("invalidate") { _ in }
        self.end(isExpiry: false, notifiesCluster: true)
    }

    // MARK: For the container

    package var idInternal: String { self.protected.withLock { $0.id } }
    package var lastAccessedTimeInternal: Int64 { self.protected.withLock { $0.times.lastAccessed } }
    package var creationTimeInternal: Int64 { self.protected.withLock { $0.times.creation } }
    package var thisAccessedTimeInternal: Int64 { self.protected.withLock { $0.times.thisAccessed } }
    package var idleTime: Int64 { self.support.now() - self.thisAccessedTimeInternal }

    package var principal: (any Principal)? {
        get { self.protected.withLock { $0.identity.principal } }
        set {
            let java = newValue.flatMap { SessionPrincipal.java($0) }
            self.protected.withLock { protected in
                protected.extras.change { extras in
                    extras.identity.principal = newValue
                    extras.identity.java = java
                }
                protected.record(.principal(java))
            }
        }
    }

    package var authType: String? {
        get { self.protected.withLock { $0.identity.authType } }
        set {
            self.protected.withLock { protected in
                protected.identity.authType = newValue
                protected.record(.authType(newValue))
            }
        }
    }

    package func note(_ name: String) -> (any Sendable)? { self.protected.withLock { $0.notes[name] } }

    package func setNote(_ name: String, _ value: (any Sendable)?) {
        self.protected.withLock { protected in
            protected.notes[name] = value
            let java: JavaValue?
            switch name {
            case Self.sessionIDNote:
                java = (value as? String).map { .string($0) }
                protected.foreign.notes.sessionID = java ?? .null
            case SavedRequest.noteName:
                java = (value as? SavedRequest)?.java
                protected.foreign.notes.savedRequest = java ?? .null
            default: return
            }
            protected.record(.init(.note, name, java))
        }
    }

    package var isValid: Bool {
        let (now, isUseChecked) = (self.support.now(), self.support.setting { $0.base.sessionActivityCheck })
        let (isValid, isOver, isPrimary) = self.protected.withLock { protected in
            let isBusy = isUseChecked && protected.uses > 0
            let isOver = protected.isValid && !protected.isExpiring && !isBusy && protected.isOver(at: now)
            return (protected.isValid, isOver, protected.isPrimary)
        }
        guard isOver else { return isValid }
        self.end(isExpiry: true, notifiesCluster: isPrimary)
        return false
    }

    package func access() {
        let now = self.support.now()
        self.protected.withLock { protected in
            protected.times.thisAccessed = now
            protected.uses += 1
            if protected.local.isUsed || !protected.isNew {
                protected.isNew = false
                protected.record(.isNew(false))
            }
            protected.local.isUsed = true
        }
    }

    package func endAccess() {
        let (now, isAtStart) = (self.support.now(), self.support.setting { $0.base.sessionLastAccessAtStart })
        self.protected.withLock { protected in
            protected.isNew = false
            protected.uses = max(0, protected.uses - 1)
            protected.times.lastAccessed = protected.times.thisAccessed
            if !isAtStart { protected.times.thisAccessed = now }
        }
    }

    package func expire() { self.end(isExpiry: true, notifiesCluster: true) }

    /// Whether this node last completed a request of the session.
    package var isPrimary: Bool {
        get { self.protected.withLock { $0.isPrimary } }
        set { self.protected.withLock { $0.isPrimary = newValue } }
    }

    // MARK: End

    /// Ends the session once: listeners first, while it can still be read, then its values.
    ///
    /// Without `tellsListeners` the application does not hear of it.
    func end(isExpiry: Bool, notifiesCluster: Bool, tellsListeners: Bool = true) {
        let isFirst = self.protected.withLock { protected in
            guard protected.isValid, !protected.isExpiring else { return false }
            protected.isExpiring = true
            return true
        }
        guard isFirst else { return }
        if notifiesCluster { self.support.owner?.sessionWillEnd(self) }
        if tellsListeners { self.support.sessionDestroyed(self) }
        let attributes = self.protected.withLock { protected in
            protected.isValid = false
            protected.isExpiring = false
            protected.changes = []
            defer { protected.attributes.removeAll() }
            return protected.attributes
        }
        self.support.owner?.sessionEnded(self, isExpiry: isExpiry, notifiesCluster: notifiesCluster)
        self.tellEnd(isLocal: notifiesCluster)
        guard tellsListeners else { return }
        for (name, attribute) in attributes {
            if let bound = ObjectIdentity.listener(attribute.stored) {
                bound.valueUnbound(self, name)
            }
            self.support.attributeChanged(self, AttributeEvent(name: name, old: attribute, new: nil))
        }
    }

    /// Whether other nodes have an attribute.
    func isDistributed(_ name: String, _ attribute: SessionAttribute) -> Bool {
        self.support.filter.admits(name, className: attribute.java?.className)
    }

    private func checked<Value>(
        _ method: String,
        _ body: (inout Protected) throws -> sending Value
    ) throws -> sending Value {
        try self.protected.withLock { protected in
            guard protected.isValid else { throw IllegalStateError("\(method): Session already invalidated") }
            return try body(&protected)
        }
    }
}

extension DeltaSession.Protected {
    /// The number of the last change, made here or elsewhere; Tomcat keeps what it gets.
    var version: Int64 {
        get { self.local.history.version }
        set { self.local.history.version = newValue }
    }

    /// Whether the session has been idle for too long: twice its time on a node that does not serve its client.
    func isOver(at now: Int64) -> Bool {
        guard self.maxInactiveInterval > 0 else { return false }
        let limit = Int64(self.maxInactiveInterval) * (self.isPrimary ? 1 : 2)
        return (now - self.times.thisAccessed) / 1000 >= limit
    }
}

/// The manager of a ``DeltaSession``, told when the session ends.
protocol DeltaSessionOwner: AnyObject, Sendable {
    var support: ManagerSupport { get }
    /// The session is about to end and other nodes will be told: what changed before is sent first.
    func sessionWillEnd(_ session: DeltaSession)
    func sessionEnded(_ session: DeltaSession, isExpiry: Bool, notifiesCluster: Bool)
}
