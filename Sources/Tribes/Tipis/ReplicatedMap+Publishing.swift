import Logging
import NIOCore
import Synchronization

/// Telling other nodes, on the channel's loop.
///
/// Every future here succeeds once everything was tried; what failed is logged and counted.
extension ReplicatedMap {
    // MARK: Steps of the callers

    /// Others forget first what was there, and what is older than `last`, the number of its last change.
    func submitPut(_ key: String, isReplaced: Bool, _ last: Int64? = nil) -> EventLoopFuture<Void> {
        self.step(key) {
            guard isReplaced else { return self.publish(key) }
            let version = last.map { MapVersion(changes: $0) }
            return self.tell(.remove, key, to: self.mapMembers, version: version).thenAlways { self.publish(key) }
        }
    }

    /// Who does not hear of a removal is asked later what it holds.
    ///
    /// The number is what it was when the key was removed: until others hear of that it may have been put again.
    func submitRemove(_ key: String, _ version: MapVersion?) -> EventLoopFuture<Void> {
        self.step(key) {
            self.tell(.remove, key, to: self.mapMembers, version: version).map {
                self.table.withLock { if $0.entries[key] == nil { $0.removals.note(key) } }
            }
        }
    }

    /// Sends changes to those who have the value, behind those that were sent before; if that fails, the whole value to
    /// others.
    ///
    /// On the caller's event loop where no layer of the channel has to see the message.
    func send(
        _ diff: [UInt8],
        of key: String,
        _ entry: MapEntry,
        after earlier: EventLoopFuture<Void>?,
        _ loop: ChannelLoop
    ) -> EventLoopFuture<Void> {
        let place = MapPlace(key: key, stamp: entry.stamp)
        do {
            let message = self.message(diff, of: key, entry)
            let payload = ChannelPayload.object(try message.stream())
            let options = self.configuration.sendOptions
            // Members in several versions get a message each, which the channel's loop knows.
            guard self.channel.isWrittenOnce.load(ordering: .acquiring),
                let sent = self.channel.sendDirectly(payload, message.nodes, options, after: earlier)
            else {
                let begin = earlier?.hop(to: loop.eventLoop) ?? loop.eventLoop.makeSucceededVoidFuture()
                return loop.eventLoop.flatSubmit {
                    begin.thenAlways { self.submitDiff(diff, of: key, stamp: entry.stamp) }
                }
            }
            self.table.withLock { $0.statistics.countSent(message.kind) }
            entry.value?.replicated(at: loop.wallClock)
            return sent.flatMapError { error in
                loop.eventLoop.flatSubmit {
                    self.updateFailed(error, at: place) { self.step(key) { self.publish(key) } }
                }
            }
        } catch {
            return loop.eventLoop.flatSubmit {
                self.failed("Unable to replicate data.", key, error)
                return loop.succeeded()
            }
        }
    }

    /// Sends changes to those who have the value; if that fails, the whole value to others.
    func submitDiff(_ diff: [UInt8], of key: String, stamp: UInt32) -> EventLoopFuture<Void> {
        guard let entry = self.table.withLock({ $0.primary(key, stamp: stamp) }), !entry.backups.isEmpty else {
            return self.step(key) { self.publish(key) }
        }
        return self.sendUpdate(self.message(diff, of: key, entry), of: entry, at: MapPlace(key: key, stamp: stamp)) {
            self.step(key) { self.publish(key) }
        }
    }

    private func message(_ diff: [UInt8], of key: String, _ entry: MapEntry) -> MapMessage {
        var message = self.message(self.configuration.kind == .lazy ? .backup : .copy, key)
        message.isDiff = true
        message.diff = diff
        message.nodes = entry.backups.map(\.member)
        return message
    }

    func submitAccess(_ key: String, stamp: UInt32) -> EventLoopFuture<Void> {
        guard let entry = self.table.withLock({ $0.primary(key, stamp: stamp) }), !entry.backups.isEmpty else {
            return self.loop.succeeded()
        }
        var message = self.message(.access, key)
        message.nodes = entry.backups.map(\.member)
        return self.sendUpdate(message, of: entry, at: MapPlace(key: key, stamp: stamp)) { self.loop.succeeded() }
    }

    /// Sends a value that cannot say what changed, or that nobody else has.
    func submitWhole(_ key: String, stamp: UInt32, complete: Bool) -> EventLoopFuture<Void> {
        self.step(key) {
            guard let entry = self.table.withLock({ $0.primary(key, stamp: stamp) }), let value = entry.value else {
                return self.loop.succeeded()
            }
            if self.table.withLock({ $0.participants.isEmpty }) {
                value.resetDiff()
                return self.loop.succeeded()
            }
            if !complete, !entry.backups.isEmpty, !value.isDirty { return self.submitAccess(key, stamp: stamp) }
            // all that has changed goes with it
            value.resetDiff()
            guard self.configuration.kind == .lazy, !entry.backups.isEmpty else { return self.publish(key) }
            var message = self.message(.backup, key)
            message.nodes = entry.backups.map(\.member)
            message.value = self.encoded(value, key)
            message.version = entry.current
            guard message.value != nil else { return self.loop.succeeded() }
            return self.sendUpdate(message, of: entry, at: MapPlace(key: key, stamp: stamp)) { self.publish(key) }
        }
    }

