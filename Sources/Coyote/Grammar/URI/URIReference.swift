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
}
