import COpenSSL
import NIOCore

/// The ciphertext on both sides of an SSL connection, which reads and writes it as a BIO without copies in between.
///
/// Isolation: its connection's event loop.
final class TLSBuffers {
    /// Received and not yet decrypted.
    var input = ByteBuffer()
    /// Encrypted and not yet sent.
    var output = ByteBuffer()
    /// Supplies room for `output`.
    let makeOutput: () -> ByteBuffer

    init(makeOutput: @escaping () -> ByteBuffer) {
        self.makeOutput = makeOutput
    }

    /// A BIO over these buffers, which must outlive it.
    func makeBIO() -> OpaquePointer? {
        guard let method = Self.method.pointer, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    private func read(into target: UnsafeMutablePointer<CChar>, _ count: Int32) -> Int32 {
        let taken = self.input.readWithUnsafeReadableBytes { bytes in
            let taken = min(bytes.count, Int(count))
            if taken > 0, let source = bytes.baseAddress {
                UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: taken)
            }
            return taken
        }
        if self.input.readableBytes == 0 { self.input = ByteBuffer() }
        return Int32(taken)
    }

    private func write(_ source: UnsafePointer<CChar>, _ count: Int32) -> Int32 {
        if self.output.capacity == 0 { self.output = self.makeOutput() }
        self.output.writeBytes(UnsafeRawBufferPointer(start: source, count: Int(count)))
        return count
    }

    /// The BIO's functions.
    // SAFETY: filled in once, by the thread that first asks for it, and only read afterwards.
    private struct Method: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    private static let method: Method = {
        let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer")
        BIO_meth_set_read(method) { bio, target, count in
            guard let bio, let target, let buffers = TLSBuffers.buffers(of: bio) else { return -1 }
            BIO_clear_flags(bio, shim_BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY)
            let taken = buffers.read(into: target, count)
            guard taken == 0 else { return taken }
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        BIO_meth_set_write(method) { bio, source, count in
            guard let bio, let source, let buffers = TLSBuffers.buffers(of: bio) else { return -1 }
            BIO_clear_flags(bio, shim_BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY)
            return buffers.write(source, count)
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
        return Method(pointer: method)
    }()

    private static func buffers(of bio: OpaquePointer) -> TLSBuffers? {
        BIO_get_data(bio).map { Unmanaged<TLSBuffers>.fromOpaque($0).takeUnretainedValue() }
    }
}
