import JavaSerialization
import Logging
import NIOCore
import Synchronization

/// Agreeing with a node that was cut off, or that missed something, on the channel's loop.
///
/// It may hold what was removed meanwhile, not know what was put, and have become primary of what this node is
/// primary of. Each of the two asks for the other's state, which every node of Tomcat tells too, and mends on its side
/// what it is responsible for.
extension ReplicatedMap {
    /// A node that has just begun holds nothing yet, and this costs one short message.
    func reconcile(with member: Member) {
        let loop = self.loop
        let wasLost = self.table.withLock { table in
            table.removals.beginTransfer()
            return table.removals.isMissing(member)
        }
        if wasLost { self.verifyLater(self.mapMembers) }
        let mark = self.table.withLock { $0.lastStamp }
        self.requestState(of: member).whenComplete { result in
            if case .success(let messages?) = result {
                self.reconcile(messages, with: member, askedAt: mark)
                // what it sent before it heard of the removals may still be on its way
                let began = self.table.withLock { $0.removals.beginSettling(member) }
                loop.schedule(after: self.configuration.accessTimeout) {
                    self.table.withLock { $0.removals.settle(member, missedAt: began) }
                }
            }
            self.table.withLock { $0.removals.endTransfer() }
            self.protect()
        }
    }

    /// Something went wrong with nodes: when that is over they are asked what they hold.
    ///
    /// Messages that came late, or not at all, may have left them with something else than was meant.
    func verifyLater(_ members: [Member]) {
        guard let loop = self.running?.loop else { return }
        for member in members { self.work[loop].verify(member, at: loop.now) }
    }

    /// What was said of a key after the other node was asked, is later than its answer.
    private func reconcile(_ messages: [MapMessage], with member: Member, askedAt mark: UInt32) {
        guard let local = self.channel.localMember, self.running != nil else { return }
        var jobs: [ReplicatedMapJob] = []
        var known: Set<String> = []
        for message in messages.sorted(by: { ($0.key ?? []).lexicographicallyPrecedes($1.key ?? []) }) {
            do {
                let key = try message.keyText()
                known.insert(key)
                guard let entry = self.table.withLock({ $0.entries[key] }) else {
                    // what only says that this node has it, nobody has
                    let isNowhere = message.primary == local && message.nodes ?? [] == []
                    if isNowhere || self.table.withLock({ $0.removals.outlasts(key, message.version?.changes) }) {
                        self.tellRemoval(of: key, known: message.version, to: member)
                    } else {
                        try self.take(item: message, key: key, local: local)
                        if message.primary == local, message.kind == .proxy { jobs.append(.claim(key)) }
                    }
                    continue
                }
                guard entry.role == .primary else {
                    if let job = try self.settle(message, key, entry, with: member, askedAt: mark) { jobs.append(job) }
                    continue
                }
                if message.primary == member {
                    jobs.append(.contest(key, member))
                } else if message.primary != local || message.nodes ?? [] != entry.backups.map(\.member) {
                    jobs.append(entry.names(member) ? .publish(key) : .correct(key, member))
                } else if entry.names(member), let version = message.version, version.changes != entry.current?.changes
                {
                    jobs.append(.publish(key))
                }
            } catch {
                self.unreadable(error, from: member)
            }
        }
        let own = self.table.withLock { $0.entries.filter { $0.value.role == .primary && !known.contains($0.key) } }
        for (key, entry) in own.sorted(by: { $0.key < $1.key }) {
            let isWhole = entry.names(member) || self.configuration.kind == .copies
            jobs.append(isWhole ? .publish(key) : .correct(key, member))
        }
        self.enqueue(jobs + self.questions(for: member, known: known))
    }

