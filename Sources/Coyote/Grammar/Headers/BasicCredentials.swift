/// User name and password of `Authorization: Basic`.
///
/// Source: RFC 7617 | Tomcat counterpart: `org.apache.catalina.authenticator.BasicAuthenticator.BasicCredentials`.
package struct BasicCredentials: Sendable, Hashable {
    package let username: String
    /// Nil where the credentials hold no colon.
    package let password: String?

    /// Nil if the scheme is another one or the credentials are no Base64.
    /// - Parameters:
    ///   - field: the value of the field, one character an octet.
    ///   - charset: of the decoded credentials.
    ///   - trims: takes the blanks about both off.
    package init?(parsing field: String, charset: Charset = .utf8, trims: Bool = false) {
        let bytes = field.latin1Bytes
        let scheme = "basic ".utf8
        guard bytes.count >= scheme.count, zip(bytes, scheme).allSatisfy({ $0.asciiLowercased == $1 }) else {
            return nil
        }
        guard let octets = Base64.decode(bytes.span.extracting(scheme.count...)) else { return nil }
        guard let colon = octets.firstIndex(of: ASCII.colon) else {
            self.username = Self.text(octets[...], charset, trims)
            self.password = nil
            return
        }
        self.username = Self.text(octets[..<colon], charset, trims)
        self.password = Self.text(octets[(colon + 1)...], charset, trims)
    }

    private static func text(_ octets: ArraySlice<UInt8>, _ charset: Charset, _ trims: Bool) -> String {
        let text = charset.decode(octets.span)
        guard trims else { return text }
        let isBlank = { (scalar: Unicode.Scalar) in scalar.value <= 0x20 }
        let front = text.unicodeScalars.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(front[...last])
    }
}
