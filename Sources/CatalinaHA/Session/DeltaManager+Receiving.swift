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
            case .getAllSessions where protected.transfer.isWaiting(for: sender): return .mutual
            case .getAllSessions:
                protected.transfer.append(message, from: sender)
                return .wait
            case .allSessionData, .transferComplete, .noContextManager: return .apply
            }
        }
        switch action {
        case .wait: return
        case .mutual:
            self.answer(sender)
            self.protected.withLock { $0.transfer.end(.mutual) }
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
        case .getAllSessions: self.answer(sender)
        case .allSessionData: self.stateReceived(message, from: sender)
        case .transferComplete:
            self.protected.withLock { $0.transfer.complete(from: sender, at: message.timestamp) }
        case .noContextManager:
            self.protected.withLock { protected in
                if protected.transfer.isWaiting(for: sender) { protected.transfer.missing() }
            }
        }
    }

    // MARK: Events

    private func created(_ message: SessionMessage, from sender: Member) {
        let now = self.support.now()
        let creationTime = message.timestamp ?? now
        let session = DeltaSession(
            id: message.sessionID,
            owner: self,
            creationTime: creationTime,
            maxInactiveInterval: self.support.idleSeconds,
            isPrimary: false
        )
        session.accessedElsewhere()
        session.protected.withLock { $0.foreign.version = 1 }
        let early: [EarlyDeltas.Early]? = self.protected.withLock { protected in
            if protected.ended.contains(message.sessionID, createdAt: creationTime)
                || protected.sessions[message.sessionID]?.creationTimeInternal == creationTime
            {
                self.counts.withLock { $0.ignored += 1 }
                return nil
            }
            protected.ended.forget(message.sessionID)
            if protected.sessions.updateValue(session, forKey: message.sessionID) != nil {
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
        let now = self.support.now()
        defer { self.noteChange(message.sessionID, by: sender) }
        guard let session = self.session(message.sessionID) else {
            self.protected.withLock { protected in
                _ = protected.early.take(message.sessionID)
                protected.ended.insert(
                    message.sessionID,
                    at: now,
                    creationTime: nil,
                    messageTime: message.timestamp
                )
            }
            return
        }
        session.end(
            isExpiry: true,
            notifiesCluster: false,
            tellsListeners: self.configuration.notifySessionListenersOnReplication
        )
    }

    private func changed(_ message: SessionMessage, from sender: Member) {
        guard let session = self.sessionOrHold(message, from: sender) else { return }
        self.noteChange(message.sessionID, by: sender)
        do {
            let change = SessionChange(author: MemberKey(sender), time: message.timestamp ?? 0, isWhole: false)
            try session.apply(try DeltaRequest(message.payload ?? []), change: message.timestamp == nil ? nil : change)
        } catch {
            self.log.error(
                "messageReceived",
                "Manager [\(self.name)]: Unable to receive message through TCP channel: session [\(message.sessionID)]",
                error
            )
        }
    }

    private func renamed(_ message: SessionMessage, from sender: Member) {
        guard let session = self.sessionOrHold(message, from: sender) else { return }
        do {
            let new = try message.newID()
            self.rename(session, from: message.sessionID, to: new, by: sender)
            if self.configuration.notifySessionListenersOnReplication {
                self.support.sessionIDChanged(session, from: message.sessionID)
            }
            self.replay(self.protected.withLock { $0.early.take(new) })
        } catch {
            self.log.error("messageReceived", "Manager [\(self.name)]: the new id cannot be read", error)
        }
    }

    /// The session that a change is about; without one the change waits for it, unless the session has ended.
    private func sessionOrHold(_ message: SessionMessage, from sender: Member) -> DeltaSession? {
        let now = self.support.now()
        return self.protected.withLock { protected in
            if let session = protected.sessions[message.sessionID] { return session }
            if protected.ended.contains(message.sessionID) {
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
        var count = 0
        do {
            try SessionList.decode(message.payload ?? []) { record in
                self.take(record, from: sender, at: message.timestamp)
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
