import CatalinaCore
import Coyote

/// The manager's commands about TLS, over all connectors of the server.
///
/// Source: `org.apache.catalina.manager.ManagerServlet`.
struct TLSCommands: Sendable {
    private static let noTLS = "SSL is not enabled for this connector"

    private let connectors: [Connector]

    init(_ server: StandardServer?) {
        self.connectors = server?.services.flatMap(\.connectors) ?? []
    }

    /// The cipher suites that each host offers.
    func ciphers() -> [String] {
        ["OK - Connector / SSL Cipher information"]
            + self.connectors.flatMap { connector -> [String] in
                guard connector.configuration.http11.isSSLEnabled else {
                    return [connector.lifecycleName, "  " + Self.noTLS]
                }
                return connector.handler.tlsHostReports.flatMap { host in
                    ["\(connector.lifecycleName)-\(host.hostName)"] + host.cipherSuites.map { "  " + $0 }
                }
            }
    }

    /// The certificates that each host shows, with the authorities above them.
    func certificates() -> [String] {
        ["OK - Connector / Certificate Chain information"]
            + self.connectors.flatMap { connector -> [String] in
                guard connector.configuration.http11.isSSLEnabled else { return [connector.lifecycleName, Self.noTLS] }
                return connector.handler.tlsHostReports.flatMap { host in
                    host.chains.flatMap { chain in
                        ["\(connector.lifecycleName)-\(host.hostName)-\(chain.type)"] + chain.certificates
                    }
                }
            }
    }

    /// The authorities that each host checks clients' certificates against.
    func trustedCertificates() -> [String] {
        ["OK - Connector / Trusted Certificate information"]
            + self.connectors.flatMap { connector -> [String] in
                guard connector.configuration.http11.isSSLEnabled else { return [connector.lifecycleName, Self.noTLS] }
                return connector.handler.tlsHostReports.flatMap { host in
                    ["\(connector.lifecycleName)-\(host.hostName)"]
                        + (host.trusted.isEmpty
                            ? ["No trusted certificates are configured for this virtual host"] : host.trusted)
                }
            }
    }

    /// Reads certificates and keys anew; of one host, or of all without a name.
    func reload(_ hostName: String?) async -> [String] {
        let wanted = hostName.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        let concerned = self.connectors.filter { connector in
            connector.configuration.http11.isSSLEnabled
                && (wanted == nil || connector.handler.sslHostConfigs.contains { $0.hostName.lowercased() == wanted })
        }
        guard !concerned.isEmpty else { return [ManagerText.Failure.reloadTLS.line] }
        do {
            try await FileIO.run { for connector in concerned { try connector.handler.reloadSSLHostConfigs() } }
        } catch {
            HostManager.log.error("sslReload", "TLS could not be configured anew", error)
            return [ManagerText.Failure.reloadTLS.line, ManagerText.Failure.exception("\(error)").line]
        }
        let whose = wanted.map { "[\($0)]" } ?? "all TLS virtual hosts"
        return ["OK - Reloaded TLS configuration for \(whose)"]
    }
}
