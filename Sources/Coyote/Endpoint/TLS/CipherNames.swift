import COpenSSL

/// A `ciphers` attribute in OpenSSL's words.
///
/// Java's users list suites by their registered names, as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, with commas between
/// them; everything else is OpenSSL's own syntax and stays as it is.
/// Tomcat counterpart: `SSLHostConfig.setCiphers`; differs from it in: suites of TLS 1.3 in such a list are used.
struct CipherNames: Equatable {
    /// Suites up to TLS 1.2, or an expression; `nil` if the attribute names none.
    let list: String?
    /// Suites of TLS 1.3; `nil` if the attribute names none.
    let suites: String?

    init(_ attribute: String) {
        let names = attribute.split { $0 == "," || $0 == " " }.map { String($0) }
        let known = names.map { Self.name(ofRegistered: $0) }
        guard !attribute.utf8.contains(UInt8(ascii: ":")), known.contains(where: { $0 != nil }) else {
            self.list = attribute
            self.suites = nil
            return
        }
        // A suite of TLS 1.3 has no name but the registered one. OpenSSL passes over names that it does not know.
        let modern = known.compactMap { $0 }.filter { $0.hasPrefix("TLS_") }
        let others = zip(names, known).map { $1 ?? $0 }.filter { !modern.contains($0) }
        self.list = others.isEmpty ? nil : others.joined(separator: ":")
        self.suites = modern.isEmpty ? nil : modern.joined(separator: ":")
    }

    /// OpenSSL's name of a suite; `nil` if it has none.
    private static func name(ofRegistered name: String) -> String? {
        guard let found = OPENSSL_cipher_name(name).map({ String(cString: $0) }), found != "(NONE)" else { return nil }
        return found
    }
}
