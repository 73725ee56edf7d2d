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
        self.requestState(of: member).whenComplete { result in
            if case .success(let messages?) = result {
                self.reconcile(messages, with: member)
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

    private func reconcile(_ messages: [MapMessage], with member: Member) {
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
                    if isNowhere || self.table.withLock({ $0.removals.contains(key) }) {
                        _ = self.step(key) { self.tell(.remove, key, to: [member]) }
                    } else {
                        try self.take(item: message, key: key, local: local)
                    }
                    continue
                }
                guard entry.role == .primary else {
                    let isMutual = message.primary == local && entry.primary?.member == member
                    if isMutual, entry.value != nil || AbsoluteOrder.isBefore(local, member) {
                        jobs.append(.claim(key))
                    }
                    self.table.withLock { $0.adopt(key, from: message, local: local) }
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
        self.enqueue(jobs)
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
}
