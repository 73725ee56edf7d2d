import CatalinaCore
import JavaSerialization
import ServletAPI
import Synchronization
package import Tribes

/// What other nodes say about sessions.
///
/// Nothing is thrown back at the sender: what cannot be applied is logged, as Tomcat does.
extension DeltaManager: SessionMessageReceiver {
    /// Isolation: channel loop.
    package func messageReceived(_ message: SessionMessage, from sender: Member) {
        let isCounted = self.configuration.enableStatistics
        if isCounted { self.counts.withLock { $0.received[message.event, default: 0] += 1 } }
        enum Action {
            case wait
            case mutual
            case apply
        }
        let action: Action = self.protected.withLock { protected in
            guard protected.transfer.isQueueing else { return .apply }
            switch message.event {
            case .created, .expired, .accessed, .delta, .changeSessionID:
                protected.transfer.append(message, from: sender)
                return .wait
            case .getAllSessions where message.payload == nil && protected.transfer.isWaiting(for: sender):
                return .mutual
            case .getAllSessions:
                protected.transfer.append(message, from: sender)
                return .wait
            case .allSessionData, .transferComplete, .noContextManager, .digest: return .apply
            }
        }
        switch action {
        case .wait: return
        case .mutual:
            self.answer(sender)
            self.protected.withLock { $0.transfer.lose(sender, .mutual) }
        case .apply: self.apply(message, from: sender)
        }
    }

    func apply(_ message: SessionMessage, from sender: Member) {
        switch message.event {
        case .created: self.created(message, from: sender)
        case .expired: self.expired(message, from: sender)
        case .accessed: self.session(message.sessionID)?.accessedElsewhere()
        case .delta: self.changed(message, from: sender)
        case .changeSessionID: self.renamed(message, from: sender)
        case .getAllSessions: self.asked(message, by: sender)
        case .allSessionData: self.stateReceived(message, from: sender)
        case .transferComplete:
            self.protected.withLock { $0.transfer.complete(from: sender, at: message.timestamp) }
        case .noContextManager:
            self.protected.withLock { $0.transfer.missing(sender) }
        case .digest: self.compared(message, with: sender)
        }
    }

    // MARK: Events

    private func created(_ message: SessionMessage, from sender: Member) {
        let now = self.support.now()
        let (creationTime, key) = (message.timestamp ?? now, SessionKey(message.sessionID))
        let session = DeltaSession(
            id: message.sessionID,
            owner: self,
            creationTime: creationTime,
            maxInactiveInterval: self.support.idleSeconds,
            isPrimary: false
        )
        session.accessedElsewhere()
        session.protected.withLock { $0.version = 1 }
        let early: [EarlyDeltas.Early]? = self.protected.withLock { protected in
            if protected.ended.contains(message.sessionID, createdAt: creationTime)
                || protected.sessions[key]?.creationTimeInternal == creationTime
            {
                self.counts.withLock { $0.ignored += 1 }
                return nil
            }
            protected.ended.forget(message.sessionID)
            if protected.sessions.updateValue(session, forKey: key) != nil {
                self.counts.withLock { $0.replaced += 1 }
            }
            return protected.early.take(message.sessionID)
        }
        guard let early else { return }
        self.noteChange(message.sessionID, by: sender)
        if self.configuration.notifySessionListenersOnReplication { self.support.sessionCreated(session) }
        self.replay(early)
    }

    private func expired(_ message: SessionMessage, from sender: Member) {
        let facts: SessionEnd?
        do {
            facts = try message.payload.map { try SessionEnd($0) }
        } catch {
            return self.log.error("messageReceived", "Manager [\(self.name)]: an end cannot be read", error)
        }
        let now = self.support.now()
        let (key, id) = (SessionKey(message.sessionID), message.sessionID)
        enum Place {
            case refused
            case unknown
            case known(DeltaSession)
        }
        let place: Place = self.protected.withLock { protected in
            if let session = protected.sessions[key] {
                guard session.mayEnd(as: id, facts) else { return .refused }
                protected.ended.insert(id, at: now, facts ?? session.end(isLapse: false))
                return .known(session)
            }
            _ = protected.early.take(id)
            protected.ended.insert(id, at: now, facts, messageTime: message.timestamp)
            return .unknown
        }
        switch place {
        case .refused:
            self.counts.withLock { $0.ignored += 1 }
            self.missed(id, by: [sender])
        case .unknown: self.noteChange(id, by: sender, isCounted: facts != nil)
        case .known(let session):
            session.end(
                isExpiry: true,
                notifiesCluster: false,
                tellsListeners: self.configuration.notifySessionListenersOnReplication
            )
            self.noteChange(id, by: sender, isCounted: facts != nil)
        }
    }

