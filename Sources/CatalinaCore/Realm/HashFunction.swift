import COpenSSL
package import Modeler

/// A hash function of libcrypto, under the name that Java has for it.
///
/// The one place in the container where messages are hashed.
/// Isolation: any thread.
/// Source: FIPS 180-4, FIPS 202, RFC 1321 | Java counterpart: `java.security.MessageDigest`.
package enum HashFunction: String, Sendable, Hashable, CaseIterable {
    case md5 = "MD5"
    case sha1 = "SHA-1"
    case sha224 = "SHA-224"
    case sha256 = "SHA-256"
    case sha384 = "SHA-384"
    case sha512 = "SHA-512"
    case sha512of224 = "SHA-512/224"
    case sha512of256 = "SHA-512/256"
    case sha3of224 = "SHA3-224"
    case sha3of256 = "SHA3-256"
    case sha3of384 = "SHA3-384"
    case sha3of512 = "SHA3-512"

    /// The function of a Java name, in any case; `SHA` and `SHA1` are SHA-1.
    package init?(javaName: String) {
        let name = javaName.uppercased()
        if name == "SHA" || name == "SHA1" {
            self = .sha1
        } else {
            self.init(rawValue: name)
        }
    }

    /// The Java name.
    package var javaName: String { self.rawValue }

    /// The hash of some pieces of a message, put together.
    package func hash(_ pieces: [UInt8]...) -> [UInt8] {
        let stream = HashStream(self)
        for piece in pieces { stream.update(piece.span.bytes) }
        return stream.finish()
    }

    /// The hash of a message, hashed again until it has been hashed `iterations` times.
    package func hash(_ pieces: [UInt8]..., iterations: Int) -> [UInt8] {
        let stream = HashStream(self)
        for piece in pieces { stream.update(piece.span.bytes) }
        var result = stream.finish()
        for _ in 1..<max(1, iterations) { result = self.hash(result) }
        return result
    }

    /// The function as libcrypto knows it; its tables live as long as the process.
    fileprivate var method: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha224: EVP_sha224()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        case .sha512of224: EVP_sha512_224()
        case .sha512of256: EVP_sha512_256()
        case .sha3of224: EVP_sha3_224()
        case .sha3of256: EVP_sha3_256()
        case .sha3of384: EVP_sha3_384()
        case .sha3of512: EVP_sha3_512()
        }
    }

    /// A key of `length` bytes from a password, slow on purpose.
    ///
    /// Returns `nil` where nothing can be derived: without salt, or for no bytes.
    /// Source: RFC 8018 §5.2 (PBKDF2 with HMAC).
    package func derivedKey(password: [UInt8], salt: [UInt8], iterations: Int, length: Int) -> [UInt8]? {
        guard !salt.isEmpty, length > 0, iterations > 0, let iterations = Int32(exactly: iterations),
            let count = Int32(exactly: length)
        else { return nil }
        var key = [UInt8](repeating: 0, count: length)
        let isDerived = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(password.count),
                salt,
                Int32(salt.count),
                iterations,
                self.method,
                count,
                &key
            )
        }
        return isDerived == 1 ? key : nil
    }
}

extension HashFunction: AttributeConvertible {
    package static var attributeType: AttributeType { .string }

    package init(attributeText: String) throws(ConversionError) {
        guard let function = HashFunction(javaName: attributeText) else {
            throw ConversionError(text: attributeText, expected: .words(Self.allCases.map(\.rawValue)))
        }
        self = function
    }

    package var beanValue: BeanValue { .string(self.javaName) }
}

/// A message that is hashed piece by piece.
package struct HashStream: ~Copyable {
    private let context: OpaquePointer?

    package init(_ function: HashFunction) {
        self.context = EVP_MD_CTX_new()
        let isReady = EVP_DigestInit_ex(self.context, function.method, nil)
        precondition(isReady == 1, "libcrypto lacks \(function.javaName)")
    }

    package func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { bytes in _ = EVP_DigestUpdate(self.context, bytes.baseAddress, bytes.count) }
    }

    /// The hash of everything; ends the stream.
    package consuming func finish() -> [UInt8] {
        var length: UInt32 = 0
        var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        EVP_DigestFinal_ex(self.context, &hash, &length)
        return Array(hash.prefix(Int(length)))
    }

    deinit { EVP_MD_CTX_free(self.context) }
}
