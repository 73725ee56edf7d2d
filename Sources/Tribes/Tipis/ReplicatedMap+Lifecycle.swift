import JavaSerialization
import Logging
package import NIOCore
import Synchronization

/// Who takes part, on the channel's loop.
extension ReplicatedMap {
    /// Joins the map.
    ///
    /// Isolation: channel loop.
    package func submitStart() -> EventLoopFuture<Void> {
        let loop = self.channel.loop
        guard self.running == nil else { return loop.succeeded() }
        let rpc = RpcChannel(id: self.id, channel: self.channel, callback: self)
        self.life.withLock { life in
            life.running = ReplicatedMapLife.Running(loop: loop, rpc: rpc)
            life.loop = loop
            life.state = .new
        }
        self.work[loop] = ReplicatedMapWork()
        self.channel.add(self as any ChannelListener)
        self.channel.add(self as any MembershipListener)
        self.table.withLock { $0.removals.beginTransfer() }
        return self.announce(.initialize).flatMap { isInitSent in
            self.transferState(from: self.mapMembers).flatMap {
                self.advance(to: .stateTransferred)
                return self.announce(.start).map { isInitSent && $0 }
            }
        }.flatMap { isSent in
            self.table.withLock { $0.removals.endTransfer() }
            if !isSent, self.configuration.terminateOnStartFailure {
                let error = ChannelError(.cannotStart, "Unable to start replicated map.")
                return self.submitStop().flatMap { loop.failed(error) }
            }
            self.advance(to: .initialized)
            self.protect()
            return loop.succeeded()
        }
    }

    /// Leaves the map.
    ///
    /// Isolation: channel loop.
    package func submitStop() -> EventLoopFuture<Void> {
        guard let running = self.running else { return self.loop.succeeded() }
        for waiting in self.work[running.loop].endWaits() { waiting.succeed() }
        running.rpc.breakdown(running.loop)
        self.channel.remove(self as any ChannelListener)
        self.channel.remove(self as any MembershipListener)
        self.life.withLock { life in
            life.running = nil
            life.state = .destroyed
        }
        return self.send(self.message(.stop, nil), to: self.channel.members).map {}.flatMapErrorThrowing { error in
            self.log.debug("Unable to send map stop message.", metadata: ["error": "\(error)"])
        }.map { self.table.withLock { $0.removeAll() } }
    }

    private func advance(to state: ReplicatedMapState) {
        self.life.withLock { life in
            if life.state != .destroyed { life.state = state }
        }
    }

    /// Asks every member of the channel; those that answer take part.
    ///
    /// - Returns: whether the request could be sent.
    private func announce(_ kind: MapMessage.Kind) -> EventLoopFuture<Bool> {
        let members = self.channel.members
        guard !members.isEmpty else { return self.loop.eventLoop.makeSucceededFuture(true) }
        return self.ask(self.message(kind, nil), members, .firstReply, timeout: self.configuration.rpcTimeout)
            .map { replies in
                if replies.isEmpty {
                    self.log.warning("broadcast received 0 replies, probably a timeout.", metadata: self.metadata)
                }
                for reply in replies { self.join(reply.source) }
                return true
            }.flatMapErrorThrowing { error in
                self.log.warning(
                    "Unable to send map start message.",
                    metadata: self.metadata.merging(["error": "\(error)"]) { $1 }
                )
                return false
            }
    }

    /// Takes the keys of the first node that tells them.
    private func transferState(from members: [Member]) -> EventLoopFuture<Void> {
        guard let member = members.first else { return self.loop.succeeded() }
        return self.requestState(of: member).flatMap { messages in
            guard let messages else { return self.transferState(from: Array(members.dropFirst())) }
            self.takeState(messages, of: member)
            return self.loop.succeeded()
        }
    }

    /// The messages of another node's state; nil, and logged, if it does not tell.
    func requestState(of member: Member) -> EventLoopFuture<[MapMessage]?> {
        var request = self.message(self.configuration.kind == .lazy ? .state : .stateCopy, nil)
        request.primary = nil
        return self.ask(request, [member], .firstReply, timeout: self.configuration.rpcTimeout)
            .flatMapThrowing { replies -> [MapMessage]? in
                guard let reply = replies.first else {
                    self.log.warning("Transfer state, 0 replies, probably a timeout.", metadata: self.metadata)
                    return nil
                }
                guard let list = try MapMessage(reply.message).value else { return [] }
                return try MapMessageList(stream: list).messages
            }.flatMapErrorThrowing { error in
                self.log.error(
                    "Unable to transfer AbstractReplicatedMap state.",
                    metadata: self.metadata.merging(["member": "\(member.name)", "error": "\(error)"]) { $1 }
                )
                return nil
            }
    }

