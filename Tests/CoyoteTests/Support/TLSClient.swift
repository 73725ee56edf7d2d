import COpenSSL
import Glibc
import NIOPosix
import TestSupport

/// What a TLS client saw of a server.
struct TLSAnswer: Sendable {
    var text = ""
    /// Common name of the server's certificate.
    var subject = ""
    /// `id-ecPublicKey` or `rsaEncryption`.
    var keyType = ""
    var version = ""
    var applicationProtocol = ""
    /// Certificates that the server sent.
    var chainLength = 0
    var wasResumed = false
    /// OpenSSL's reason, empty where the handshake succeeded.
    var failure = ""
}

/// A blocking TLS client that trusts anyone.
struct TLSClient: Sendable {
    var serverName: String?
    var maximumVersion: Int32 = TLS1_3_VERSION
    /// Suites up to TLS 1.2.
    var ciphers: String?
    var certificate: (file: String, key: String)?
    var applicationProtocols: [String] = []
    /// How many connections to make, each resuming the session of the one before.
    var connections = 1

    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()

    /// Sends a request and reads to the end.
    func exchange(port: Int, _ request: String) async throws -> TLSAnswer {
        try await Self.threads.runIfActive { try self.exchangeNow(port: port, request) }
    }

    private func exchangeNow(port: Int, _ request: String) throws -> TLSAnswer {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw VectorError.unexpected("SSL_CTX_new") }
        defer { SSL_CTX_free(context) }
        _ = shim_SSL_CTX_set_max_proto_version(context, self.maximumVersion)
        if let ciphers = self.ciphers { SSL_CTX_set_cipher_list(context, ciphers) }
        if let certificate = self.certificate {
            SSL_CTX_use_certificate_file(context, certificate.file, SSL_FILETYPE_PEM)
            SSL_CTX_use_PrivateKey_file(context, certificate.key, SSL_FILETYPE_PEM)
        }
        var session: OpaquePointer?
        defer { SSL_SESSION_free(session) }
        var answer = TLSAnswer()
        for _ in 0..<self.connections {
            answer = try self.connect(context, port, request, &session)
        }
        return answer
    }

    private func connect(
        _ context: OpaquePointer,
        _ port: Int,
        _ request: String,
        _ session: inout OpaquePointer?
    ) throws -> TLSAnswer {
        let socket = try WireClient.connect(port)
        defer { close(socket) }
        guard let ssl = SSL_new(context) else { throw VectorError.unexpected("SSL_new") }
        defer { SSL_free(ssl) }
        SSL_set_fd(ssl, socket)
        if let session { SSL_set_session(ssl, session) }
        if let serverName = self.serverName { Self.setServerName(ssl, serverName) }
        let wire = self.applicationProtocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !wire.isEmpty { SSL_set_alpn_protos(ssl, wire, UInt32(wire.count)) }
        var answer = TLSAnswer()
        guard SSL_connect(ssl) == 1 else {
            answer.failure = Self.reason()
            return answer
        }
        Self.describe(ssl, &answer)
        let bytes = Array(request.utf8)
        SSL_write(ssl, bytes, Int32(bytes.count))
        answer.text = Self.readAll(ssl)
        if answer.text.isEmpty { answer.failure = Self.reason() }
        SSL_shutdown(ssl)  // or the session counts as broken
        SSL_SESSION_free(session)
        session = SSL_get1_session(ssl)
        return answer
    }

    private static func readAll(_ ssl: OpaquePointer) -> String {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = SSL_read(ssl, &chunk, Int32(chunk.count)), count > 0 { text += chunk[..<Int(count)] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func setServerName(_ ssl: OpaquePointer, _ name: String) {
        // SSL_set_tlsext_host_name is a macro.
        var name = Array(name.utf8CString)
        _ = name.withUnsafeMutableBytes { SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, $0.baseAddress) }
    }

    private static func reason() -> String {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func describe(_ ssl: OpaquePointer, _ answer: inout TLSAnswer) {
        answer.version = String(cString: SSL_get_version(ssl))
        answer.wasResumed = SSL_session_reused(ssl) == 1
        var bytes: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &bytes, &count)
        answer.applicationProtocol = String(
            decoding: UnsafeBufferPointer(start: bytes, count: Int(count)),
            as: UTF8.self
        )
        if let chain = SSL_get_peer_cert_chain(ssl) { answer.chainLength = Int(shim_sk_X509_num(chain)) }
        guard let certificate = SSL_get1_peer_certificate(ssl) else { return }
        defer { X509_free(certificate) }
        var name = [CChar](repeating: 0, count: 256)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &name, Int32(name.count))
        answer.subject = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let type = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate))
        answer.keyType = String(cString: OBJ_nid2ln(type))
    }

    /// The first flight of a client, as bytes.
    static func hello(serverName: String?) throws -> [UInt8] {
        guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context),
            let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem())
        else { throw VectorError.unexpected("no client") }
        defer {
            SSL_free(ssl)
            SSL_CTX_free(context)
        }
        SSL_set_bio(ssl, input, output)
        if let serverName { self.setServerName(ssl, serverName) }
        SSL_connect(ssl)
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = BIO_read(output, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(Int(count)))
    }
}
