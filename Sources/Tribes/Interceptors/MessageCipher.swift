import COpenSSL
package import NIOCore

/// Why a body could not be encrypted or decrypted; it never says more, so that nobody learns from it.
package enum CipherError: Error, Hashable, Sendable {
    /// A key of none of the sizes 16, 24 and 32.
    case badKeySize(Int)
    /// libcrypto lacks the cipher.
    case unavailable
    /// A body too short to hold what belongs around the ciphertext.
    case truncated
    /// Not from this key, or damaged.
    case failed
}

/// Encrypts and decrypts bodies with one key.
///
/// Shape: initialisation vector, ciphertext; with GCM a tag of 16 bytes at the end. CFB and OFB pad too, to
/// whole blocks, as Java's do. Not `Sendable`: one owner at a time.
package final class MessageCipher {
    private static let tagSize = 16
    private static let blockSize = 16

    package let algorithm: EncryptionAlgorithm
    private let key: [UInt8]
    private let cipher: OpaquePointer
    private let context: OpaquePointer

    /// - Throws: ``CipherError``.
    package init(algorithm: EncryptionAlgorithm, key: EncryptionKey) throws(CipherError) {
        guard [16, 24, 32].contains(key.bytes.count) else { throw .badKeySize(key.bytes.count) }
        let name = "AES-\(key.bytes.count * 8)-\(algorithm.mode.rawValue)"
        guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else { throw .unavailable }
        guard let context = EVP_CIPHER_CTX_new() else {
            EVP_CIPHER_free(cipher)
            throw .unavailable
        }
        self.algorithm = algorithm
        self.key = key.bytes
        self.cipher = cipher
        self.context = context
    }

    deinit {
        EVP_CIPHER_CTX_free(self.context)
        EVP_CIPHER_free(self.cipher)
    }

    /// Encrypts bytes; no vector may be used twice with one key.
    ///
    /// - Throws: ``CipherError/failed``.
    package func encrypt(_ bytes: ByteBuffer, vector: [UInt8]) throws(CipherError) -> ByteBuffer {
        guard vector.count == self.algorithm.mode.vectorSize,
            EVP_EncryptInit_ex(self.context, self.cipher, nil, self.key, vector) == 1,
            EVP_CIPHER_CTX_set_padding(self.context, self.algorithm.mode == .cbc ? 1 : 0) == 1
        else { throw .failed }
        var input = bytes
        if self.algorithm.mode == .cfb || self.algorithm.mode == .ofb {
            let padding = Self.blockSize - bytes.readableBytes % Self.blockSize
            input.writeRepeatingByte(UInt8(padding), count: padding)
        }
        var output = ByteBufferAllocator().buffer(capacity: vector.count + input.readableBytes + 2 * Self.blockSize)
        output.writeBytes(vector)
        var isDone = self.update(input, into: &output, with: EVP_EncryptUpdate)
        isDone = isDone && self.finish(into: &output, with: EVP_EncryptFinal_ex)
        if isDone, self.algorithm.mode == .gcm {
            var tag = [UInt8](repeating: 0, count: Self.tagSize)
            isDone = EVP_CIPHER_CTX_ctrl(self.context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
            output.writeBytes(tag)
        }
        guard isDone else { throw .failed }
        return output
    }

    /// Decrypts a body.
    ///
    /// - Throws: ``CipherError``.
    package func decrypt(_ body: ByteBuffer) throws(CipherError) -> (vector: [UInt8], bytes: ByteBuffer) {
        var input = body
        let mode = self.algorithm.mode
        guard let vector = input.readBytes(length: mode.vectorSize) else { throw .truncated }
        var tag: [UInt8] = []
        if mode == .gcm {
            let size = input.readableBytes - Self.tagSize
            guard size >= 0, let bytes = input.getBytes(at: input.readerIndex + size, length: Self.tagSize) else {
                throw .truncated
            }
            tag = bytes
            input.moveWriterIndex(to: input.readerIndex + size)
        } else {
            guard input.readableBytes > 0, input.readableBytes.isMultiple(of: Self.blockSize) else {
                throw .truncated
            }
        }
        guard EVP_DecryptInit_ex(self.context, self.cipher, nil, self.key, vector) == 1,
            EVP_CIPHER_CTX_set_padding(self.context, mode == .cbc ? 1 : 0) == 1
        else { throw .failed }
        var output = ByteBufferAllocator().buffer(capacity: input.readableBytes + Self.blockSize)
        var isDone = self.update(input, into: &output, with: EVP_DecryptUpdate)
        if isDone, mode == .gcm {
            isDone = EVP_CIPHER_CTX_ctrl(self.context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
        }
        isDone = isDone && self.finish(into: &output, with: EVP_DecryptFinal_ex)
        guard isDone else { throw .failed }
        if mode == .cfb || mode == .ofb { try Self.removePadding(from: &output) }
        return (vector, output)
    }

    private static func removePadding(from bytes: inout ByteBuffer) throws(CipherError) {
        let end = bytes.writerIndex
        guard let last = bytes.getInteger(at: end - 1, as: UInt8.self), (1...Self.blockSize).contains(Int(last)),
            let padding = bytes.getBytes(at: end - Int(last), length: Int(last)), padding.allSatisfy({ $0 == last })
        else { throw .failed }
        bytes.moveWriterIndex(to: end - Int(last))
    }

    private typealias Update = (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?, UnsafePointer<UInt8>?, Int32
    ) -> Int32
    private typealias Finish = (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?
    ) -> Int32

    private func update(_ input: ByteBuffer, into output: inout ByteBuffer, with update: Update) -> Bool {
        guard input.readableBytes > 0 else { return true }
        var isDone = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: input.readableBytes + Self.blockSize) { space in
            var written: Int32 = 0
            isDone = input.withUnsafeReadableBytes { bytes in
                update(
                    self.context,
                    space.bindMemory(to: UInt8.self).baseAddress,
                    &written,
                    bytes.bindMemory(to: UInt8.self).baseAddress,
                    Int32(bytes.count)
                ) == 1
            }
            return isDone ? Int(written) : 0
        }
        return isDone
    }

    private func finish(into output: inout ByteBuffer, with finish: Finish) -> Bool {
        var isDone = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.blockSize) { space in
            var written: Int32 = 0
            isDone = finish(self.context, space.bindMemory(to: UInt8.self).baseAddress, &written) == 1
            return isDone ? Int(written) : 0
        }
        return isDone
    }
}