    /// Sends what the backups of an entry are to have; if one does not get it, the entry has none.
    private func sendUpdate(
        _ message: MapMessage,
        of entry: MapEntry,
        at place: MapPlace,
        orElse: @escaping @Sendable () -> EventLoopFuture<Void>
    ) -> EventLoopFuture<Void> {
        entry.value?.replicated(at: self.loop.wallClock)
        return self.send(message, to: message.nodes ?? [], of: place).flatMapError { error in
            self.updateFailed(error, at: place, orElse: orElse)
        }
    }

    private func updateFailed(
        _ error: any Error,
        at place: MapPlace,
        orElse: () -> EventLoopFuture<Void>
    ) -> EventLoopFuture<Void> {
        self.failed("Unable to replicate data.", place.key, error)
        self.table.withLock { _ = $0.setBackups([], of: place.key, stamp: place.stamp) }
        return orElse()
    }

    // MARK: Publishing

    func enqueuePublications(_ keys: [String]) { self.enqueue(keys.map { .publish($0) }) }

    /// Has jobs done one after the other, some at the same time, while nobody waits.
    func enqueue(_ jobs: [ReplicatedMapJob]) {
        guard let loop = self.running?.loop else { return }
        self.work[loop].enqueue(jobs)
        guard self.work[loop].beginPumping() else { return }
        while let job = self.work[loop].nextJob() {
            self.run(job).whenComplete { _ in
                for waiting in self.work[loop].endJob(job) { waiting.succeed() }
                self.enqueue([])
            }
        }
        self.work[loop].endPumping()
    }

    private func run(_ job: ReplicatedMapJob) -> EventLoopFuture<Void> {
        if case .claim(let key) = job {
            // others may have been told the value of the one or of the other
            return self.submitGet(key).flatMap { _ in self.step(key) { self.publish(key) } }
        }
        return self.step(job.key) { self.runStep(job) }
    }

    private func runStep(_ job: ReplicatedMapJob) -> EventLoopFuture<Void> {
        switch job {
        case .publish(let key): return self.publish(key)
        case .protect(let key):
            return self.table.withLock { $0.isUnprotected(key) } ? self.publish(key) : self.loop.succeeded()
        case .contest(let key, let member): return self.contest(key, with: member)
        case .inform(let key, let member): return self.inform(key, member)
        case .verify(let key): return self.verifyYielded(key)
        case .claim: return self.loop.succeeded()
        case .question(let key, let member): return self.question(key, member)
        case .rescue(let key): return self.rescue(key)
        case .correct(let key, let member):
            return self.correct(key, for: member)
        case .retell(let key, let member):
            let isHolder = self.table.withLock { table in
                guard let entry = table.entries[key], entry.role == .primary else { return false }
                return entry.names(member) || table.kind == .copies
            }
            return isHolder ? self.publish(key) : self.correct(key, for: member)
        }
    }

    /// Tells a node that does not keep a value who does, or that the key was removed.
    private func correct(_ key: String, for member: Member) -> EventLoopFuture<Void> {
        let (known, isRemoved) = self.table.withLock { ($0.entries[key], $0.removals.contains(key)) }
        if known == nil, isRemoved { return self.tell(.remove, key, to: [member]) }
        guard let entry = known, entry.role == .primary, !entry.names(member) else { return self.loop.succeeded() }
        return self.tell(.proxy, key, to: [member], nodes: entry.backups.map(\.member))
    }

    /// Gives an entry of this node's to those who are to have it; nothing if it is not this node's.
    func publish(_ key: String) -> EventLoopFuture<Void> {
        let plan = self.table.withLock { table -> (entry: MapEntry, candidates: [Member])? in
            guard let entry = table.entries[key], entry.role == .primary else { return nil }
            return (entry, table.candidates(preferring: entry.backups))
        }
        guard let plan, let value = plan.entry.value, !plan.candidates.isEmpty else {
            return self.loop.succeeded()
        }
        value.countChanges()
        guard let bytes = self.encoded(value, key) else { return self.loop.succeeded() }
        self.work[self.loop].told.note(key, at: self.loop.now)
        let publication = Publication(
            key: key,
            stamp: plan.entry.stamp,
            value: bytes,
            version: plan.entry.current,
            candidates: plan.candidates
        )
        value.replicated(at: self.loop.wallClock)
        switch self.configuration.kind {
        case .lazy: return self.offer(publication, at: 0)
        case .copies: return self.copy(publication)
        }
    }