    func ask(
        _ message: MapMessage,
        _ members: [Member],
        _ mode: RpcReplyMode,
        timeout: TimeAmount
    ) -> EventLoopFuture<[RpcResponse]> {
        guard let rpc = self.running?.rpc, self.channel.startedLevels.contains(.sender) else {
            return self.loop.failed(ChannelError(.notStarted, "The channel is not started"))
        }
        self.table.withLock { $0.statistics.countSent(message.kind) }
        let options = self.state == .initialized ? self.configuration.sendOptions : SendOptions.useAck
        let loop = self.loop
        if self.channel.memberVersions[loop].areStandard {
            return rpc.submit(message, to: members, mode: mode, options: options, timeout: timeout)
        }
        let calls = self.channel.memberVersions[loop].groups(of: members).map { version, members in
            let message = message.with(memberVersion: version)
            return rpc.submit(message, to: members, mode: mode, options: options, timeout: timeout)
        }
        return loop.all(calls) { for reply in $0 { self.leftOver(reply.message, from: reply.source) } }
            .map { $0.flatMap { $0 } }
    }

    var metadata: Logger.Metadata { ["map": "\(self.configuration.name)"] }

    // MARK: Joining and leaving

    /// Takes note of a node; if it takes part only now, gives it what lacks a backup.
    ///
    /// - Returns: whether it takes part only now.
    @discardableResult
    func join(_ member: Member) -> Bool {
        guard member != self.channel.localMember, self.running != nil else { return false }
        guard let known = self.channel.members.first(where: { $0 == member }) else {
            self.log.warning(
                "Notified member is not registered in the membership.",
                metadata: self.metadata.merging(["member": "\(member.name)"]) { $1 }
            )
            return false
        }
        let isNew = self.table.withLock { table in
            guard table.heard(from: known, at: self.loop.now) else { return false }
            table.needsProtection = true
            return true
        }
        if isNew {
            self.verifyLater([known])
            self.log.debug("Map member added", metadata: self.metadata.merging(["member": "\(member.name)"]) { $1 })
        }
        return isNew
    }

    /// Publishes what nobody else has.
    func protect() { self.enqueue(self.protections()) }

    func protections() -> [ReplicatedMapJob] {
        guard self.state == .initialized else { return [] }
        return self.table.withLock { $0.unprotectedKeys() }.map { .protect($0) }
    }

    /// Goes on without a node.
    func depart(_ member: Member) {
        guard let local = self.channel.localMember else { return }
        let began = self.loop.now
        let departure = self.table.withLock { $0.depart(member, local: local) }
        let isTouched = !departure.published.isEmpty || departure.removedCount > 0
        guard departure.isKnown || isTouched else { return }
        self.log.info(
            "Member disappeared. Related map entries will be relocated to the new node.",
            metadata: self.metadata.merging(["member": "\(member.name)"]) { $1 }
        )
        for (key, value) in departure.promoted {
            self.madePrimary(key, value)
        }
        self.enqueuePublications(departure.published)
        self.log.info(
            "Relocation of map entries was complete.",
            metadata: self.metadata.merging([
                "entries": "\(departure.published.count)",
                "milliseconds": "\((self.loop.now - began).nanoseconds / 1_000_000)",
            ]) { $1 }
        )
    }

    /// Goes on without a node that may come back with what it had.
    private func lose(_ member: Member) {
        let now = self.loop.now
        self.table.withLock { table in
            if table.isParticipant(member) { table.removals.miss(member, at: now) }
        }
        self.depart(member)
    }

    // MARK: Heartbeat

    /// Asks members for a sign of life; with `expires` those that give none take part no more.
    func ping(_ members: [Member], expires: Bool) {
        guard let loop = self.running?.loop, !members.isEmpty else { return }
        let began = loop.now
        let age = self.configuration.accessTimeout
        self.ask(self.message(.ping, nil), members, .allReplies, timeout: age).whenComplete { result in
            switch result {
            case .success(let replies):
                self.takePings(replies)
                if expires { self.endRound() }
            case .failure(let error):
                self.log.error(
                    "Unable to send AbstractReplicatedMap.ping message",
                    metadata: self.metadata.merging(["error": "\(error)"]) { $1 }
                )
                // those that were reached still answer
                if expires { loop.schedule(after: age - (loop.now - began)) { self.endRound() } }
            }
        }
    }

