import CatalinaCore
package import ServletAPI
import Synchronization

/// One client's session, held in memory.
///
/// Isolation: any thread.
/// Source: `org.apache.catalina.session.StandardSession`.
package final class StandardSession: Session {
    struct Protected {
        var id: String
        var creationTime: Int64
        /// Start of the last request but one, as applications see it.
        var lastAccessedTime: Int64
        /// Start of the last request.
        var thisAccessedTime: Int64
        var maxInactiveInterval: Int
        var isNew = true
        var isValid = true
        var isExpiring = false
        var attributes = NamedValues()
        var notes: [String: any Sendable] = [:]
        var login = Login()
        /// Requests that hold the session now.
        var uses = 0
    }

    /// Who has logged in, and how.
    struct Login {
        var principal: (any Principal)?
        var authType: String?
    }

    let protected: Mutex<Protected>
    private let manager: StandardManager

    init(id: String, manager: StandardManager, maxInactiveInterval: Int, now: Int64) {
        self.manager = manager
        self.protected = Mutex(
            Protected(
                id: id,
                creationTime: now,
                lastAccessedTime: now,
                thisAccessedTime: now,
                maxInactiveInterval: maxInactiveInterval
            )
        )
    }

    /// A session read from a file.
    init(restored: Protected, manager: StandardManager) {
        self.manager = manager
        self.protected = Mutex(restored)
    }

    // MARK: For applications

    package var id: String { self.idInternal }

    package var creationTime: Int64 {
        get throws { try self.checked("getCreationTime") { $0.creationTime } }
    }

    package var lastAccessedTime: Int64 {
        get throws { try self.checked("getLastAccessedTime") { $0.lastAccessedTime } }
    }

    package var isNew: Bool {
        get throws { try self.checked("isNew") { $0.isNew } }
    }

    package var maxInactiveInterval: Int {
        get { self.protected.withLock { $0.maxInactiveInterval } }
        /// Kept within Java's `int`, so that it can be counted in milliseconds.
        set { self.protected.withLock { $0.maxInactiveInterval = Int(Int32(clamping: newValue)) } }
    }

    package var servletContext: any ServletContext { self.manager.servletContext }

    package func attribute(_ name: String) throws -> (any Sendable)? {
        try self.checked("getAttribute") { $0.attributes[name] }
    }

    package var attributeNames: [String] {
        get throws { try self.checked("getAttributeNames") { $0.attributes.keys } }
    }

    package func setAttribute(_ name: String, _ value: (any Sendable)?) throws {
        let old = try self.checked(value == nil ? "removeAttribute" : "setAttribute") { protected in
            guard let value else { return protected.attributes.removeValue(forKey: name) }
            return protected.attributes.updateValue(value, forKey: name)
        }
        guard !ObjectIdentity.isPlain(value) || !ObjectIdentity.isPlain(old) else {
            return self.manager.attributeChanged(self, name, old: old, new: value)
        }
        let notice = ObjectIdentity.isSame(old, value) ? self.manager.unchangedNotice : (object: true, listeners: true)
        if notice.object {
            if let bound = ObjectIdentity.listener(value) { bound.valueBound(self, name) }
            if let unbound = ObjectIdentity.listener(old) { unbound.valueUnbound(self, name) }
        }
        if notice.listeners { self.manager.attributeChanged(self, name, old: old, new: value) }
    }

    package func invalidate() throws {
        try self.checked("invalidate") { _ in }
        self.end(isExpiry: false)
    }

    // MARK: For the container

    package var idInternal: String { self.protected.withLock { $0.id } }
    package var lastAccessedTimeInternal: Int64 { self.protected.withLock { $0.lastAccessedTime } }
    package var creationTimeInternal: Int64 { self.protected.withLock { $0.creationTime } }

    package var principal: (any Principal)? {
        get { self.protected.withLock { $0.login.principal } }
        set { self.protected.withLock { $0.login.principal = newValue } }
    }

    package var authType: String? {
        get { self.protected.withLock { $0.login.authType } }
        set { self.protected.withLock { $0.login.authType = newValue } }
    }

    package func note(_ name: String) -> (any Sendable)? { self.protected.withLock { $0.notes[name] } }

    package func setNote(_ name: String, _ value: (any Sendable)?) {
        self.protected.withLock { $0.notes[name] = value }
    }

    package var isValid: Bool {
        let (now, isUseChecked) = (self.manager.now(), self.manager.isUseChecked)
        let (isValid, isOver) = self.protected.withLock { protected in
            let isBusy = isUseChecked && protected.uses > 0
            let isOver = protected.isValid && !protected.isExpiring && !isBusy && protected.isOver(at: now)
            return (protected.isValid, isOver)
        }
        guard isOver else { return isValid }
        self.expire()
        return false
    }

    package func access() {
        let now = self.manager.now()
        self.protected.withLock { protected in
            protected.thisAccessedTime = now
            protected.uses += 1
        }
    }

    package func endAccess() {
        let (now, isAtStart) = (self.manager.now(), self.manager.countsFromStart)
        self.protected.withLock { protected in
            protected.isNew = false
            protected.uses = max(0, protected.uses - 1)
            protected.lastAccessedTime = protected.thisAccessedTime
            if !isAtStart { protected.thisAccessedTime = now }
        }
    }

    package func expire() { self.end(isExpiry: true) }

    /// Tells the values that want to know that the session leaves the process.
    func willPassivate() { for listener in self.activationListeners { listener.sessionWillPassivate(self) } }

    /// Tells them that it is back.
    func didActivate() { for listener in self.activationListeners { listener.sessionDidActivate(self) } }

    private var activationListeners: [any HttpSessionActivationListener] {
        self.protected.withLock { $0.attributes.map(\.value) }.compactMap { $0 as? any HttpSessionActivationListener }
    }

    /// Gives the session another id; the manager's table is the caller's business.
    func setID(_ id: String) { self.protected.withLock { $0.id = id } }

    /// Ends the session once: listeners first, while it can still be read, then its values.
    private func end(isExpiry: Bool) {
        let isFirst = self.protected.withLock { protected in
            guard protected.isValid, !protected.isExpiring else { return false }
            protected.isExpiring = true
            return true
        }
        guard isFirst else { return }
        self.manager.willEnd(self)
        let attributes = self.protected.withLock { protected in
            protected.isValid = false
            protected.isExpiring = false
            defer { protected.attributes.removeAll() }
            return protected.attributes
        }
        self.manager.ended(self, isExpiry: isExpiry)
        for (name, value) in attributes {
            if let bound = ObjectIdentity.listener(value) { bound.valueUnbound(self, name) }
            self.manager.attributeChanged(self, name, old: value, new: nil)
        }
    }

    private func checked<Value>(
        _ method: String,
        _ body: (inout Protected) throws -> sending Value
    ) throws -> sending Value {
        try self.protected.withLock { protected in
            guard protected.isValid else {
                throw IllegalStateError("\(method): Session already invalidated")
            }
            return try body(&protected)
        }
    }
}

extension StandardSession.Protected {
    /// Whether the session has been idle for too long.
    func isOver(at now: Int64) -> Bool {
        guard self.maxInactiveInterval > 0 else { return false }
        return now - self.thisAccessedTime >= Int64(self.maxInactiveInterval) * 1000
    }
}
