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

    package func memberDisappeared(_ member: Member) {
        self.protected.withLock { protected in
            if protected.transfer.isWaiting(for: member) { protected.transfer.end(.lost) }
        }
    }

    func apply(_ message: SessionMessage, from sender: Member) {
        switch message.event {
        case .created: self.created(message)
        case .expired: self.expired(message)
        case .accessed: self.session(message.sessionID)?.accessedElsewhere()
        case .delta: self.changed(message)
        case .changeSessionID: self.renamed(message)
        case .getAllSessions: self.answer(sender)
        case .allSessionData: self.stateReceived(message)
        case .transferComplete:
            self.protected.withLock { $0.transfer.complete(from: sender, at: message.timestamp) }
        case .noContextManager:
            self.protected.withLock { protected in
                if protected.transfer.isWaiting(for: sender) { protected.transfer.missing() }
            }
        }
    }

    // MARK: Events

    private func created(_ message: SessionMessage) {
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
        let early: [SessionMessage]? = self.protected.withLock { protected in
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
        if self.configuration.notifySessionListenersOnReplication { self.support.sessionCreated(session) }
        self.replay(early)
    }

    private func expired(_ message: SessionMessage) {
        let now = self.support.now()
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

    private func changed(_ message: SessionMessage) {
        guard let session = self.sessionOrHold(message) else { return }
        do {
            try session.apply(try DeltaRequest(message.payload ?? []))
        } catch {
            self.log.error(
                "messageReceived",
                "Manager [\(self.name)]: Unable to receive message through TCP channel: session [\(message.sessionID)]",
                error
            )
        }
    }

    private func renamed(_ message: SessionMessage) {
        guard let session = self.sessionOrHold(message) else { return }
        do {
            let new = try message.newID()
            self.rename(session, from: message.sessionID, to: new, isPrimary: false)
            if self.configuration.notifySessionListenersOnReplication {
                self.support.sessionIDChanged(session, from: message.sessionID)
            }
            self.replay(self.protected.withLock { $0.early.take(new) })
        } catch {
            self.log.error("messageReceived", "Manager [\(self.name)]: the new id cannot be read", error)
        }
    }

    /// The session that a change is about; without one the change waits for it, unless the session has ended.
    private func sessionOrHold(_ message: SessionMessage) -> DeltaSession? {
        let now = self.support.now()
        return self.protected.withLock { protected in
            if let session = protected.sessions[message.sessionID] { return session }
            if protected.ended.contains(message.sessionID) {
                self.counts.withLock { $0.ignored += 1 }
            } else {
                _ = protected.early.hold(message, at: now)
            }
            return nil
        }
    }

    private func replay(_ messages: [SessionMessage]) {
        for message in messages {
            if message.event == .changeSessionID { self.renamed(message) } else { self.changed(message) }
        }
    }

    // MARK: State

    private func stateReceived(_ message: SessionMessage) {
        var count = 0
        do {
            try SessionList.decode(message.payload ?? []) { record in
                self.add(record)
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

    private func add(_ record: SessionRecord) {
        let session = DeltaSession(
            id: record.id,
            owner: self,
            creationTime: record.times.creation,
            maxInactiveInterval: Int(record.maxInactiveInterval),
            isPrimary: false
        )
        session.restore(record)
        let early = self.protected.withLock { protected in
            if protected.sessions.updateValue(session, forKey: record.id) != nil {
                self.counts.withLock { $0.replaced += 1 }
            }
            protected.ended.forget(record.id)
            return protected.early.take(record.id)
        }
        if self.configuration.notifySessionListenersOnReplication { self.support.sessionCreated(session) }
        self.replay(early)
    }
}
