import CatalinaCore
import Coyote
import Foundation
import Modeler
import ServerConfig
import TestSupport
import Testing

@testable import CatalinaStartup

/// TLS written as in Tomcat 8.5: attributes of the Connector.
@Suite struct FlatTLSTests {
    private static let certificates = Vectors.directory.path + "/tls/"

    private static func server(
        _ attributes: String,
        inside: String = ""
    ) throws -> (server: StandardServer?, problems: [ConfigProblem]) {
        _ = TestInstance.base
        let files = try FileTree("tls")
        var digester = Digester(registry: Components.registry, substitution: PropertySubstitution(.shared))
        digester.add(ServerRuleSet())
        let path = try files.write(
            "server.xml",
            """
            <?xml version='1.0' encoding='utf-8'?>
            <Server port="-1" shutdown="SHUTDOWN">
              <Listener className="org.apache.catalina.startup.VersionLoggerListener" />
              <Listener className="org.apache.catalina.core.AprLifecycleListener" SSLEngine="on" />
              <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener" />
              <Listener className="org.apache.catalina.mbeans.GlobalResourcesLifecycleListener" />
              <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener" />
              <Service name="Catalina">
                <Connector port="0" address="127.0.0.1" protocol="org.apache.coyote.http11.Http11NioProtocol"
                           maxThreads="150" SSLEnabled="true" scheme="https" secure="true" \(attributes)>\(inside)</Connector>
                <Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps" /></Engine>
              </Service>
            </Server>
            """
        )
        let outcome = digester.digest(path)
        return (outcome.component as? StandardServer, outcome.problems)
    }

    private static func warnings(_ problems: [ConfigProblem]) -> [ConfigProblem] {
        problems.filter { $0.severity > .notice }
    }

    @Test(
        "a connector with flat attributes opens its port",
        arguments: [
            "keystoreFile='\(certificates)rsa.p12' keystorePass='changeit' clientAuth='false' sslProtocol='TLS'",
            "keystoreFile='\(certificates)ec.p12' keyAlias='FIRST' keystoreType='PKCS12' sslEnabledProtocols='TLSv1.2,TLSv1.3'",
            "SSLCertificateFile='\(certificates)rsa.pem' SSLCertificateKeyFile='\(certificates)rsa-key.pem' SSLProtocol='all' "
                + "SSLCACertificateFile='\(certificates)ca.pem' SSLVerifyClient='optional' SSLVerifyDepth='3' "
                + "SSLCipherSuite='HIGH:!aNULL' SSLHonorCipherOrder='true' SSLDisableCompression='true'",
            "keystoreFile='\(certificates)rsa.p12' truststoreFile='\(certificates)truststore.p12' truststorePass='changeit' "
                + "truststoreType='PKCS12' clientAuth='want' algorithm='SunX509' "
                + "ciphers='TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256'",
        ]
    )
    func serves(attributes: String) async throws {
        let (server, problems) = try Self.server(attributes)
        #expect(Self.warnings(problems).isEmpty, "\(problems)")
        let connector = try #require(server?.services.first?.connectors.first)
        try await connector.initialize()
        #expect(connector.initializationFailure == nil)
        #expect(connector.handler.isBound)
        try await connector.destroy()
    }

    @Test("what flat attributes say is what the elements would say")
    func settings() throws {
        let (server, _) = try Self.server(
            "keystoreFile='conf/k.p12' keystorePass='s' keyAlias='tomcat' clientAuth='want' trustMaxCertLength='4' "
                + "crlFile='/crl.pem' sessionTimeout='60' defaultSSLHostConfigName='a.test'"
        )
        let host = try #require(server?.services.first?.connectors.first?.handler.sslHostConfigs.first)
        #expect(host.hostName == "a.test")
        #expect(host.certificateVerification == .optional)
        #expect(host.certificateVerificationDepth == 4)
        #expect(host.certificateRevocationListFile == "/crl.pem")
        #expect(host.sessionTimeout == 60)
        let certificate = try #require(host.certificates.first)
        #expect(certificate.certificateKeystoreFile == TestInstance.base.path + "/conf/k.p12")
        #expect(certificate.certificateKeystorePassword == "s")
        #expect(certificate.certificateKeyAlias == "tomcat")
    }

    @Test("a keystore of Java's own kind is refused with what to do about it")
    func javaKeystore() async throws {
        let files = try FileTree("jks")
        let path = try files.write("old.jks", [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2])
        let (server, _) = try Self.server("keystoreFile='\(path)' keystorePass='changeit'")
        let connector = try #require(server?.services.first?.connectors.first)
        let error = await #expect(throws: (any Error).self) { try await connector.initialize() }
        let text = String(describing: error)
        #expect(text.contains("keytool -importkeystore -srckeystore \(path) -destkeystore \(path).p12"), "\(text)")
    }

    @Test("flat attributes beside an SSLHostConfig of the same name are refused, beside another they are not")
    func twice() throws {
        let certificate = "<Certificate certificateFile='c.pem'/>"
        let (_, problems) = try Self.server("keystoreFile='k'", inside: "<SSLHostConfig>\(certificate)</SSLHostConfig>")
        #expect(problems.contains { $0.severity == .fatal && $0.message.contains("[_default_]") }, "\(problems)")
        let (server, others) = try Self.server(
            "keystoreFile='k'",
            inside: "<SSLHostConfig hostName='b.test'>\(certificate)</SSLHostConfig>"
        )
        #expect(Self.warnings(others).isEmpty)
        let names = server?.services.first?.connectors.first?.handler.sslHostConfigs.map(\.hostName)
        #expect(names?.sorted() == ["_default_", "b.test"])
    }
}