    /// Compares what another node says of a key with what is known here of one that is not this node's.
    ///
    /// - Returns: what is left to be done.
    private func settle(
        _ message: MapMessage,
        _ key: String,
        _ entry: MapEntry,
        with member: Member,
        askedAt mark: UInt32
    ) throws -> ReplicatedMapJob? {
        guard let local = self.channel.localMember else { return nil }
        let primary = entry.primary?.member
        if message.primary == local {
            guard primary == member || self.configuration.kind == .copies else {
                return primary == nil ? .claim(key) : .inform(key, member)
            }
            guard primary == member else { return nil }
            return entry.value != nil || AbsoluteOrder.isBefore(local, member) ? .claim(key) : nil
        }
        guard self.configuration.kind == .lazy, primary == member || message.primary == member else {
            self.table.withLock { $0.adopt(key, from: message, local: local) }
            return nil
        }
        guard Int32(bitPattern: entry.stamp &- mark) <= 0 else { return nil }
        guard message.primary != nil else {
            self.table.withLock { $0.disown(key, by: member) }
            return nil
        }
        // whoever has no backup is about to find one
        if primary == message.primary, (message.nodes ?? []).isEmpty { return nil }
        if primary == message.primary, entry.hasBackups(message.nodes ?? []) {
            guard entry.names(local), let version = message.version, let value = entry.value else { return nil }
            if value.lastUsed > version.changes { return .claim(key) }
            if value.lastUsed < version.changes { self.repair(message, key: key, from: member) }
            return nil
        }
        if let known = entry.version, let version = message.version, version < known, primary == message.primary {
            return nil
        }
        try self.takePlace(message, key, local)
        return nil
    }

    /// Of two primaries the one stays whose value has changed last; of two that say the same the one that became primary
    /// later, and then the first in ``AbsoluteOrder``.
    func contest(_ key: String, with member: Member) -> EventLoopFuture<Void> {
        // a node that has taken the value from this one meanwhile is its backup, and no primary any more
        let isCopied = self.configuration.kind == .copies
        guard let entry = self.table.withLock({ $0.entries[key] }), entry.role == .primary,
            isCopied || !entry.names(member), let own = entry.value, let local = self.channel.localMember
        else { return self.loop.succeeded() }
        self.table.withLock { $0.statistics.conflicts += 1 }
        self.verifyLater([member])
        own.countChanges()
        return self.retrieveVersion(of: key, from: [member]).flatMap { other in
            // what a request has changed while the other node was asked, too
            own.countChanges()
            let isFirst = AbsoluteOrder.isBefore(local, member)
            let takeovers = self.table.withLock { $0.entries[key]?.current?.takeovers } ?? 0
            guard let (value, others) = other,
                (own.lastUsed, takeovers, isFirst ? 1 : 0) < (value.lastUsed, others, isFirst ? 0 : 1)
            else {
                self.table.withLock { $0.hold(key, against: other?.takeovers ?? 0) }
                return self.publish(key)
            }
            // kept as a backup until the other node says who is: it may take this one for that, or nobody may be yet
            var message = MapMessage(isCopied ? .copy : .backup, mapID: self.id, primary: member, nodes: [local])
            if isCopied { message.nodes = [] }
            message.version = MapVersion(changes: value.lastUsed, takeovers: others)
            self.table.withLock { table in
                guard let now = table.primary(key, stamp: entry.stamp), isCopied || !now.names(member) else { return }
                _ = table.takeValue(value, of: key, from: message, local: local)
            }
            return self.loop.succeeded()
        }
    }

    // MARK: Digests

    /// What this node knows of all keys, in short; nil before it knows them.
    func digests() -> MapDigests? {
        guard self.configuration.kind == .lazy, self.state == .initialized, let loop = self.running?.loop,
            let local = self.channel.localMember
        else { return nil }
        let now = loop.now
        let agreement = self.work[loop].agreement
        if agreement.isBusy { return nil }
        if let known = self.table.withLock({ agreement.digests(of: $0, at: now) }) { return known }
        let digests = self.table.withLock { MapDigests($0, local: local) }
        self.work[loop].agreement.digests = (digests, now)
        return digests
    }

