package import Coyote
package import Modeler

/// Passwords stored as digests: `salt$iterations$hex`, plain hex, or base64 behind `{MD5}`, `{SHA}` or `{SSHA}`.
///
/// Without an algorithm passwords are stored as they are.
/// Source: `org.apache.catalina.realm.MessageDigestCredentialHandler`.
package final class MessageDigestCredentialHandler: CredentialHandler, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Digest algorithm; without one passwords are stored in clear.
        package var algorithm: HashFunction?
        /// Charset in which passwords become bytes.
        package var encoding = Charset.utf8
        /// How long a salt is and how often the digest is repeated; by default once.
        package var salt = SaltSettings(iterations: 1)
        /// Whether the password is hashed before the salt, as RFC 3112 wants it.
        package var digestInRfc3112Order = false

        package init() {}
    }

    package let configuration: Configuration

    package init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<MessageDigestCredentialHandler>(
        className: "org.apache.catalina.realm.MessageDigestCredentialHandler",
        kind: .credentialHandler,
        "Passwords stored as digests, with or without salt",
        defaults: Configuration(),
        attributes: [
            Attribute("algorithm", \.algorithm, "Digest algorithm; without one passwords are stored in clear"),
            Attribute(
                "encoding",
                \.encoding,
                "Charset in which passwords become bytes",
                show: { .string($0.name) },
                convert: { text throws(ConversionError) in
                    guard let charset = Charset(name: text) else {
                        throw ConversionError(text: text, expected: .string)
                    }
                    return charset
                }
            ),
            Attribute(
                "digestInRfc3112Order",
                \.digestInRfc3112Order,
                "Whether the password is hashed before the salt instead of behind it"
            ),
        ] + SaltSettings.attributes.nested(in: \.salt)
    )

    package func matches(_ password: String, stored: String) -> Bool {
        guard let function = self.configuration.algorithm else { return ConstantTime.areEqual(password, stored) }
        if stored.hasPrefix("{MD5}") || stored.hasPrefix("{SHA}") {
            let digest = function.hash(Charset.isoLatin1.encode(password))
            return ConstantTime.areEqual(Base64.encode(digest), String(stored.dropFirst(5)))
        }
        if stored.hasPrefix("{SSHA}") { return self.matchesSaltedBase64(password, stored, function) }
        if stored.contains("$") { return self.matchesSaltedHex(password, stored, function) }
        return ConstantTime.areEqual(
            HexText.encode(self.digest(password, salt: [], iterations: 1, function)),
            stored.lowercased()
        )
    }

    package func mutate(_ password: String) -> String? {
        let settings = self.configuration.salt
        let salt = RandomBytes.make(max(0, settings.saltLength))
        guard let function = self.configuration.algorithm else {
            // Odd, but what Tomcat's digest.sh prints for this handler without an algorithm.
            return salt.isEmpty && settings.iterations == 1
                ? password : HexText.encode(salt) + "$\(settings.iterations)$" + password
        }
        let digest = self.digest(password, salt: salt, iterations: settings.iterations, function)
        if salt.isEmpty, settings.iterations == 1 { return HexText.encode(digest) }
        return SaltedDigest(salt: salt, iterations: settings.iterations, digest: digest).text
    }

    package func isSlow(against stored: String?) -> Bool {
        guard self.configuration.algorithm != nil else { return false }
        let iterations =
            stored.map { SaltedDigest(parsing: $0)?.iterations ?? 1 } ?? self.configuration.salt.iterations
        return iterations > SaltSettings.quickIterations
    }

    private func matchesSaltedHex(_ password: String, _ stored: String, _ function: HashFunction) -> Bool {
        guard let expected = self.configuration.salt.parse(stored) else { return false }
        let digest = self.digest(password, salt: expected.salt, iterations: expected.iterations, function)
        return ConstantTime.areEqual(digest, expected.digest)
    }

    /// `{SSHA}` and the base64 text of a SHA-1 digest followed by the salt.
    private func matchesSaltedBase64(_ password: String, _ stored: String, _ function: HashFunction) -> Bool {
        let text = Array(stored.utf8.dropFirst(6))
        let digestLength = 20
        guard let bytes = Base64.decode(text.span), bytes.count >= digestLength else { return false }
        let digest = function.hash(Charset.isoLatin1.encode(password), Array(bytes[digestLength...]))
        return ConstantTime.areEqual(digest, Array(bytes[..<digestLength]))
    }

    private func digest(
        _ password: String,
        salt: [UInt8],
        iterations: Int,
        _ function: HashFunction
    ) -> [UInt8] {
        let bytes = self.configuration.encoding.encode(password)
        return self.configuration.digestInRfc3112Order
            ? function.hash(bytes, salt, iterations: iterations) : function.hash(salt, bytes, iterations: iterations)
    }
}
