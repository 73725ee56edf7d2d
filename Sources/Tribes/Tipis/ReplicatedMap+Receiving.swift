package import JavaSerialization
import Logging
import NIOCore
import Synchronization

/// What other nodes say, on the channel's loop.
extension ReplicatedMap: ChannelListener {
    package func takes(_ message: ChannelMessage) throws -> Bool {
        guard !message.options.contains(.byteMessage), let running = self.running,
            let received = MapMessage(message.body, of: self.id, &self.named[running.loop])
        else { return false }
        try self.messageReceived(received, from: message.sender)
        return true
    }

    package func accepts(_ message: ReceivedMessage) -> Bool {
        guard message.rpc == nil, let object = message.object else { return false }
        return MapMessage.mapID(of: object) == self.id
    }

    /// - Throws: ``ChannelError`` for a message that could not be taken; its sender finds another backup then.
    package func messageReceived(_ message: ReceivedMessage) throws {
        guard let object = message.object, self.running != nil else { return }
        do {
            try self.messageReceived(try MapMessage(object), from: message.sender)
        } catch let error as ChannelError {
            throw error
        } catch {
            throw self.refused(error, from: message.sender)
        }
    }

    private func messageReceived(_ message: MapMessage, from sender: Member) throws {
        guard let local = self.channel.localMember else { return }
        do {
            self.noteVersion(message, of: sender)
            self.table.withLock { $0.statistics.countReceived(message.kind) }
            try self.take(message, from: sender, local: local)
        } catch let error as ChannelError {
            throw error
        } catch {
            throw self.refused(error, from: sender)
        }
    }

    /// A node gets members in the version of their class in which it writes them.
    private func noteVersion(_ message: MapMessage, of sender: Member) {
        guard let version = message.seenMemberVersion else { return }
        self.channel.changeVersions(self.loop) { $0.note(version, of: sender) }
    }

    private func refused(_ error: any Error, from sender: Member) -> ChannelError {
        self.unreadable(error, from: sender)
        return ChannelError(.badMessage, "Unable to deserialize MapMessage.", cause: error)
    }

    func unreadable(_ error: any Error, from member: Member) {
        self.table.withLock { $0.statistics.unreadable += 1 }
        self.log.error(
            "Unable to deserialize MapMessage.",
            metadata: self.metadata.merging(["member": "\(member.name)", "error": "\(error)"]) { $1 }
        )
    }

    private func take(_ message: MapMessage, from sender: Member, local: Member) throws {
        switch message.kind {
        case .start: _ = self.start(of: message.primary ?? sender)
        case .stop: self.depart(message.primary ?? sender)
        case .proxy:
            let key = try message.keyText()
            if message.primary == local { return try self.answer(question: message, key, by: sender, local) }
            try self.takePlace(message, key, local)
        case .remove:
            self.takeRemoval(try message.keyText(), message.version?.changes, from: sender)
        case .backup, .copy:
            let key = try message.keyText()
            if message.isDiff {
                try self.takeDiff(message, key: key, from: sender)
            } else {
                try self.takeValue(message, key: key, local: local)
            }
        case .access, .notifyMapMember:
            let key = try message.keyText()
            if message.kind == .notifyMapMember, self.isStale(message, key, local: local) { return }
            let entry = self.table.withLock { table in
                table.takeAccess(key, from: message, local: local, yields: message.kind == .notifyMapMember)
                return table.entries[key]
            }
            if message.kind == .notifyMapMember { self.renew(key, after: message) }
            if let entry, entry.role != .primary { entry.value?.accessEntry() }
        case .retrieveBackup, .state, .stateCopy, .initialize, .ping:
            break  // requests, which come as such
        }
    }

