package import JavaSerialization
package import NIOCore

/// Something that is written into an object stream as one object.
package protocol JavaWritable: Sendable {
    /// - Throws: ``JavaSerializationError`` for a value that its Java class cannot have.
    func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError)

    /// A stream of its own with this one object.
    ///
    /// - Throws: ``JavaSerializationError``, as above.
    func stream() throws(JavaSerializationError) -> ByteBuffer
}

extension JavaValue: JavaWritable {
    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(self)
    }
}

extension JavaWritable {
    package func stream() throws(JavaSerializationError) -> ByteBuffer {
        var stream = JavaObjectOutputStream()
        try self.write(to: &stream)
        return stream.finish()
    }
}

extension ChannelPayload {
    /// The object as the body of a message.
    ///
    /// - Throws: ``JavaSerializationError``.
    package static func object(_ object: any JavaWritable) throws(JavaSerializationError) -> ChannelPayload {
        .object(try object.stream())
    }
}
