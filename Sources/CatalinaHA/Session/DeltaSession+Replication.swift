import CatalinaCore
import CatalinaSession
import JavaSerialization
import NIOCore
import ServletAPI
import Synchronization
import Tribes

/// How a session goes to other nodes, and what comes from them.
extension DeltaSession {
    /// Why a delta was not applied.
    enum Mismatch: Error, Equatable {
        /// It is for another session.
        case sessionID(String)
        /// It sets attributes of a session that has ended.
        case invalidSession
        /// Changes before it are missing.
        case gap
    }

    /// What the number of a change of a replicated map's value says.
    enum MapChange {
        /// It follows the one before.
        case after(Int64)
        /// Another node made it while this one was the primary one; if this one made no change since, it follows the last.
        case beside(Int64)
    }

    // MARK: Out

    /// What another node needs to serve the session; values that stay here are left out.
    var record: SessionRecord {
        self.record(of: self.protected.withLock { $0 })
    }

    /// The same, in a message of that time: what is said later has a later one.
    func record(sentAt moment: Int64) -> SessionRecord {
        self.record(
            of: self.protected.withLock { protected in
                protected.local.lastReplicated = max(protected.local.lastReplicated, moment)
                return protected
            }
        )
    }

    func record(of protected: Protected) -> SessionRecord {
        var record = SessionRecord(
            id: protected.id,
            times: protected.times,
            maxInactiveInterval: protected.maxInactiveInterval,
            isNew: protected.isNew,
            isValid: protected.isValid
        )
        record.version = protected.version
        record.missing = protected.local.history.missing
        if let foreign = protected.foreignChange, !foreign.isWhole { record.foreignChange = foreign }
        record.principal = protected.identity.java
        record.notes = protected.foreign.notes
        record.listeners = protected.foreign.listeners
        record.attributes.reserveCapacity(protected.attributes.count)
        for (name, attribute) in protected.attributes {
            guard let java = attribute.java, self.isDistributed(name, attribute) else { continue }
            record.attributes.append(.init(name, java))
        }
        return record
    }

    /// What is to be said about a session at the end of a request.
    enum Outgoing: Equatable {
        case nothing
        case accessed
        /// With the number of the change.
        case delta(DeltaRequest, number: Int64)
    }

    /// Takes what is to be said at the end of a request; the session is this node's then.
    ///
    /// `send` is called while nothing else can happen to the session, so that messages about it leave in the order of
    /// its changes; it gets the message's time and the message before, and returns what waits for its own, as this
    /// does. With `isExpiry` the session ends with this, so that mere use need not be told. `isTaken` says whether a node
    /// that numbers no changes, and has made the last one, has taken the session from this one since the request began:
    /// what the request changed came too late then, and is not told.
    func complete(
        now: Int64,
        isExpiry: Bool,
        by author: MemberKey,
        isTaken: (_ server: MemberKey) -> Bool = { _ in false },
        send: (_ id: String, Outgoing, _ now: Int64, _ earlier: EventLoopFuture<Void>?) -> EventLoopFuture<Void>?
    ) -> EventLoopFuture<Void>? {
        self.protected.withLock { protected in
            if let server = protected.foreignChange?.author, protected.isRouted, isTaken(server) {
                protected.changes = []
                return nil
            }
            let outgoing = protected.takeOutgoing(now: now, isExpiry: isExpiry, by: author)
            guard outgoing != .nothing else { return nil }
            let time = max(now, protected.local.lastReplicated + 1)
            protected.local.lastReplicated = time
            let sent = send(protected.id, outgoing, time, protected.local.lastSend)
            protected.local.lastSend = sent
            return sent
        }
    }

    /// Sends something about the session behind what was sent before; `send` must not look at the session.
    func sendInOrder(_ send: (_ id: String, _ earlier: EventLoopFuture<Void>?) -> EventLoopFuture<Void>?) {
        self.protected.withLock { $0.local.lastSend = send($0.id, $0.local.lastSend) }
    }