    /// Takes another node's word for who has a value, unless a later one is known.
    func takePlace(_ message: MapMessage, _ key: String, _ local: Member) throws {
        if self.isStale(message, key, local: local) { return }
        try self.admit(self.table.withLock { $0.takeProxy(key, from: message, local: local) })
        self.watchYielded(key)
        // whoever is taken for the backup and has nothing asks for the value
        let isLacking = self.table.withLock { $0.entries[key].map { $0.value == nil } ?? false }
        if isLacking, message.nodes?.contains(local) == true, let primary = message.primary {
            self.repair(message, key: key, from: primary)
        }
    }

    private func takeValue(_ message: MapMessage, key: String, local: Member) throws {
        guard let bytes = message.value else { throw JavaSerializationError.unexpectedField("valuedata") }
        guard let owner = self.owner else { return }
        let value = try owner.makeValue(ByteBuffer(bytes: bytes), key: key)
        guard !self.isStale(message, key, local: local) else {
            throw ChannelError(.remoteProcessing, "A later value is known")
        }
        let isOvertaken = self.table.withLock { $0.laterValue(than: value, of: key, from: message) != nil }
        try self.admit(self.table.withLock { $0.takeValue(value, of: key, from: message, local: local) })
        // or it became primary once more, with an older value
        if isOvertaken, let primary = message.primary { self.verifyLater([primary]) }
    }

    /// Forgets a key; its primary, which others may have heard of meanwhile, has the last word, which is the same.
    ///
    /// Without a version another node is about to put a value in its place. A removal that comes late does not end what
    /// has changed since, as a session that has its first id again.
    private func takeRemoval(_ key: String, _ version: Int64?, from sender: Member) {
        if self.table.withLock({ $0.isLater(key, than: version) }) { return self.enqueue([.correct(key, sender)]) }
        let (isOwned, last) = self.table.withLock { table -> (Bool, MapVersion?) in
            let entry = table.remove(key, version: version)
            guard version != nil, let entry, entry.role == .primary else { return (false, nil) }
            table.removals.note(key, entry.current?.changes)
            return (true, table.removals.mapVersion(of: key))
        }
        if isOwned { _ = self.step(key) { self.tell(.remove, key, to: self.mapMembers, version: last) } }
    }

    /// Whether another node speaks of a value that is older than what is known here; it is set right then.
    ///
    /// A node that was cut off, and one that was not heard in time, would otherwise undo what others have done since.
    private func isStale(_ message: MapMessage, _ key: String, local: Member) -> Bool {
        guard let member = message.primary, member != local else { return false }
        let (isStale, job) = self.table.withLock { table -> (Bool, ReplicatedMapJob?) in
            if table.removals.refuses(key, message.version?.changes, of: member) {
                return (true, .correct(key, member))
            }
            guard let version = message.version, let entry = table.entries[key], entry.primary?.member != member,
                let known = entry.current
            else { return (false, nil) }
            let owner = entry.role == .primary ? local : entry.primary?.member
            let isOwned = owner.map { $0 == local ? entry.role == .primary : table.isParticipant($0) } ?? false
            // of two that say the same at the same time the first one stays, as in a contest
            let isFirst = owner.map { AbsoluteOrder.isBefore($0, member) } ?? false
            guard known > version || known == version && isOwned && isFirst else { return (false, nil) }
            if entry.role == .primary { return (true, .contest(key, member)) }
            if isOwned { return (true, .inform(key, member)) }
            return entry.value == nil ? (false, nil) : (true, .claim(key))
        }
        if isStale { self.verifyLater([member]) }
        if let job { self.enqueue([job]) }
        return isStale
    }

    /// Another node uses a value: what is here must be what it has.
    private func renew(_ key: String, after message: MapMessage) {
        guard let version = message.version, let primary = message.primary,
            let value = self.table.withLock({ $0.entries[key] })?.value, value.lastUsed < version.changes
        else { return }
        self.repair(message, key: key, from: primary)
    }

