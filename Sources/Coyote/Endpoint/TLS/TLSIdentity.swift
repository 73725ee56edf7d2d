import COpenSSL

/// A certificate, its private key and the authorities above it, read from what a `<Certificate>` names.
final class TLSIdentity {
    let certificate: OpaquePointer
    let key: OpaquePointer
    /// Between the certificate and the root.
    let chain: [OpaquePointer]

    private init(certificate: OpaquePointer, key: OpaquePointer, chain: [OpaquePointer]) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }

    deinit {
        X509_free(self.certificate)
        EVP_PKEY_free(self.key)
        for authority in self.chain { X509_free(authority) }
    }

    /// - Throws: ``CoyoteError`` `configuration`, naming attribute and file.
    static func load(_ configuration: SSLHostConfigCertificate) throws(CoyoteError) -> TLSIdentity {
        if let path = configuration.certificateFile {
            return try Self.loadPEM(path, configuration)
        }
        guard let path = configuration.certificateKeystoreFile else {
            throw CoyoteError(.configuration, "A Certificate needs certificateFile or certificateKeystoreFile")
        }
        let file = try TLSFile("certificateKeystoreFile", path)
        try file.requireNotJKS()
        let password = try Self.password(
            configuration.certificateKeystorePassword,
            "certificateKeystorePasswordFile",
            configuration.certificateKeystorePasswordFile
        )
        let store = try PKCS12Store(file, password: password ?? "")
        let entry = try store.entry(alias: configuration.certificateKeyAlias)
        return TLSIdentity(certificate: entry.certificate, key: entry.key, chain: entry.chain)
    }

    private static func loadPEM(
        _ path: String,
        _ configuration: SSLHostConfigCertificate
    ) throws(CoyoteError) -> TLSIdentity {
        let file = try TLSFile("certificateFile", path)
        var certificates = try Self.certificates(file)
        do throws(CoyoteError) {
            if let chainPath = configuration.certificateChainFile {
                certificates += try Self.certificates(TLSFile("certificateChainFile", chainPath))
            }
            let key = try Self.privateKey(besides: file, configuration)
            return TLSIdentity(certificate: certificates[0], key: key, chain: Array(certificates.dropFirst()))
        } catch {
            for certificate in certificates { X509_free(certificate) }
            throw error
        }
    }

    /// The key from its own file, or from that of the certificate.
    private static func privateKey(
        besides file: TLSFile,
        _ configuration: SSLHostConfigCertificate
    ) throws(CoyoteError) -> OpaquePointer {
        let keyFile =
            if let path = configuration.certificateKeyFile { try TLSFile("certificateKeyFile", path) } else { file }
        let password = try Self.password(
            configuration.certificateKeyPassword,
            "certificateKeyPasswordFile",
            configuration.certificateKeyPasswordFile
        )
        return try Self.privateKey(keyFile, password: password)
    }

    private static func password(
        _ password: String?,
        _ attribute: String,
        _ file: String?
    ) throws(CoyoteError) -> String? {
        guard let file else { return password }
        return try TLSFile(attribute, file).firstLine
    }

    /// Every certificate of a PEM file, at least one.
    static func certificates(_ file: TLSFile) throws(CoyoteError) -> [OpaquePointer] {
        let certificates = try file.withBIO { (bio) throws(CoyoteError) in
            var certificates: [OpaquePointer] = []
            while let certificate = PEM_read_bio_X509_AUX(bio, nil, nil, nil) { certificates.append(certificate) }
            return certificates
        }
        guard !certificates.isEmpty else {
            let hint = file.isBinary ? ": if it is a PKCS#12 keystore, certificateKeystoreFile names it" : ""
            throw file.plainProblem("holds no PEM certificate" + hint)
        }
        ERR_clear_error()  // the end of the file is one
        return certificates
    }

    private static func privateKey(_ file: TLSFile, password: String?) throws(CoyoteError) -> OpaquePointer {
        try file.withBIO { (bio) throws(CoyoteError) in
            var password = Array((password ?? "").utf8CString)
            let key = password.withUnsafeMutableBytes { bytes in
                PEM_read_bio_PrivateKey(bio, nil, copyPassword, bytes.baseAddress)
            }
            guard let key else { throw self.problem(ofKey: file, hasPassword: password.count > 1) }
            return key
        }
    }

    private static func problem(ofKey file: TLSFile, hasPassword: Bool) -> CoyoteError {
        guard file.contains("PRIVATE KEY-----") else {
            let hint = file.attribute == "certificateFile" ? ": certificateKeyFile names the file that does" : ""
            return file.plainProblem("holds no private key" + hint)
        }
        guard file.contains("-----BEGIN ENCRYPTED") || file.contains("Proc-Type: 4,ENCRYPTED") else {
            return file.problem("holds a private key that cannot be read")
        }
        return file.plainProblem(
            hasPassword
                ? "holds a private key that the password does not open"
                : "holds an encrypted private key: certificateKeyPassword opens it"
        )
    }
}

/// Hands over the password; without this OpenSSL would ask on the terminal.
private func copyPassword(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int32,
    _ isWriting: Int32,
    _ password: UnsafeMutableRawPointer?
) -> Int32 {
    guard let buffer, let password else { return -1 }
    let text = password.assumingMemoryBound(to: CChar.self)
    var count = 0
    while text[count] != 0 && count < Int(size) {
        buffer[count] = text[count]
        count += 1
    }
    return Int32(count)
}
