import Synchronization

/// The TLS hosts of a connector by name.
struct TLSContexts: Sendable {
    private let byName: [String: TLSContext]
    let defaultContext: TLSContext
    /// Bytes of a first message that are searched for a host name.
    let helloMaximum: Int
    let isStrict: Bool

    /// - Throws: ``CoyoteError`` `configuration`.
    init(_ hosts: [SSLHostConfig], _ configuration: Http11Protocol.Configuration) throws(CoyoteError) {
        var byName: [String: TLSContext] = [:]
        for host in hosts {
            let context = try TLSContext(host, applicationProtocols: configuration.applicationProtocols)
            guard byName.updateValue(context, forKey: context.hostName) == nil else {
                throw CoyoteError(.configuration, "There are two SSLHostConfigs with the hostName [\(host.hostName)]")
            }
        }
        guard let standard = byName[configuration.defaultSSLHostConfigName.asciiLowercased] else {
            let wanted = configuration.defaultSSLHostConfigName
            let names = byName.keys.sorted().joined(separator: ", ")
            throw CoyoteError(
                .configuration,
                byName.isEmpty
                    ? "SSLEnabled=\"true\" needs an SSLHostConfig"
                    : "No SSLHostConfig has the hostName [\(wanted)], which the Connector's defaultSSLHostConfigName "
                        + "names; there are [\(names)]"
            )
        }
        self.byName = byName
        self.defaultContext = standard
        self.helloMaximum = configuration.sniParseLimit
        self.isStrict = configuration.strictSni && byName.count > 1
    }

    /// Every host, by name.
    var all: [TLSContext] { self.byName.sorted { $0.key < $1.key }.map(\.value) }

    /// The host itself, the wildcard above it, or the default.
    func context(for host: String?) -> TLSContext {
        guard self.byName.count > 1, let host = host?.asciiLowercased else { return self.defaultContext }
        if let exact = self.byName[host] { return exact }
        if let dot = host.firstIndex(of: "."), let wildcard = self.byName["*" + host[dot...]] { return wildcard }
        return self.defaultContext
    }
}

/// The TLS hosts that new connections use; replaced whole when certificates are reloaded.
final class CurrentTLSContexts: Sendable {
    private let contexts: Mutex<TLSContexts>

    init(_ contexts: TLSContexts) {
        self.contexts = Mutex(contexts)
    }

    var value: TLSContexts {
        get { self.contexts.withLock { $0 } }
        set { self.contexts.withLock { $0 = newValue } }
    }
}
