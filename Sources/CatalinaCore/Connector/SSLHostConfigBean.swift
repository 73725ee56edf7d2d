import Coyote
import Modeler

/// The TLS attributes of one host name, as configured.
///
/// Passwords are left out.
/// Source: `org.apache.tomcat.util.net.SSLHostConfig`.
struct SSLHostConfigBean: ManagedBean {
    let configuration: SSLHostConfig
    let objectName: ObjectName
    let connector: Connector

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
            .list("enabledProtocols", "Versions that are offered now") { $0.configuration.enabledProtocols },
            .list("enabledCiphers", "Cipher suites that are offered now") { $0.offer?.cipherSuites ?? [] },
            .text("truststoreFile", "File of the authorities behind clients' certificates") {
                $0.configuration.truststoreFile
            },
            .text("truststoreType", "Its format") { $0.configuration.truststoreType },
            .text("caCertificateFile", "PEM file of those authorities") { $0.configuration.caCertificateFile },
            .text("caCertificatePath", "Folder of such files") { $0.configuration.caCertificatePath },
            .text("certificateRevocationListFile", "File of revoked certificates") {
                $0.configuration.certificateRevocationListFile
            },
            .text("certificateRevocationListPath", "Folder of such files") {
                $0.configuration.certificateRevocationListPath
            },
            .value("objectName", "The bean's own name") { $0.objectName },
        ]
    )

    let componentClassName = "org.apache.tomcat.util.net.SSLHostConfig"

    /// What clients that ask for the host's name are offered; `nil` before the connector is bound.
    private var offer: TLSHostReport? {
        let name = self.configuration.hostName.lowercased()
        return self.connector.handler.tlsHostReports.first { $0.hostName.lowercased() == name }
    }

    /// Registers the beans of a host and of its certificates.
    static func register(_ host: SSLHostConfig, of connector: Connector, in domain: BeanDomain) {
        let pool = ("ThreadPool", ObjectName.quote(connector.poolName))
        let name = ObjectName.quote(host.hostName)
        let own = [("type", "SSLHostConfig"), pool, ("name", name)]
        domain.register(
            SSLHostConfigBean(configuration: host, objectName: domain.objectName(own), connector: connector),
            as: own
        )
        for certificate in host.certificates {
            let keys = [("type", "SSLHostConfigCertificate"), pool, ("Host", name), ("name", certificate.type)]
            domain.register(
                SSLHostConfigCertificateBean(configuration: certificate, objectName: domain.objectName(keys)),
                as: keys
            )
        }
    }
}

/// Where a host's certificate comes from.
///
/// Source: `org.apache.tomcat.util.net.SSLHostConfigCertificate`; differs from it in: passwords are left out.
struct SSLHostConfigCertificateBean: ManagedBean {
    let configuration: SSLHostConfigCertificate
    let objectName: ObjectName

    static let beanInfo = BeanInfo<SSLHostConfigCertificateBean>(
        type: "SSLHostConfigCertificate",
        attributes: [
            .text("certificateFile", "PEM file of the certificate") { $0.configuration.certificateFile },
            .text("certificateKeyFile", "PEM file of its key") { $0.configuration.certificateKeyFile },
            .text("certificateChainFile", "PEM file of the authorities above it") {
                $0.configuration.certificateChainFile
            },
            .text("certificateKeyAlias", "Its name within the keystore") { $0.configuration.certificateKeyAlias },
            .text("certificateKeystoreFile", "PKCS#12 file of certificate and key") {
                $0.configuration.certificateKeystoreFile
            },
            .text("certificateKeystoreType", "Its format") { $0.configuration.certificateKeystoreType },
            .value("objectName", "The bean's own name") { $0.objectName },
        ]
    )

    let componentClassName = "org.apache.tomcat.util.net.SSLHostConfigCertificate"
}
