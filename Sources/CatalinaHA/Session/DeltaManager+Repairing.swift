import CatalinaCore
import JavaSerialization
import NIOCore
import Synchronization
package import Tribes

/// Agreeing with members that missed something: whole sessions are sent to them, in the message that answers a node
/// that asks for all, and ends in the one that tells them.
///
/// Of two versions of a session both nodes keep the one with more changes, or the greater one of two with as many.
/// Tomcat leaves what did not arrive as it is.
extension DeltaManager {
    // MARK: What happens

    /// A session was changed or ended, here without an author.
    ///
    /// A node that numbers no changes tells nobody what he has missed: that is everybody else's business. What a node
    /// said that is gone came late, and the others may not get it.
    func noteChange(_ id: String, by author: Member? = nil, isCounted: Bool = true) {
        let (now, key) = (self.support.now(), SessionKey(id))
        guard let author else {
            return self.backlogs.withLock { $0.changed(key, by: .own, isCounted: isCounted, at: now) }
        }
        let members = self.cluster?.channel?.members ?? []
        let isPresent = members.contains(author)
        let authorKey = isPresent ? MemberKey(author) : .own
        self.backlogs.withLock { $0.changed(key, by: authorKey, isCounted: isCounted, at: now) }
        if !isPresent { self.missed(id, by: members) }
    }

    /// A client that this node takes over knows its session under another id than this node.
    ///
    /// So not everybody has heard of all that happened, and a node that numbers no changes finds nothing under an id
    /// that it does not know.
    func disagreed(on session: DeltaSession) {
        let members = self.cluster?.members ?? []
        self.missed(
            session.idInternal,
            by: self.backlogs.withLock { backlogs in members.filter { !backlogs.counts($0) } }
        )
    }

    /// Some members do not know a session as it is known here.
    func missed(_ id: String, by members: [Member]) {
        let (now, key) = (self.support.now(), SessionKey(id))
        self.backlogs.withLock { $0.missed(key, by: members, at: now) }
    }

    /// A change of a session is missing here.
    func lacks(_ id: String, after member: Member) {
        let (now, key) = (self.support.now(), SessionKey(id))
        self.backlogs.withLock { $0.lacks(key, after: member, at: now) }
    }

    /// What was said of a session did not reach everybody.
    func missed(_ id: String, _ error: Tribes.ChannelError) {
        let named = error.faultyMembers.map(\.member)
        self.missed(id, by: named.isEmpty ? self.cluster?.members ?? [] : named)
    }

    package func memberAdded(_ member: Member) {
        let now = self.support.now()
        let isBack = self.backlogs.withLock { backlogs in
            defer { backlogs.appeared(member, at: now) }
            return backlogs.isRemembered(member)
        }
        // one that starts has no sessions yet
        if isBack, let cluster = self.cluster, self.state.isAvailable {
            self.answers.run(on: cluster.channel?.currentLoop?.taskExecutor) { await self.repair(member, cluster) }
        }
        guard let cluster = self.cluster, let local = cluster.channel?.localMember, member.aliveTime > local.aliveTime,
            !isBack || self.isNeeded(member, cluster)
        else { return }
        // it was there before this node, and could not be asked when this node started
        self.backlogs.withLock { $0.missedAll(by: member, at: now) }
        self.askForAll(member, cluster)
    }

    /// Whether nobody but a member that is back knows what happened meanwhile.
    ///
    /// One that numbers its changes sends what is missing here. Of one that does not, the others do.
    private func isNeeded(_ member: Member, _ cluster: SimpleTcpCluster) -> Bool {
        let others = cluster.members.filter { $0 != member }
        return self.backlogs.withLock { backlogs in
            backlogs.counts(member) || !others.contains { backlogs.counts($0) }
        }
    }

    package func memberDisappeared(_ member: Member) {
        self.protected.withLock { $0.transfer.lose(member, .lost) }
        let (now, others) = (self.support.now(), self.cluster?.members ?? [])
        let heard = self.cluster?.channel?.signsOfLife?[member]?.lastHeard
        self.backlogs.withLock { backlogs in
            if member.isShuttingDown {
                backlogs.left(member)
            } else {
                backlogs.lost(member, others: others, heard: heard, at: now)
            }
        }
    }

