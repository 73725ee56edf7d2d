/// Questions about URIs that an application hands in or a client sends in a header.
package enum URIReference {
    /// Whether the text begins with `scheme://`, or with `file:/`.
    ///
    /// Tomcat counterpart: `org.apache.tomcat.util.buf.UriUtil.isAbsoluteURI`.
    package static func isAbsolute(_ text: String) -> Bool {
        let bytes = text.utf8
        if bytes.starts(with: "file:/".utf8) { return true }
        guard let colon = bytes.firstIndex(where: { !ByteSet.scheme.contains($0) }), colon != bytes.startIndex else {
            return false
        }
        return bytes[colon...].starts(with: "://".utf8)
    }

    /// Whether the value of an `Origin` field names the origin that the request itself was sent to.
    ///
    /// The default port may be left out of it.
    /// Tomcat counterpart: `org.apache.tomcat.util.http.RequestUtil.isSameOrigin`.
    package static func isSameOrigin(_ origin: String, scheme: String?, host: String?, port: Int) -> Bool {
        guard let scheme, let host, !scheme.isEmpty, !host.isEmpty else { return false }
        let loweredScheme = scheme.asciiLowercased
        let bare = "\(loweredScheme)://\(host.asciiLowercased)"
        let defaultPort: Int? =
            switch loweredScheme {
            case "http", "ws": 80
            case "https", "wss": 443
            default: nil
            }
        if origin == bare { return defaultPort == port }
        return origin == "\(bare):\(port)"
    }

    /// Whether the value of an `Origin` field could be one: `null`, a file, or a URI with a scheme.
    ///
    /// Percent signs are refused: they have no place in a host, but hide line ends from whoever decodes them.
    /// Tomcat counterpart: `org.apache.tomcat.util.http.RequestUtil.isValidOrigin`.
    package static func isValidOrigin(_ origin: String) -> Bool {
        if origin.utf8.contains(ASCII.percent) { return false }
        if origin == "null" || origin.hasPrefix("file://") { return true }
        let bytes = origin.utf8
        guard let colon = bytes.firstIndex(where: { !ByteSet.scheme.contains($0) }), bytes[colon] == ASCII.colon,
            bytes.first?.isAlpha == true
        else { return false }
        let rest = bytes[bytes.index(after: colon)...]
        let refused = Array("\"<>\\^`{|}".utf8)
        return !rest.isEmpty && rest.allSatisfy { $0 > ASCII.space && $0 != 0x7f && !refused.contains($0) }
    }
}
