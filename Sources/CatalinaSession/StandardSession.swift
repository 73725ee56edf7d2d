package import CatalinaCore
package import ServletAPI
import Synchronization

/// One client's session, held in memory.
///
/// What every request asks for and changes (``Use``) takes no lock: sessions of busy clients are used by several event
/// loops at the same time.
/// Isolation: any thread.
/// Source: `org.apache.catalina.session.StandardSession`.
package final class StandardSession: Session {
    /// All that a session is, as it stands at one moment.
    struct Record {
        var id: String
        var creationTime: Int64
        /// Start of the last request but one, as applications see it.
        var lastAccessedTime: Int64
        /// Start of the last request.
        var thisAccessedTime: Int64
        var maxInactiveInterval: Int
        var isNew = true
        var attributes = NamedValues<any Sendable>()
    }

    private struct Protected {
        var id: String
        var isExpiring = false
        var attributes: NamedValues<any Sendable>
        var notes: [String: any Sendable] = [:]
        var listeners: [any SessionListener] = []
        var login = Login()
    }

    /// Who has logged in, and how.
    struct Login {
        var principal: (any Principal)?
        var authType: String?
    }

    /// When a session was used, and whether it still may be.
    ///
    /// Each figure stands for itself, as in Tomcat: who reads two of them may see one from before a request and one from
    /// after it.
    private struct Use: ~Copyable {
        let lastAccessedTime: Atomic<Int64>
        let thisAccessedTime: Atomic<Int64>
        let maxInactiveInterval: Atomic<Int>
        let isNew: Atomic<Bool>
        let isValid = Atomic<Bool>(true)
        /// Requests that hold the session now; counted while the manager looks at it.
        let holders = Atomic<Int>(0)
        let hasPrincipal = Atomic<Bool>(false)

        init(_ record: Record) {
            self.lastAccessedTime = Atomic(record.lastAccessedTime)
            self.thisAccessedTime = Atomic(record.thisAccessedTime)
            self.maxInactiveInterval = Atomic(record.maxInactiveInterval)
            self.isNew = Atomic(record.isNew)
        }
    }

    private let protected: Mutex<Protected>
    private let use: Use
    private let created: Int64
    private let manager: StandardManager

    convenience init(id: String, manager: StandardManager, maxInactiveInterval: Int, now: Int64) {
        let record = Record(
            id: id,
            creationTime: now,
            lastAccessedTime: now,
            thisAccessedTime: now,
            maxInactiveInterval: maxInactiveInterval
        )
        self.init(restored: record, manager: manager)
    }

    /// A session read from a file.
    init(restored record: Record, manager: StandardManager) {
        self.manager = manager
        self.created = record.creationTime
        self.use = Use(record)
        self.protected = Mutex(Protected(id: record.id, attributes: record.attributes))
    }

    /// The session as it stands now.
    var record: Record {
        let (id, attributes) = self.protected.withLock { ($0.id, $0.attributes) }
        return Record(
            id: id,
            creationTime: self.created,
            lastAccessedTime: self.lastAccessedTimeInternal,
            thisAccessedTime: self.use.thisAccessedTime.load(ordering: .relaxed),
            maxInactiveInterval: self.maxInactiveInterval,
            isNew: self.use.isNew.load(ordering: .relaxed),
            attributes: attributes
        )
    }

    // MARK: For applications

    package var id: String { self.idInternal }

    package var creationTime: Int64 {
        get throws { try self.checked("getCreationTime") { _ in self.created } }
    }

    package var lastAccessedTime: Int64 {
        get throws { try self.checked("getLastAccessedTime") { _ in self.lastAccessedTimeInternal } }
    }

    package var isNew: Bool {
        get throws { try self.checked("isNew") { _ in self.use.isNew.load(ordering: .relaxed) } }
    }

    package var maxInactiveInterval: Int {
        get { self.use.maxInactiveInterval.load(ordering: .relaxed) }
        /// Kept within Java's `int`, so that it can be counted in milliseconds.
        set { self.use.maxInactiveInterval.store(Int(Int32(clamping: newValue)), ordering: .relaxed) }
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
        guard !ObjectIdentity.arePlain(value, old) else {
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
    package var lastAccessedTimeInternal: Int64 { self.use.lastAccessedTime.load(ordering: .relaxed) }
    package var creationTimeInternal: Int64 { self.created }
    package var idleTime: Int64 { self.manager.now() - self.use.thisAccessedTime.load(ordering: .relaxed) }

    package var principal: (any Principal)? {
        get { self.use.hasPrincipal.load(ordering: .acquiring) ? self.protected.withLock { $0.login.principal } : nil }
        set {
            self.protected.withLock { protected in
                protected.login.principal = newValue
                self.use.hasPrincipal.store(newValue != nil, ordering: .releasing)
            }
        }
    }

    package var authType: String? {
        get { self.protected.withLock { $0.login.authType } }
        set { self.protected.withLock { $0.login.authType = newValue } }
    }

    package func note(_ name: String) -> (any Sendable)? { self.protected.withLock { $0.notes[name] } }

    package func setNote(_ name: String, _ value: (any Sendable)?) {
        self.protected.withLock { $0.notes[name] = value }
    }

    package func add(_ listener: any SessionListener) { self.protected.withLock { $0.listeners.append(listener) } }

    /// Those that are told what becomes of this very session.
    var listeners: [any SessionListener] { self.protected.withLock { $0.listeners } }

    package var isValid: Bool {
        guard self.use.isValid.load(ordering: .acquiring) else { return false }
        let isHeld = self.manager.isUseChecked && self.use.holders.load(ordering: .relaxed) > 0
        guard !isHeld, self.isOver(at: self.manager.now()) else { return true }
        // Until its listeners have been told, a session that ends can be used.
        if self.protected.withLock({ $0.isExpiring }) { return true }
        self.expire()
        return false
    }

    /// Whether the session has been idle for too long.
    private func isOver(at now: Int64) -> Bool {
        let interval = self.maxInactiveInterval
        guard interval > 0 else { return false }
        return now - self.use.thisAccessedTime.load(ordering: .relaxed) >= Int64(interval) * 1000
    }

    package func access() {
        self.use.thisAccessedTime.store(self.manager.now(), ordering: .relaxed)
        if self.manager.isUseChecked { self.use.holders.wrappingAdd(1, ordering: .relaxed) }
    }

    package func endAccess() {
        let use = self.use.thisAccessedTime.load(ordering: .relaxed)
        self.use.lastAccessedTime.store(use, ordering: .relaxed)
        if self.use.isNew.load(ordering: .relaxed) { self.use.isNew.store(false, ordering: .relaxed) }
        if !self.manager.countsFromStart { self.use.thisAccessedTime.store(self.manager.now(), ordering: .relaxed) }
        self.letGo()
    }

    /// Counts a holder less; there is none to count if the manager began to look when a request had the session already.
    private func letGo() {
        var held = self.use.holders.load(ordering: .relaxed)
        while held > 0 {
            let outcome = self.use.holders.weakCompareExchange(expected: held, desired: held - 1, ordering: .relaxed)
            if outcome.exchanged { return }
            held = outcome.original
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
            guard self.use.isValid.load(ordering: .relaxed), !protected.isExpiring else { return false }
            protected.isExpiring = true
            return true
        }
        guard isFirst else { return }
        self.manager.willEnd(self)
        let attributes = self.protected.withLock { protected in
            self.use.isValid.store(false, ordering: .releasing)
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
            guard self.use.isValid.load(ordering: .relaxed) else {
                throw IllegalStateError("\(method): Session already invalidated")
            }
            return try body(&protected)
        }
    }
}

extension StandardSession.Record {
    /// Whether the session has been idle for too long.
    func isOver(at now: Int64) -> Bool {
        guard self.maxInactiveInterval > 0 else { return false }
        return now - self.thisAccessedTime >= Int64(self.maxInactiveInterval) * 1000
    }
}
