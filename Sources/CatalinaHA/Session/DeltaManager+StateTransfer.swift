import CatalinaCore
import JavaSerialization
import NIOCore
import Synchronization
import Tribes

/// How a starting node gets the sessions of the others, and gives its own to those that start later.
extension DeltaManager {
    /// Bytes of sessions in one message, apart from the last session; a peer's limit for a message lies well above.
    private static let chunkSizeMaximum = 8 << 20
    /// Sessions whose size is looked at before they are put into one message.
    private static let chunkCountMaximum = 4_096

    // MARK: Asking

    /// Asks one member after the other, the oldest first, until one has answered; then applies what came meanwhile.
    ///
    /// After a member that numbers no changes the next one is asked too: the first one may have missed some. One that says
    /// nothing for a while is passed over for the next one, and still may answer.
    func fetchState(from cluster: SimpleTcpCluster) async {
        self.protected.withLock { $0.transfer.beginQueueing() }
        var asked: Set<Member> = []
        while let target = cluster.members.first(where: { !asked.contains($0) }) {
            asked.insert(target)
            let isLast = cluster.members.allSatisfy { asked.contains($0) }
            let outcome = await self.reported(target) { await self.ask(target, cluster, isLast: isLast) }
            let isCounted = self.protected.withLock { $0.transfer.isCounted }
            if outcome == .transferred && isCounted || outcome == .timedOut { break }
        }
        while let target = self.protected.withLock({ $0.transfer.passedOver }) {
            _ = await self.reported(target) { await self.wait(for: target, cluster, isLast: true) }
        }
        if asked.isEmpty {
            self.log.info(
                "getAllClusterSessions",
                "Manager [\(self.name)]: skipping state transfer. No members active in cluster group."
            )
        }
        self.replayQueue()
    }

    /// Logs how the wait for a member ended.
    private func reported(
        _ target: Member,
        _ body: () async -> StateTransfer.Outcome
    ) async -> StateTransfer.Outcome {
        let begin = self.support.now()
        let outcome = await body()
        self.report(outcome, of: target, milliseconds: self.support.now() - begin)
        return outcome
    }

    private func ask(_ target: Member, _ cluster: SimpleTcpCluster, isLast: Bool) async -> StateTransfer.Outcome {
        let timeout = self.configuration.stateTransferTimeout
        self.log.info(
            "getAllClusterSessions",
            "Manager [\(self.name)], requesting session state from [\(target.name)]. This operation will timeout if "
                + "no session state has been received within [\(timeout)] seconds."
        )
        self.countSent(.getAllSessions)
        let message = SessionMessage.getAllSessions(in: self.name, now: self.support.now(), isCounted: true)
        return await self.wait(for: target, cluster, isLast: isLast) {
            await cluster.arrives(cluster.enqueue(message, to: target, options: .asynchronous))
        }
    }

    /// How the wait for a member ends; without a timeout it may last forever.
    private func wait(
        for target: Member,
        _ cluster: SimpleTcpCluster,
        isLast: Bool,
        after isAsked: () async -> Bool = { true }
    ) async -> StateTransfer.Outcome {
        let stream = self.protected.withLock { $0.transfer.ask(target) }
        guard await isAsked() else {
            self.protected.withLock { $0.transfer.lose(target, .lost) }
            return .lost
        }
        let timeout = self.configuration.stateTransferTimeout
        if timeout == 0 {
            self.protected.withLock { $0.transfer.end(.timedOut) }
            return .timedOut
        }
        let loop = cluster.channel?.currentLoop
        let timers = [
            timeout < 0
                ? nil
                : loop?.schedule(after: .seconds(Int64(timeout))) { [weak self] in
                    self?.protected.withLock { protected in
                        if protected.transfer.isWaiting(for: target) { protected.transfer.end(.timedOut) }
                    }
                },
            isLast
                ? nil
                : loop?.schedule(after: .seconds(StateTransfer.patienceSeconds)) { [weak self] in
                    self?.protected.withLock { $0.transfer.passOver(target) }
                },
        ]
        defer { for timer in timers { timer?.cancel() } }
        for await outcome in stream { return outcome }
        return .timedOut
    }