    /// What waits for the last message about it.
    var lastSend: EventLoopFuture<Void>? { self.protected.withLock { $0.local.lastSend } }

    /// A message has arrived: nothing has to be sent behind it.
    func forget(_ sent: EventLoopFuture<Void>) {
        self.protected.withLock { if $0.local.lastSend === sent { $0.local.lastSend = nil } }
    }

    /// What is to be said of its end.
    func end(isLapse: Bool) -> SessionEnd {
        self.protected.withLock { protected in
            SessionEnd(
                creationTime: protected.times.creation,
                number: protected.version,
                isLapse: isLapse
            )
        }
    }

    /// Nobody is there: forgets what changed; the session is this node's.
    func completeAlone(by author: MemberKey) {
        self.protected.withLock { protected in
            protected.takeNumberedDelta(by: author)
            protected.isPrimary = true
        }
    }

    /// Writes down what tells a new session from none.
    func recordCreation() {
        self.protected.withLock { protected in
            protected.isNew = true
            protected.version = 1
            protected.record(.isNew(true))
            protected.record(.maxInactiveInterval(Int(protected.maxInactiveInterval)))
        }
    }

    /// Gives the session another id and sends that behind what was sent before, as ``sendInOrder(_:)`` does.
    func rename(
        to id: String,
        send: (_ number: Int64, _ earlier: EventLoopFuture<Void>?) -> EventLoopFuture<Void>?
    ) {
        self.protected.withLock { protected in
            protected.leaveRoom()
            protected.version += 1
            protected.rename(to: id, protected.version)
            protected.isPrimary = true
            protected.local.lastSend = send(protected.version, protected.local.lastSend)
        }
    }

    /// Takes the id that another node gave, unless it has a later one; a node that counts no changes has no number.
    func takeID(_ id: String, _ change: SessionChange) -> Bool {
        self.protected.withLock { protected in
            let number = change.number ?? protected.version + 1
            guard protected.local.history.admitsID(id, number, current: protected.id) else { return false }
            protected.rename(to: id, number)
            protected.advance(to: number, change)
            protected.isPrimary = false
            return true
        }
    }

    /// Gives the session another id; the table is the caller's business.
    ///
    /// With `isCounted` that is a change.
    func setID(_ id: String, isPrimary: Bool? = nil, isCounted: Bool = false) {
        self.protected.withLock { protected in
            protected.id = id
            if let isPrimary { protected.isPrimary = isPrimary }
            if isCounted { protected.version += 1 }
        }
    }

    // MARK: In

    /// Applies what another node changed: that node is the primary one now.
    ///
    /// What has changed here later is passed over.
    /// - Returns: whether all of it was applied; else the other node does not know better.
    /// - Throws: ``Mismatch``.
    @discardableResult
    func apply(
        _ delta: DeltaRequest,
        change: SessionChange? = nil,
        mapChange: MapChange? = nil
    ) throws(Mismatch) -> Bool {
        let now = self.support.now()
        let result: Result<(isWhole: Bool, events: [AttributeEvent]), Mismatch> = self.protected.withLock { protected in
            guard SessionKey(protected.id) == SessionKey(delta.sessionID) else {
                return .failure(.sessionID(delta.sessionID))
            }
            guard protected.isValid else { return .failure(.invalidSession) }
            var events: [AttributeEvent] = []
            var isWhole = true
            if let change {
                if change.number == nil {
                    if protected.lastForeign?.isAfter(change) == true { return .success((true, [])) }
                    if protected.isStray(delta.sessionID, at: now) { return .success((false, [])) }
                }
                isWhole = protected.apply(delta, change, &events)
            } else {
                switch protected.count(mapChange) {
                case .missing: return .failure(.gap)
                case .known: return .success((true, []))
                case .new: for action in delta.actions { protected.apply(action, &events) }
                }
            }
            protected.times.lastAccessed = now
            protected.times.thisAccessed = now
            if isWhole { protected.isPrimary = false }
            return .success((isWhole, events))
        }
        let (isWhole, events) = try result.get()
        guard self.support.setting({ $0.notifyListenersOnReplication }) else { return isWhole }
        for event in events { self.support.attributeChanged(self, event) }
        return isWhole
    }

