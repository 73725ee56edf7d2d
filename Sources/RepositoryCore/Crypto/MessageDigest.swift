import COpenSSL

/// A hash function of libcrypto.
package enum MessageDigest: Sendable {
    case sha1
    case sha256

    private var algorithm: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        }
    }

    private var size: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        }
    }

    package func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: self.size)
        let input = Array(bytes)
        let isDone = EVP_Digest(input, input.count, &digest, nil, self.algorithm, nil)
        precondition(isDone == 1, "libcrypto refuses to hash")
        return digest
    }

    /// PBKDF2 with this function's HMAC.
    package func derivedKey(password: String, salt: [UInt8], iterations: Int, count: Int) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: count)
        let password = Array(password.utf8).map { CChar(bitPattern: $0) }
        let isDone = PKCS5_PBKDF2_HMAC(
            password,
            Int32(password.count),
            salt,
            Int32(salt.count),
            Int32(iterations),
            self.algorithm,
            Int32(count),
            &key
        )
        precondition(isDone == 1, "libcrypto refuses to derive a key")
        return key
    }
}

/// A hash of bytes that arrive piece by piece.
package final class RunningDigest {
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(self.context) }

    package func update(_ bytes: [UInt8]) {
        let isDone = EVP_DigestUpdate(self.context, bytes, bytes.count)
        precondition(isDone == 1, "libcrypto refuses to hash")
    }

    /// The SHA-256 of all bytes; to be called once.
    package func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = EVP_DigestFinal_ex(self.context, &digest, nil)
        precondition(isDone == 1, "libcrypto refuses to hash")
        return digest
    }
}
