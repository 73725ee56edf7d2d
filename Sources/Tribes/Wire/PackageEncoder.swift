package import NIOCore

/// Puts a payload between header and footer; the counterpart of ``PackageDecoder``.
package enum PackageEncoder {
    /// A package with the payload of `size` bytes that `write` writes.
    package static func package(size: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: size + PackageDecoder.overhead)
        buffer.writeBytes(PackageDecoder.header)
        buffer.writeInteger(UInt32(size))
        write(&buffer)
        buffer.writeBytes(PackageDecoder.footer)
        return buffer
    }
}

extension ByteBuffer {
    /// Writes what `body` writes behind its size as four bytes.
    package mutating func writeLengthPrefixed(_ body: (inout ByteBuffer) -> Void) {
        let start = self.writerIndex
        self.writeInteger(UInt32(0))
        body(&self)
        self.setInteger(UInt32(self.writerIndex - start - 4), at: start)
    }

    /// Writes bytes behind their number as four bytes.
    package mutating func writeLengthPrefixed(_ bytes: [UInt8]) {
        self.writeInteger(UInt32(bytes.count))
        if !bytes.isEmpty { self.writeBytes(bytes) }
    }
}
