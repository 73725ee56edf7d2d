import CatalinaCore
import JavaSerialization
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
    func noteChange(_ id: String, by author: Member? = nil) {
        let (now, author) = (self.support.now(), author.map { MemberKey($0) } ?? .own)
        self.backlogs.withLock { $0.changed(id, by: author, at: now) }
    }

    /// What was said of a session did not reach everybody.
    func missed(_ id: String, _ error: Tribes.ChannelError) {
        let named = error.faultyMembers.map(\.member)
        let members = named.isEmpty ? self.cluster?.members ?? [] : named
        let now = self.support.now()
        self.backlogs.withLock { $0.missed(id, by: members, at: now) }
    }

    package func memberAdded(_ member: Member) {
        let now = self.support.now()
        self.backlogs.withLock { $0.appeared(member, at: now) }
        guard let cluster = self.cluster, let local = cluster.channel?.localMember, member.aliveTime > local.aliveTime
        else { return }
        // it was there before this node, and could not be asked when this node started
        self.backlogs.withLock { $0.missedAll(by: member, at: now) }
        self.askForAll(member, cluster)
    }

    package func memberDisappeared(_ member: Member) {
        self.protected.withLock { protected in
            if protected.transfer.isWaiting(for: member) { protected.transfer.end(.lost) }
        }
        let (now, others) = (self.support.now(), self.cluster?.members ?? [])
        self.backlogs.withLock { backlogs in
            if member.isShuttingDown { backlogs.left(member) } else { backlogs.lost(member, others: others, at: now) }
        }
    }

    /// Sends every member what it misses, and asks for sessions of which only changes came.
    package func heartbeat() {
        guard let cluster = self.cluster, self.state.isAvailable else { return }
        let now = self.support.now()
        let senders = self.protected.withLock { $0.early.dropOverdue(at: now) }
        for sender in Set(senders).intersection(cluster.members) { self.askForAll(sender, cluster) }
        self.backlogs.withLock { $0.dropOverdue(at: now) }
        let waiting = self.backlogs.withLock { Set($0.members) }
        for member in cluster.members where waiting.contains(member) {
            self.answers.run(on: cluster.channel?.currentLoop?.taskExecutor) { await self.repair(member, cluster) }
        }
    }

    private func askForAll(_ member: Member, _ cluster: SimpleTcpCluster) {
        self.countSent(.getAllSessions)
        let message = SessionMessage.getAllSessions(in: self.name, now: self.support.now())
        _ = cluster.enqueue(message, to: member, options: .asynchronous)
    }

    // MARK: Sending

    /// Waits until the members that are there have a session as it is here, if one of them may not.
    func repairAll(missing id: String, _ cluster: SimpleTcpCluster) async {
        guard self.backlogs.withLock({ $0.isMissed(id) }) else { return }
        let waiting = self.backlogs.withLock { Set($0.members) }
        for member in cluster.members where waiting.contains(member) { await self.repair(member, cluster) }
    }

    /// Sends a member what it misses.
    private func repair(_ member: Member, _ cluster: SimpleTcpCluster) async {
        let present = Set(cluster.members.map { MemberKey($0) })
        guard let work = self.backlogs.withLock({ $0.begin(member, present: present) }) else { return }
        let isDone = await self.send(work, to: member, cluster)
        self.backlogs.withLock { $0.end(member, work, isDone: isDone) }
    }

    private func send(_ work: Backlogs.Work, to member: Member, _ cluster: SimpleTcpCluster) async -> Bool {
        let (sessions, ended) = self.protected.withLock { protected in
            let ids = work.notes.keys.sorted()
            let sessions =
                work.isEverything ? Array(protected.sessions.values) : ids.compactMap { protected.sessions[$0] }
            return (sessions, ids.filter { protected.sessions[$0] == nil && protected.ended.contains($0) })
        }
        for id in ended {
            self.countSent(.expired)
            let message = SessionMessage.expired(id, in: self.name, now: self.support.now())
            guard await cluster.arrives(cluster.enqueue(message, to: member, options: .synchronous)) else {
                return false
            }
        }
        return await self.send(sessions, to: member, cluster)
    }

    // MARK: Receiving

    /// Takes a whole session that another node sent, unless what is known here is newer.
    func take(_ record: SessionRecord, from sender: Member, at moment: Int64?) {
        let now = self.support.now()
        let change = SessionChange(author: MemberKey(sender), time: moment ?? 0, isWhole: true)
        let (creation, offset) = (record.times.creation, moment.map { now - $0 } ?? 0)
        enum Place {
            case refused
            case known(DeltaSession)
            case new(DeltaSession, [EarlyDeltas.Early])
        }
        let place: Place = self.protected.withLock { protected in
            if protected.ended.refuses(record, usedAt: record.times.thisAccessed + offset) { return .refused }
            if let session = protected.sessions[record.id] { return .known(session) }
            let session = DeltaSession(
                id: record.id,
                owner: self,
                creationTime: creation,
                maxInactiveInterval: Int(record.maxInactiveInterval),
                isPrimary: false
            )
            session.restore(record, offset: offset, change: change)
            protected.sessions[record.id] = session
            protected.ended.forget(record.id)
            return .new(session, protected.early.take(record.id))
        }
        switch place {
        case .refused:
            self.counts.withLock { $0.ignored += 1 }
            self.backlogs.withLock { $0.missed(record.id, by: [sender], at: now) }
        case .new(let session, let early):
            self.noteChange(record.id, by: sender)
            if self.configuration.notifySessionListenersOnReplication { self.support.sessionCreated(session) }
            self.replay(early)
        case .known(let session):
            switch session.merge(record, offset: offset, change: change) {
            case .same: return
            case .taken:
                self.counts.withLock { $0.replaced += 1 }
                self.noteChange(record.id, by: sender)
            case .kept:
                let members = self.cluster?.members ?? []
                self.backlogs.withLock { $0.missed(record.id, by: members, at: now) }
            }
        }
    }
}