    package func messagesMayBeLost(to member: Member) {
        let now = self.support.now()
        self.backlogs.withLock { $0.doubted(member, at: now) }
    }

    /// Sends every member what it misses, and asks for sessions of which only changes came.
    package func heartbeat() {
        guard let cluster = self.cluster, self.state.isAvailable else { return }
        let now = self.support.now()
        let senders = self.protected.withLock { $0.early.dropOverdue(at: now) }
        for sender in Set(senders).intersection(cluster.members) { self.askForAll(sender, cluster) }
        self.askForGaps(cluster, at: now)
        self.sendDigest(cluster, at: now)
        let present = cluster.members + [cluster.channel?.localMember].compactMap { $0 }
        self.backlogs.withLock { backlogs in
            backlogs.dropOverdue(at: now)
            backlogs.dropReplaced(by: present)
        }
        let waiting = self.backlogs.withLock { Set($0.members) }
        for member in cluster.members where waiting.contains(member) {
            self.answers.run(on: cluster.channel?.currentLoop?.taskExecutor) { await self.repair(member, cluster) }
        }
    }

    /// Asks for sessions of which a change is missing still; only nodes that number their changes are asked, since
    /// others would send everything.
    private func askForGaps(_ cluster: SimpleTcpCluster, at now: Int64) {
        let members = cluster.members
        for (author, ids) in self.backlogs.withLock({ $0.takeGaps(at: now) }) {
            let member = self.backlogs.withLock { backlogs in
                backlogs.counts(author) ? author : members.first { backlogs.counts($0) }
            }
            let missing = ids.map(\.text).filter { self.session($0)?.isLacking ?? false }
            guard let member, members.contains(member), !missing.isEmpty else { continue }
            do {
                self.countSent(.getAllSessions)
                let payload = try SessionMessage.payload(ids: missing)
                let message = SessionMessage.getAllSessions(in: self.name, now: now, payload: payload, isCounted: true)
                _ = cluster.enqueue(message, to: member, options: .asynchronous)
            } catch {
                self.log.error("heartbeat", "Sessions cannot be asked for", error)
            }
        }
    }

    /// Another node asks for all sessions, or for some.
    func asked(_ message: SessionMessage, by member: Member) {
        if message.isCounted { self.agreement.withLock { $0.counts(member) } }
        do {
            guard let ids = try message.askedIDs() else { return self.answer(member) }
            for id in ids { self.missed(id, by: [member]) }
            guard let cluster = self.cluster else { return }
            self.answers.run(on: cluster.channel?.currentLoop?.taskExecutor) { await self.repair(member, cluster) }
        } catch {
            self.log.error("messageReceived", "Manager [\(self.name)]: the ids asked for cannot be read", error)
        }
    }

    private func askForAll(_ member: Member, _ cluster: SimpleTcpCluster) {
        self.countSent(.getAllSessions)
        let message = SessionMessage.getAllSessions(in: self.name, now: self.support.now(), isCounted: true)
        _ = cluster.enqueue(message, to: member, options: .asynchronous)
    }

    // MARK: Sending

    /// How often a request waits until one member has what it misses: more may come to be missed meanwhile.
    private static let repairsMaximum = 4

    /// Ends that are on their way to a member at the same time.
    private static let endsMaximum = 64

    /// Waits until the members that are there have a session as it is here, if one of them may not.
    ///
    /// One that comes back while this waits for another is waited for too: it is there when the request is answered.
    func repairAll(missing id: String, _ cluster: SimpleTcpCluster) async {
        let key = SessionKey(id)
        var counts: [Member: Int] = [:]
        while let member = self.backlogs.withLock({ $0.missing(key) }).first(where: { member in
            counts[member, default: 0] < Self.repairsMaximum && cluster.members.contains(member)
        }) {
            counts[member, default: 0] += 1
            await self.repair(member, cluster)
        }
    }

    /// Whether somebody misses what was said of a session.
    func isMissing(_ id: String) -> Bool {
        let key = SessionKey(id)
        return self.backlogs.withLock { !$0.missing(key).isEmpty }
    }

