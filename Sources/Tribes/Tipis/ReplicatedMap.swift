import Logging
package import NIOCore
import Synchronization

/// Where a map keeps its values.
package enum ReplicatedMapKind: Sendable {
    /// One backup for each value; the other nodes know who has it.
    ///
    /// Tomcat counterpart: `org.apache.catalina.tribes.tipis.LazyReplicatedMap`.
    case lazy
    /// A copy on every node.
    ///
    /// Tomcat counterpart: `org.apache.catalina.tribes.tipis.ReplicatedMap`.
    case copies
}

/// A table of keys and values that several nodes share: each value is used on one node and kept on others.
///
/// What a call says about this node holds when the call returns. Other nodes hear of it on the channel's loop, one
/// thing after the other for each key; calls that are `async` wait for that, as the send options say, those that
/// begin with `enqueue` do not. A node that cannot be reached is logged and counted: the map goes on without it and
/// finds another backup, so no call throws for it.
///
/// Tomcat's map loses a value when its newest changes fail to reach the backup, holds two primaries after a network
/// was cut in two, and forgets the entries made before its first neighbour is found; this one publishes the whole
/// value anew, lets the node that comes first in ``AbsoluteOrder`` keep it, and tells a neighbour when it is found.
/// Messages are the same.
/// Isolation: any thread; `submit` and what the channel calls: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.tipis.AbstractReplicatedMap`.
package final class ReplicatedMap<Value: ReplicatedMapEntry>: Sendable {
    package typealias Configuration = ReplicatedMapConfiguration

    private struct Owner {
        weak var owner: (any ReplicatedMapOwner<Value>)?
    }

    package let configuration: Configuration
    let id: [UInt8]
    let channel: GroupChannel
    let table: Mutex<MapTable>
    let life = Mutex(ReplicatedMapLife())
    private let ownerSlot: Mutex<Owner>
    let work = LoopConfined(ReplicatedMapWork())
    /// Those that messages have named.
    let named = LoopConfined(MemberCache())
    private let turns = (0..<16).map { _ in MapTurn() }
    let log = Logger(label: "org.apache.catalina.tribes.tipis.AbstractReplicatedMap")

    /// A map that does nothing before its start; the owner is not kept alive.
    package init(
        _ configuration: Configuration,
        channel: GroupChannel,
        owner: any ReplicatedMapOwner<Value>
    ) {
        self.configuration = configuration
        self.id = configuration.name.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
        self.channel = channel
        self.table = Mutex(MapTable(kind: configuration.kind, entriesMaximum: configuration.entriesMaximum))
        self.ownerSlot = Mutex(Owner(owner: owner))
    }

    var owner: (any ReplicatedMapOwner<Value>)? { self.ownerSlot.withLock { $0.owner } }
    var running: ReplicatedMapLife.Running? { self.life.withLock { $0.running } }

    /// The loop that steps of this map run on, those that end after its stop included.
    var loop: ChannelLoop {
        guard let loop = self.life.withLock({ $0.loop }) else { preconditionFailure("the map was never started") }
        return loop
    }

    // SAFETY: every way into the table takes a Value, or gets one of the owner, whose values are of that class.
    /// A value with the type that all of this map's have.
    func own(_ value: MapValue?) -> Value? { value.map { unsafeDowncast($0, to: Value.self) } }

    func held(_ key: String) -> MapValue? { self.table.withLock { $0.entries[key]?.value } }

    func madePrimary(_ key: String, _ value: MapValue) {
        if let own = self.own(value) { self.owner?.objectMadePrimary(key, own) }
    }

    /// How far this node's part of the map has come.
    package var state: ReplicatedMapState { self.life.withLock { $0.state } }

    // MARK: Start and stop

    /// Joins the map: asks who takes part, takes their keys, and says that this node takes part.
    ///
    /// - Throws: ``ChannelError`` if the channel is not started; if its messages reach nobody only with
    ///   ``ReplicatedMapConfiguration/terminateOnStartFailure``.
    package func start() async throws(ChannelError) {
        let loop = try self.channel.runningChain().loop
        do {
            try await loop.eventLoop.flatSubmit { self.submitStart() }.get()
        } catch {
            throw ChannelError(wrapping: error)
        }
    }

    /// Leaves the map: other nodes take over; nothing is kept here.
    package func stop() async {
        guard let loop = self.running?.loop else { return }
        await self.wait(for: loop.eventLoop.flatSubmit { self.submitStop() })
    }

    // MARK: Looking, without any message

    /// The value if it is here, in whatever role; nothing moves.
    package func peek(_ key: String) -> Value? { self.own(self.held(key)) }

    package func isPrimary(_ key: String) -> Bool { self.table.withLock { $0.entries[key]?.role == .primary } }

    /// The value if this node is its primary; nothing moves.
    package func primaryValue(_ key: String) -> Value? {
        self.own(self.table.withLock { $0.entries[key].flatMap { $0.role == .primary ? $0.value : nil } })
    }

    /// Whether the key is known here, in whatever role.
    package func contains(_ key: String) -> Bool { self.table.withLock { $0.entries[key] != nil } }

    /// Entries without those of which only the place is known.
    ///
    /// Complexity: O(n).
    package var count: Int { self.table.withLock { $0.entries.values.count { $0.role != .proxy } } }

    /// All entries.
    package var countFull: Int { self.table.withLock { $0.entries.count } }

    /// Keys of the values that are here.
    package var keys: [String] { self.table.withLock { $0.entries.filter { $0.value.role != .proxy }.map(\.key) } }

    package var keysFull: [String] { self.table.withLock { Array($0.entries.keys) } }

    /// The values that are here, in whatever role.
    package var values: [Value] {
        self.table.withLock { $0.entries.values.compactMap(\.value) }.compactMap { self.own($0) }
    }

    /// Every entry with its place.
    package var entries: [ReplicatedMapEntryInfo] {
        self.table.withLock { table in
            table.entries.map { key, entry in
                ReplicatedMapEntryInfo(
                    key: key,
                    role: entry.role,
                    primary: entry.primary?.member,
                    backups: entry.backups.map(\.member)
                )
            }
        }
    }

    /// The other nodes that take part, in the order in which they were found.
    package var mapMembers: [Member] { self.table.withLock { $0.participants.map(\.node.member) } }

    package var statistics: ReplicatedMapStatistics { self.table.withLock { $0.statistics } }

    // MARK: Changing

    /// Puts a value of which this node is primary from now on, and waits until others have it.
    package func put(_ key: String, _ value: Value) async { await self.wait(for: self.begin(putting: value, key)) }

    /// Puts a value, and does not wait for others to have it.
    package func enqueuePut(_ key: String, _ value: Value) { _ = self.begin(putting: value, key) }

    /// Puts a value and tells nobody; the next heartbeat or ``replicate(_:complete:)`` does.
    package func insertLocally(_ key: String, _ value: Value) {
        let local = self.channel.localMember
        self.table.withLock { table in
            if let last = table.removals.version(of: key) { value.follow(last) }
            _ = table.insert(value, for: key, local: local)
        }
    }

    /// Removes a key everywhere, and waits until others have done so.
    @discardableResult
    package func remove(_ key: String) async -> Value? {
        let (value, future) = self.begin(removing: key)
        await self.wait(for: future)
        return value
    }

    /// Removes a key everywhere, and does not wait.
    @discardableResult
    package func enqueueRemove(_ key: String) -> Value? { self.begin(removing: key).value }

    /// Removes a key everywhere, also where the value has changed later than is known here, and does not wait.
    @discardableResult
    package func enqueueEnd(_ key: String) -> Value? { self.begin(removing: key, isEnd: true).value }

    /// Removes a key here and tells nobody.
    @discardableResult
    package func removeLocally(_ key: String) -> Value? { self.own(self.table.withLock { $0.remove(key) }?.value) }

    /// The value, of which this node is primary from then on, wherever it was.
    ///
    /// Where this node is primary already nothing is waited for. Nil if there is no such key, or if nobody who is
    /// said to have the value answers.
    package func get(_ key: String) async -> Value? {
        let entry = self.table.withLock { $0.entries[key] }
        guard let entry else { return nil }
        guard entry.role != .primary, let loop = self.running?.loop else { return self.own(entry.value) }
        do {
            return try await loop.eventLoop.flatSubmit { self.submitGet(key) }.get()
        } catch {
            self.log.error(
                "Unable to replicate out data for an AbstractReplicatedMap.get operation",
                metadata: ["map": "\(self.configuration.name)", "key": "\(key)", "error": "\(error)"]
            )
            return nil
        }
    }

    /// Tells the backups what changed, or that the value was used; nothing if there is nothing to tell.
    ///
    /// With `complete` a value that cannot say what changed is sent whole, even if it does not say that something did.
    package func replicate(_ key: String, complete: Bool = false) async {
        await self.wait(for: self.begin(replicating: key, complete: complete))
    }

    /// Does not wait for the backups.
    ///
    /// - Returns: what is fulfilled when everything was tried; nil if there is nothing to tell.
    @discardableResult
    package func enqueueReplicate(_ key: String, complete: Bool = false) -> EventLoopFuture<Void>? {
        self.begin(replicating: key, complete: complete)
    }

    /// The same for a value of which this node is primary; says whether it is.
    package func beginReplicating(_ key: String) -> (isPrimary: Bool, sent: EventLoopFuture<Void>?) {
        guard let entry = self.table.withLock({ $0.entries[key] }), entry.role == .primary else { return (false, nil) }
        return (true, self.begin(replicating: key, entry, complete: false))
    }

    /// Makes this node the primary of a value, and gives the others the whole of it.
    ///
    /// - Returns: what waits for that, as the send options say; nil while the map does not run.
    package func beginTakeover(_ key: String) -> EventLoopFuture<Void>? {
        self.running?.loop.eventLoop.flatSubmit {
            self.submitGet(key).flatMap { _ in self.step(key) { self.publish(key) } }
        }
    }

    /// Waits until others have heard of what was begun for a key, as its removal.
    package func finish(_ key: String) async {
        guard let loop = self.running?.loop else { return }
        await self.wait(for: loop.eventLoop.flatSubmit { self.work[loop].steps[key] ?? loop.succeeded() })
    }

    private func wait(for future: EventLoopFuture<Void>?) async {
        do {
            try await future?.get()
        } catch {
            self.log.error(
                "Unable to replicate data.",
                metadata: ["map": "\(self.configuration.name)", "error": "\(error)"]
            )
        }
    }

    /// Puts a value as ``put(_:_:)`` does.
    ///
    /// - Returns: what waits for the others, as the send options say.
    package func begin(putting value: Value, _ key: String) -> EventLoopFuture<Void>? {
        let local = self.channel.localMember
        let (isReplaced, last) = self.table.withLock { table -> (Bool, Int64?) in
            let replaced = table.entries[key]?.current?.changes
            if let last = [table.removals.version(of: key), replaced].compactMap({ $0 }).max() { value.follow(last) }
            return (table.insert(value, for: key, local: local), replaced)
        }
        return self.running?.loop.eventLoop.flatSubmit { self.submitPut(key, isReplaced: isReplaced, last) }
    }

    /// Removes a key everywhere.
    ///
    /// - Returns: what was there, and what waits for the others, as the send options say.
    package func begin(removing key: String, isEnd: Bool = false) -> (value: Value?, future: EventLoopFuture<Void>?) {
        let (entry, version) = self.table.withLock { table -> (MapEntry?, MapVersion?) in
            let last = table.entries[key]?.current?.changes
            let entry = table.remove(key, version: isEnd ? last.map { $0 + MapVersion.end } : last)
            return (entry, table.removals.mapVersion(of: key))
        }
        return (self.own(entry?.value), self.running?.loop.eventLoop.flatSubmit { self.submitRemove(key, version) })
    }

    private func begin(replicating key: String, complete: Bool) -> EventLoopFuture<Void>? {
        self.table.withLock { $0.entries[key] }.flatMap { self.begin(replicating: key, $0, complete: complete) }
    }

    /// Changes are taken by the caller, not by the loop, and queued in the order in which they were taken.
    private func begin(replicating key: String, _ entry: MapEntry, complete: Bool) -> EventLoopFuture<Void>? {
        guard let loop = self.running?.loop, entry.role == .primary, let value = entry.value,
            complete || value.isDirty || value.isAccessReplicate
        else { return nil }
        guard value.isDiffable, !entry.backups.isEmpty else {
            return loop.eventLoop.flatSubmit { self.submitWhole(key, stamp: entry.stamp, complete: complete) }
        }
        let turn = self.turns[abs(key.hashValue % self.turns.count)]
        let sent = turn.last.withLock { last in
            guard value.isDirty || complete else {
                return loop.eventLoop.flatSubmit { self.submitAccess(key, stamp: entry.stamp) }
            }
            do {
                let diff = try value.takeDiff()
                let sent = self.send(diff, of: key, entry, after: last[key], loop)
                if !self.configuration.sendOptions.contains(.asynchronous) { last[key] = sent }
                return sent
            } catch {
                self.log.warning(
                    "Unable to diff object. Will replicate the entire object instead.",
                    metadata: ["map": "\(self.configuration.name)", "key": "\(key)", "error": "\(error)"]
                )
                return loop.eventLoop.flatSubmit { self.submitWhole(key, stamp: entry.stamp, complete: true) }
            }
        }
        sent.whenComplete { _ in turn.last.withLock { if $0[key] === sent { $0[key] = nil } } }
        return sent
    }
}

/// How one map is called and behaves.
package struct ReplicatedMapConfiguration: Sendable, Equatable {
    /// What the map is called on every node: `/demo-map`, `localhost#/demo-map`, `localhost-SSO-cache`, `/demo`.
    package var name: String
    /// Whether every node holds the values, or two of them.
    package var kind: ReplicatedMapKind
    /// How changes are sent, once the map has started.
    package var sendOptions: SendOptions = .synchronous
    /// How long one waits for an answer of another node.
    package var rpcTimeout = TimeAmount.seconds(15)
    /// How long a node may be silent before the map goes on without it.
    package var accessTimeout = TimeAmount.seconds(5)
    /// Whether a start fails if its messages cannot be sent.
    package var terminateOnStartFailure = false
    /// Entries beyond which those of other nodes are refused; Tomcat has no such bound.
    package var entriesMaximum = 1 << 22

    package init(name: String, kind: ReplicatedMapKind) {
        self.name = name
        self.kind = kind
    }
}
