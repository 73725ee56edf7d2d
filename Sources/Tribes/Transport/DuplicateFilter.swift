import NIOCore

/// The frames that were processed last, so that one that was sent again is not processed again.
///
/// A sender that got no acknowledgement sends the same bytes again. Pieces of one message share its unique id:
/// size and last bytes of the body, where a piece's number stands, tell them apart. A value without lock,
/// clock or I/O.
package struct DuplicateFilter: Sendable {
    package struct Key: Hashable, Sendable {
        private let uniqueID: UniqueID
        /// Sender, time, size and last bytes in one number: they only tell apart what has one id.
        private let rest: UInt64

        package init(_ message: ChannelMessage) {
            let size = message.body.readableBytes
            var end = message.body
            end.moveReaderIndex(forwardBy: max(0, size - UniqueID.byteCount))
            let tail = end.readUniqueID() ?? Self.padded(end)
            let (sender, time) = (message.sender.uniqueID, UInt64(bitPattern: message.timestamp))
            self.uniqueID = message.uniqueID
            self.rest = [
                sender.high, sender.low, UInt64(truncatingIfNeeded: message.sender.port), time,
                UInt64(truncatingIfNeeded: size), tail.high, tail.low,
            ].reduce(0, Fingerprint.mix)
        }

        /// Ids are as good as random.
        package func hash(into hasher: inout Hasher) { hasher.combine(self.uniqueID.low) }

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