    /// Makes changes; where there is nothing to change, the whole value is asked for.
    ///
    /// A primary that gets changes was used elsewhere before that node knew: it keeps both, and tells its backup anew.
    private func takeDiff(_ message: MapMessage, key: String, from sender: Member) throws {
        let entry = self.table.withLock { $0.entries[key] }
        do {
            guard let value = entry?.value else { throw ChannelError(.badMessage, "Changes came without their value") }
            let (diff, last) = (message.diff ?? [], value.lastUsed)
            if entry?.role == .primary { try value.mergeDiff(diff) } else { try value.applyDiff(diff) }
            let isKnown = last > 0 && value.lastUsed == last
            if isKnown, entry?.role != .primary, entry?.primary?.member != message.primary {
                throw ChannelError(.badMessage, "Another node has made other changes")
            }
        } catch {
            self.log.warning(
                "Unable to apply diff",
                metadata: self.metadata.merging(["key": "\(key)", "error": "\(error)"]) { $1 }
            )
            self.repair(message, key: key, from: message.primary ?? sender)
            throw ChannelError(.remoteProcessing, "Unable to apply diff", cause: error)
        }
        if let entry, entry.role == .primary {
            if let value = entry.value { self.madePrimary(key, value) }
            self.enqueuePublications([key])
        } else {
            self.table.withLock { $0.takeDiff(key, from: message) }
        }
    }

    /// Fetches a value of which only changes came, unless somebody brings it meanwhile.
    ///
    /// Tomcat's asynchronous messages overtake each other: a whole value of its that comes behind its changes lacks them
    /// and says nothing of that, so that it is asked for once more.
    func repair(
        _ message: MapMessage,
        key: String,
        from member: Member,
        attempts: Int = ReplicatedMapWork.repairAttempts
    ) {
        guard let loop = self.running?.loop, member != self.channel.localMember,
            self.work[loop].repairs.count < ReplicatedMapWork.repairsMaximum,
            self.work[loop].repairs.insert(key).inserted
        else { return }
        let stamp = self.table.withLock { table in
            table.statistics.repairs += 1
            return table.entries[key]?.stamp
        }
        self.retrieve(key, from: [member]).whenComplete { result in
            self.work[loop].repairs.remove(key)
            guard case .success(let value?) = result, let local = self.channel.localMember else { return }
            let isOvertaken = self.table.withLock { table in
                let entry = table.entries[key]
                guard entry?.role != .primary else { return false }
                guard entry?.stamp == stamp else {
                    return entry?.value != nil && entry?.version == nil && entry?.primary?.member == member
                }
                // a change that came meanwhile is not in it
                let isOlder = value.lastUsed > 0 && value.lastUsed < entry?.value?.lastUsed ?? 0
                if !isOlder { _ = table.takeValue(value, of: key, from: message, local: local) }
                return false
            }
            if isOvertaken, attempts > 1 { self.repair(message, key: key, from: member, attempts: attempts - 1) }
        }
    }

    private func admit(_ isTaken: Bool) throws {
        if !isTaken { throw ChannelError(.queueFull, "The map has no room for more entries") }
    }

    /// A node that begins has nothing, also if it is one that was known.
    ///
    /// - Returns: when it was told what it lacks; nil if that is nothing.
    private func start(of member: Member) -> EventLoopFuture<Void>? {
        self.table.withLock { $0.removals.forgive(member) }
        if self.table.withLock({ $0.isParticipant(member) }) { self.depart(member) }
        self.join(member)
        guard let loop = self.running?.loop else { return nil }
        var jobs: [ReplicatedMapJob] = self.protections()
        if self.configuration.kind == .lazy {
            let removed = self.table.withLock { $0.removals.recent }
            let keys = self.work[loop].told.keys(at: loop.now).union(removed)
            jobs += keys.sorted().map { .correct($0, member) }
        }
        defer { self.enqueue(jobs) }
        return self.end(of: jobs, loop)
    }

    /// When jobs that are about to be enqueued are done, or when whoever waits for that has waited long enough.
    private func end(of jobs: [ReplicatedMapJob], _ loop: ChannelLoop) -> EventLoopFuture<Void>? {
        guard !jobs.isEmpty else { return nil }
        let promise = loop.makePromise(of: Void.self)
        let patience = TimeAmount.nanoseconds(self.configuration.rpcTimeout.nanoseconds / 2)
        let number = self.work[loop].wait(for: jobs, promise)
        let timeout = loop.schedule(after: patience) { self.work[loop].endWait(number)?.succeed() }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        return promise.futureResult
    }

