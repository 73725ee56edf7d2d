import CatalinaCore
import Coyote
import Foundation
import Modeler
import TestSupport
import Testing

@testable import CatalinaManager

/// What the manager tells about TLS, and what it does about it.
@Suite struct TLSCommandTests {
    private static func path(_ name: String) -> String { Vectors.directory.path + "/tls/" + name }

    private static func host(
        _ hostName: String,
        _ certificates: [(String, String)],
        trusted: String? = nil
    )
        -> SSLHostConfig
    {
        var host = SSLHostConfig()
        host.hostName = hostName
        host.cipherSuites = "TLS_AES_256_GCM_SHA384"
        host.caCertificateFile = trusted
        if trusted != nil { host.certificateVerification = .optional }
        host.certificates = certificates.map { file, key in
            var certificate = SSLHostConfigCertificate()
            certificate.certificateFile = file
            certificate.certificateKeyFile = key
            return certificate
        }
        return host
    }

    /// A running server with a connector for each list of hosts, without TLS for an empty one.
    private static func server(
        _ connectors: [[SSLHostConfig]],
        _ body: (StandardServer, [Connector]) async throws -> Void
    ) async throws {
        TestLog.install()
        let server = try StandardServer.descriptor.component([("port", "-1")])
        let service = try StandardService.descriptor.component([("name", "Catalina")])
        service.engine = try StandardEngine.descriptor.component([
            ("name", "Catalina"), ("defaultHost", "localhost"), ("backgroundProcessorDelay", "-1"),
        ])
        server.add(service)
        var made: [Connector] = []
        for hosts in connectors {
            let connector = try Connector.descriptor.component([
                ("port", "0"), ("address", "127.0.0.1"), ("SSLEnabled", hosts.isEmpty ? "false" : "true"),
            ])
            connector.handler.sslHostConfigs = hosts
            service.add(connector)
            made.append(connector)
        }
        try await server.start()
        try await body(server, made)
        try await server.stop()
    }

    private static let ec = [(Self.path("ec.pem"), Self.path("ec-key.pem"))]
    private static let both = Self.ec + [(Self.path("rsa.pem"), Self.path("rsa-key.pem"))]

    @Test("cipher suites, certificates and authorities are told for each host of each connector")
    func tells() async throws {
        let hosts = [Self.host("_default_", Self.both, trusted: Self.path("ca.pem")), Self.host("other.test", Self.ec)]
        try await Self.server([hosts, []]) { server, connectors in
            let commands = TLSCommands(server)
            let names = connectors.map(\.lifecycleName)
            let ciphers = commands.ciphers()
            #expect(ciphers.first == "OK - Connector / SSL Cipher information")
            #expect(ciphers.contains("\(names[0])-_default_") && ciphers.contains("\(names[0])-other.test"))
            #expect(ciphers.count { $0 == "  TLS_AES_256_GCM_SHA384" } == 2)
            #expect(ciphers.suffix(2) == [names[1], "  SSL is not enabled for this connector"])
            let certificates = commands.certificates()
            let titles = ["_default_-EC", "_default_-RSA", "other.test-EC"].map { "\(names[0])-\($0)" }
            for title in titles { #expect(certificates.contains(title), "\(title)") }
            #expect(certificates.count { $0.hasPrefix("Certificate:\n    Data:\n") } >= 3)
            #expect(certificates.suffix(2) == [names[1], "SSL is not enabled for this connector"])
            let trusted = commands.trustedCertificates()
            #expect(trusted[1] == "\(names[0])-_default_" && trusted[2].contains("Issuer:"))
            #expect(
                trusted[3...4] == [
                    "\(names[0])-other.test", "No trusted certificates are configured for this virtual host",
                ]
            )
        }
    }

    @Test("a chain is told with what stands above its certificate")
    func chains() async throws {
        let hosts = [Self.host("_default_", [(Self.path("ec-chain.pem"), Self.path("ec-key.pem"))])]
        try await Self.server([hosts]) { server, _ in
            #expect(TLSCommands(server).certificates().count { $0.hasPrefix("Certificate:") } == 2)
        }
    }

    @Test(
        "certificates are read anew for one host or for all",
        arguments: [
            (nil, "OK - Reloaded TLS configuration for all TLS virtual hosts"),
            ("", "OK - Reloaded TLS configuration for all TLS virtual hosts"),
            ("OTHER.test", "OK - Reloaded TLS configuration for [other.test]"),
            ("no.test", "FAIL - Failed to reload TLS configuration"),
        ]
    )
    func reloads(name: String?, line: String) async throws {
        let hosts = [Self.host("_default_", Self.ec), Self.host("other.test", Self.ec)]
        try await Self.server([hosts, []]) { server, _ in
            #expect(await TLSCommands(server).reload(name) == [line])
        }
    }

    @Test("a certificate that cannot be read any more leaves what is served as it is")
    func brokenFile() async throws {
        let files = try FileTree("tls")
        for name in ["ec.pem", "ec-key.pem"] {
            try files.write(name, String(decoding: try Vectors.bytes("tls/" + name), as: UTF8.self))
        }
        let hosts = [Self.host("_default_", [(files["ec.pem"], files["ec-key.pem"])])]
        try await Self.server([hosts]) { server, connectors in
            let before = TLSCommands(server).certificates()
            try files.write("ec.pem", "no certificate")
            let answer = await TLSCommands(server).reload(nil)
            #expect(answer.count == 2 && answer[0] == "FAIL - Failed to reload TLS configuration")
            #expect(answer[1].hasPrefix("FAIL - Encountered exception [") && answer[1].contains("ec.pem"))
            #expect(TLSCommands(server).certificates() == before)
            #expect(connectors[0].handler.localPort != nil)
        }
    }

    @Test("without a server there is nothing to tell")
    func nothing() async {
        #expect(TLSCommands(nil).ciphers().count == 1)
        #expect(await TLSCommands(nil).reload(nil) == ["FAIL - Failed to reload TLS configuration"])
    }
}
