import Coyote
import Modeler

/// The TLS attributes of one host name, as configured.
///
/// Passwords are left out.
/// Source: `org.apache.tomcat.util.net.SSLHostConfig`.
final class SSLHostConfigBean: ManagedBean {
    private let configuration: SSLHostConfig

    init(_ configuration: SSLHostConfig) { self.configuration = configuration }

    static let beanInfo = BeanInfo<SSLHostConfigBean>(
        type: "SSLHostConfig",
        attributes: [
            .text("hostName", "Name that clients ask for") { $0.configuration.hostName },
            .text("protocols", "Versions that are served") { $0.configuration.protocols },
            .text("ciphers", "Cipher suites up to TLS 1.2") { $0.configuration.ciphers },
            .text("cipherSuites", "Cipher suites of TLS 1.3") { $0.configuration.cipherSuites },
            .value("honorCipherOrder", "Whether the server's order of suites decides") {
                $0.configuration.honorCipherOrder
            },
            .text("certificateVerificationAsString", "Whether clients need a certificate") {
                $0.configuration.certificateVerification.rawValue.uppercased()
            },
            .value("certificateVerificationDepth", "Authorities between a client's certificate and a known one") {
                $0.configuration.certificateVerificationDepth
            },
            .value("disableCompression", "Whether TLS compression is off") { $0.configuration.disableCompression },
            .value("disableSessionTickets", "Whether session tickets are off") {
                $0.configuration.disableSessionTickets
            },
            .value("insecureRenegotiation", "Whether insecure renegotiation is allowed") {
                $0.configuration.insecureRenegotiation
            },
            .value("sessionCacheSize", "Sessions kept for resumption") { $0.configuration.sessionCacheSize },
            .value("sessionTimeout", "Seconds for which") { $0.configuration.sessionTimeout },
            .list("certificateFiles", "Files of the certificates") { bean in
                bean.configuration.certificates.compactMap { $0.certificateFile ?? $0.certificateKeystoreFile }
            },
        ]
    )

    let componentClassName = "org.apache.tomcat.util.net.SSLHostConfig"
}
