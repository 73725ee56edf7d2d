import CZlib
package import NIOCore

/// Bytes that are not one gzip member, or not one that is accepted.
package enum GzipError: Error, Hashable, Sendable {
    /// Not gzip, or damaged.
    case corrupt
    /// It ends before its end mark.
    case truncated
    /// More bytes than are accepted come out of it.
    case tooLarge(maximum: Int)
    /// Bytes behind its end mark.
    case trailingBytes(Int)
    /// zlib has no memory left.
    case outOfMemory
}

/// Writes and reads gzip members (RFC 1952), and keeps zlib's memory from one to the next.
///
/// What it writes has the header that Java's GZIPOutputStream writes. Not `Sendable`: one owner at a time.
package final class GzipCodec {
    /// Java's: deflate, no name, no time, unknown system.
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
    private static let chunkSize = 16 << 10

    private let deflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let inflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isDeflaterReady = false
    private var isInflaterReady = false

    package init() {
        self.deflater.initialize(to: z_stream())
        self.inflater.initialize(to: z_stream())
    }

    deinit {
        if self.isDeflaterReady { deflateEnd(self.deflater) }
        if self.isInflaterReady { inflateEnd(self.inflater) }
        self.deflater.deinitialize(count: 1)
        self.inflater.deinitialize(count: 1)
        self.deflater.deallocate()
        self.inflater.deallocate()
    }

    /// One gzip member with these bytes.
    ///
    /// - Throws: ``GzipError/outOfMemory``.
    package func compress(_ bytes: ByteBuffer) throws(GzipError) -> ByteBuffer {
        guard self.prepareDeflater() else { throw .outOfMemory }
        let bound = Int(deflateBound(self.deflater, UInt(bytes.readableBytes)))
        var output = ByteBufferAllocator().buffer(capacity: bound + 18)
        output.writeBytes(Self.header)
        let stream = self.deflater
        let (status, check) = bytes.withUnsafeReadableBytes { input in
            stream.pointee.next_in = Self.start(of: input)
            stream.pointee.avail_in = UInt32(input.count)
            let written = output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { space in
                stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(space.count)
                return deflate(stream, Z_FINISH) == Z_STREAM_END ? space.count - Int(stream.pointee.avail_out) : 0
            }
            return (written > 0, crc32(0, Self.start(of: input), UInt32(input.count)))
        }
        guard status else { throw .outOfMemory }
        output.writeInteger(UInt32(check), endianness: .little)
        output.writeInteger(UInt32(truncatingIfNeeded: bytes.readableBytes), endianness: .little)
        return output
    }

    /// The bytes of a gzip member that must fill the buffer.
    ///
    /// - Throws: ``GzipError``.
    package func decompress(_ bytes: ByteBuffer, maximumSize: Int) throws(GzipError) -> ByteBuffer {
        guard self.prepareInflater() else { throw .outOfMemory }
        var output = ByteBufferAllocator().buffer(capacity: min(bytes.readableBytes * 4, maximumSize))
        let stream = self.inflater
        let result: Result<Void, GzipError> = bytes.withUnsafeReadableBytes { input in
            stream.pointee.next_in = Self.start(of: input)
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                // One byte above the maximum, so that an output of just that size is told from a larger one.
                let room = maximumSize - output.readableBytes + 1
                var status = Z_OK
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: min(Self.chunkSize, room)) { memory in
                    let size = min(memory.count, room)
                    stream.pointee.next_out = memory.bindMemory(to: UInt8.self).baseAddress
                    stream.pointee.avail_out = UInt32(size)
                    status = inflate(stream, Z_NO_FLUSH)
                    return size - Int(stream.pointee.avail_out)
                }
                if output.readableBytes > maximumSize { return .failure(.tooLarge(maximum: maximumSize)) }
                switch status {
                case Z_STREAM_END: return .success(())
                case Z_OK where stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0: continue
                case Z_OK, Z_BUF_ERROR: return .failure(.truncated)
                case Z_MEM_ERROR: return .failure(.outOfMemory)
                default: return .failure(.corrupt)
                }
            }
        }
        try result.get()
        guard stream.pointee.avail_in == 0 else { throw .trailingBytes(Int(stream.pointee.avail_in)) }
        return output
    }

    private func prepareDeflater() -> Bool {
        if self.isDeflaterReady { return deflateReset(self.deflater) == Z_OK }
        self.isDeflaterReady =
            deflateInit2_(
                self.deflater,
                Z_DEFAULT_COMPRESSION,
                Z_DEFLATED,
                -MAX_WBITS,
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        return self.isDeflaterReady
    }

    private func prepareInflater() -> Bool {
        if self.isInflaterReady { return inflateReset(self.inflater) == Z_OK }
        self.isInflaterReady =
            inflateInit2_(
                self.inflater,
                MAX_WBITS + 16,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        return self.isInflaterReady
    }

    private static func start(of bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    }
}
