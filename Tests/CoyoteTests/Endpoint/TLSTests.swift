import COpenSSL
import Coyote
import Foundation
import NIOCore
import TestSupport
import Testing

@Suite struct TLSTests {
    private static let request = "GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    static func path(_ name: String) -> String { Vectors.directory.path + "/tls/" + name }

    static func certificate(_ name: String) -> SSLHostConfigCertificate {
        var certificate = SSLHostConfigCertificate()
        certificate.certificateFile = Self.path("\(name).pem")
        certificate.certificateKeyFile = Self.path("\(name)-key.pem")
        return certificate
    }

    private static func host(_ names: String..., hostName: String = "_default_") -> SSLHostConfig {
        var host = SSLHostConfig()
        host.hostName = hostName
        host.certificates = names.map { Self.certificate($0) }
        return host
    }

    /// Runs a server that prints what it knows of the TLS connection.
    private static func run(
        _ hosts: [SSLHostConfig],
        _ configure: @escaping (inout Http11Protocol.Configuration) -> Void = { _ in },
        use body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(
            { configuration in
                configuration.isSSLEnabled = true
                configure(&configuration)
            },
            hosts: hosts,
            servlet: { request, response in
                let support = request.sslSupport
                let text =
                    "\(request.scheme) \(request.isSecure) \(support?.protocolName ?? "") \(support?.cipherSuite ?? "") "
                    + "\(support?.keySize ?? 0) \(support?.peerCertificates.count ?? -1)"
                try await TestAdapter.sendPlain(text, response)
            },
            use: body
        )
    }

    @Test("a request over TLS knows its connection")
    func support() async throws {
        try await Self.run([Self.host("ec")]) { server in
            let answer = try await TLSClient().exchange(port: server.port, Self.request)
            #expect(answer.text.hasSuffix("https true TLSv1.3 TLS_AES_256_GCM_SHA384 256 0"))
            #expect(server.handler.name.hasPrefix("https-openssl-nio-127.0.0.1-auto-"))
        }
    }

    @Test("the client's algorithms choose between RSA and EC certificates")
    func severalCertificates() async throws {
        try await Self.run([Self.host("rsa", "ec")]) { server in
            var client = TLSClient(maximumVersion: TLS1_2_VERSION, ciphers: "ECDHE-RSA-AES128-GCM-SHA256")
            let answer1 = try await client.exchange(port: server.port, Self.request)
            #expect(answer1.keyType == "rsaEncryption")
            client.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
            let answer2 = try await client.exchange(port: server.port, Self.request)
            #expect(answer2.keyType == "id-ecPublicKey")
        }
    }

    @Test(
        "the host name in the first message selects the host",
        arguments: [
            ("other.test", "other.test"), ("a.WILD.test", "other.test"), ("localhost", "localhost"), (nil, "localhost"),
        ]
    )
    func serverNames(name: String?, subject: String) async throws {
        let hosts = [
            Self.host("ec"), Self.host("other", hostName: "other.test"), Self.host("other", hostName: "*.wild.test"),
        ]
        try await Self.run(hosts) { server in
            let answer = try await TLSClient(serverName: name).exchange(port: server.port, Self.request)
            #expect(answer.subject == subject)
            // With strictSni a request for a host with other settings is refused.
            let isRefused = subject != "localhost"
            #expect(answer.text.hasPrefix(isRefused ? "HTTP/1.1 400 " : "HTTP/1.1 200 "))
        }
    }

    @Test("keys come from encrypted PEM, chains and keystores")
    func formats() async throws {
        var encrypted = Self.certificate("ec")
        encrypted.certificateFile = Self.path("ec-chain.pem")
        encrypted.certificateKeyFile = Self.path("ec-key-encrypted.pem")
        encrypted.certificateKeyPassword = "secret"
        var store = SSLHostConfigCertificate()
        store.certificateKeystoreFile = Self.path("ec.p12")
        store.certificateKeyAlias = "FIRST"
        for certificate in [encrypted, store] {
            var host = SSLHostConfig()
            host.certificates = [certificate]
            try await Self.run([host]) { server in
                let answer = try await TLSClient().exchange(port: server.port, Self.request)
                #expect(answer.subject == "localhost" && answer.chainLength == 2, "\(answer.failure)")
            }
        }
    }