    private func report(_ outcome: StateTransfer.Outcome, of target: Member, milliseconds: Int64) {
        switch outcome {
        case .transferred:
            self.log.info(
                "waitForSendAllSessions",
                "Manager [\(self.name)]; session state sent at [\(target.name)] received in [\(milliseconds)] ms."
            )
        case .noContextManager:
            self.counts.withLock { $0.noStateTransferred += 1 }
            self.log.info(
                "waitForSendAllSessions",
                "Manager [\(self.name)]: the member [\(target.name)] has no such application"
            )
        case .mutual:
            self.log.info(
                "waitForSendAllSessions",
                "Manager [\(self.name)]: the member [\(target.name)] is starting too and asked for our sessions"
            )
        case .silent:
            self.log.info(
                "waitForSendAllSessions",
                "Manager [\(self.name)]: nothing came of [\(target.name)] so far, another member is asked too"
            )
        case .lost, .timedOut:
            self.counts.withLock { $0.noStateTransferred += 1 }
            self.log.error(
                "waitForSendAllSessions",
                "Manager [\(self.name)]: No session state sent by [\(target.name)] received, timing out after "
                    + "[\(milliseconds)] ms."
            )
        }
    }

    /// Applies what came while the node waited, and what comes while it does so; then messages are applied at once.
    private func replayQueue() {
        let dropsOlder = self.configuration.stateTimestampDrop
        while true {
            let queued = self.protected.withLock { $0.transfer.takeQueue(dropsOlder: dropsOlder) }
            guard self.protected.withLock({ $0.transfer.isQueueing }) else { return }
            for entry in queued { self.apply(entry.message, from: entry.sender) }
        }
    }

    // MARK: Answering

    /// Sends a member all sessions.
    func answer(_ member: Member) {
        self.answers.run(on: self.cluster?.channel?.currentLoop?.taskExecutor) {
            await self.sendAllSessions(to: member)
        }
    }

    private func sendAllSessions(to member: Member) async {
        guard let cluster = self.cluster else { return }
        let configuration = self.configuration
        let sessions = self.deltaSessions
        let moment = self.moment(of: sessions)
        // With less than one session in a message the answer would never end.
        let size = configuration.sendAllSessions ? Self.chunkCountMaximum : max(1, configuration.sendAllSessionsSize)
        var next = 0
        repeat {
            let end = min(sessions.count, next + size)
            guard await self.send(sessions[next..<end], at: moment, to: member, cluster) else { return }
            next = end
            if next < sessions.count, !configuration.sendAllSessions {
                await self.pause(milliseconds: configuration.sendAllSessionsWaitTime, cluster)
            }
        } while next < sessions.count
        self.countSent(.transferComplete)
        let message = SessionMessage.transferComplete(in: self.name, at: moment)
        // acknowledged: the other node waits for it
        _ = await cluster.arrives(cluster.enqueue(message, to: member, options: .synchronous))
    }

    /// Lets time pass by the channel's clock.
    private func pause(milliseconds: Int, _ cluster: SimpleTcpCluster) async {
        guard let loop = cluster.channel?.currentLoop else { return }
        let promise = loop.makePromise(of: Void.self)
        loop.schedule(after: .milliseconds(Int64(milliseconds))) { promise.succeed() }
        _ = await cluster.arrives(promise.futureResult)
    }

    /// Sends sessions as they are now to a member that misses them.
    func send(_ sessions: [DeltaSession], to member: Member, _ cluster: SimpleTcpCluster) async -> Bool {
        var next = 0
        while next < sessions.count {
            let end = min(sessions.count, next + Self.chunkCountMaximum)
            let some = sessions[next..<end]
            guard await self.send(some, at: self.moment(of: some), to: member, cluster) else { return false }
            next = end
        }
        return true
    }

    /// The time of a message with these sessions: not before what was said of one of them.
    private func moment(of sessions: some Collection<DeltaSession>) -> Int64 {
        sessions.reduce(self.support.now()) { moment, session in
            max(moment, session.protected.withLock { $0.local.lastReplicated })
        }
    }

    /// Sends some sessions and waits until they have arrived, in several messages if they are large.
    private func send(
        _ sessions: ArraySlice<DeltaSession>,
        at moment: Int64,
        to member: Member,
        _ cluster: SimpleTcpCluster
    ) async -> Bool {
        if Task.isCancelled { return false }
        do {
            let payload = try SessionList.encode(sessions.map { $0.record(sentAt: moment) }, isCounted: true)
            if payload.count > Self.chunkSizeMaximum, sessions.count > 1 {
                let middle = sessions.startIndex + sessions.count / 2
                guard await self.send(sessions[..<middle], at: moment, to: member, cluster) else { return false }
                return await self.send(sessions[middle...], at: moment, to: member, cluster)
            }
            self.countSent(.allSessionData)
            let message = SessionMessage.allSessionData(
                in: self.name,
                at: moment,
                payload: payload,
                isCounted: true
            )
            return await cluster.arrives(cluster.enqueue(message, to: member, options: .synchronous))
        } catch {
            self.log.error("handleGET_ALL_SESSIONS", "The sessions cannot be sent to [\(member.name)]", error)
            return false
        }
    }
}
