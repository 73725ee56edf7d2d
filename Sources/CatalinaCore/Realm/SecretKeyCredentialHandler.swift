package import Modeler

/// Passwords stored as keys derived by PBKDF2: `salt$iterations$hex`.
///
/// Source: `org.apache.catalina.realm.SecretKeyCredentialHandler`.
package final class SecretKeyCredentialHandler: CredentialHandler, ConfigurableComponent {
    /// PBKDF2 with HMAC over a hash function, as Java names it: `PBKDF2WithHmacSHA512`.
    package struct Derivation: Sendable, Equatable, AttributeConvertible {
        package let function: HashFunction

        private static let names: [(name: String, function: HashFunction)] = [
            ("PBKDF2WithHmacSHA1", .sha1), ("PBKDF2WithHmacSHA224", .sha224), ("PBKDF2WithHmacSHA256", .sha256),
            ("PBKDF2WithHmacSHA384", .sha384), ("PBKDF2WithHmacSHA512", .sha512),
            ("PBKDF2WithHmacSHA512/224", .sha512of224), ("PBKDF2WithHmacSHA512/256", .sha512of256),
        ]

        package init?(javaName: String) {
            guard let entry = Self.names.first(where: { $0.name.lowercased() == javaName.lowercased() }) else {
                return nil
            }
            self.function = entry.function
        }

        package init(attributeText: String) throws(ConversionError) {
            guard let derivation = Derivation(javaName: attributeText) else {
                throw ConversionError(text: attributeText, expected: .words(Self.names.map(\.name)))
            }
            self = derivation
        }

        package static var attributeType: AttributeType { .string }
        package var javaName: String { Self.names.first { $0.function == self.function }?.name ?? "" }
        package var beanValue: BeanValue { .string(self.javaName) }

        fileprivate init(_ function: HashFunction) { self.function = function }

        /// Tomcat's choice where nothing is said.
        package static let standard = Derivation(.sha1)
    }

    package struct Configuration: Sendable {
        /// PBKDF2WithHmacSHA1, …SHA256, …SHA512 and so on.
        package var algorithm = Derivation.standard
        /// Bits of the key for new passwords.
        package var keyLength = 160
        /// How long a salt is and how often the key is derived anew; by default 20,000 times.
        package var salt = SaltSettings(iterations: 20_000)

        package init() {}
    }

    package let configuration: Configuration

    package init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<SecretKeyCredentialHandler>(
        className: "org.apache.catalina.realm.SecretKeyCredentialHandler",
        kind: .credentialHandler,
        "Passwords stored as keys derived by PBKDF2",
        defaults: Configuration(),
        attributes: [
            Attribute("algorithm", \.algorithm, "PBKDF2WithHmacSHA1, …SHA256, …SHA512 and so on"),
            Attribute("keyLength", \.keyLength, "Bits of the key for new passwords"),
        ] + SaltSettings.attributes.nested(in: \.salt)
    )

    package func matches(_ password: String, stored: String) -> Bool {
        guard let expected = self.configuration.salt.parse(stored),
            let key = self.key(password, expected.salt, expected.iterations, length: expected.digest.count)
        else { return false }
        return ConstantTime.areEqual(key, expected.digest)
    }

    package func mutate(_ password: String) -> String? {
        let settings = self.configuration.salt
        let salt = RandomBytes.make(max(0, settings.saltLength))
        let key = self.key(password, salt, settings.iterations, length: self.configuration.keyLength / 8)
        return key.map { SaltedDigest(salt: salt, iterations: settings.iterations, digest: $0).text }
    }

    package func isSlow(against stored: String?) -> Bool {
        let iterations =
            stored.map { SaltedDigest(parsing: $0)?.iterations ?? 0 } ?? self.configuration.salt.iterations
        return iterations > SaltSettings.quickIterations
    }

    private func key(_ password: String, _ salt: [UInt8], _ iterations: Int, length: Int) -> [UInt8]? {
        let key = self.configuration.algorithm.function.derivedKey(
            password: Array(password.utf8),
            salt: salt,
            iterations: iterations,
            length: length
        )
        if key == nil {
            CategoryLogger("org.apache.catalina.realm.SecretKeyCredentialHandler")
                .warning("mutate", "Unable to generate a password based key")
        }
        return key
    }
}
