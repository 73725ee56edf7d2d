/// The attributes of an `<SSLHostConfig>` and its `<Certificate>` elements, named as in server.xml.
///
/// Tomcat counterpart: `org.apache.tomcat.util.net.SSLHostConfig`.
package struct SSLHostConfig: Sendable, Equatable {
    /// `_default_`, a host name, or a wildcard such as `*.example.org`, in any case.
    package var hostName = "_default_"
    /// `all`, or names joined by `+`, `-` and commas as in `all,-TLSv1.2`; versions below 1.2 are not served.
    package var protocols = "all"
    /// Cipher suites up to TLS 1.2, in OpenSSL's syntax.
    package var ciphers = "HIGH:!aNULL:!eNULL:!DES:!RC4:!MD5:!kRSA"
    /// Cipher suites of TLS 1.3, colon separated.
    package var cipherSuites = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
    /// Whether the server's order of suites decides.
    package var honorCipherOrder = false
    /// Key exchange groups, colon separated; nil leaves them to the library.
    package var groups: String?
    package var certificateVerification = CertificateVerification.none
    package var certificateVerificationDepth = 10
    /// PEM file of the authorities that client certificates are checked against.
    package var caCertificateFile: String?
    /// Directory of such files, hashed as by `openssl rehash`.
    package var caCertificatePath: String?
    package var certificateRevocationListFile: String?
    package var certificateRevocationListPath: String?
    /// PKCS#12 or PEM file of the authorities that client certificates are checked against.
    package var truststoreFile: String?
    package var truststorePassword: String?
    /// `PKCS12` or `PEM`, or nil to guess by the content; JKS cannot be read.
    package var truststoreType: String?
    /// Sessions kept for resumption; -1 leaves it to the library, 0 is unlimited.
    package var sessionCacheSize = -1
    /// In seconds.
    package var sessionTimeout = 86_400
    package var disableSessionTickets = false
    package var disableCompression = true
    package var insecureRenegotiation = false
    package var certificates: [SSLHostConfigCertificate] = []

    package init() {}

    package enum CertificateVerification: String, Sendable {
        case none
        /// A certificate is asked for and its issuer is not checked.
        case optionalNoCA
        case optional
        case required

        /// Reads Tomcat's spellings: `false` and `no`, `true` and `yes`, `want` and `require` too.
        package init?(configured text: String) {
            switch text.asciiLowercased {
            case "none", "false", "no": self = .none
            case "optional", "want": self = .optional
            case "optionalnoca", "optional_no_ca": self = .optionalNoCA
            case "required", "require", "true", "yes": self = .required
            default: return nil
            }
        }
    }
}

/// The attributes of a `<Certificate>`, named as in server.xml.
///
/// Relative paths are those of the process.
/// Tomcat counterpart: `org.apache.tomcat.util.net.SSLHostConfigCertificate`.
package struct SSLHostConfigCertificate: Sendable, Equatable {
    /// PEM; the chain may follow the certificate.
    package var certificateFile: String?
    /// PEM; nil is `certificateFile`.
    package var certificateKeyFile: String?
    /// PEM; the authorities between the certificate and the root.
    package var certificateChainFile: String?
    package var certificateKeyPassword: String?
    /// A file whose content is the password.
    package var certificateKeyPasswordFile: String?
    /// PKCS#12 file; used where `certificateFile` is nil.
    package var certificateKeystoreFile: String?
    package var certificateKeystorePassword: String? = "changeit"
    /// A file whose content is the password.
    package var certificateKeystorePasswordFile: String?
    /// `PKCS12`, or nil to guess; JKS cannot be read.
    package var certificateKeystoreType: String?
    /// Friendly name of the entry in the keystore; nil takes its only one.
    package var certificateKeyAlias: String?
    /// `RSA`, `EC`, `DSA` or `UNDEFINED`.
    package var type = "UNDEFINED"

    package init() {}
}
