import COpenSSL

/// The public half of an RSA key, written as a JSON Web Key (RFC 7517).
package struct JSONWebKey: Sendable, Equatable {
    let modulus: [UInt8]
    let exponent: [UInt8]

    /// Smallest and largest modulus accepted, in bytes.
    private static let modulusSizes = 128...1024

    /// An object, or a string that holds one; nil for other kinds of keys.
    package init?(json: JSONValue) {
        var json = json
        if let text = json.string, let parsed = try? JSONValue(parsing: text) { json = parsed }
        guard json["kty"]?.string == "RSA", let modulus = json["n"]?.string.flatMap({ Base64.decode($0) }),
            let exponent = json["e"]?.string.flatMap({ Base64.decode($0) }), !exponent.isEmpty
        else { return nil }
        self.modulus = Array(modulus.drop { $0 == 0 })
        self.exponent = exponent
        guard Self.modulusSizes.contains(self.modulus.count), exponent.count <= 8 else { return nil }
    }

    /// Whether the signature (PKCS #1 v1.5) over the data is the key owner's.
    func verifies(_ signature: [UInt8], of data: [UInt8], by hash: OpaquePointer?) -> Bool {
        guard let key = self.evpKey() else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, data, data.count) == 1
    }

    private func evpKey() -> OpaquePointer? {
        guard let builder = OSSL_PARAM_BLD_new() else { return nil }
        let n = BN_bin2bn(self.modulus, Int32(self.modulus.count), nil)
        let e = BN_bin2bn(self.exponent, Int32(self.exponent.count), nil)
        defer {
            OSSL_PARAM_BLD_free(builder)
            BN_free(n)
            BN_free(e)
        }
        // The parameters refer to their names, which have to live as long as they do.
        return "n".withCString { nName in
            "e".withCString { eName in
                guard OSSL_PARAM_BLD_push_BN(builder, nName, n) == 1, OSSL_PARAM_BLD_push_BN(builder, eName, e) == 1,
                    let parameters = OSSL_PARAM_BLD_to_param(builder)
                else { return nil }
                defer { OSSL_PARAM_free(parameters) }
                return Self.key(parameters)
            }
        }
    }

    private static func key(_ parameters: UnsafeMutablePointer<OSSL_PARAM>) -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, caracal_public_key_selection(), parameters) == 1
        else { return nil }
        return key
    }
}
