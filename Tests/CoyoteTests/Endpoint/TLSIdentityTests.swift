import COpenSSL
import Glibc
import Synchronization
import Testing

@testable import Coyote

/// Certificates that OpenSSL holds, by the thread that made them.
private let certificates = Mutex<[UInt: Int]>([:])

/// Counts certificates from now on.
private let counting = CRYPTO_get_ex_new_index(
    CRYPTO_EX_INDEX_X509,
    0,
    nil,
    { _, _, _, _, _, _ in certificates.withLock { $0[UInt(pthread_self()), default: 0] += 1 } },
    nil,
    { _, _, _, _, _, _ in certificates.withLock { $0[UInt(pthread_self()), default: 0] -= 1 } }
)

@Suite struct TLSIdentityTests {
    private static var count: Int { certificates.withLock { $0[UInt(pthread_self()), default: 0] } }

    static let failures: [@Sendable (inout SSLHostConfigCertificate) -> Void] = [
        { $0.certificateKeyFile = "/nosuch.pem" },
        { $0.certificateKeyFile = TLSTests.path("ec.pem") },
        { $0.certificateKeyFile = TLSTests.path("ec-key-encrypted.pem") },
        { $0.certificateChainFile = "/nosuch.pem" },
        { $0.certificateKeyPasswordFile = "/nosuch.pem" },
    ]

    @Test("certificates go with their identity, and stay nowhere if their key cannot be read", arguments: 0...4)
    func freed(failure: Int) throws {
        #expect(counting >= 0)
        var certificate = TLSTests.certificate("ec")
        certificate.certificateFile = TLSTests.path("ec-chain.pem")
        let before = Self.count
        let (held, chain) = try withExtendedLifetime(TLSIdentity.load(certificate)) { (Self.count, $0.chain.count) }
        #expect(held - before == 1 + chain)
        #expect(Self.count == before)
        Self.failures[failure](&certificate)
        #expect(throws: CoyoteError.self) { try TLSIdentity.load(certificate) }
        #expect(Self.count == before)
    }
}