    /// Becomes what another node sent.
    func restore(_ record: SessionRecord) {
        self.protected.withLock { $0.restore(record) }
    }

    /// Another node served a request of the session that changed nothing.
    func accessedElsewhere() {
        let now = self.support.now()
        self.protected.withLock { protected in
            protected.times.lastAccessed = now
            protected.times.thisAccessed = now
            protected.isPrimary = false
            protected.isNew = false
        }
    }
}

extension DeltaSession.Protected {
    mutating func takeOutgoing(now: Int64, isExpiry: Bool, by author: MemberKey) -> DeltaSession.Outgoing {
        guard self.isValid else { return .nothing }
        defer { self.isPrimary = true }
        if !self.changes.isEmpty {
            let delta = self.takeNumberedDelta(by: author)
            return .delta(delta, number: self.version)
        }
        if isExpiry { return .nothing }
        if !self.isPrimary { return .accessed }
        let interval = Int64(self.maxInactiveInterval) * 1000
        return interval >= 0 && now - self.local.lastReplicated > interval ? .accessed : .nothing
    }

    /// Takes what changed since this was last called.
    @discardableResult
    mutating func takeDelta() -> DeltaRequest {
        defer { self.changes = [] }
        if !self.changes.isEmpty { self.version += 1 }
        self.renewObjects()
        return DeltaRequest(
            sessionID: self.id,
            recordsAllActions: self.local.recordsAllActions,
            actions: self.changes
        )
    }

    /// The same, and remembers what it changed.
    @discardableResult
    mutating func takeNumberedDelta(by author: MemberKey) -> DeltaRequest {
        if !self.changes.isEmpty { self.leaveRoom() }
        let delta = self.takeDelta()
        for action in delta.actions where action.isOrdered {
            self.local.history.changed(action.name, self.version, by: author)
        }
        return delta
    }

    /// Applies another node's change as far as nothing here is newer; says whether that was all of it.
    mutating func apply(
        _ other: DeltaRequest,
        _ change: SessionChange,
        _ events: inout [DeltaSession.AttributeEvent]
    ) -> Bool {
        let number = change.number ?? self.version + 1
        var isWhole = true
        for action in other.actions {
            if action.isOrdered {
                guard self.local.history.admits(action.name, number, by: change.author) else {
                    isWhole = false
                    continue
                }
                let time = change.number == nil ? change.time : 0
                self.local.history.changed(action.name, number, by: change.author, at: time)
                // A request that is under way here has changed it too, and is told to the others later.
                if self.changes.contains(where: { $0.name == action.name }) { continue }
            }
            self.apply(action, &events)
        }
        self.advance(to: number, change)
        return isWhole
    }

    /// Takes the number of a change; one of Tomcat's has none.
    fileprivate mutating func count(_ change: DeltaSession.MapChange?) -> MapChangeOrder {
        switch change {
        case nil: self.version += 1
        case .beside(let number) where number == self.version + 1: self.version = number
        case .beside(let number): self.version = max(self.version, number) + 1
        case .after(let number):
            if number <= self.version { return .known }
            guard number == self.version + 1 else { return .missing }
            self.version = number
        }
        return .new
    }

    /// A change of another node with this number is here.
    mutating func advance(to number: Int64, _ change: SessionChange) {
        guard number > self.version else { return }
        if number > self.version + 1, !self.local.history.isLoose {
            self.local.history.skipped(upTo: number - 1)
        }
        self.version = number
        self.took(change)
    }

    mutating func rename(to id: String, _ number: Int64) {
        self.formerID = self.id
        self.local.history.renamed(number)
        self.id = id
    }

