import JavaSerialization
import Logging
package import NIOCore
import Synchronization

/// Moving a value here, on the channel's loop.
extension ReplicatedMap {
    /// The value, of which this node is primary from then on.
    ///
    /// Isolation: channel loop.
    package func submitGet(_ key: String) -> EventLoopFuture<Value?> {
        self.take(key).map { self.own($0) }
    }

    private func take(_ key: String) -> EventLoopFuture<MapValue?> {
        self.step(key) {
            guard let local = self.channel.localMember else { return self.answer(self.held(key)) }
            let entry = self.table.withLock { table -> MapEntry? in
                guard let entry = table.entries[key] else { return nil }
                if entry.role != .primary { table.claim(key) }
                return entry
            }
            guard let entry else { return self.answer(nil) }
            switch entry.role {
            case .primary: return self.answer(entry.value)
            case .backup: return self.takeOver(backup: key, entry.value, local)
            case .copy: return self.takeOver(copy: key, entry.value, local)
            case .proxy: return self.retrieve(key, entry, local)
            }
        }
    }

    /// How far a value will have come when this node is its primary.
    private func nextVersion(of key: String, _ value: MapValue) -> MapVersion? {
        self.table.withLock { table in
            var entry = table.entries[key]
            entry?.countTakeover()
            return entry?.current(with: value)
        }
    }

    private func answer(_ value: MapValue?) -> EventLoopFuture<MapValue?> {
        self.loop.eventLoop.makeSucceededFuture(value)
    }

    /// A backup becomes primary first and then finds a backup of its own.
    private func takeOver(backup key: String, _ value: MapValue?, _ local: Member) -> EventLoopFuture<MapValue?> {
        guard let value else { return self.answer(nil) }
        self.settle(key, value, backups: [], local, keepsClaim: true)
        return self.publish(key).map {
            self.table.withLock { $0.abandonClaim(key) }
            return value
        }
    }

    /// A copy becomes primary, and all others stay copies.
    private func takeOver(copy key: String, _ value: MapValue?, _ local: Member) -> EventLoopFuture<MapValue?> {
        guard let value else { return self.answer(nil) }
        let members = self.mapMembers
        let version = self.nextVersion(of: key, value)
        return self.tell(.notifyMapMember, key, to: members, nodes: members, version: version).map {
            self.settle(key, value, backups: members, local)
            return value
        }
    }

    /// A proxy fetches the value from its backups, and if none has it from whoever has.
    private func retrieve(_ key: String, _ entry: MapEntry, _ local: Member) -> EventLoopFuture<MapValue?> {
        let members = self.channel.members
        let backups = entry.backups.map(\.member).filter { members.contains($0) }
        return self.retrieve(key, from: backups).flatMap { value in
            if let value { return self.settle(retrieved: value, key, backups, local) }
            let others = self.mapMembers.filter { !backups.contains($0) }
            return self.retrieve(key, from: others, preferring: entry.primary?.member).flatMap { value in
                guard let value = value ?? self.table.withLock({ $0.yielded[key] }) else { return self.abandon(key) }
                return self.settle(retrieved: value, key, [], local)
            }
        }
    }

    /// The value of a key that others have; nil, and logged, if none of them answers with one.
    ///
    /// Of several the one that changed last is taken, the preferred member's among equals.
    func retrieve(
        _ key: String,
        from members: [Member],
        preferring preferred: Member? = nil
    ) -> EventLoopFuture<MapValue?> {
        self.retrieveVersion(of: key, from: members, preferring: preferred).map { $0?.value }
    }

    /// The same, with the number of takeovers that its owner knows of.
    func retrieveVersion(
        of key: String,
        from members: [Member],
        preferring preferred: Member? = nil
    ) -> EventLoopFuture<(value: MapValue, takeovers: Int64)?> {
        guard !members.isEmpty else { return self.loop.eventLoop.makeSucceededFuture(nil) }
        // an answer may be that there is no value: with one member the first answer is all there are
        return self.ask(self.retrieval(of: key), members, .allReplies, timeout: self.configuration.rpcTimeout)
            .flatMapThrowing { replies in
                guard let owner = self.owner else { return nil }
                let found = replies.filter { !$0.message.isNull }
                let ranked = found.filter { $0.source == preferred } + found.filter { $0.source != preferred }
                var best: (value: MapValue, takeovers: Int64)?
                for reply in ranked {
                    let message = try MapMessage(reply.message)
                    guard let stream = message.value else { continue }
                    let value = try owner.makeValue(ByteBuffer(bytes: stream), key: key)
                    if let best, best.value.lastUsed >= value.lastUsed { continue }
                    best = (value, message.version?.takeovers ?? 0)
                }
                return best
            }.flatMapError { error in
                self.log.warning(
                    "Unable to retrieve remote object",
                    metadata: self.metadata.merging(["key": "\(key)", "error": "\(error)"]) { $1 }
                )
                // a member that does not answer keeps nobody from what another one has
                let faulty = (error as? ChannelError)?.faultyMembers.map(\.member) ?? []
                let others = members.filter { !faulty.contains($0) }
                guard others.count < members.count else { return self.loop.eventLoop.makeSucceededFuture(nil) }
                return self.retrieveVersion(of: key, from: others, preferring: preferred)
            }
    }