    private func takePings(_ replies: [RpcResponse]) {
        var found: [Member] = []
        for reply in replies where self.takePing(reply.message, from: reply.source) { found.append(reply.source) }
        for member in found { self.reconcile(with: member) }
    }

    /// Takes a node's answer to a ping.
    ///
    /// - Returns: whether what it holds must be settled: it takes part only now, or did not hear of a removal.
    func takePing(_ reply: JavaValue, from member: Member) -> Bool {
        do {
            let message = try MapMessage(reply)
            guard let stream = message.value else { return false }
            switch try ReplicatedMapState(stream: stream) {
            case .initialized:
                let isDifferent = message.version.map { self.differs(MapDigest($0), of: member) } ?? false
                return self.join(member) || self.table.withLock { $0.removals.isMissing(member) } || isDifferent
            case .stateTransferred:
                let now = self.loop.now
                self.table.withLock { table in
                    if table.isParticipant(member) { _ = table.heard(from: member, at: now) }
                }
                return false
            case .new, .destroyed: return false
            }
        } catch {
            self.unreadable(error, from: member)
            return false
        }
    }

    private func endRound() {
        guard let loop = self.running?.loop else { return }
        self.work[loop].isPinging = false
        for member in self.table.withLock({ $0.silent(for: self.configuration.accessTimeout, at: loop.now) }) {
            self.log.warning(
                "Member has timed-out in the ping processing.",
                metadata: self.metadata.merging(["member": "\(member.name)"]) { $1 }
            )
            self.lose(member)
        }
        self.table.withLock { table in
            table.removals.expire(at: loop.now)
            table.sweepNodes()
        }
        self.work[loop].told.expire(at: loop.now)
        self.work[loop].unanswered.expire(at: loop.now)
        self.departStrangers(loop)
        self.work[loop].agreement.forgetDoubts(besides: self.mapMembers)
        self.table.withLock { self.work[loop].agreement.beat($0) }
        let orphans = self.table.withLock { $0.orphans }
        self.enqueue(self.work[loop].agreement.foundOrphans(orphans).map { .rescue($0) })
        for member in self.work[loop].takeVerifications(of: self.mapMembers, at: loop.now) {
            self.reconcile(with: member)
        }
        self.protect()
    }
}

extension ReplicatedMap {
    /// Goes on without nodes that left before something was said that names them.
    ///
    /// Only those that were strangers at the last heartbeat too: others may be about to appear.
    private func departStrangers(_ loop: ChannelLoop) {
        let members = self.channel.members + [self.channel.localMember].compactMap { $0 }
        let strangers = self.table.withLock { $0.strangers(besides: members) }
        for member in strangers.intersection(self.work[loop].agreement.strangers).sorted(by: AbsoluteOrder.isBefore) {
            self.depart(member)
        }
        self.work[loop].agreement.strangers = strangers
    }
}

extension ReplicatedMap: MembershipListener, Heartbeat {
    /// A node that appears is asked at once whether it takes part, so that it need not wait for the next heartbeat.
    package func memberAdded(_ member: Member) {
        if self.state == .initialized { self.ping([member], expires: false) }
    }

    package func memberDisappeared(_ member: Member) {
        if member.isShuttingDown { self.depart(member) } else { self.lose(member) }
    }

    /// Tells the node anew what it may not have heard.
    package func messagesMayBeLost(to member: Member) {
        guard let loop = self.running?.loop, self.table.withLock({ $0.isParticipant(member) }) else { return }
        self.verifyLater([member])
        let now = loop.now
        if self.work[loop].unanswered.isIncomplete(at: now) {
            self.table.withLock { $0.removals.miss(member, at: now) }
        }
        self.enqueue(self.work[loop].unanswered.keys(at: now).sorted().map { .retell($0, member) })
    }

    package func heartbeat() {
        guard let loop = self.running?.loop, self.state == .initialized, !self.work[loop].isPinging else { return }
        let members = self.channel.members
        // who is alone has what others left behind to look after all the same
        if members.isEmpty { return self.endRound() }
        self.work[loop].isPinging = true
        self.ping(members, expires: true)
    }
}
