package import JavaSerialization

/// A request or a reply of an RPC channel, as it travels.
///
/// Shape, the class's external data: reply (1 byte), size and bytes of the call's id, size and bytes of the
/// RPC channel's id, then the payload as an object; an absence reply has the two ids only.
/// Source: `org.apache.catalina.tribes.group.RpcMessage`, `RpcMessage$NoRpcChannelReply`.
package struct RpcMessage: JavaWritable {
    package enum Kind: Sendable, Equatable {
        case request
        case reply
        /// Nobody listens on that RPC channel.
        case absence
    }

    package static let className = "org.apache.catalina.tribes.group.RpcMessage"
    package static let absenceClassName = "org.apache.catalina.tribes.group.RpcMessage$NoRpcChannelReply"
    private static let descriptor = JavaClassDescriptor(
        Self.className,
        uid: 0x712a_750f_f274_e509,
        flags: .external
    )
    private static let absenceDescriptor = JavaClassDescriptor(
        Self.absenceClassName,
        uid: 0x7bab_8fb3_6a4b_5ba6,
        flags: .external,
        superclass: Self.descriptor
    )
    /// Bytes that an id may have.
    private static let idSizeMaximum: Int32 = 65_536

    package let kind: Kind
    /// Tells one call from every other.
    package let callID: [UInt8]
    /// The RPC channel, on both sides.
    package let rpcID: [UInt8]
    package let payload: any JavaWritable

    package init(_ kind: Kind, callID: [UInt8], rpcID: [UInt8], payload: any JavaWritable = JavaValue.null) {
        self.kind = kind
        self.callID = callID
        self.rpcID = rpcID
        self.payload = payload
    }

    /// Whether an object is one of these, without reading it.
    package static func isRpcMessage(_ object: JavaValue) -> Bool {
        guard let name = object.object?.className else { return false }
        return name == Self.className || name == Self.absenceClassName
    }

    /// Reads an object of one of the two classes; the payload is then a ``JavaValue``.
    ///
    /// - Throws: ``JavaSerializationError``.
    package init(_ object: JavaObject) throws(JavaSerializationError) {
        let isAbsence = object.className == Self.absenceClassName
        guard isAbsence || object.className == Self.className else {
            throw .unexpectedClass(found: object.className)
        }
        var data = try object.data()
        self.kind = isAbsence ? .absence : try data.readBoolean() ? .reply : .request
        self.callID = try Self.readID(&data)
        self.rpcID = try Self.readID(&data)
        self.payload = isAbsence ? JavaValue.null : try data.readObject()
    }

    private static func readID(_ data: inout JavaObjectData) throws(JavaSerializationError) -> [UInt8] {
        let size = try data.readInt()
        guard (0...Self.idSizeMaximum).contains(size) else { throw .invalidLength(Int64(size)) }
        return try data.readBytes(Int(size))
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let descriptor = self.kind == .absence ? Self.absenceDescriptor : Self.descriptor
        try stream.writeObject(of: descriptor) { stream throws(JavaSerializationError) in
            if self.kind != .absence { stream.writeBoolean(self.kind == .reply) }
            stream.writeInt(Int32(self.callID.count))
            stream.writeBytes(self.callID)
            stream.writeInt(Int32(self.rpcID.count))
            stream.writeBytes(self.rpcID)
            if self.kind != .absence { try self.payload.write(to: &stream) }
        }
    }
}
