package import NIOCore

/// One message on its way down or up the channel.
///
/// Interceptors change the body: what they add stands at its end, and their peers take it off the end again.
/// Tomcat counterpart: `org.apache.catalina.tribes.ChannelMessage` and `io.ChannelData`.
package struct ChannelMessage: Sendable {
    package var options: SendOptions
    /// The sender's clock when the application sent the message, in milliseconds since 1970.
    package var timestamp: Int64
    package var uniqueID: UniqueID
    /// Who sent it.
    package var sender: Member
    package var body: ByteBuffer
    /// Told what becomes of a message whose sender did not wait; it does not travel.
    package var errorHandler: (any ErrorHandler)?

    package init(options: SendOptions, timestamp: Int64, uniqueID: UniqueID, sender: Member, body: ByteBuffer) {
        self.options = options
        self.timestamp = timestamp
        self.uniqueID = uniqueID
        self.sender = sender
        self.body = body
    }
}

extension ChannelMessage {
    /// Whether the body is exactly these bytes, as a probe's is.
    package func hasBody(_ bytes: [UInt8]) -> Bool {
        self.body.readableBytes == bytes.count && self.body.readableBytesView.elementsEqual(bytes)
    }

    /// Takes a big-endian number off the end of the body; nil, and nothing taken, if the body is shorter.
    package mutating func popLast<Number: FixedWidthInteger>(as type: Number.Type) -> Number? {
        let start = self.body.writerIndex - MemoryLayout<Number>.size
        guard start >= self.body.readerIndex, let number = self.body.getInteger(at: start, as: type) else { return nil }
        self.body.moveWriterIndex(to: start)
        return number
    }
}

/// Told what becomes of a message that was sent without waiting.
///
/// Isolation: channel loop; of a message that is refused at once, its sender.
package protocol ErrorHandler: Sendable {
    /// The message did not reach every member; the error names those it did not.
    ///
    /// The id is zero if it was not taken into a queue, or waited there in vain.
    func handleError(_ error: ChannelError, uniqueID: UniqueID)
    /// The message was written, and acknowledged if that was asked for.
    func handleCompletion(uniqueID: UniqueID)
}
