package import CatalinaCore
import JavaSerialization
package import NIOCore
import Synchronization
import Tribes

/// Keeps sign-ons that all nodes of a cluster know.
///
/// Looking one up asks nobody, since every node has a copy. Who changes one becomes its primary node first and sends it
/// whole: so two nodes that change it one after the other lose neither change.
/// Isolation: any thread.
final class ReplicatedSignOns: SingleSignOnCache, ReplicatedMapOwner {
    typealias Value = SingleSignOnEntry

    private let slot = Mutex<ReplicatedMap<SingleSignOnEntry>?>(nil)
    private let pending = PendingSends()
    /// Whether sign-ons have ended, and their sessions with them, since ``finish()`` last returned.
    private let hasEnds = Atomic(false)

    /// Nil while the valve does not run.
    var map: ReplicatedMap<SingleSignOnEntry>? { self.slot.withLock { $0 } }

    /// - Throws: ``ChannelError`` as ``ReplicatedMap/start()`` does.
    func start(_ configuration: ReplicatedMapConfiguration, on channel: GroupChannel) async throws(Tribes.ChannelError)
    {
        let map = ReplicatedMap<SingleSignOnEntry>(configuration, channel: channel, owner: self)
        self.slot.withLock { $0 = map }
        try await map.start()
    }

    /// The sign-ons go on living on the other nodes.
    func stop() async {
        await self.map?.stop()
        self.slot.withLock { $0 = nil }
    }

    func entry(_ id: String) -> SingleSignOnEntry? { self.map?.peek(id) }

    func put(_ id: String, _ entry: SingleSignOnEntry) async { await self.map?.put(id, entry) }

    @discardableResult
    func remove(_ id: String) -> SingleSignOnEntry? {
        guard let (entry, sent) = self.map?.begin(removing: id) else { return nil }
        self.pending.add(sent)
        if entry != nil { self.hasEnds.store(true, ordering: .relaxed) }
        return entry
    }

    func share(_ id: String, changing change: @Sendable (SingleSignOnEntry) -> Bool) async {
        guard let map = self.map, await map.get(id) != nil, let entry = map.peek(id), change(entry) else { return }
        await map.replicate(id, complete: true)
    }

    func enqueueShare(_ id: String) { self.pending.add(self.map?.beginTakeover(id)) }

    /// Waits until other nodes have heard of what changed here without waiting.
    ///
    /// - Returns: whether sign-ons have ended.
    func finish() async -> Bool {
        await self.pending.finish()
        return self.hasEnds.exchange(false, ordering: .relaxed)
    }

    func makeValue(_ stream: ByteBuffer, key: String) throws -> SingleSignOnEntry {
        var input = try JavaObjectInputStream(stream)
        guard let object = try input.readObject().object else {
            throw JavaSerializationError.unexpectedField("valuedata")
        }
        return try SingleSignOnEntry(object)
    }
}

extension SingleSignOnEntry: ReplicatedMapEntry {
    package func encoded() throws -> ByteBuffer { try self.stream() }
}