    /// Sends a value to the first node that takes it, and its place to all others.
    private func offer(_ publication: Publication, at index: Int) -> EventLoopFuture<Void> {
        guard index < publication.candidates.count else {
            self.log.error(
                "Unable to select backup node.",
                metadata: ["map": "\(self.configuration.name)", "key": "\(publication.key)"]
            )
            return self.loop.succeeded()
        }
        let backup = publication.candidates[index]
        var message = self.message(.backup, publication.key)
        message.value = publication.value
        message.version = publication.version
        message.nodes = [backup]
        let place = MapPlace(key: publication.key, stamp: publication.stamp)
        return self.send(message, to: [backup], of: place).flatMap { self.settle(publication, index) }
            .flatMapError { error in
                self.failed("Unable to replicate backup", publication.key, error)
                return self.offer(publication, at: index + 1)
            }
    }

    private func settle(_ publication: Publication, _ index: Int) -> EventLoopFuture<Void> {
        let (key, backup) = (publication.key, publication.candidates[index])
        guard self.table.withLock({ $0.isParticipant(backup) }) else { return self.offer(publication, at: index + 1) }
        let isSettled = self.table.withLock { $0.setBackups([backup], of: key, stamp: publication.stamp) }
        guard isSettled else { return self.withdraw(key, from: backup) }
        return self.tell(.proxy, key, to: self.mapMembers.filter { $0 != backup }, nodes: [backup])
    }

    /// Takes back a value that was sent while another node became primary, or the key was removed or put anew.
    private func withdraw(_ key: String, from backup: Member) -> EventLoopFuture<Void> {
        let entry = self.table.withLock { $0.entries[key] }
        return entry == nil ? self.tell(.remove, key, to: [backup]) : self.inform(key, backup)
    }

    /// Tells a node who is primary of an entry that this node knows of.
    private func inform(_ key: String, _ backup: Member) -> EventLoopFuture<Void> {
        guard let entry = self.table.withLock({ $0.entries[key] }), entry.role != .primary,
            let primary = entry.primary?.member, primary != backup
        else { return self.loop.succeeded() }
        return self.sendProxy(key, entry, of: primary, to: backup)
    }

    /// Tells a node whom this one takes for the primary of an entry, and for its backups.
    func sendProxy(_ key: String, _ entry: MapEntry, of primary: Member, to member: Member) -> EventLoopFuture<Void> {
        var message = self.message(.proxy, key)
        message.primary = primary
        message.nodes = entry.backups.map(\.member)
        message.version = entry.current
        return self.send(message, to: [member], about: key).flatMapErrorThrowing { error in
            self.failed("Unable to replicate proxy", key, error)
        }
    }

    /// Sends a value to every node.
    private func copy(_ publication: Publication) -> EventLoopFuture<Void> {
        var message = self.message(.copy, publication.key)
        message.value = publication.value
        message.version = publication.version
        message.nodes = publication.candidates
        let place = MapPlace(key: publication.key, stamp: publication.stamp)
        return self.send(message, to: publication.candidates, of: place).map { [Member]() }
            .flatMapErrorThrowing { error in
                self.failed("Unable to replicate backup", publication.key, error)
                let faulty = (error as? ChannelError)?.faultyMembers.map(\.member) ?? []
                return faulty.isEmpty ? publication.candidates : faulty
            }
            .map { faulty in
                let reached = publication.candidates.filter { !faulty.contains($0) }
                self.table.withLock { table in
                    table.setBackups(reached, of: publication.key, stamp: publication.stamp)
                    if !faulty.isEmpty { table.needsProtection = true }
                }
            }
    }

    // MARK: Sending

    func message(_ kind: MapMessage.Kind, _ key: String?) -> MapMessage {
        let primary = kind == .remove ? nil : self.channel.localMember
        return MapMessage(kind, mapID: self.id, key: key.map(MapMessage.key), primary: primary)
    }

    /// Tells nodes of a key; those that do not hear it are asked later what they hold.
    func tell(
        _ kind: MapMessage.Kind,
        _ key: String,
        to members: [Member],
        nodes: [Member]? = nil,
        version: MapVersion? = nil
    ) -> EventLoopFuture<Void> {
        var message = self.message(kind, key)
        message.nodes = nodes
        message.version =
            version
            ?? self.table.withLock { table in
                if kind != .remove { return table.entries[key]?.current }
                return table.removals.version(of: key).map { MapVersion(changes: $0) }
            }
        return self.send(message, to: members, about: key).flatMapErrorThrowing { error in
            self.failed(kind == .remove ? Self.unableToRemove : "Unable to replicate proxy", key, error)
            self.miss(error)
        }
    }

