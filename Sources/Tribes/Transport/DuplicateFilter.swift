import NIOCore

/// The frames that were processed last, so that one that was sent again is not processed again.
///
/// A sender that got no acknowledgement sends the same bytes again. Pieces of one message share its unique id:
/// size and last bytes of the body, where a piece's number stands, tell them apart. A value without lock,
/// clock or I/O.
package struct DuplicateFilter: Sendable {
    package struct Key: Hashable, Sendable {
        private let sender: UniqueID
        private let port: Int
        private let uniqueID: UniqueID
        private let timestamp: Int64
        private let size: Int
        private let tail: UniqueID

        package init(_ message: ChannelMessage) {
            self.sender = message.sender.uniqueID
            self.port = message.sender.port
            self.uniqueID = message.uniqueID
            self.timestamp = message.timestamp
            self.size = message.body.readableBytes
            var tail = message.body
            tail.moveReaderIndex(forwardBy: max(0, self.size - UniqueID.byteCount))
            self.tail = tail.readUniqueID() ?? Self.padded(tail)
        }

        private static func padded(_ short: ByteBuffer) -> UniqueID {
            var padded = short
            padded.writeRepeatingByte(0, count: UniqueID.byteCount - short.readableBytes)
            return padded.readUniqueID() ?? .zero
        }
    }

    /// Frames that are remembered; the oldest is forgotten first.
    package static let countMaximum = 16_384

    private var keys: Set<Key> = []
    private var order = CircularBuffer<Key>()

    package init() {}

    package var count: Int { self.keys.count }

    package func contains(_ key: Key) -> Bool { self.keys.contains(key) }

    /// Remembers a frame that was processed.
    package mutating func insert(_ key: Key) {
        guard self.keys.insert(key).inserted else { return }
        self.order.append(key)
        if self.order.count > Self.countMaximum { self.keys.remove(self.order.removeFirst()) }
    }
}