    // MARK: State of another node

    /// Takes the keys that are not known here.
    func takeState(_ messages: [MapMessage], of sender: Member) {
        guard let local = self.channel.localMember else { return }
        for message in messages {
            do {
                let key = try message.keyText()
                guard self.table.withLock({ $0.lacks(key, message.version?.changes) }) else { continue }
                try self.take(item: message, key: key, local: local)
            } catch {
                self.unreadable(error, from: sender)
            }
        }
    }

    func take(item message: MapMessage, key: String, local: Member) throws {
        guard message.kind == .copy else {
            try self.admit(self.table.withLock { $0.takeProxy(key, from: message, local: local) })
            return
        }
        try self.takeValue(message, key: key, local: local)
    }
}

// MARK: Requests of other nodes

extension ReplicatedMap: RpcCallback {
    /// A node that begins is answered when it has what lacked a backup: then it serves requests, and finds the sessions
    /// of a node that asks only backups for them.
    package func reply(to request: JavaValue, from sender: Member) throws -> RpcReply {
        guard request.className == MapMessage.className else { return RpcReply(nil) }
        var message = try MapMessage(request)
        self.noteVersion(message, of: sender)
        message.memberVersion = self.channel.memberVersions[self.loop].version(of: sender)
        self.table.withLock { $0.statistics.countReceived(message.kind) }
        switch message.kind {
        case .initialize: message.primary = self.channel.localMember
        case .start:
            message.primary = self.channel.localMember
            return RpcReply(message, after: self.start(of: sender))
        case .ping:
            message.primary = self.channel.localMember
            message.value = Array(try self.state.javaValue.stream().readableBytesView)
            message.version = self.digests()?.said(to: sender).version
        case .retrieveBackup:
            let key = try message.keyText()
            let (entry, yielded) = self.table.withLock { ($0.entries[key], $0.yielded[key]) }
            guard let value = entry?.value ?? yielded else { return RpcReply(nil) }
            message.key = nil
            message.version = entry?.current(with: value)
            message.value = Array(try value.encoded().readableBytesView)
        case .state, .stateCopy:
            message.value = Array(try self.stateList(message.kind, message.memberVersion).stream().readableBytesView)
        case .backup, .proxy, .remove, .stop, .copy, .access, .notifyMapMember: return RpcReply(nil)
        }
        return RpcReply(message)
    }

    /// Everything this node knows, as it answers those who ask.
    private func stateList(_ kind: MapMessage.Kind, _ memberVersion: UInt64) -> MapMessageList {
        let isCopy = kind == .stateCopy
        let entries = self.table.withLock { $0.entries }
        var messages: [MapMessage] = []
        messages.reserveCapacity(entries.count)
        for (key, entry) in entries {
            var message = MapMessage(
                isCopy ? .copy : .proxy,
                mapID: self.id,
                key: MapMessage.key(key),
                primary: entry.primary?.member,
                nodes: entry.backups.map(\.member)
            )
            message.memberVersion = memberVersion
            message.version = entry.current
            if isCopy {
                guard let value = entry.value, let bytes = self.encoded(value, key) else { continue }
                message.value = bytes
            }
            messages.append(message)
        }
        return MapMessageList(messages)
    }

    /// An answer that came late still says who takes part.
    package func leftOver(_ reply: JavaValue, from sender: Member) {
        guard self.running != nil, reply.className == MapMessage.className else { return }
        do {
            let message = try MapMessage(reply)
            switch message.kind {
            case .initialize, .start: if self.join(sender) { self.protect() }
            case .ping: if self.takePing(reply, from: sender) { self.reconcile(with: sender) }
            default: break
            }
        } catch {
            self.unreadable(error, from: sender)
        }
    }
}
