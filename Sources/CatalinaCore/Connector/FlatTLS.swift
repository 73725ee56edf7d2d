package import Coyote
package import Modeler

/// TLS as Tomcat 8.5 writes it, in attributes of the Connector itself.
///
/// They stand for an `<SSLHostConfig>` with one `<Certificate>`; later versions of Tomcat no longer take them.
///
/// Source: `org.apache.coyote.http11.AbstractHttp11Protocol` of Tomcat 8.5.
package struct FlatTLS: Sendable, Equatable {
    package var host = SSLHostConfig()
    package var certificate = SSLHostConfigCertificate()

    package init() {}

    /// What the attributes describe together, under the name of the connector's default host; `nil` if none was given.
    package func hostConfig(named name: String) -> SSLHostConfig? {
        guard self != FlatTLS() else { return nil }
        var host = self.host
        host.hostName = name
        host.certificates = [self.certificate]
        return host
    }

    static let attributes: [Attribute<FlatTLS>] = FlatTLS.ofHosts + FlatTLS.ofCertificates + FlatTLS.ofJava

    private static let ofHosts: [Attribute<FlatTLS>] = [
        .old("sslEnabledProtocols", \.host.protocols, "protocols", aliases: ["SSLProtocol"]),
        .old("ciphers", \.host.ciphers, "ciphers", aliases: ["SSLCipherSuite"]),
        .old(
            "useServerCipherSuitesOrder",
            \.host.honorCipherOrder,
            "honorCipherOrder",
            aliases: ["SSLHonorCipherOrder"]
        ),
        .old("clientAuth", \.host.certificateVerification, "certificateVerification", aliases: ["SSLVerifyClient"]),
        .old(
            "trustMaxCertLength",
            \.host.certificateVerificationDepth,
            "certificateVerificationDepth",
            aliases: ["SSLVerifyDepth"]
        ),
        .old("truststoreFile", \.host.truststoreFile, "truststoreFile"),
        .old("truststorePass", \.host.truststorePassword, "truststorePassword"),
        .old("truststoreType", \.host.truststoreType, "truststoreType"),
        .old("SSLCACertificateFile", \.host.caCertificateFile, "caCertificateFile"),
        .old("SSLCACertificatePath", \.host.caCertificatePath, "caCertificatePath"),
        .old(
            "crlFile",
            \.host.certificateRevocationListFile,
            "certificateRevocationListFile",
            aliases: ["SSLCARevocationFile"]
        ),
        .old("SSLCARevocationPath", \.host.certificateRevocationListPath, "certificateRevocationListPath"),
        .old("sessionCacheSize", \.host.sessionCacheSize, "sessionCacheSize"),
        .old("sessionTimeout", \.host.sessionTimeout, "sessionTimeout"),
        .old("SSLDisableCompression", \.host.disableCompression, "disableCompression"),
        .old("SSLDisableSessionTickets", \.host.disableSessionTickets, "disableSessionTickets"),
    ]

    private static let ofCertificates: [Attribute<FlatTLS>] = [
        .old("keystoreFile", \.certificate.certificateKeystoreFile, "certificateKeystoreFile"),
        .old("keystorePass", \.certificate.certificateKeystorePassword, "certificateKeystorePassword"),
        .old("keystorePassFile", \.certificate.certificateKeystorePasswordFile, "certificateKeystorePasswordFile"),
        .old("keystoreType", \.certificate.certificateKeystoreType, "certificateKeystoreType"),
        .old("keyAlias", \.certificate.certificateKeyAlias, "certificateKeyAlias"),
        .old("keyPass", \.certificate.certificateKeyPassword, "certificateKeyPassword", aliases: ["SSLPassword"]),
        .old("keyPassFile", \.certificate.certificateKeyPasswordFile, "certificateKeyPasswordFile"),
        .old("SSLCertificateFile", \.certificate.certificateFile, "certificateFile"),
        .old("SSLCertificateKeyFile", \.certificate.certificateKeyFile, "certificateKeyFile"),
        .old("SSLCertificateChainFile", \.certificate.certificateChainFile, "certificateChainFile"),
    ]

    private static let ofJava: [Attribute<FlatTLS>] = [
        "algorithm", "keystoreProvider", "sslProtocol", "trustManagerClassName", "truststoreAlgorithm",
        "truststoreProvider",
    ].map { .ignored($0, "Accepted; concerns Java only") }
}

extension Attribute<FlatTLS> {
    /// An attribute that has a new name in the elements inside the Connector.
    fileprivate static func old<Value: AttributeConvertible>(
        _ name: String,
        _ path: any WritableKeyPath<FlatTLS, Value> & Sendable,
        _ newName: String,
        aliases: [String] = []
    ) -> Self {
        Attribute(name, path, "Tomcat 8.5's form of `\(newName)` in SSLHostConfig or Certificate", aliases: aliases)
    }
}

extension SSLHostConfig.CertificateVerification: AttributeConvertible {
    package static var attributeType: AttributeType { .words(["none", "optionalNoCA", "optional", "required"]) }

    package init(attributeText text: String) throws(ConversionError) {
        guard let value = Self(configured: text) else {
            throw ConversionError(text: text, expected: Self.attributeType)
        }
        self = value
    }

    package var beanValue: BeanValue { .string(self.rawValue) }
}
