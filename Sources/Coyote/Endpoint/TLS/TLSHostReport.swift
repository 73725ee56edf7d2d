import COpenSSL

/// What one TLS host of a connector offers to clients, for those who administer it.
package struct TLSHostReport: Sendable {
    /// A certificate and the authorities between it and the root, each as text.
    package struct Chain: Sendable {
        /// Of the key: `RSA`, `EC`, or `UNDEFINED` for others.
        package let type: String
        package let certificates: [String]
    }

    package let hostName: String
    /// Standard names of the cipher suites, the preferred first.
    package let cipherSuites: [String]
    package let chains: [Chain]
    /// Authorities that clients' certificates are checked against, each as text.
    package let trusted: [String]
}

extension SSLHostConfig {
    /// The versions that `protocols` leaves to be served, oldest first; empty if it cannot be read.
    package var enabledProtocols: [String] { (try? TLSProtocols(self.protocols))?.names ?? [] }
}

extension Http11Protocol {
    /// What the TLS hosts offer to new connections, by name; empty without TLS or before `bind`.
    package var tlsHostReports: [TLSHostReport] {
        self.tlsContexts?.all.map(\.report) ?? []
    }
}

extension TLSContext {
    /// Looks at a connection of its own, so that nothing of the context is touched.
    fileprivate var report: TLSHostReport {
        guard let connection = self.makeConnection() else {
            return TLSHostReport(hostName: self.hostName, cipherSuites: [], chains: [], trusted: [])
        }
        defer { SSL_free(connection) }
        return TLSHostReport(
            hostName: self.hostName,
            cipherSuites: Self.cipherSuites(of: connection),
            chains: Self.chains(of: connection),
            trusted: Self.trusted(by: connection)
        )
    }

    private static func cipherSuites(of connection: OpaquePointer) -> [String] {
        guard let ciphers = SSL_get_ciphers(connection) else { return [] }
        return (0..<shim_sk_SSL_CIPHER_num(ciphers)).compactMap { index in
            SSL_CIPHER_standard_name(shim_sk_SSL_CIPHER_value(ciphers, index)).map { String(cString: $0) }
        }
    }

    private static func chains(of connection: OpaquePointer) -> [TLSHostReport.Chain] {
        var chains: [TLSHostReport.Chain] = []
        var hasMore = shim_SSL_select_first_cert(connection) == 1
        while hasMore, let certificate = SSL_get_certificate(connection) {
            var texts = [self.text(of: certificate)]
            if let authorities = shim_SSL_get0_chain_certs(connection) {
                texts += (0..<shim_sk_X509_num(authorities)).compactMap { index in
                    shim_sk_X509_value(authorities, index).map { self.text(of: $0) }
                }
            }
            chains.append(.init(type: self.keyType(of: certificate), certificates: texts))
            hasMore = shim_SSL_select_next_cert(connection) == 1
        }
        return chains
    }

    private static func trusted(by connection: OpaquePointer) -> [String] {
        guard let context = SSL_get_SSL_CTX(connection), let store = SSL_CTX_get_cert_store(context),
            let objects = X509_STORE_get0_objects(store)
        else { return [] }
        return (0..<shim_sk_X509_OBJECT_num(objects)).compactMap { index in
            X509_OBJECT_get0_X509(shim_sk_X509_OBJECT_value(objects, index)).map { self.text(of: $0) }
        }
    }

    private static func keyType(of certificate: OpaquePointer) -> String {
        switch EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS: "RSA"
        case EVP_PKEY_EC: "EC"
        default: "UNDEFINED"
        }
    }

    private static func text(of certificate: OpaquePointer) -> String {
        guard let output = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(output) }
        X509_print(output, certificate)
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = BIO_read(output, &piece, Int32(piece.count))
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text.append(contentsOf: piece[..<Int(count)])
        }
    }
}
