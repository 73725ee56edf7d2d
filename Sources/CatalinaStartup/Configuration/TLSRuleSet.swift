import CatalinaCore
package import Coyote
package import Modeler
import ServerConfig
import Synchronization

/// Rules of a connector's `<SSLHostConfig>` elements.
struct TLSRuleSet: RuleSet {
    /// Of the Connector, with a slash at the end.
    let prefix: String

    func addRules(to digester: inout Digester) {
        let host = self.prefix + "SSLHostConfig"
        digester.on(host, create: SSLHostConfigElement.className, isOverridable: false) {
            (connector: Connector, element: SSLHostConfigElement) in
            try connector.add(element.host)
        }
        digester.on(host + "/Certificate", create: SSLHostConfigCertificate.descriptor.className, isOverridable: false)
        {
            (element: SSLHostConfigElement, certificate: PlainElement<SSLHostConfigCertificate>) in
            element.add(certificate.configuration)
        }
        digester.accept(host + "/OpenSSLConf")
    }
}

/// One `<SSLHostConfig>`.
///
/// Source: `org.apache.tomcat.util.net.SSLHostConfig`.
package final class SSLHostConfigElement: ConfigurableComponent, Sendable {
    package typealias Configuration = SSLHostConfig

    package static let className = "org.apache.tomcat.util.net.SSLHostConfig"

    package static let descriptor = ComponentDescriptor<SSLHostConfigElement>(
        className: SSLHostConfigElement.className,
        kind: .sslHostConfig,
        "TLS for one host name",
        defaults: SSLHostConfig(),
        attributes: SSLHostConfigElement.attributes
    )

    private static let attributes: [Attribute<SSLHostConfig>] = [
        Attribute("hostName", \.hostName, "Host name, *.name, or _default_"),
        Attribute("protocols", \.protocols, "all, or versions with + and -"),
        Attribute("ciphers", \.ciphers, "Suites up to TLS 1.2, in OpenSSL's syntax"),
        Attribute("cipherSuites", \.cipherSuites, "Suites of TLS 1.3"),
        Attribute("honorCipherOrder", \.honorCipherOrder, "Whether the server's order of suites decides"),
        Attribute("groups", \.groups, "Key exchange groups"),
        Attribute(
            "certificateVerification",
            \.certificateVerification,
            "Whether clients need a certificate: none, optionalNoCA, optional, required"
        ),
        Attribute(
            "certificateVerificationDepth",
            \.certificateVerificationDepth,
            "Authorities between client and root"
        ),
        Attribute("caCertificateFile", \.caCertificateFile, "Authorities of client certificates, PEM"),
        Attribute("caCertificatePath", \.caCertificatePath, "Folder of such files"),
        Attribute("certificateRevocationListFile", \.certificateRevocationListFile, "Revoked certificates, PEM"),
        Attribute("certificateRevocationListPath", \.certificateRevocationListPath, "Folder of such files"),
        Attribute("truststoreFile", \.truststoreFile, "Authorities of client certificates, PKCS#12 or PEM"),
        Attribute("truststorePassword", \.truststorePassword, "Password of that file"),
        Attribute("truststoreType", \.truststoreType, "PKCS12 or PEM"),
        Attribute("sessionCacheSize", \.sessionCacheSize, "Sessions kept for resumption"),
        Attribute("sessionTimeout", \.sessionTimeout, "Seconds for which"),
        Attribute("disableSessionTickets", \.disableSessionTickets, "Whether sessions are not handed to clients"),
        Attribute("disableCompression", \.disableCompression, "Whether TLS does not compress"),
        Attribute("insecureRenegotiation", \.insecureRenegotiation, "Whether old clients may renegotiate"),
        .ignored("revocationEnabled", "Accepted; revocation lists are used when given"),
        .ignored("ocspEnabled", "Accepted; OCSP is not asked"),
        .ignored("ocspSoftFail", "Accepted; OCSP is not asked"),
        .ignored("ocspTimeout", "Accepted; OCSP is not asked"),
        .ignored("keyManagerAlgorithm", "Accepted; concerns Java only"),
        .ignored("trustManagerClassName", "Accepted; concerns Java only"),
        .ignored("truststoreAlgorithm", "Accepted; concerns Java only"),
        .ignored("truststoreProvider", "Accepted; concerns Java only"),
        .ignored("sslProtocol", "Accepted; concerns Java only"),
    ]

    package let configuration: Configuration
    private let certificates = Mutex<[SSLHostConfigCertificate]>([])

    package init(configuration: Configuration) { self.configuration = configuration }

    func add(_ certificate: SSLHostConfigCertificate) { self.certificates.withLock { $0.append(certificate) } }

    /// The configuration with its certificates.
    var host: SSLHostConfig {
        var host = self.configuration
        host.certificates = self.certificates.withLock { $0 }
        return host
    }
}