    private func changed(_ message: SessionMessage, from sender: Member) {
        do {
            let (delta, number) = try DeltaRequest.numbered(message.payload ?? [])
            guard let session = self.sessionOrHold(message, number, from: sender) else { return }
            self.noteChange(message.sessionID, by: sender, isCounted: number != nil)
            // Without a time there is no telling it from others.
            let change = message.timestamp.map { time in
                SessionChange(author: MemberKey(sender), time: time, isWhole: false, number: number)
            }
            let isApplied = try session.apply(delta, change: change)
            if !isApplied { self.missed(message.sessionID, by: [sender]) }
            if session.isLacking { self.lacks(message.sessionID, after: sender) }
        } catch {
            self.log.error(
                "messageReceived",
                "Manager [\(self.name)]: Unable to receive message through TCP channel: session [\(message.sessionID)]",
                error
            )
        }
    }

    private func renamed(_ message: SessionMessage, from sender: Member) {
        do {
            let (new, number) = try message.newID()
            guard let session = self.sessionOrHold(message, number, from: sender) else { return }
            let old = session.idInternal
            if self.hasSuccessor(session, old, new) { return self.noteChange(old, by: sender) }
            let change = SessionChange(
                author: MemberKey(sender),
                time: message.timestamp ?? 0,
                isWhole: false,
                number: number
            )
            guard session.takeID(new, change) else { return self.counts.withLock { $0.ignored += 1 } }
            self.move(session, from: old, to: new, by: sender)
            self.noteChange(new, by: sender, isCounted: number != nil)
            if session.isLacking { self.lacks(new, after: sender) }
            self.support.sessionIDChanged(
                session,
                from: old,
                isLocal: false,
                tellsListeners: self.configuration.notifySessionListenersOnReplication
            )
            self.replay(self.protected.withLock { $0.early.take(new) })
        } catch {
            self.log.error("messageReceived", "Manager [\(self.name)]: the new id cannot be read", error)
        }
    }

    /// Whether a session that gets another id came whole under that one before; then it is gone under the first one.
    private func hasSuccessor(_ session: DeltaSession, _ old: String, _ new: String) -> Bool {
        let (now, end) = (self.support.now(), session.end(isLapse: false))
        return self.protected.withLock { protected in
            guard let other = protected.sessions[SessionKey(new)], other !== session else { return false }
            protected.sessions[SessionKey(old)] = nil
            protected.ended.insert(old, at: now, end)
            return true
        }
    }

    /// The session that a change is about; without one the change waits for it, unless the session has ended.
    private func sessionOrHold(_ message: SessionMessage, _ number: Int64?, from sender: Member) -> DeltaSession? {
        let (now, key) = (self.support.now(), SessionKey(message.sessionID))
        return self.protected.withLock { protected in
            if let session = protected.sessions[key] { return session }
            if protected.ended.refusesChange(of: message.sessionID, number) {
                self.counts.withLock { $0.ignored += 1 }
            } else {
                _ = protected.early.hold(message, from: sender, at: now)
            }
            return nil
        }
    }

    func replay(_ changes: [EarlyDeltas.Early]) {
        for change in changes {
            if change.message.event == .changeSessionID {
                self.renamed(change.message, from: change.sender)
            } else {
                self.changed(change.message, from: change.sender)
            }
        }
    }

    // MARK: State

    private func stateReceived(_ message: SessionMessage, from sender: Member) {
        if message.isCounted { self.agreement.withLock { $0.counts(sender) } }
        self.protected.withLock { protected in
            protected.transfer.received(from: sender)
            if message.isCounted { protected.transfer.isCounted = true }
        }
        var count = 0
        do {
            try SessionList.decode(message.payload ?? [], isCounted: message.isCounted) { record in
                self.take(record, of: message, from: sender)
                count += 1
            }
        } catch {
            self.log.error(
                "handleALL_SESSION_DATA",
                "Manager [\(self.name)]: the sessions received cannot be read; [\(count)] were",
                error
            )
        }
        self.log.debug("handleALL_SESSION_DATA", "Manager [\(self.name)]: received [\(count)] sessions")
    }
}
