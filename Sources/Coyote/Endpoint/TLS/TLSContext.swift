import COpenSSL
import Logging

/// One `<SSLHostConfig>`, ready for handshakes.
// SAFETY: an SSL_CTX is safe to use from any thread once it is set up, which happens in `init`.
final class TLSContext: @unchecked Sendable {
    /// Distinguishes sessions of this server in the caches of clients that share one with others.
    private static let sessionContext: [UInt8] = Array("caracal".utf8)

    let hostName: String
    private let context: OpaquePointer
    /// Protocols offered by ALPN in the order of preference, in wire format; outlives the context.
    private let alpn: UnsafeMutableBufferPointer<UInt8>

    /// - Throws: ``CoyoteError`` `configuration`, naming attribute and value.
    init(_ configuration: SSLHostConfig, applicationProtocols: [String]) throws(CoyoteError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw CoyoteError(.configuration, "The TLS library cannot be used", cause: OpenSSLError())
        }
        self.context = context
        self.hostName = configuration.hostName.asciiLowercased
        let wire = applicationProtocols.flatMap { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8) }
        self.alpn = .allocate(capacity: wire.count)
        _ = self.alpn.initialize(from: wire)
        try self.applyProtocols(configuration)
        try self.applyCiphers(configuration)
        try self.applyCertificates(configuration)
        try self.applyVerification(configuration)
        self.applySessions(configuration)
        if !wire.isEmpty { self.offerProtocols() }
    }

    deinit {
        SSL_CTX_free(self.context)
        self.alpn.deallocate()
    }

    /// A new connection's state, or nil when memory runs out.
    func makeConnection() -> OpaquePointer? {
        SSL_new(self.context)
    }

    private func applyProtocols(_ configuration: SSLHostConfig) throws(CoyoteError) {
        let protocols = try TLSProtocols(configuration.protocols)
        _ = shim_SSL_CTX_set_min_proto_version(self.context, protocols.minimum)
        _ = shim_SSL_CTX_set_max_proto_version(self.context, protocols.maximum)
        var options =
            configuration.insecureRenegotiation
            ? shim_SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION : shim_SSL_OP_NO_RENEGOTIATION
        if configuration.disableCompression { options |= shim_SSL_OP_NO_COMPRESSION }
        if configuration.honorCipherOrder { options |= shim_SSL_OP_CIPHER_SERVER_PREFERENCE }
        if configuration.disableSessionTickets { options |= shim_SSL_OP_NO_TICKET }
        SSL_CTX_set_options(self.context, options)
        // Idle connections give their buffers back.
        _ = shim_SSL_CTX_set_mode(
            self.context,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        )
    }

    private func applyCiphers(_ configuration: SSLHostConfig) throws(CoyoteError) {
        let names = CipherNames(configuration.ciphers)
        guard SSL_CTX_set_cipher_list(self.context, names.list ?? SSLHostConfig().ciphers) == 1 else {
            throw OpenSSLError.configuration("ciphers", configuration.ciphers, "no known cipher suite")
        }
        guard SSL_CTX_set_ciphersuites(self.context, names.suites ?? configuration.cipherSuites) == 1 else {
            throw OpenSSLError.configuration("cipherSuites", configuration.cipherSuites, "no known cipher suite")
        }
        if let groups = configuration.groups, shim_SSL_CTX_set1_groups_list(self.context, groups) != 1 {
            throw OpenSSLError.configuration("groups", groups, "no known group")
        }
    }

    private func applyCertificates(_ configuration: SSLHostConfig) throws(CoyoteError) {
        guard !configuration.certificates.isEmpty else {
            throw CoyoteError(.configuration, "SSLHostConfig [\(configuration.hostName)] has no Certificate")
        }
        for certificate in configuration.certificates {
            let identity = try TLSIdentity.load(certificate)
            let name = certificate.certificateFile ?? certificate.certificateKeystoreFile ?? ""
            let attribute = certificate.certificateFile == nil ? "certificateKeystoreFile" : "certificateFile"
            guard SSL_CTX_use_certificate(self.context, identity.certificate) == 1 else {
                throw OpenSSLError.configuration(attribute, name, "the certificate cannot be used")
            }
            guard SSL_CTX_use_PrivateKey(self.context, identity.key) == 1,
                SSL_CTX_check_private_key(self.context) == 1
            else {
                throw OpenSSLError.configuration(attribute, name, "the private key does not belong to the certificate")
            }
            for authority in identity.chain {
                X509_up_ref(authority)
                guard shim_SSL_CTX_add0_chain_cert(self.context, authority) == 1 else {
                    X509_free(authority)
                    throw OpenSSLError.configuration(attribute, name, "the chain cannot be used")
                }
            }
        }
    }

    private func applySessions(_ configuration: SSLHostConfig) {
        SSL_CTX_set_session_id_context(self.context, Self.sessionContext, UInt32(Self.sessionContext.count))
        SSL_CTX_set_timeout(self.context, configuration.sessionTimeout)
        if configuration.sessionCacheSize >= 0 {
            _ = shim_SSL_CTX_sess_set_cache_size(self.context, configuration.sessionCacheSize)
        }
    }

    /// Answers a client's list with the first of ours that is in it.
    private func offerProtocols() {
        // The callback gets the table; it lives as long as the context does.
        let table = UnsafeMutablePointer<ALPNTable>.allocate(capacity: 1)
        table.initialize(to: ALPNTable(start: self.alpn.baseAddress, count: UInt32(self.alpn.count)))
        SSL_CTX_set_ex_data(self.context, Self.alpnIndex, table)
        SSL_CTX_set_alpn_select_cb(
            self.context,
            { _, chosen, chosenCount, offered, offeredCount, argument in
                guard let table = argument?.assumingMemoryBound(to: ALPNTable.self).pointee else {
                    return SSL_TLSEXT_ERR_NOACK
                }
                var name: UnsafeMutablePointer<UInt8>?
                let outcome = SSL_select_next_proto(&name, chosenCount, table.start, table.count, offered, offeredCount)
                chosen?.pointee = UnsafePointer(name)
                return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK
            },
            table
        )
    }

    private struct ALPNTable {
        let start: UnsafeMutablePointer<UInt8>?
        let count: UInt32
    }

    /// Slot of the table in a context, which frees it with itself.
    private static let alpnIndex: Int32 = CRYPTO_get_ex_new_index(
        CRYPTO_EX_INDEX_SSL_CTX,
        0,
        nil,
        nil,
        nil,
        { _, table, _, _, _, _ in table?.deallocate() }
    )
}