    func retrieval(of key: String) -> MapMessage {
        var request = self.message(.retrieveBackup, key)
        request.primary = nil
        return request
    }

    private func abandon(_ key: String) -> EventLoopFuture<MapValue?> {
        let value = self.table.withLock { table in
            table.abandonClaim(key)
            table.statistics.lost += 1
            return table.entries[key]?.value
        }
        self.log.warning("Unable to retrieve remote object", metadata: self.metadata.merging(["key": "\(key)"]) { $1 })
        return self.answer(value)
    }

    /// The backups keep their values, everybody else learns who has one now.
    private func settle(
        retrieved value: MapValue,
        _ key: String,
        _ backups: [Member],
        _ local: Member
    ) -> EventLoopFuture<MapValue?> {
        guard self.table.withLock({ $0.holdsClaim(key) }) else { return self.answer(self.held(key) ?? value) }
        guard !backups.isEmpty else {
            self.settle(key, value, backups: [], local)
            return self.publish(key).map { value }
        }
        self.work[self.loop].told.note(key, at: self.loop.now)
        let others = self.mapMembers.filter { !backups.contains($0) }
        let version = self.nextVersion(of: key, value)
        return self.tell(.notifyMapMember, key, to: backups, nodes: backups, version: version).flatMap {
            guard self.table.withLock({ $0.holdsClaim(key) }) else { return self.loop.succeeded() }
            return self.tell(.proxy, key, to: others, nodes: backups, version: version)
        }.map {
            self.settle(key, value, backups: backups, local)
            return value
        }
    }

    private func settle(
        _ key: String,
        _ value: MapValue,
        backups: [Member],
        _ local: Member,
        keepsClaim: Bool = false
    ) {
        let isPrimary = self.table.withLock { table in
            guard table.settleClaim(key, value: value, backups: backups, local: local) else { return false }
            if keepsClaim { table.claim(key) }
            return true
        }
        if isPrimary { self.madePrimary(key, value) }
    }

    // MARK: Yielding

    /// Has it verified, a while after another node said that it is primary of an entry of this node's, that it is.
    ///
    /// Two nodes that say so to each other at the same time both yield. The later of the two in ``AbsoluteOrder`` looks
    /// when the other has looked, and finds it without the value.
    func watchYielded(_ key: String) {
        guard let loop = self.running?.loop, let local = self.channel.localMember else { return }
        let entry = self.table.withLock { $0.yielded[key] == nil ? nil : $0.entries[key] }
        guard let entry else { return }
        let age = self.configuration.accessTimeout
        let isFirst = entry.primary.map { AbsoluteOrder.isBefore(local, $0.member) } ?? true
        loop.schedule(after: isFirst ? age : age + age) { self.enqueue([.verify(key)]) }
    }

    /// Takes an entry back of which nobody has the value.
    func verifyYielded(_ key: String) -> EventLoopFuture<Void> {
        let entry = self.table.withLock { table -> MapEntry? in
            guard table.yielded[key] != nil else { return nil }
            if let entry = table.entries[key], entry.role == .proxy { return entry }
            table.forgetYielded(key)
            return nil
        }
        guard let entry, self.running != nil else { return self.loop.succeeded() }
        let members = Set([entry.primary].compactMap { $0?.member } + entry.backups.map(\.member))
        let holders = self.channel.members.filter { members.contains($0) }
        return self.ask(self.retrieval(of: key), holders, .allReplies, timeout: self.configuration.rpcTimeout)
            .flatMapThrowing { replies in
                let isHeld = try replies.contains {
                    try !$0.message.isNull && MapMessage($0.message).value != nil
                }
                if isHeld {
                    self.table.withLock { $0.forgetYielded(key) }
                } else if replies.count < holders.count {
                    self.watchYielded(key)
                } else {
                    self.enqueue([.claim(key)])
                }
            }.flatMapErrorThrowing { _ in self.watchYielded(key) }
    }
}