    /// Takes objects that the application may have changed since it set them as they are now.
    ///
    /// Values cannot change; an object of a class can, and other nodes get what Tomcat's would: its last state.
    private mutating func renewObjects() {
        for action in self.changes where action.subject == .attribute && !action.isRemoval {
            guard case .live(let value, let java)? = self.attributes[action.name], type(of: value) is AnyClass,
                let new = SessionValue.java(value, replacing: java), new != java
            else { continue }
            self.set(action.name, .live(value, new))
            self.record(.init(.attribute, action.name, new))
        }
    }

    mutating func restore(_ record: SessionRecord) {
        self.id = record.id
        self.times = record.times
        self.maxInactiveInterval = record.maxInactiveInterval
        self.isNew = record.isNew
        self.isValid = true
        self.isPrimary = false
        self.version = record.version
        self.extras.change { extras in
            extras.foreign = .init(notes: record.notes, listeners: record.listeners)
            extras.identity.java = record.principal
            extras.identity.principal = record.principal.flatMap { SessionPrincipal.principal($0) }
            extras.notes[DeltaSession.sessionIDNote] = record.notes.sessionID.string
            extras.notes[SavedRequest.noteName] = SavedRequest(record.notes.savedRequest)
        }
        self.attributes = NamedValues()
        self.attributes.reserveCapacity(record.attributes.count)
        for attribute in record.attributes { self.set(attribute.name, .received(attribute.value)) }
    }

    /// Stores an attribute, or removes it.
    ///
    /// - Returns: the attribute before.
    @discardableResult
    mutating func set(_ name: String, _ attribute: SessionAttribute?) -> SessionAttribute? {
        guard let attribute else { return self.attributes.removeValue(forKey: name) }
        let isShared = SharedNames.isWorthSharing(name) && self.attributes[name] == nil
        return self.attributes.updateValue(attribute, forKey: isShared ? SharedNames.shared(name) : name)
    }

    /// Writes down a change that other nodes are to be told.
    mutating func record(_ action: DeltaRequest.Action) {
        DeltaRequest.record(action, in: &self.changes, keepsEarlier: self.local.recordsAllActions)
    }

    mutating func apply(_ action: DeltaRequest.Action, _ events: inout [DeltaSession.AttributeEvent]) {
        switch action.subject {
        case .attribute:
            let new = action.isRemoval ? nil : action.value.map { SessionAttribute.received($0) }
            let old = self.set(action.name, new)
            events.append(.init(name: action.name, old: old, new: new))
        case .isNew: self.isNew = action.value?.boolean ?? false
        case .maxInactiveInterval:
            if let seconds = action.value?.int { self.maxInactiveInterval = seconds }
        case .principal:
            let principal = action.value.flatMap { SessionPrincipal.principal($0) }
            self.identity = .init(principal: principal, java: action.value, authType: self.identity.authType)
        case .authType: self.identity.authType = action.value?.string
        case .note:
            switch action.name {
            case DeltaSession.sessionIDNote:
                self.foreign.notes.sessionID = action.value ?? .null
                self.notes[action.name] = action.value?.string
            case SavedRequest.noteName:
                self.foreign.notes.savedRequest = action.value ?? .null
                self.notes[action.name] = action.value.flatMap { SavedRequest($0) }
            default: break
            }
        case .listener:
            guard let listener = action.value else { return }
            if action.isRemoval {
                self.foreign.remove(listener)
            } else {
                self.foreign.listeners.append(listener)
            }
        }
    }
}

/// Where a change of a replicated map's value stands among those that are here.
private enum MapChangeOrder {
    case new
    case known
    case missing
}

extension SessionExtras.Foreign {
    /// Removes the listener that Java would write with the same bytes.
    fileprivate mutating func remove(_ listener: JavaValue) {
        guard let bytes = try? listener.stream() else { return }
        self.listeners.removeAll { (try? $0.stream()) == bytes }
    }
}
