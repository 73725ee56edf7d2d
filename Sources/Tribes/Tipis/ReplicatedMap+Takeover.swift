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
        self.step(key) {
            guard let local = self.channel.localMember else { return self.answer(self.peek(key)) }
            let entry = self.table.withLock { table -> MapEntry<Value>? in
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

    private func answer(_ value: Value?) -> EventLoopFuture<Value?> { self.loop.eventLoop.makeSucceededFuture(value) }

    /// A backup becomes primary first and then finds a backup of its own.
    private func takeOver(backup key: String, _ value: Value?, _ local: Member) -> EventLoopFuture<Value?> {
        guard let value else { return self.answer(nil) }
        self.settle(key, value, backups: [], local, keepsClaim: true)
        return self.publish(key).map {
            self.table.withLock { $0.abandonClaim(key) }
            return value
        }
    }

    /// A copy becomes primary, and all others stay copies.
    private func takeOver(copy key: String, _ value: Value?, _ local: Member) -> EventLoopFuture<Value?> {
        guard let value else { return self.answer(nil) }
        let members = self.mapMembers
        return self.tell(.notifyMapMember, key, to: members, nodes: members).map {
            self.settle(key, value, backups: members, local)
            return value
        }
    }

    /// A proxy fetches the value from its backups, and if none has it from whoever has.
    private func retrieve(_ key: String, _ entry: MapEntry<Value>, _ local: Member) -> EventLoopFuture<Value?> {
        let members = self.channel.members
        let backups = entry.backups.map(\.member).filter { members.contains($0) }
        return self.retrieve(key, from: backups).flatMap { value in
            if let value { return self.settle(retrieved: value, key, backups, local) }
            let others = self.mapMembers.filter { !backups.contains($0) }
            return self.retrieve(key, from: others).flatMap { value in
                guard let value else { return self.abandon(key) }
                return self.settle(retrieved: value, key, [], local)
            }
        }
    }

    /// The value of a key that others have; nil, and logged, if none of them answers with one.
    func retrieve(_ key: String, from members: [Member]) -> EventLoopFuture<Value?> {
        guard !members.isEmpty else { return self.answer(nil) }
        var request = self.message(.retrieveBackup, key)
        request.primary = nil
        // an answer may be that there is no value: with one member the first answer is all there are
        return self.ask(request, members, .allReplies, timeout: self.configuration.rpcTimeout)
            .flatMapThrowing { replies in
                guard let owner = self.owner, let reply = replies.first(where: { !$0.message.isNull }),
                    let bytes = try MapMessage(reply.message).value
                else { return nil }
                return try owner.makeValue(ByteBuffer(bytes: bytes), key: key)
            }.flatMapErrorThrowing { error in
                self.log.warning(
                    "Unable to retrieve remote object",
                    metadata: self.metadata.merging(["key": "\(key)", "error": "\(error)"]) { $1 }
                )
                return nil
            }
    }

    private func abandon(_ key: String) -> EventLoopFuture<Value?> {
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
        retrieved value: Value,
        _ key: String,
        _ backups: [Member],
        _ local: Member
    ) -> EventLoopFuture<Value?> {
        guard self.table.withLock({ $0.holdsClaim(key) }) else { return self.answer(self.peek(key) ?? value) }
        guard !backups.isEmpty else {
            self.settle(key, value, backups: [], local)
            return self.publish(key).map { value }
        }
        let others = self.mapMembers.filter { !backups.contains($0) }
        return self.tell(.notifyMapMember, key, to: backups, nodes: backups).flatMap {
            guard self.table.withLock({ $0.holdsClaim(key) }) else { return self.loop.succeeded() }
            return self.tell(.proxy, key, to: others, nodes: backups)
        }.map {
            self.settle(key, value, backups: backups, local)
            return value
        }
    }

    private func settle(
        _ key: String,
        _ value: Value,
        backups: [Member],
        _ local: Member,
        keepsClaim: Bool = false
    ) {
        let isPrimary = self.table.withLock { table in
            guard table.settleClaim(key, value: value, backups: backups, local: local) else { return false }
            if keepsClaim { table.claim(key) }
            return true
        }
        if isPrimary { self.owner?.objectMadePrimary(key, value) }
    }
}