    /// Sends a member what it misses, or waits until what is being sent has arrived.
    private func repair(_ member: Member, _ cluster: SimpleTcpCluster) async {
        if let running = self.repairs.withLock({ $0[member] }) {
            _ = await cluster.arrives(running)
            return
        }
        let present = Set(cluster.members.map { MemberKey($0) })
        guard let promise = cluster.channel?.currentLoop?.makePromise(of: Void.self) else { return }
        guard let work = self.backlogs.withLock({ $0.begin(member, present: present) }) else {
            return promise.succeed()
        }
        self.repairs.withLock { $0[member] = promise.futureResult }
        let isDone = await self.send(work, to: member, cluster)
        self.backlogs.withLock { $0.end(member, work, isDone: isDone) }
        self.repairs.withLock { $0[member] = nil }
        promise.succeed()
    }

    private func send(_ work: Backlogs.Work, to member: Member, _ cluster: SimpleTcpCluster) async -> Bool {
        let (sessions, ended) = self.protected.withLock { protected in
            let ids = work.notes.keys.sorted()
            if work.isEverything { return (Array(protected.sessions.values), protected.ended.all) }
            let known = ids.map { protected.sessions[$0] }
            return (known.compactMap { $0 }, zip(ids, known).compactMap { $1 == nil ? protected.ended[$0.text] : nil })
        }
        let now = self.support.now()
        for first in stride(from: 0, to: ended.count, by: Self.endsMaximum) {
            let sent = ended[first..<min(ended.count, first + Self.endsMaximum)].map { end in
                self.countSent(.expired)
                let message = SessionMessage.expired(end.id, in: self.name, now: now, payload: end.facts?.encoded)
                return cluster.enqueue(message, to: member, options: .synchronous)
            }
            for one in sent {
                guard await cluster.arrives(one) else { return false }
            }
        }
        // Tomcat takes what it gets, also of a session that it serves itself.
        let key = MemberKey(member)
        return await self.send(sessions.filter { !$0.isServed(by: key) }, to: member, cluster)
    }

    // MARK: Receiving

    /// Takes a whole session that another node sent, unless what is known here is newer.
    func take(_ sent: SessionRecord, of message: SessionMessage, from sender: Member) {
        let now = self.support.now()
        let (key, isCounted) = (SessionKey(sent.id), message.isCounted)
        let change = SessionChange(
            author: MemberKey(sender),
            time: message.timestamp ?? 0,
            isWhole: true,
            number: isCounted ? sent.version : nil
        )
        // By this node's clock.
        let offset = message.timestamp.map { now - $0 } ?? 0
        var record = sent
        record.times.lastAccessed += offset
        record.times.thisAccessed += offset
        enum Place {
            case refused
            case known(DeltaSession)
            case new(DeltaSession, [EarlyDeltas.Early])
        }
        let place: Place = self.protected.withLock { protected in
            if protected.ended.refuses(record, isCounted: isCounted) { return .refused }
            if let session = protected.sessions[key] { return .known(session) }
            let session = DeltaSession(
                id: record.id,
                owner: self,
                creationTime: record.times.creation,
                maxInactiveInterval: Int(record.maxInactiveInterval),
                isPrimary: false
            )
            session.restore(record, at: record.version, change: change)
            protected.sessions[key] = session
            protected.ended.forget(record.id)
            return .new(session, protected.early.take(record.id))
        }
        switch place {
        case .refused:
            self.counts.withLock { $0.ignored += 1 }
            self.missed(record.id, by: [sender])
        case .new(let session, let early):
            self.noteChange(record.id, by: sender, isCounted: isCounted)
            if self.configuration.notifySessionListenersOnReplication { self.support.sessionCreated(session) }
            self.replay(early)
        case .known(let session):
            let heard = isCounted ? nil : self.backlogs.withLock { $0.heard(of: sender) }
            switch session.merge(record, change: change, isCounted: isCounted, heard: heard) {
            case .same: return
            case .taken:
                self.counts.withLock { $0.replaced += 1 }
                self.noteChange(record.id, by: sender, isCounted: isCounted)
            case .kept: self.missed(record.id, by: [sender] + (self.cluster?.members ?? []))
            }
        }
    }
}
