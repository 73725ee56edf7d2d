/// The directives of `Authorization: Digest`.
///
/// Source: RFC 7616 §3.4 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.Authorization`.
package struct DigestCredentials: Sendable, Hashable {
    /// Names as sent, values without quotes; `nc` and `response` in lower case.
    package let directives: [String: String]

    package subscript(_ name: String) -> String? { self.directives[name] }

    /// Nil if the scheme is another one or a directive lacks the form that its name demands.
    package init?(parsing field: String) {
        var cursor = FieldCursor(field)
        cursor.skipBlanks()
        for byte in "Digest".utf8 where cursor.next() != byte { return nil }
        var directives: [String: String] = [:]
        while true {
            guard let name = cursor.token() else { return nil }
            guard !name.isEmpty else { break }
            guard cursor.consume(ASCII.equals) == .found, let value = Self.value(of: name, &cursor) else { return nil }
            directives[name] = value
            if cursor.consume(ASCII.comma) == .notFound { return nil }
        }
        self.directives = directives
    }

    private static func value(of name: String, _ cursor: inout FieldCursor) -> String? {
        switch name.asciiLowercased {
        case "username", "realm", "nonce", "uri", "cnonce", "opaque": cursor.quotedString()
        case "response", "nc": cursor.optionallyQuoted(.hexDigit)?.asciiLowercased
        case "qop", "algorithm": cursor.optionallyQuoted(.token)
        default: cursor.tokenOrQuotedString()
        }
    }
}
