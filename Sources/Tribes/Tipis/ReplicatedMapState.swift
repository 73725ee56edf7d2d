package import JavaSerialization

/// How far a node's part of a map has come; peers ask for it.
///
/// Shape: an enum constant with the raw value as its name.
/// Source: `org.apache.catalina.tribes.tipis.AbstractReplicatedMap$State`.
package enum ReplicatedMapState: String, Sendable, CaseIterable {
    case new = "NEW"
    /// The keys of the other nodes are known here, and they do not yet know this node.
    case stateTransferred = "STATETRANSFERRED"
    case initialized = "INITIALIZED"
    case destroyed = "DESTROYED"

    static let className = "org.apache.catalina.tribes.tipis.AbstractReplicatedMap$State"
    private static let descriptor = JavaClasses.enumeration(Self.className)

    /// Reads a state from a stream of its own.
    ///
    /// - Throws: ``JavaSerializationError``, also for any other object.
    package init(stream: [UInt8]) throws(JavaSerializationError) {
        var input = try JavaObjectInputStream(stream)
        let value = try input.readObject()
        guard case .enumConstant(let constant) = value, constant.descriptor.name == Self.className,
            let state = ReplicatedMapState(rawValue: constant.name)
        else { throw .unexpectedClass(found: value.className ?? "null") }
        self = state
    }

    /// The state as an object.
    package var javaValue: JavaValue {
        .enumConstant(JavaEnumConstant(Self.descriptor, self.rawValue))
    }
}
