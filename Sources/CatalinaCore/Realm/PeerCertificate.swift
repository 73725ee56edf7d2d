import COpenSSL

/// What a realm wants to know of a client's certificate.
///
/// Isolation: any thread.
/// Source: RFC 5280 | Tomcat counterpart: `org.apache.catalina.realm.X509SubjectDnRetriever`.
package final class PeerCertificate: Sendable {
    /// The subject as Java prints it: `CN=someone, OU=unit, O=organisation`, the most specific part first.
    package let subjectName: String
    private let der: [UInt8]

    /// `nil` if the bytes are no certificate.
    package init?(der: [UInt8]) {
        guard let certificate = Self.open(der) else { return nil }
        defer { X509_free(certificate) }
        self.der = der
        self.subjectName = DistinguishedName(X509_get_subject_name(certificate)).text
    }

    /// Whether it is neither too early nor too late for the certificate.
    ///
    /// Units: seconds since 1970.
    package func isValid(at time: Int64) -> Bool {
        guard let certificate = Self.open(self.der) else { return false }
        defer { X509_free(certificate) }
        var time = time_t(time)
        return X509_cmp_time(X509_get0_notBefore(certificate), &time) < 0
            && X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0
    }

    private static func open(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return d2i_X509(nil, &start, bytes.count)
        }
    }
}

/// The name in a certificate, as `javax.security.auth.x500.X500Principal` prints it.
private struct DistinguishedName {
    let text: String

    /// Keywords by object identifier; other attributes are printed as `OID.1.2.3`.
    private static let keywords: [String: String] = [
        "2.5.4.3": "CN", "2.5.4.4": "SURNAME", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L",
        "2.5.4.8": "ST", "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "T",
        "2.5.4.42": "GIVENNAME", "2.5.4.43": "INITIALS", "2.5.4.44": "GENERATION", "2.5.4.46": "DNQ",
        "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
        "1.2.840.113549.1.9.1": "EMAILADDRESS", "1.3.6.1.4.1.42.2.11.2.1": "IP",
    ]

    init(_ name: OpaquePointer?) {
        var parts: [(set: Int32, text: String)] = []
        for index in 0..<X509_NAME_entry_count(name) {
            let entry = X509_NAME_get_entry(name, index)
            let text = Self.keyword(entry) + "=" + Self.quoted(Self.value(entry))
            let set = X509_NAME_ENTRY_set(entry)
            if let last = parts.last, last.set == set {
                parts[parts.count - 1].text += " + " + text
            } else {
                parts.append((set, text))
            }
        }
        self.text = parts.reversed().map(\.text).joined(separator: ", ")
    }

    private static func keyword(_ entry: OpaquePointer?) -> String {
        var text = [CChar](repeating: 0, count: 128)
        let length = OBJ_obj2txt(&text, Int32(text.count), X509_NAME_ENTRY_get_object(entry), 1)
        let identifier = String(
            decoding: text.prefix(Int(max(0, min(length, 127)))).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return self.keywords[identifier] ?? "OID.\(identifier)"
    }

    private static func value(_ entry: OpaquePointer?) -> String {
        var bytes: UnsafeMutablePointer<UInt8>?
        let length = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry))
        guard length >= 0, let bytes else { return "" }
        defer { CRYPTO_free(bytes, #fileID, Int32(#line)) }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
    }

    /// In quotes if it holds characters that a name is built with, or blanks that would get lost.
    private static func quoted(_ value: String) -> String {
        let special: Set<Character> = [",", "+", "=", "\n", "<", ">", "#", ";", "\\", "\""]
        let isBlank = { (character: Character) in character == " " || character == "\n" }
        if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") { return value }
        var needsQuotes = value.first.map(isBlank) == true || value.last.map(isBlank) == true
        var text = ""
        var previous: Character?
        for character in value {
            if special.contains(character) || (isBlank(character) && previous.map(isBlank) == true) {
                needsQuotes = true
            }
            if character == "\"" || character == "\\" { text.append("\\") }
            text.append(character)
            previous = character
        }
        return needsQuotes ? "\"\(text)\"" : text
    }
}
