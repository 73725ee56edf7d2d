package import NIOCore

/// A value of a replicated map: how it travels, whole or as what changed.
///
/// A value that changes locks itself: calls come from the channel's loop and from the tasks of requests at the same
/// time. What has no differences is sent whole or not at all.
/// Tomcat counterpart: `org.apache.catalina.tribes.tipis.ReplicatedMapEntry`; differs from it in: taking the changes
/// and forgetting them is one step, so that none is lost between the two.
package protocol ReplicatedMapEntry: AnyObject, Sendable {
    /// The whole value as a Java object stream of its own.
    ///
    /// - Throws: whatever keeps the value from being written; it is then not replicated, and the error is logged.
    func encoded() throws -> ByteBuffer

    /// Whether something changed since the changes were last taken; false if not implemented.
    var isDirty: Bool { get }
    /// Whether changes can be sent by themselves; false if not implemented.
    var isDiffable: Bool { get }
    /// Whether backups have not heard of the value for so long that an access must be told; false if not implemented.
    var isAccessReplicate: Bool { get }

    /// The changes since this was last called, which are forgotten here.
    ///
    /// - Throws: whatever keeps the changes from being written; the whole value is then sent instead.
    func takeDiff() throws -> [UInt8]

    /// Forgets the changes: there is nobody to send them to.
    func resetDiff()

    /// Makes changes that another node took.
    ///
    /// Changes that are here already are passed over.
    /// - Throws: whatever is wrong with them, and if changes before them are missing; the whole value is then asked for.
    func applyDiff(_ diff: [UInt8]) throws

    /// Makes changes that another node took while this one made others; as ``applyDiff(_:)`` if not implemented.
    ///
    /// - Throws: whatever is wrong with them.
    func mergeDiff(_ diff: [UInt8]) throws

    /// The whole value is about to be sent: changes that were not taken yet count from now on.
    func countChanges()

    /// A number that travels with the value and grows with every change; 0 if not implemented.
    ///
    /// Of two values of one key, which a network cut in two may leave, the one with the greater number is kept; clocks of
    /// different nodes would not do, nor would a time that is set when a value is received.
    var lastUsed: Int64 { get }

    /// Makes ``lastUsed`` greater than this: the value takes the place of one that was removed.
    func follow(_ version: Int64)

    /// Another node used the value without changing it.
    func accessEntry()

    /// Backups were told of the value at this wall clock time, in milliseconds since 1970.
    func replicated(at milliseconds: Int64)
}

extension ReplicatedMapEntry {
    package var isDirty: Bool { false }
    package var isDiffable: Bool { false }
    package var isAccessReplicate: Bool { false }
    package var lastUsed: Int64 { 0 }
    package func takeDiff() throws -> [UInt8] { [] }
    package func resetDiff() {}
    package func applyDiff(_ diff: [UInt8]) throws {
        throw ChannelError(.badMessage, "The value takes no changes")
    }
    package func mergeDiff(_ diff: [UInt8]) throws { try self.applyDiff(diff) }
    package func countChanges() {}
    package func follow(_ version: Int64) {}
    package func accessEntry() {}
    package func replicated(at milliseconds: Int64) {}
}

/// A value as a map's tables keep it: what is generic would not be compiled for the classes of other targets.
typealias MapValue = any ReplicatedMapEntry

/// Whom a replicated map works for: a manager, a sign-on valve, a context.
///
/// Isolation: any thread; what takes long does not belong here.
/// Tomcat counterpart: `org.apache.catalina.tribes.tipis.AbstractReplicatedMap.MapOwner`.
package protocol ReplicatedMapOwner<Value>: AnyObject, Sendable {
    associatedtype Value: ReplicatedMapEntry

    /// Reads a whole value that another node wrote, and makes it one of this node's, not primary.
    ///
    /// - Throws: whatever is wrong with it; its sender is told, if it asked to be.
    func makeValue(_ stream: ByteBuffer, key: String) throws -> Value

    /// This node has become the primary of a value that another node had before.
    func objectMadePrimary(_ key: String, _ value: Value)
}

extension ReplicatedMapOwner {
    package func objectMadePrimary(_ key: String, _ value: Value) {}
}
