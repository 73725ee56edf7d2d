package import CatalinaCore
import CatalinaSession
import JavaSerialization
import Modeler
import NIOCore
import ServletAPI
import Synchronization
import Tribes

/// Keeps an application's sessions in memory, and a copy of each on every other node of the cluster.
///
/// What a request changes goes to all members when the request ends; a node that starts asks the oldest member for
/// everything before it serves.
/// Isolation: any thread.
/// Source: `org.apache.catalina.ha.session.DeltaManager`; differs from it in: a delta that comes before its session
/// waits for it, a session that has ended does not come back with a late message, and two nodes that start at the
/// same time answer each other.
package final class DeltaManager: ConfigurableClusterManager, DeltaSessionOwner {
    struct Protected {
        var sessions: [SessionKey: DeltaSession] = [:]
        var early = EarlyDeltas()
        var ended = EndedSessions()
        var transfer = StateTransfer()
    }

    package let lifecycle = LifecycleSupport()
    package let support: ManagerSupport
    let settings: Mutex<Configuration>
    /// Never taken while a session's own state is held: that may be looked at from here.
    let protected = Mutex(Protected())
    let counts = Mutex(MessageCounts())
    /// Taken last: nothing else is while it is held.
    let backlogs = Mutex(Backlogs())
    let agreement = Mutex(SessionAgreement())
    /// What is being sent to members that miss something.
    let repairs = Mutex<[Member: EventLoopFuture<Void>]>([:])
    /// Answers to other nodes that ask for all sessions.
    let answers = OwnedTasks()
    /// Ends that sign-ons have asked for.
    private let ends = PendingSends()

    package init(configuration: Configuration, now: @escaping @Sendable () -> Int64) throws {
        self.settings = Mutex(configuration)
        self.support = try ManagerSupport(configuration.common, now: now)
        self.support.owner = self
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        let common = try self.settings.withLock { settings in
            try change(&settings)
            return settings.common
        }
        self.support.settings = common
    }

    // MARK: Sessions

    package func findSession(_ id: String) async throws -> (any Session)? { self.session(id) }

    package func sessionInMemory(_ id: String) -> (any Session)? { self.session(id) }

    func session(_ id: String) -> DeltaSession? {
        let key = SessionKey(id)
        return self.protected.withLock { $0.sessions[key] }
    }

    package func createSession(_ id: String?) throws -> any Session {
        let now = self.support.now()
        let limit = self.support.settings.base.maxActiveSessions
        let maxInactiveInterval = self.support.idleSeconds
        let (session, active) = try self.protected.withLock { protected in
            if limit >= 0, protected.sessions.count >= limit {
                self.support.count { $0.rejected() }
                throw IllegalStateError("createSession: Too many active sessions")
            }
            var chosen = id ?? self.support.makeID()
            while protected.sessions[SessionKey(chosen)] != nil {
                self.support.count { $0.duplicate() }
                chosen = self.support.makeID()
            }
            let session = DeltaSession(
                id: chosen,
                owner: self,
                creationTime: now,
                maxInactiveInterval: maxInactiveInterval,
                isPrimary: true
            )
            protected.sessions[SessionKey(chosen)] = session
            protected.ended.forget(chosen)
            return (session, protected.sessions.count)
        }
        self.support.count { $0.created(at: now, active: active) }
        session.recordCreation()
        self.noteChange(session.idInternal)
        if let cluster = self.cluster, cluster.hasMembers {
            session.sendInOrder { id, earlier in
                self.send(.created(id, in: self.name, at: now, now: now), of: id, cluster, after: earlier)
            }
        }
        self.support.sessionCreated(session)
        return session
    }

    package func changeSessionId(_ session: any Session, to new: String) {
        guard let session = session as? DeltaSession else { return }
        let (old, now) = (session.idInternal, self.support.now())
        guard old != new else { return }
        self.move(session, from: old, to: new)
        let cluster = self.cluster
        session.rename(to: new) { number, earlier in
            guard let cluster, cluster.hasMembers else { return earlier }
            do {
                let payload = try SessionMessage.payload(newID: new, number: number)
                let message = SessionMessage.changedID(old, in: self.name, now: now, payload: payload)
                return self.send(message, of: new, cluster, after: earlier)
            } catch {
                self.log.error("changeSessionId", "The new id of session [\(old)] cannot be sent", error)
                return earlier
            }
        }
        self.noteChange(new)
        self.support.sessionIDChanged(session, from: old)
    }

    /// Puts the session where its new id is looked for; unless only the route is another one, nobody finds it under the
    /// old id again.
    func move(_ session: DeltaSession, from old: String, to new: String, by author: Member? = nil) {
        let (oldKey, newKey) = (SessionKey(old), SessionKey(new))
        guard oldKey != newKey else { return }
        let now = self.support.now()
        self.protected.withLock { protected in
            if protected.sessions[oldKey] === session { protected.sessions[oldKey] = nil }
            protected.sessions[newKey] = session
            protected.ended.forget(new)
            protected.ended.insert(old, at: now, session.end(isLapse: false))
        }
        self.noteChange(old, by: author)
    }

    package func enqueueEnd(_ id: String) -> Bool {
        guard let session = self.sessionInMemory(id) as? DeltaSession, session.isValid else { return false }
        session.end(isExpiry: false, notifiesCluster: true)
        self.ends.add(session.lastSend)
        return true
    }

    package func finishEnds() async { await self.ends.finish() }

    package var activeSessions: Int { self.protected.withLock { $0.sessions.count } }
    package var sessions: [any Session] { self.protected.withLock { Array($0.sessions.values) } }
    var deltaSessions: [DeltaSession] { self.protected.withLock { Array($0.sessions.values) } }

    package func isPrimary(_ id: String) -> Bool? { self.session(id)?.isPrimary }

    // MARK: Requests

    package func requestCompleted(_ session: any Session, of request: Request?) async {
        guard let session = session as? DeltaSession else { return }
        await self.complete(session, request)
    }

    /// Sends what the request changed and waits as the cluster's options say.
    private func complete(_ session: DeltaSession, _ request: Request?) async {
        guard let cluster = self.cluster, cluster.hasMembers else { return session.completeAlone(by: self.key) }
        // of a session that has ended its end was the last thing said, of one with another id that may be
        guard let sent = self.enqueue(session, cluster, isExpiry: false) ?? session.lastSend else { return }
        if cluster.sendOptions.contains(.asynchronous) {
            return sent.whenComplete { _ in session.forget(sent) }
        }
        guard await cluster.arrives(sent, for: request) else { return }
        session.forget(sent)
        if self.isMissing(session.idInternal) { await self.repairAll(missing: session.idInternal, cluster) }
    }

    /// Sends what was changed and not sent yet; returns what waits for it.
    private func enqueue(
        _ session: DeltaSession,
        _ cluster: SimpleTcpCluster,
        isExpiry: Bool
    ) -> EventLoopFuture<Void>? {
        // A node that takes a session over gives it its own route first, so that the last change is its own.
        let isTaken: (MemberKey) -> Bool = { server in
            !isExpiry && cluster.members.contains { MemberKey($0) == server }
                && cluster.valves.contains { $0 is JvmRouteBinderValve }
        }
        return session.complete(
            now: self.support.now(),
            isExpiry: isExpiry,
            by: self.key,
            isTaken: isTaken
        ) { id, outgoing, now, earlier in
            switch outgoing {
            case .nothing: return nil
            case .accessed: return self.send(.accessed(id, in: self.name, now: now), of: id, cluster, after: earlier)
            case .delta(let delta, let number):
                self.noteChange(id)
                do {
                    let payload = try delta.encoded(number: number)
                    let message = SessionMessage.delta(id, in: self.name, now: now, payload: payload)
                    return self.send(message, of: id, cluster, after: earlier)
                } catch {
                    self.log.error("requestCompleted", "Unable to serialize delta request for sessionid [\(id)]", error)
                    return earlier
                }
            }
        }
    }

    /// Hands a message about a session to the cluster, for all members; who does not get it gets the session later.
    ///
    /// Returns what later messages about it wait for; nil if they need not, as they leave the same way.
    ///
    /// Tomcat may process two messages of one connection at the same time, and forgets a change of a session whose id
    /// it does not know yet: so the messages that make an id known are acknowledged before the next one leaves.
    func send(
        _ message: SessionMessage,
        of id: String,
        _ cluster: SimpleTcpCluster,
        after earlier: EventLoopFuture<Void>?
    ) -> EventLoopFuture<Void>? {
        self.countSent(message.event)
        let makesKnown = message.event == .created || message.event == .changeSessionID
        let options = makesKnown ? .synchronous : cluster.sendOptions
        if options.contains(.asynchronous), earlier == nil {
            cluster.post(message, options: options) { error in self.missed(id, error) }
            return nil
        }
        return cluster.enqueue(message, options: options, after: earlier) { error in self.missed(id, error) }
    }

    // MARK: DeltaSessionOwner

    func sessionWillEnd(_ session: DeltaSession) {
        guard let cluster = self.cluster, cluster.hasMembers else { return }
        _ = self.enqueue(session, cluster, isExpiry: true)
    }

    func sessionEnded(_ session: DeltaSession, isExpiry: Bool, notifiesCluster: Bool) {
        let now = self.support.now()
        let (id, end) = (session.idInternal, session.end(isLapse: isExpiry))
        let key = SessionKey(id)
        self.protected.withLock { protected in
            if protected.sessions[key] === session { protected.sessions[key] = nil }
            protected.ended.insert(id, at: now, end)
        }
        self.noteChange(id)
        self.support.count { statistics in
            if isExpiry { statistics.expired() }
            statistics.ended(at: now, createdAt: end.creationTime)
        }
        guard notifiesCluster, let cluster = self.cluster, cluster.hasMembers else { return }
        session.sendInOrder { _, earlier in
            let message = SessionMessage.expired(id, in: self.name, now: now, payload: end.encoded)
            return self.send(message, of: id, cluster, after: earlier)
        }
    }

    // MARK: Expiry

    package func backgroundProcess() async {
        let now = self.support.now()
        let age = self.backlogs.withLock { $0.isNeeded } ? Backlogs.ageMaximum : EndedSessions.ageMaximum
        self.protected.withLock { $0.ended.dropOverdue(at: now, age: age) }
        if self.support.isExpiryDue() { self.processExpires() }
    }

    /// Ends every session whose time is over.
    package func processExpires() {
        let begin = self.support.now()
        for session in self.deltaSessions { _ = session.isValid }
        let elapsed = self.support.now() - begin
        self.support.count { $0.looked(for: elapsed) }
    }

    /// Ends every session here and tells nobody.
    package func expireAllLocalSessions() {
        for session in self.deltaSessions { session.end(isExpiry: true, notifiesCluster: false) }
    }

    // MARK: Life

    package func startInternal() async throws {
        if let cluster = self.cluster {
            self.protected.withLock { $0.transfer.beginQueueing() }
            cluster.register(self)
            for early in cluster.takeEarly(for: self.name, at: self.support.now()) {
                self.messageReceived(early.message, from: early.sender)
            }
            await self.fetchState(from: cluster)
        } else {
            self.log.error(
                "startInternal",
                "No cluster associated with this context: [\(self.support.name)]: sessions stay on this node"
            )
        }
        try await self.enter(.starting)
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        self.answers.cancelAll()
        let notifiesCluster = self.configuration.expireSessionsOnShutdown
        for session in self.deltaSessions { session.end(isExpiry: true, notifiesCluster: notifiesCluster) }
        self.cluster?.unregister(self)
    }

    var cluster: SimpleTcpCluster? { self.support.cluster }
    /// This node, as others tell it from themselves.
    var key: MemberKey { self.cluster?.channel?.localID.map { MemberKey($0) } ?? .own }
    var log: CategoryLogger { CategoryLogger("org.apache.catalina.ha.session.DeltaManager") }

    func countSent(_ event: SessionMessage.Event) {
        guard self.configuration.enableStatistics else { return }
        self.counts.withLock { $0.sent[event, default: 0] += 1 }
    }
}
