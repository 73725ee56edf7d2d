/// A message as the application gets it.
package struct ReceivedMessage: Sendable {
    package let sender: Member
    package let uniqueID: UniqueID
    /// The sender's clock when it sent, in milliseconds since 1970.
    package let timestamp: Int64
    package let options: SendOptions
    package let payload: ChannelPayload

    init(_ message: ChannelMessage) {
        self.sender = message.sender
        self.uniqueID = message.uniqueID
        self.timestamp = message.timestamp
        self.options = message.options
        self.payload = message.options.contains(.byteMessage) ? .bytes(message.body) : .object(message.body)
    }
}
