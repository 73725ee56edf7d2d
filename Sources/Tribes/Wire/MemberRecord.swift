package import NIOCore

/// A member as bytes: the payload of a heartbeat, and the sender in every message.
///
/// Shape, big-endian:
///
/// | size | field |
/// |---:|---|
/// | 10 | `TRIBES-B` 01 00 |
/// | 4 | size of the fields between this one and the end mark |
/// | 8 | milliseconds since the member started |
/// | 4, 4, 4 | TCP port, secure port, UDP port; -1 for none |
/// | 1 + n | host: size, raw address |
/// | 4 + n | command: size, bytes |
/// | 4 + n | domain: size, bytes |
/// | 16 | unique id |
/// | 4 + n | payload: size, bytes |
/// | 10 | `TRIBES-E` 01 00 |
///
/// Source: `org.apache.catalina.tribes.membership.MemberImpl`.
package enum MemberRecord {
    package static let startMark = [UInt8]("TRIBES-B".utf8) + [1, 0]
    package static let endMark = [UInt8]("TRIBES-E".utf8) + [1, 0]
    /// Largest record, so that it fits a datagram.
    package static let sizeMaximum = 65_535

    // The marks as numbers: a record stands in most messages of a map, twice.
    private static let startText: UInt64 = 0x5452_4942_4553_2d42
    private static let endText: UInt64 = 0x5452_4942_4553_2d45
    private static let markVersion: UInt16 = 0x0100

    private static let fixedSize = 49

    /// Size of a member's record in bytes.
    package static func size(of member: Member) -> Int {
        Self.fixedSize + 24 + member.host.count + member.command.count + member.domain.count + member.payload.count
    }

    /// Whether bytes begin as a record does, for a datagram that may hold either.
    package static func isRecord(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytesView.starts(with: Self.startMark)
    }

    package static func encode(_ member: Member) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: Self.size(of: member))
        Self.write(member, to: &buffer)
        return buffer
    }

    package static func write(_ member: Member, to buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(
            Self.startText,
            Self.markVersion,
            UInt32(Self.size(of: member) - 24),
            member.aliveTime,
            Int32(member.port),
            Int32(member.securePort),
            Int32(member.udpPort),
            UInt8(member.host.count)
        )
        buffer.writeBytes(member.host)
        buffer.writeLengthPrefixed(member.command)
        buffer.writeLengthPrefixed(member.domain)
        buffer.writeUniqueID(member.uniqueID)
        buffer.writeLengthPrefixed(member.payload)
        buffer.writeMultipleIntegers(Self.endText, Self.markVersion)
    }

    /// Whether two members have the same record.
    static func isSame(of one: Member, and other: Member) -> Bool {
        one == other && one.aliveTime == other.aliveTime && one.securePort == other.securePort
            && one.udpPort == other.udpPort && one.command == other.command && one.domain == other.domain
            && one.payload == other.payload
    }

    /// Reads a record that must fill the buffer.
    ///
    /// - Throws: ``WireError``.
    package static func decode(_ bytes: ByteBuffer) throws(WireError) -> Member {
        var buffer = bytes
        guard buffer.readableBytes <= Self.sizeMaximum else {
            throw .badValue(field: .member, buffer.readableBytes)
        }
        guard Self.readMark(Self.startMark, from: &buffer) else { throw .badMemberMark }
        guard let size = buffer.readInteger(as: UInt32.self), var fields = buffer.readSlice(length: Int(size)) else {
            throw .truncated(field: .member)
        }
        guard Self.readMark(Self.endMark, from: &buffer) else { throw .badMemberMark }
        guard buffer.readableBytes == 0 else { throw .trailingBytes(buffer.readableBytes) }
        return try Self.readFields(&fields)
    }

    private static func readMark(_ mark: [UInt8], from buffer: inout ByteBuffer) -> Bool {
        guard buffer.readableBytesView.starts(with: mark) else { return false }
        buffer.moveReaderIndex(forwardBy: mark.count)
        return true
    }

    private static func readFields(_ fields: inout ByteBuffer) throws(WireError) -> Member {
        guard let aliveTime = fields.readInteger(as: Int64.self) else { throw .truncated(field: .aliveTime) }
        let port = try Self.readPort(.port, from: &fields)
        let securePort = try Self.readPort(.securePort, from: &fields)
        let udpPort = try Self.readPort(.udpPort, from: &fields)
        guard let hostSize = fields.readInteger(as: UInt8.self) else { throw .truncated(field: .host) }
        guard hostSize == 4 || hostSize == 16 else { throw .badValue(field: .host, Int(hostSize)) }
        guard let host = fields.readBytes(length: Int(hostSize)) else { throw .truncated(field: .host) }
        let command = try Self.readBytes(.command, from: &fields)
        let domain = try Self.readBytes(.domain, from: &fields)
        guard let uniqueID = fields.readUniqueID() else { throw .truncated(field: .uniqueID) }
        let payload = try Self.readBytes(.payload, from: &fields)
        guard fields.readableBytes == 0 else { throw .trailingBytes(fields.readableBytes) }
        var member = Member(host: host, port: port, uniqueID: uniqueID)
        member.aliveTime = aliveTime
        member.securePort = securePort
        member.udpPort = udpPort
        member.command = command
        member.domain = domain
        member.payload = payload
        return member
    }

    private static func readPort(
        _ field: WireError.Field,
        from buffer: inout ByteBuffer
    ) throws(WireError) -> Int {
        guard let port = buffer.readInteger(as: Int32.self) else { throw .truncated(field: field) }
        guard (-1...65_535).contains(port) else { throw .badValue(field: field, Int(port)) }
        return Int(port)
    }

    private static func readBytes(
        _ field: WireError.Field,
        from buffer: inout ByteBuffer
    ) throws(WireError) -> [UInt8] {
        guard let size = buffer.readInteger(as: UInt32.self), let bytes = buffer.readBytes(length: Int(size)) else {
            throw .truncated(field: field)
        }
        return bytes
    }
}
