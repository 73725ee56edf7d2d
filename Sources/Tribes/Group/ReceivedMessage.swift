package import JavaSerialization
package import NIOCore

/// A message as the application gets it.
package struct ReceivedMessage: Sendable {
    package enum Content: Sendable {
        /// Raw bytes that the application sent as such.
        case bytes(ByteBuffer)
        /// The object of the stream, read once for all listeners.
        case object(JavaValue)
    }

    package let sender: Member
    package let uniqueID: UniqueID
    /// The sender's clock when it sent, in milliseconds since 1970.
    package let timestamp: Int64
    package let options: SendOptions
    package let content: Content
    /// The object as a message of an RPC channel, if it is one.
    package let rpc: RpcMessage?

    /// Reads the body.
    ///
    /// - Throws: ``JavaSerializationError``.
    init(_ message: ChannelMessage) throws(JavaSerializationError) {
        self.sender = message.sender
        self.uniqueID = message.uniqueID
        self.timestamp = message.timestamp
        self.options = message.options
        if message.options.contains(.byteMessage) {
            self.content = .bytes(message.body)
            self.rpc = nil
        } else {
            var stream = try JavaObjectInputStream(message.body)
            let value = try stream.readObject()
            self.content = .object(value)
            self.rpc =
                if let object = value.object, RpcMessage.isRpcMessage(value) { try RpcMessage(object) } else { nil }
        }
    }

    /// The object, if the message carries one.
    package var object: JavaValue? {
        guard case .object(let value) = self.content else { return nil }
        return value
    }
}