    @Test("client certificates are asked for and checked", arguments: ["ca.pem", "truststore.p12"])
    func clientCertificates(authorities: String) async throws {
        var host = Self.host("ec")
        host.certificateVerification = .required
        if authorities == "ca.pem" {
            host.caCertificateFile = Self.path(authorities)
        } else {
            host.truststoreFile = Self.path(authorities)
            host.truststorePassword = "changeit"
        }
        try await Self.run([host]) { server in
            let stranger = try await TLSClient().exchange(port: server.port, Self.request)
            #expect(stranger.text.isEmpty && stranger.failure.contains("certificate required"))
            let client = TLSClient(certificate: (Self.path("client.pem"), Self.path("client-key.pem")))
            let answer = try await client.exchange(port: server.port, Self.request)
            #expect(answer.text.hasSuffix(" 256 1"), "\(answer)")
        }
    }

    @Test("optional verification accepts clients without a certificate", arguments: ["optional", "optionalNoCA"])
    func optionalCertificates(verification: String) async throws {
        var host = Self.host("ec")
        host.certificateVerification = try #require(.init(configured: verification))
        try await Self.run([host]) { server in
            let anonymous = try await TLSClient().exchange(port: server.port, Self.request)
            #expect(anonymous.text.hasSuffix(" 256 0"))
            let client = TLSClient(certificate: (Self.path("client.pem"), Self.path("client-key.pem")))
            let answer = try await client.exchange(port: server.port, Self.request)
            #expect(answer.text.hasSuffix(" 256 1") == (verification == "optionalNoCA"))
        }
    }

    @Test("sessions are resumed by tickets")
    func resumption() async throws {
        try await Self.run([Self.host("ec")]) { server in
            for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
                let client = TLSClient(maximumVersion: version, connections: 2)
                let answer3 = try await client.exchange(port: server.port, Self.request)
                #expect(answer3.wasResumed)
            }
        }
    }

    @Test("ALPN takes the first of the server's protocols that the client knows")
    func applicationProtocols() async throws {
        try await Self.run([Self.host("ec")]) { server in
            var client = TLSClient(applicationProtocols: ["h2", "http/1.1"])
            let answer4 = try await client.exchange(port: server.port, Self.request)
            #expect(answer4.applicationProtocol == "http/1.1")
            client.applicationProtocols = ["spdy"]
            let answer5 = try await client.exchange(port: server.port, Self.request)
            #expect(answer5.applicationProtocol.isEmpty)
        }
    }

    @Test("plain HTTP gets an answer that says so")
    func plainText() async throws {
        try await Self.run([Self.host("ec")]) { server in
            let answer = try await server.exchange([Self.request])
            #expect(
                answer.text == "HTTP/1.1 400 \r\nContent-Type: text/plain;charset=UTF-8\r\nConnection: close\r\n\r\n"
                    + "Bad Request\r\nThis combination of host and port requires TLS.\r\n"
            )
        }
    }

    @Test("large answers and files pass through TLS whole")
    func large() async throws {
        let size = 3 * 1024 * 1024
        try await TestServer.run(
            { $0.isSSLEnabled = true },
            hosts: [Self.host("ec")],
            servlet: { request, response in
                response.contentLength = Int64(size)
                try await response.write(ByteBuffer(repeating: 0x78, count: size))
            },
            use: { server in
                let answer = try await TLSClient().exchange(port: server.port, Self.request)
                #expect(answer.text.utf8.count > size && answer.text.hasSuffix("xxxx"))
            }
        )
    }

    @Test("reloaded certificates hold for new connections")
    func reload() async throws {
        let directory = try TemporaryDirectory()
        for name in ["ec", "other"] { try directory.copy(name) }
        var host = SSLHostConfig()
        var certificate = SSLHostConfigCertificate()
        certificate.certificateFile = directory.url.appending(path: "used.pem").path
        certificate.certificateKeyFile = directory.url.appending(path: "used-key.pem").path
        host.certificates = [certificate]
        try directory.use("ec")
        try await Self.run([host]) { server in
            let answer6 = try await TLSClient().exchange(port: server.port, Self.request)
            #expect(answer6.subject == "localhost")
            try directory.use("other")
            try server.handler.reloadSSLHostConfigs()
            let answer7 = try await TLSClient().exchange(port: server.port, Self.request)
            #expect(answer7.subject == "other.test")
        }
        try directory.remove()
    }

    @Test("what cannot be used is named", arguments: TLSFault.all)
    func faults(fault: TLSFault) async throws {
        var host = Self.host("ec")
        fault.apply(&host)
        let error = await #expect(throws: CoyoteError.self) { try await Self.run([host]) { _ in } }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(fault.message) == true, "\(error?.description ?? "")")
    }

    @Test("keystores that cannot be read are named, with the way out")
    func keystores() async throws {
        let directory = try TemporaryDirectory()
        try directory.write([0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2], to: "old.jks")
        let faults: [(String, String?, String?, String)] = [
            (directory.url.appending(path: "old.jks").path, nil, nil, "keytool -importkeystore"),
            (Self.path("ec.p12"), "wrong", nil, "is a keystore that the password does not open"),
            (Self.path("ec.p12"), nil, "nosuch", "no private key with the alias [nosuch]; its keys are [first]"),
            (Self.path("ec.pem"), nil, nil, "is not a PKCS#12 keystore: it is a PEM file, which certificateFile names"),
        ]
        for (file, password, alias, message) in faults {
            var certificate = SSLHostConfigCertificate()
            certificate.certificateKeystoreFile = file
            if let password { certificate.certificateKeystorePassword = password }
            certificate.certificateKeyAlias = alias
            var host = SSLHostConfig()
            host.certificates = [certificate]
            let error = await #expect(throws: CoyoteError.self) { try await Self.run([host]) { _ in } }
            #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
        }
        try directory.remove()
    }
}