    /// Whether a node says something else of its keys than is known here, so that it must be asked for all of them.
    func differs(_ digest: MapDigest, of member: Member) -> Bool {
        guard let loop = self.running?.loop, let known = self.digests()?.known(of: member) else { return false }
        self.work[loop].agreement.digesters.insert(member)
        return self.work[loop].agreement.compared(with: member, isEqual: known == digest)
    }

    /// Keys of which another node is taken for the primary and that it does not name.
    private func questions(for member: Member, known: Set<String>) -> [ReplicatedMapJob] {
        guard self.work[self.loop].agreement.digesters.contains(member) else { return [] }
        let silent = self.table.withLock { table in
            table.entries.filter { key, entry in
                entry.role != .primary && entry.primary?.member == member && !known.contains(key)
            }
        }
        return silent.keys.sorted().map { .question($0, member) }
    }

    /// Tells a node that it is taken for the primary of a key; Tomcat would believe that.
    func question(_ key: String, _ member: Member) -> EventLoopFuture<Void> {
        guard let entry = self.table.withLock({ $0.entries[key] }), entry.role != .primary,
            entry.primary?.member == member
        else { return self.loop.succeeded() }
        return self.sendProxy(key, entry, of: member, to: member)
    }

    /// Another node takes this one for the primary of a key.
    func answer(question: MapMessage, _ key: String, by member: Member, _ local: Member) throws {
        let (known, isRemoved) = self.table.withLock { ($0.entries[key], $0.removals.contains(key)) }
        guard let entry = known else {
            guard !isRemoved, !(question.nodes ?? []).isEmpty else {
                self.tellRemoval(of: key, known: question.version, to: member)
                return
            }
            try self.take(item: question, key: key, local: local)
            return self.enqueue([.claim(key)])
        }
        switch entry.role {
        case .primary: self.enqueue([entry.names(member) ? .publish(key) : .correct(key, member)])
        case .backup, .copy, .proxy:
            let isMutual = entry.primary == nil || entry.primary?.member == member
            self.enqueue([isMutual ? .claim(key) : .inform(key, member)])
        }
    }

    /// Tells a node that what it said of a key is over; what comes after that is not.
    private func tellRemoval(of key: String, known: MapVersion?, to member: Member) {
        let removed = self.table.withLock { $0.removals.mapVersion(of: key) }
        let version = [removed, known].compactMap { $0?.changes }.max().map { MapVersion(changes: $0) }
        _ = self.step(key) { self.tell(.remove, key, to: [member], version: version) }
    }

    /// Finds an owner for an entry of which nobody is known to be the primary; if nobody has the value it is forgotten.
    func rescue(_ key: String) -> EventLoopFuture<Void> {
        guard let entry = self.table.withLock({ $0.entries[key] }), entry.role != .primary, entry.primary == nil else {
            return self.loop.succeeded()
        }
        if entry.value != nil {
            self.enqueue([.claim(key)])
            return self.loop.succeeded()
        }
        let members = self.mapMembers
        guard !members.isEmpty else {
            self.table.withLock { $0.forgetOrphan(key) }
            return self.loop.succeeded()
        }
        return self.ask(self.retrieval(of: key), members, .allReplies, timeout: self.configuration.rpcTimeout)
            .flatMapThrowing { replies in
                let isHeld = try replies.contains { try !$0.message.isNull && MapMessage($0.message).value != nil }
                if isHeld {
                    self.enqueue([.claim(key)])
                } else if replies.count == members.count {
                    self.table.withLock { $0.forgetOrphan(key) }
                }
            }.flatMapErrorThrowing { error in
                // the next heartbeat finds it again
                self.log.debug(
                    "Unable to retrieve remote object",
                    metadata: self.metadata.merging(["key": "\(key)", "error": "\(error)"]) { $1 }
                )
            }
    }
}
