package import NIOCore

/// A message as the payload of a package.
///
/// Shape, big-endian:
///
/// | size | field |
/// |---:|---|
/// | 4 | options |
/// | 8 | timestamp, milliseconds since 1970 |
/// | 4 + 16 | unique id of the message: size, bytes |
/// | 4 + n | sender: size, ``MemberRecord`` |
/// | 4 + n | body: size, bytes as the lowest interceptor left them |
///
/// Source: `org.apache.catalina.tribes.io.ChannelData`.
package enum ChannelData {
    /// Bytes of a payload besides the sender's record and the body.
    private static let fixedSize = 40

    /// Size of the package that a message becomes.
    package static func packageSize(of message: ChannelMessage) -> Int {
        PackageDecoder.overhead + Self.fixedSize + MemberRecord.size(of: message.sender) + message.body.readableBytes
    }

    /// The whole package.
    package static func encode(_ message: ChannelMessage) -> ByteBuffer {
        Self.encode(message, sender: MemberRecord.encode(message.sender))
    }

    /// The whole package of a message whose sender has this record.
    static func encode(_ message: ChannelMessage, sender: ByteBuffer) -> ByteBuffer {
        let size = Self.fixedSize + sender.readableBytes + message.body.readableBytes
        return PackageEncoder.package(size: size) { buffer in
            buffer.writeMultipleIntegers(
                message.options.rawValue,
                message.timestamp,
                UInt32(UniqueID.byteCount),
                message.uniqueID.high,
                message.uniqueID.low,
                UInt32(sender.readableBytes)
            )
            buffer.writeImmutableBuffer(sender)
            buffer.writeInteger(UInt32(message.body.readableBytes))
            buffer.writeImmutableBuffer(message.body)
        }
    }

    /// Reads the payload of a package.
    ///
    /// - Throws: ``WireError``.
    package static func decode(_ payload: ByteBuffer) throws(WireError) -> ChannelMessage {
        var senders = SenderCache()
        return try Self.decode(payload, senders: &senders)
    }

    /// Reads the payload of a package from a connection whose senders are known.
    ///
    /// - Throws: ``WireError``.
    static func decode(_ payload: ByteBuffer, senders: inout SenderCache) throws(WireError) -> ChannelMessage {
        var buffer = payload
        guard let options = buffer.readInteger(as: UInt32.self) else { throw .truncated(field: .options) }
        guard let timestamp = buffer.readInteger(as: Int64.self) else { throw .truncated(field: .timestamp) }
        guard let idSize = buffer.readInteger(as: UInt32.self) else { throw .truncated(field: .uniqueID) }
        guard idSize == UniqueID.byteCount else { throw .badValue(field: .uniqueID, Int(idSize)) }
        guard let uniqueID = buffer.readUniqueID() else { throw .truncated(field: .uniqueID) }
        guard let record = buffer.readLengthPrefixedSlice() else { throw .truncated(field: .member) }
        guard let body = buffer.readLengthPrefixedSlice() else { throw .truncated(field: .body) }
        guard buffer.readableBytes == 0 else { throw .trailingBytes(buffer.readableBytes) }
        return ChannelMessage(
            options: SendOptions(rawValue: options),
            timestamp: timestamp,
            uniqueID: uniqueID,
            sender: try senders.member(record),
            body: body
        )
    }
}

/// The last sender of a connection: its record stands in every frame and rarely changes.
struct SenderCache: Sendable {
    private var record = ByteBuffer()
    private var member: Member?

    mutating func member(_ record: ByteBuffer) throws(WireError) -> Member {
        if let member = self.member, record == self.record { return member }
        let member = try MemberRecord.decode(record)
        self.record = ByteBuffer(bytes: record.readableBytesView)
        self.member = member
        return member
    }
}

/// The record of the last sender: most messages of a node have the same.
struct SenderRecord: Sendable {
    private var sender: Member?
    private var bytes = ByteBuffer()

    mutating func of(_ sender: Member) -> ByteBuffer {
        if let last = self.sender, MemberRecord.isSame(of: last, and: sender) { return self.bytes }
        self.bytes = MemberRecord.encode(sender)
        self.sender = sender
        return self.bytes
    }
}

extension ByteBuffer {
    /// Reads bytes behind their number in four bytes; nil if they are not all there.
    mutating func readLengthPrefixedSlice() -> ByteBuffer? {
        guard let size = self.readInteger(as: UInt32.self) else { return nil }
        return self.readSlice(length: Int(size))
    }
}
