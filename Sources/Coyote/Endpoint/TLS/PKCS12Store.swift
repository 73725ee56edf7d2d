import COpenSSL

/// The keys and certificates of a PKCS#12 file.
///
/// Source: RFC 7292.
final class PKCS12Store {
    struct Entry {
        let certificate: OpaquePointer
        let key: OpaquePointer
        let chain: [OpaquePointer]
    }

    private struct Key {
        let key: OpaquePointer
        let alias: String?
    }

    private let file: TLSFile
    private var keys: [Key] = []
    private var certificates: [OpaquePointer] = []

    /// - Throws: ``CoyoteError`` `configuration`.
    init(_ file: TLSFile, password: String) throws(CoyoteError) {
        self.file = file
        let store = try file.withBIO { (bio) throws(CoyoteError) in
            guard let store = d2i_PKCS12_bio(bio, nil) else {
                let hint = file.isPEM ? ": it is a PEM file, which certificateFile names" : ""
                throw file.plainProblem("is not a PKCS#12 keystore" + hint)
            }
            return store
        }
        defer { PKCS12_free(store) }
        guard PKCS12_verify_mac(store, password, Int32(password.utf8.count)) == 1 else {
            throw file.plainProblem("is a keystore that the password does not open")
        }
        try self.read(store, password)
    }

    deinit {
        for key in self.keys { EVP_PKEY_free(key.key) }
        for certificate in self.certificates { X509_free(certificate) }
    }

    /// All certificates, as a truststore holds them; each is the caller's to free.
    func allCertificates() -> [OpaquePointer] {
        for certificate in self.certificates { X509_up_ref(certificate) }
        return self.certificates
    }

    /// A key with its certificate and the rest as chain; the parts are the caller's to free.
    ///
    /// - Throws: ``CoyoteError`` `configuration` where no key has the alias or no certificate belongs to the key.
    func entry(alias: String?) throws(CoyoteError) -> Entry {
        let key = self.keys.first { key in
            guard let alias else { return true }
            return key.alias?.asciiLowercased == alias.asciiLowercased
        }
        guard let key else {
            let found = self.keys.compactMap(\.alias).joined(separator: ", ")
            throw CoyoteError(
                .configuration,
                "\(self.file.attribute)=\"\(self.file.path)\" holds no private key with the alias "
                    + "[\(alias ?? "")]; its keys are [\(found)]"
            )
        }
        guard let own = self.certificates.first(where: { X509_check_private_key($0, key.key) == 1 }) else {
            throw self.file.problem("holds no certificate for the private key")
        }
        ERR_clear_error()
        let chain = self.chain(above: own)
        EVP_PKEY_up_ref(key.key)
        for certificate in [own] + chain { X509_up_ref(certificate) }
        return Entry(certificate: own, key: key.key, chain: chain)
    }

    /// From issuer to issuer, as far as the store knows them.
    private func chain(above certificate: OpaquePointer) -> [OpaquePointer] {
        var chain: [OpaquePointer] = []
        var current = certificate
        while chain.count < self.certificates.count,
            let issuer = self.certificates.first(where: {
                $0 != current && X509_check_issued($0, current) == X509_V_OK
            })
        {
            chain.append(issuer)
            current = issuer
        }
        return chain
    }

    // MARK: Reading

    private func read(_ store: OpaquePointer, _ password: String) throws(CoyoteError) {
        guard let safes = PKCS12_unpack_authsafes(store) else { throw self.file.problem("cannot be unpacked") }
        defer { shim_sk_PKCS7_pop_free(safes) }
        for index in 0..<shim_sk_PKCS7_num(safes) {
            guard let safe = shim_sk_PKCS7_value(safes, index) else { continue }
            let type = OBJ_obj2nid(safe.pointee.type)
            let bags =
                type == NID_pkcs7_data
                ? PKCS12_unpack_p7data(safe) : PKCS12_unpack_p7encdata(safe, password, Int32(password.utf8.count))
            guard let bags else {
                throw self.file.problem("is encrypted in a way that OpenSSL does not offer by default")
            }
            defer { shim_sk_PKCS12_SAFEBAG_pop_free(bags) }
            try self.read(bags: bags, password)
        }
    }

    private func read(bags: OpaquePointer, _ password: String) throws(CoyoteError) {
        for index in 0..<shim_sk_PKCS12_SAFEBAG_num(bags) {
            guard let bag = shim_sk_PKCS12_SAFEBAG_value(bags, index) else { continue }
            switch PKCS12_SAFEBAG_get_nid(bag) {
            case NID_keyBag:
                if let key = EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)) {
                    self.keys.append(Key(key: key, alias: Self.alias(bag)))
                }
            case NID_pkcs8ShroudedKeyBag:
                guard let plain = PKCS12_decrypt_skey(bag, password, Int32(password.utf8.count)) else {
                    throw self.file.problem("holds a private key that the password does not open")
                }
                defer { PKCS8_PRIV_KEY_INFO_free(plain) }
                if let key = EVP_PKCS82PKEY(plain) { self.keys.append(Key(key: key, alias: Self.alias(bag))) }
            case NID_certBag:
                if let certificate = PKCS12_SAFEBAG_get1_cert(bag) {
                    self.certificates.append(certificate)
                }
            case NID_safeContentsBag:
                if let inner = PKCS12_SAFEBAG_get0_safes(bag) { try self.read(bags: inner, password) }
            default: break
            }
        }
    }

    private static func alias(_ bag: OpaquePointer) -> String? {
        guard let text = PKCS12_get_friendlyname(bag) else { return nil }
        defer { CRYPTO_free(text, #file, #line) }
        return String(cString: text)
    }
}