extension Connector {
    /// Takes the settings of one host name, with paths made absolute against CATALINA_BASE.
    ///
    /// - Throws: ``DuplicateHostName`` if there are some already.
    func add(_ host: SSLHostConfig) throws {
        let name = host.hostName.lowercased()
        guard !self.handler.sslHostConfigs.contains(where: { $0.hostName.lowercased() == name }) else {
            throw DuplicateHostName(name: host.hostName)
        }
        self.handler.sslHostConfigs.append(host.resolved)
    }

    /// Takes the settings that attributes of the Connector itself give.
    func addFlatTLS() throws {
        let name = self.configuration.http11.defaultSSLHostConfigName
        if let host = self.configuration.flatTLS.hostConfig(named: name) { try self.add(host) }
    }
}

/// Two settings for one host name, one of which may be that of the Connector's own attributes.
struct DuplicateHostName: Error, CustomStringConvertible {
    let name: String

    var description: String {
        "Multiple SSLHostConfig elements were provided for the host name [\(self.name)]. Host names must be unique."
    }
}

extension SSLHostConfig {
    /// The same with paths made absolute against CATALINA_BASE.
    fileprivate var resolved: SSLHostConfig {
        var host = self
        let paths: [WritableKeyPath<SSLHostConfig, String?>] = [
            \.caCertificateFile, \.caCertificatePath, \.certificateRevocationListFile,
            \.certificateRevocationListPath, \.truststoreFile,
        ]
        for path in paths { host[keyPath: path] = host[keyPath: path].map { Places.resolve($0) } }
        host.certificates = host.certificates.map(\.resolved)
        return host
    }
}

/// One `<Certificate>`.
///
/// Source: `org.apache.tomcat.util.net.SSLHostConfigCertificate`.
extension SSLHostConfigCertificate: PlainSettings {
    package static let descriptor = ComponentDescriptor<PlainElement<SSLHostConfigCertificate>>(
        className: "org.apache.tomcat.util.net.SSLHostConfigCertificate",
        kind: .certificate,
        "A certificate and its key",
        defaults: SSLHostConfigCertificate(),
        attributes: [
            Attribute("certificateFile", \.certificateFile, "The certificate, PEM; its chain may follow"),
            Attribute("certificateKeyFile", \.certificateKeyFile, "The key, PEM; certificateFile if unset"),
            Attribute("certificateChainFile", \.certificateChainFile, "The chain, PEM"),
            Attribute("certificateKeyPassword", \.certificateKeyPassword, "Password of the key"),
            Attribute("certificateKeyPasswordFile", \.certificateKeyPasswordFile, "A file with that password"),
            Attribute("certificateKeystoreFile", \.certificateKeystoreFile, "Certificate and key, PKCS#12"),
            Attribute("certificateKeystorePassword", \.certificateKeystorePassword, "Password of that file"),
            Attribute(
                "certificateKeystorePasswordFile",
                \.certificateKeystorePasswordFile,
                "A file with that password"
            ),
            Attribute("certificateKeystoreType", \.certificateKeystoreType, "PKCS12"),
            Attribute("certificateKeyAlias", \.certificateKeyAlias, "Entry of the keystore"),
            Attribute("type", \.type, "RSA, EC, DSA or UNDEFINED"),
            .ignored("certificateKeystoreProvider", "Accepted; concerns Java only"),
        ]
    )

    /// The same with paths made absolute against CATALINA_BASE.
    fileprivate var resolved: SSLHostConfigCertificate {
        var certificate = self
        let paths: [WritableKeyPath<SSLHostConfigCertificate, String?>] = [
            \.certificateFile, \.certificateKeyFile, \.certificateChainFile, \.certificateKeyPasswordFile,
            \.certificateKeystoreFile, \.certificateKeystorePasswordFile,
        ]
        for path in paths { certificate[keyPath: path] = certificate[keyPath: path].map { Places.resolve($0) } }
        return certificate
    }
}
