import JavaSerialization
package import NIOCore
import Synchronization
import Tribes

/// A session as the value of a replicated map: sent whole to a backup, then as what each request changed.
extension DeltaSession: ReplicatedMapEntry {
    package func encoded() throws -> ByteBuffer { try self.record.stream() }

    package var isDirty: Bool { self.protected.withLock { !$0.delta.isEmpty } }
    package var isDiffable: Bool { true }

    /// Whether nothing was said about it for longer than it may be idle.
    package var isAccessReplicate: Bool {
        let now = self.support.now()
        return self.protected.withLock { protected in
            let interval = Int64(protected.maxInactiveInterval) * 1000
            return interval >= 0 && now - protected.local.lastReplicated > interval
        }
    }

    package func takeDiff() throws -> ByteBuffer {
        let delta = self.protected.withLock { $0.takeDelta() }
        return ByteBuffer(bytes: try delta.encoded())
    }

    package func resetDiff() { self.protected.withLock { _ = $0.takeDelta() } }

    package func applyDiff(_ diff: ByteBuffer) throws {
        var input = try JavaObjectInputStream(diff)
        try self.apply(try DeltaRequest(from: &input))
    }

    package var lastUsed: Int64 { self.protected.withLock { $0.foreign.version } }

    package func accessEntry() { self.accessedElsewhere() }

    package func replicated(at milliseconds: Int64) {
        self.protected.withLock { $0.local.lastReplicated = milliseconds }
    }
}
