import JavaSerialization
package import NIOCore
import Synchronization
import Tribes

/// A session as the value of a replicated map: sent whole to a backup, then as what each request changed.
extension DeltaSession: ReplicatedMapEntry {
    package func encoded() throws -> ByteBuffer { try self.record.stream() }

    package var isDirty: Bool { self.protected.withLock { !$0.changes.isEmpty } }
    package var isDiffable: Bool { true }

    /// Whether nothing was said about it for longer than it may be idle.
    package var isAccessReplicate: Bool {
        let now = self.support.now()
        return self.protected.withLock { protected in
            let interval = Int64(protected.maxInactiveInterval) * 1000
            return interval >= 0 && now - protected.local.lastReplicated > interval
        }
    }

    package func takeDiff() throws -> [UInt8] {
        let (delta, number) = self.protected.withLock { ($0.takeDelta(), $0.version) }
        return try delta.encoded(number: number)
    }

    package func resetDiff() { self.protected.withLock { _ = $0.takeDelta() } }

    package func applyDiff(_ diff: [UInt8]) throws {
        let (delta, number) = try DeltaRequest.numbered(diff)
        try self.apply(delta, mapChange: number.map { .after($0) })
    }

    package func mergeDiff(_ diff: [UInt8]) throws {
        let (delta, number) = try DeltaRequest.numbered(diff)
        try self.apply(delta, mapChange: number.map { .beside($0) })
    }

    /// Takes what a request changed in a session that is no longer the one in use.
    func takeUnsent() -> DeltaRequest { self.protected.withLock { $0.takeDelta() } }

    /// Makes changes that a request of this node made in another copy; they are sent like its own.
    func adopt(_ delta: DeltaRequest) {
        self.protected.withLock { protected in
            guard protected.isValid else { return }
            var events: [AttributeEvent] = []
            for action in delta.actions {
                protected.apply(action, &events)
                protected.record(action)
            }
        }
    }

    /// With a map a whole session that is sent has what is not sent by itself yet.
    package func countChanges() {
        self.protected.withLock { if !$0.changes.isEmpty { $0.version += 1 } }
    }

    package var lastUsed: Int64 { self.protected.withLock { $0.version } }

    package func follow(_ version: Int64) {
        self.protected.withLock { $0.version = max($0.version, version + 1) }
    }

    package func accessEntry() { self.accessedElsewhere() }

    package func replicated(at milliseconds: Int64) {
        self.protected.withLock { $0.local.lastReplicated = milliseconds }
    }
}