// MARK: - Client certificates

extension TLSContext {
    private func applyVerification(_ configuration: SSLHostConfig) throws(CoyoteError) {
        try self.loadAuthorities(configuration)
        try self.loadRevocations(configuration)
        SSL_CTX_set_verify_depth(self.context, Int32(clamping: configuration.certificateVerificationDepth))
        switch configuration.certificateVerification {
        case .none: SSL_CTX_set_verify(self.context, SSL_VERIFY_NONE, nil)
        case .optional: SSL_CTX_set_verify(self.context, SSL_VERIFY_PEER, nil)
        case .optionalNoCA: SSL_CTX_set_verify(self.context, SSL_VERIFY_PEER) { _, _ in 1 }
        case .required:
            SSL_CTX_set_verify(self.context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
    }

    private func loadAuthorities(_ configuration: SSLHostConfig) throws(CoyoteError) {
        var authorities: [OpaquePointer] = []
        defer { for authority in authorities { X509_free(authority) } }
        if let path = configuration.caCertificateFile {
            authorities += try TLSIdentity.certificates(TLSFile("caCertificateFile", path))
        }
        if let path = configuration.truststoreFile {
            authorities += try Self.readTruststore(path, configuration)
        }
        guard let store = SSL_CTX_get_cert_store(self.context) else { return }
        for authority in authorities {
            X509_STORE_add_cert(store, authority)
            SSL_CTX_add_client_CA(self.context, authority)
        }
        ERR_clear_error()  // adding one twice is an error to OpenSSL and none to us
        if let path = configuration.caCertificatePath {
            guard SSL_CTX_load_verify_dir(self.context, path) == 1 else {
                throw OpenSSLError.configuration("caCertificatePath", path, "cannot be read")
            }
        }
    }

    private static func readTruststore(
        _ path: String,
        _ configuration: SSLHostConfig
    ) throws(CoyoteError) -> [OpaquePointer] {
        let file = try TLSFile("truststoreFile", path)
        try file.requireNotJKS()
        let isPEM = configuration.truststoreType.map { $0.asciiLowercased == "pem" } ?? file.isPEM
        if isPEM { return try TLSIdentity.certificates(file) }
        return try PKCS12Store(file, password: configuration.truststorePassword ?? "").allCertificates()
    }

    private func loadRevocations(_ configuration: SSLHostConfig) throws(CoyoteError) {
        guard let store = SSL_CTX_get_cert_store(self.context) else { return }
        var checks = false
        if let path = configuration.certificateRevocationListFile {
            let lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file())
            guard X509_load_crl_file(lookup, path, X509_FILETYPE_PEM) > 0 else {
                throw OpenSSLError.configuration("certificateRevocationListFile", path, "holds no revocation list")
            }
            checks = true
        }
        if let path = configuration.certificateRevocationListPath {
            guard X509_STORE_load_path(store, path) == 1 else {
                throw OpenSSLError.configuration("certificateRevocationListPath", path, "cannot be read")
            }
            checks = true
        }
        if checks { X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)) }
    }
}
