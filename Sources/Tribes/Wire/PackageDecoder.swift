package import NIOCore

/// Cuts a stream into Tribes packages and hands on each payload.
///
/// Shape, big-endian: `FLT2002` (7 bytes), payload size (`UInt32`), payload, `TLF2003` (7 bytes).
/// Source: `org.apache.catalina.tribes.io.XByteBuffer`; differs from it in: a wrong header or footer is an
/// error, where Tomcat drops the bytes and waits for ever.
package struct PackageDecoder: NIOSingleStepByteToMessageDecoder, Sendable {
    package typealias InboundOut = ByteBuffer

    package static let header = [UInt8]("FLT2002".utf8)
    package static let footer = [UInt8]("TLF2003".utf8)
    /// Bytes around each payload.
    package static let overhead = 18
    /// Largest payload accepted unless configured otherwise, in bytes.
    package static let defaultMaximumPayloadSize = 64 << 20

    private static let sizeEnd = 11

    /// Largest payload accepted, in bytes; a peer cannot make this node buffer more.
    package let maximumPayloadSize: Int

    package init(maximumPayloadSize: Int = Self.defaultMaximumPayloadSize) {
        self.maximumPayloadSize = maximumPayloadSize
    }

    /// Takes the next payload off the buffer; nil, and nothing taken, while it is incomplete.
    ///
    /// - Throws: ``WireError``, as soon as the bytes there cannot become a package.
    package func decode(buffer: inout ByteBuffer) throws(WireError) -> ByteBuffer? {
        let start = buffer.readerIndex
        let available = buffer.readableBytes
        let known = buffer.readableBytesView.prefix(Self.header.count)
        guard known.elementsEqual(Self.header.prefix(known.count)) else { throw .badHeader }
        guard available >= Self.sizeEnd,
            let declared = buffer.getInteger(at: start + Self.header.count, as: UInt32.self)
        else { return nil }
        let size = Int(declared)
        guard size <= self.maximumPayloadSize else { throw .oversizedPayload(size: size) }
        guard available > Self.sizeEnd + size else { return nil }
        let footer = buffer.readableBytesView.dropFirst(Self.sizeEnd + size).prefix(Self.footer.count)
        guard footer.elementsEqual(Self.footer.prefix(footer.count)) else { throw .badFooter }
        guard footer.count == Self.footer.count else { return nil }
        let payload = buffer.getSlice(at: start + Self.sizeEnd, length: size)
        buffer.moveReaderIndex(forwardBy: Self.overhead + size)
        return payload
    }

    /// What is left at the end of the stream is no package.
    package func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws(WireError) -> ByteBuffer? {
        try self.decode(buffer: &buffer)
    }
}
