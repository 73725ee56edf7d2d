package import Modeler

/// A stored password of the form `salt$iterations$digest`, salt and digest in hexadecimal digits.
///
/// Source: `org.apache.catalina.realm.DigestCredentialHandlerBase`.
struct SaltedDigest: Equatable {
    var salt: [UInt8]
    var iterations: Int
    var digest: [UInt8]

    init(salt: [UInt8], iterations: Int, digest: [UInt8]) {
        self.salt = salt
        self.iterations = iterations
        self.digest = digest
    }

    /// `nil` if the text has another form.
    init?(parsing text: String) {
        let parts = text.split(separator: "$", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let iterations = Int32(parts[1]), let salt = HexText.decode(String(parts[0])),
            let digest = HexText.decode(String(parts[2]))
        else { return nil }
        self.init(salt: salt, iterations: Int(iterations), digest: digest)
    }

    var text: String { HexText.encode(self.salt) + "$\(self.iterations)$" + HexText.encode(self.digest) }
}

/// Settings that all handlers of salted digests have.
package struct SaltSettings: Sendable {
    /// Rounds of hashing for new passwords.
    package var iterations: Int
    /// Bytes of salt for new passwords.
    package var saltLength = 32
    /// Whether a stored password of no known form is logged.
    package var logInvalidStoredCredentials = false

    package init(iterations: Int) { self.iterations = iterations }

    package static let attributes: [Attribute<SaltSettings>] = [
        Attribute("iterations", \.iterations, "Rounds of hashing for new passwords"),
        Attribute("saltLength", \.saltLength, "Bytes of salt for new passwords"),
        Attribute(
            "logInvalidStoredCredentials",
            \.logInvalidStoredCredentials,
            "Whether a stored password of no known form is logged"
        ),
    ]

    /// Above so many rounds a digest is not computed on an event loop; that many take about 10 µs.
    static let quickIterations = 16

    /// The parts of a stored password; `nil` for one of another form.
    func parse(_ stored: String) -> SaltedDigest? {
        let parsed = SaltedDigest(parsing: stored)
        if parsed == nil, self.logInvalidStoredCredentials {
            CategoryLogger("org.apache.catalina.realm.DigestCredentialHandlerBase").warning(
                "matchesSaltIterationsEncoded",
                "The invalid stored credential string [\(stored)] was provided by the Realm to match with the user"
                    + " provided credentials"
            )
        }
        return parsed
    }
}