    /// Those that did not hear something are asked later what they hold.
    fileprivate func miss(_ error: any Error) {
        let now = self.loop.now
        let faulty = (error as? ChannelError)?.faultyMembers.map(\.member) ?? []
        self.table.withLock { table in
            for member in faulty where table.isParticipant(member) { table.removals.miss(member, at: now) }
        }
    }

    /// Sends a message; the result fails as the channel's does.
    ///
    /// The entry at `place` has no backup if the message turns out not to arrive when nobody waits any more.
    func send(
        _ message: MapMessage,
        to members: [Member],
        of place: MapPlace? = nil,
        about key: String? = nil
    ) -> EventLoopFuture<Void> {
        let loop = self.loop
        guard !members.isEmpty else { return loop.succeeded() }
        guard self.channel.startedLevels.contains(.sender) else {
            return loop.failed(ChannelError(.notStarted, "The channel is not started"))
        }
        self.table.withLock { $0.statistics.countSent(message.kind) }
        if !self.configuration.sendOptions.contains(.useAck), let key = place?.key ?? key {
            self.work[loop].unanswered.note(key, at: loop.now)
        }
        if self.channel.memberVersions[loop].areStandard { return self.submit(message, to: members, of: place) }
        let sends = self.channel.memberVersions[loop].groups(of: members).map { version, members in
            self.submit(message.with(memberVersion: version), to: members, of: place)
        }
        return loop.all(sends).map { _ in }
    }

    /// Sends a message to members that write members alike.
    private func submit(_ message: MapMessage, to members: [Member], of place: MapPlace?) -> EventLoopFuture<Void> {
        let payload: ChannelPayload
        do {
            payload = try .object(message)
        } catch {
            return self.loop.failed(ChannelError(.badMessage, "The message cannot be written", cause: error))
        }
        let options = self.configuration.sendOptions
        let handler = options.contains(.asynchronous) ? MapSendErrors(map: self, place: place) : nil
        return self.channel.submit(payload, to: members, options: options, errorHandler: handler).map { _ in }
    }

    /// The whole value as it travels; nil, and logged, if it cannot be written.
    func encoded(_ value: MapValue, _ key: String) -> [UInt8]? {
        do {
            return Array(try value.encoded().readableBytesView)
        } catch {
            self.table.withLock { $0.statistics.unwritable += 1 }
            self.log.error(
                "Unable to replicate data.",
                metadata: ["map": "\(self.configuration.name)", "key": "\(key)", "error": "\(error)"]
            )
            return nil
        }
    }

    func failed(_ text: Logger.Message, _ key: String, _ error: any Error) {
        self.verifyLater((error as? ChannelError)?.faultyMembers.map(\.member) ?? [])
        self.table.withLock { $0.statistics.sendFailures += 1 }
        self.log.error(
            text,
            metadata: ["map": "\(self.configuration.name)", "key": "\(key)", "error": "\(error)"]
        )
    }

    /// Runs a step of a key after those that were begun before it.
    func step<Result: Sendable>(
        _ key: String,
        _ body: @escaping @Sendable () -> EventLoopFuture<Result>
    ) -> EventLoopFuture<Result> {
        let loop = self.loop
        let previous = self.work[loop].steps[key]
        let future = previous.map { $0.thenAlways(body) } ?? body()
        let end = future.thenAlways { loop.succeeded() }
        self.work[loop].steps[key] = end
        end.whenComplete { _ in
            if self.work[loop].steps[key] === end { self.work[loop].steps[key] = nil }
        }
        return future
    }

    private static var unableToRemove: Logger.Message {
        "Unable to replicate out data for an AbstractReplicatedMap.remove operation"
    }
}

/// A value on its way to those who are to have it.
private struct Publication: Sendable {
    let key: String
    let stamp: UInt32
    let value: [UInt8]
    let version: MapVersion?
    let candidates: [Member]
}

/// One put of one key.
struct MapPlace: Sendable {
    let key: String
    let stamp: UInt32
}

/// Hears that a message did not arrive for which nobody waited: the next heartbeat looks for another backup.
private struct MapSendErrors<Value: ReplicatedMapEntry>: ErrorHandler {
    let map: ReplicatedMap<Value>
    let place: MapPlace?

    func handleError(_ error: ChannelError, uniqueID: UniqueID) {
        self.map.failed("Unable to replicate data.", self.place?.key ?? "", error)
        guard let place = self.place else { return self.map.miss(error) }
        self.map.table.withLock { _ = $0.setBackups([], of: place.key, stamp: place.stamp) }
    }

    func handleCompletion(uniqueID: UniqueID) {}
}
