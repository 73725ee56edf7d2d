import COpenSSL
import Glibc
import NIOCore

/// SHA-256 by libcrypto, as lower-case hexadecimal digits.
enum SHA256 {
    private static let blockSize = 65_536

    static func hex(_ bytes: ByteBuffer) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        _ = bytes.withUnsafeReadableBytes { bytes in
            EVP_Digest(bytes.baseAddress, bytes.count, &digest, &length, EVP_sha256(), nil)
        }
        return Self.hex(digest[..<Int(length)])
    }

    /// Blocks.
    /// - Throws: ``FileError``.
    static func hex(ofFile path: String) throws(FileError) -> String {
        let file = try DescriptorOwner(path)
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        while true {
            let count = read(file.descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            guard count > 0 else { break }
            EVP_DigestUpdate(context, block, count)
        }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        return Self.hex(digest[..<Int(length)])
    }

    private static func hex(_ digest: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