extension TemporaryDirectory {
    fileprivate func copy(_ name: String) throws {
        for suffix in [".pem", "-key.pem"] {
            try self.write(try Vectors.bytes("tls/\(name)\(suffix)"), to: name + suffix)
        }
    }

    /// Makes one pair the one in use.
    fileprivate func use(_ name: String) throws {
        for suffix in [".pem", "-key.pem"] { try self.write(try self.text(of: name + suffix), to: "used" + suffix) }
    }

    fileprivate func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: self.url.appending(path: name))
    }
}

/// A configuration that cannot be used, and a part of what is said about it.
struct TLSFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout SSLHostConfig) -> Void
    let message: String

    static let all: [TLSFault] = [
        TLSFault(
            testDescription: "no certificate",
            apply: { $0.certificates = [] },
            message: "SSLHostConfig [_default_] has no Certificate"
        ),
        TLSFault(
            testDescription: "missing file",
            apply: { $0.certificates[0].certificateFile = "/nosuch.pem" },
            message: "certificateFile=\"/nosuch.pem\": No such"
        ),
        TLSFault(
            testDescription: "missing key",
            apply: { $0.certificates[0].certificateKeyFile = "/nosuch.pem" },
            message: "certificateKeyFile=\"/nosuch.pem\""
        ),
        TLSFault(
            testDescription: "no PEM",
            apply: { $0.certificates[0].certificateFile = TLSTests.path("ec.p12") },
            message: "holds no PEM certificate: if it is a PKCS#12 keystore, certificateKeystoreFile names it"
        ),
        TLSFault(
            testDescription: "no key",
            apply: { $0.certificates[0].certificateKeyFile = nil },
            message: "ec.pem\" holds no private key: certificateKeyFile names the file that does"
        ),
        TLSFault(
            testDescription: "certificate for a key",
            apply: { $0.certificates[0].certificateKeyFile = TLSTests.path("ec.pem") },
            message: "ec.pem\" holds no private key"
        ),
        TLSFault(
            testDescription: "wrong key",
            apply: { $0.certificates[0].certificateKeyFile = TLSTests.path("other-key.pem") },
            message: "does not belong"
        ),
        TLSFault(
            testDescription: "locked key",
            apply: { $0.certificates[0].certificateKeyFile = TLSTests.path("ec-key-encrypted.pem") },
            message: "holds an encrypted private key: certificateKeyPassword opens it"
        ),
        TLSFault(
            testDescription: "wrong password",
            apply: { host in
                host.certificates[0].certificateKeyFile = TLSTests.path("ec-key-encrypted.pem")
                host.certificates[0].certificateKeyPassword = "nosuch"
            },
            message: "holds a private key that the password does not open"
        ),
        TLSFault(testDescription: "ciphers", apply: { $0.ciphers = "NOSUCH" }, message: "ciphers=\"NOSUCH\""),
        TLSFault(testDescription: "suites", apply: { $0.cipherSuites = "NOSUCH" }, message: "cipherSuites=\"NOSUCH\""),
        TLSFault(testDescription: "groups", apply: { $0.groups = "NOSUCH" }, message: "groups=\"NOSUCH\""),
        TLSFault(testDescription: "protocols", apply: { $0.protocols = "TLSv1" }, message: "protocols=\"TLSv1\""),
        TLSFault(testDescription: "default", apply: { $0.hostName = "elsewhere" }, message: "defaultSSLHostConfigName"),
        TLSFault(
            testDescription: "truststore",
            apply: { $0.truststoreFile = TLSTests.path("ec.p12") },
            message: "is a keystore that the password does not open"
        ),
    ]
}
