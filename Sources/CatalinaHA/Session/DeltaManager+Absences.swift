import CatalinaCore
import NIOCore
import Synchronization
package import Tribes

/// How nodes that could not hear each other come to hold the same again.
///
/// Tomcat's do not. Each node sends a member that is back what it has missed: ids that changed, sessions that ended, and
/// whole sessions that this node serves, in messages that Tomcat understands without having asked. A node that was alone
/// asks the oldest member for everything besides, since a Tomcat node sends nothing by itself.
extension DeltaManager {
    /// Sessions that are on their way to one member at a time.
    private static let windowSize = 64

    package func memberDisappeared(_ member: Member) {
        self.protected.withLock { protected in
            if protected.transfer.isWaiting(for: member) { protected.transfer.end(.lost) }
        }
        guard let cluster = self.cluster else { return }
        let silence = cluster.channel?.signsOfLife?.silence(of: member) ?? 0
        let moment = self.support.now() - silence - Absences.margin
        let isAlone = !cluster.hasMembers
        self.absences.withLock { absences in
            guard !member.isShuttingDown else { return absences.left(member) }
            absences.missed(member, since: moment)
            if isAlone { absences.isAlone(since: moment) }
        }
    }

    package func memberAdded(_ member: Member) {
        let isNew = self.cluster?.channel?.signsOfLife?[member]?.isNew ?? false
        let now = self.support.now()
        guard let moment = self.absences.withLock({ $0.returned(member, isNew: isNew, at: now) }) else { return }
        self.answers.run { await self.makeUp(for: member, since: moment) }
    }

    package func messageFailed(_ members: [Member]) {
        let moment = self.support.now() - Absences.startMaximum
        self.absences.withLock { absences in for member in members { absences.missed(member, since: moment) } }
    }

    /// Notes whom a message did not reach that was sent at a moment.
    func noteFailure(_ error: any Error, since moment: Int64) {
        let members = ChannelError(wrapping: error).faultyMembers.filter { !$0.isRemoteFailure }.map(\.member)
        self.absences.withLock { absences in for member in members { absences.missed(member, since: moment) } }
    }

    /// Tells members that are there what did not reach them, and asks for what did not reach this node.
    func makeUpForFailures() {
        guard let cluster = self.cluster else { return }
        let present = cluster.members
        for member in self.absences.withLock({ $0.members }) where present.contains(member) {
            guard let moment = self.absences.withLock({ $0.take(member) }) else { continue }
            self.answers.run { await self.makeUp(for: member, since: moment) }
        }
        guard let moment = self.absences.withLock({ $0.takeQuestion(among: present) }) else { return }
        self.answers.run { await self.fetchState(from: cluster, missedSince: moment) }
    }

    // MARK: Telling

    private func makeUp(for member: Member, since moment: Int64) async {
        guard let cluster = self.cluster else { return }
        let ends = self.protected.withLock { $0.ended.ofThisNode(since: moment) }
        for end in ends { self.tell(member, end, cluster) }
        let sessions = self.deltaSessions
        var (next, count) = (0, 0)
        while next < sessions.count {
            var sent: [EventLoopFuture<Void>] = []
            while next < sessions.count, sent.count < Self.windowSize {
                if let future = self.send(sessions[next], since: moment, to: member, cluster) { sent.append(future) }
                next += 1
            }
            for future in sent where !(await cluster.arrives(future)) {
                self.absences.withLock { $0.missed(member, since: moment) }
                return
            }
            count += sent.count
        }
        guard count > 0 else { return }
        self.log.info(
            "memberAdded",
            "Manager [\(self.name)]: the member [\(member.name)] was sent [\(count)] sessions that it had missed"
        )
    }

    private func tell(_ member: Member, _ end: EndedSessions.Known, _ cluster: SimpleTcpCluster) {
        let now = self.support.now()
        guard let new = end.successor else {
            self.countSent(.expired)
            _ = cluster.enqueue(SessionMessage.expired(end.id, in: self.name, now: now), to: member)
            return
        }
        do {
            let payload = try SessionMessage.payload(newID: new)
            self.countSent(.changeSessionID)
            _ = cluster.enqueue(
                SessionMessage.changedID(end.id, in: self.name, now: now, payload: payload),
                to: member
            )
        } catch {
            self.log.error("memberAdded", "The new id of session [\(end.id)] cannot be sent", error)
        }
    }

    /// Sends a session that this node serves and that changed; behind what was said about it before.
    private func send(
        _ session: DeltaSession,
        since moment: Int64,
        to member: Member,
        _ cluster: SimpleTcpCluster
    ) -> EventLoopFuture<Void>? {
        session.sendState(since: moment) { record, earlier in
            do {
                let payload = try SessionList.encode([record])
                self.countSent(.allSessionData)
                return cluster.enqueue(
                    SessionMessage.allSessionData(in: self.name, at: self.support.now(), payload: payload),
                    to: member,
                    options: .synchronous,
                    after: earlier
                )
            } catch {
                self.log.error("memberAdded", "Session [\(record.id)] cannot be sent to [\(member.name)]", error)
                return nil
            }
        }
    }
}
