/// Writes text into a URI: octets outside a safe set become `%XX`.
///
/// Tomcat counterpart: `org.apache.catalina.util.URLEncoder`.
package struct PercentEncoder: Sendable, Hashable {
    /// For paths: unreserved, sub-delims, `:`, `@` and `/` stay.
    package static let path = PercentEncoder(
        safe: ByteSet.alpha.union(.digit).union(ByteSet("-._~!$&'()*+,;=:@/")),
        encodesSpaceAsPlus: false
    )

    /// For form-encoded queries: letters, digits, `*`, `-`, `.`, `_`, `=` and `&` stay, a space becomes `+`.
    package static let query = PercentEncoder(
        safe: ByteSet.alpha.union(.digit).union(ByteSet("*-._=&")),
        encodesSpaceAsPlus: true
    )

    /// Octets that stay as they are.
    package let safe: ByteSet
    package let encodesSpaceAsPlus: Bool

    package init(safe: ByteSet, encodesSpaceAsPlus: Bool) {
        self.safe = safe
        self.encodesSpaceAsPlus = encodesSpaceAsPlus
    }

    /// The text with everything unsafe escaped, its octets being those of the charset.
    package func encode(_ text: String, charset: Charset = .utf8) -> String {
        if self.safe.containsAll(of: text.utf8.span) { return text }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            if let byte = UInt8(exactly: scalar.value), byte < 0x80 {
                if self.safe.contains(byte) {
                    encoded.append(byte)
                    continue
                }
                if byte == ASCII.space, self.encodesSpaceAsPlus {
                    encoded.append(UInt8(ascii: "+"))
                    continue
                }
            }
            for byte in charset.encode(String(scalar)) {
                encoded.append(ASCII.percent)
                encoded.append(Self.upperHexDigit(byte >> 4))
                encoded.append(Self.upperHexDigit(byte & 0x0f))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func upperHexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
