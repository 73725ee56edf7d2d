/// Keeps session ids of other applications off the page.
///
/// A browser sends this server the session cookies of every application whose path fits. Showing them would hand
/// them to any script that manages to read the page, so all but the caller's own are masked.
enum SessionIdFilter {
    private static let mask = "[obfuscated]"

    /// The value to show for a cookie.
    static func shown(name: String, value: String, sessionId: String?) -> String {
        guard name.lowercased().contains("jsessionid") else { return value }
        guard let sessionId, value.contains(sessionId) else { return self.mask }
        return value
    }

    /// The text to show for a whole `Cookie` header.
    static func shown(header: String, sessionId: String?) -> String {
        header.split(separator: ";").map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            let name = String(pair[..<equals])
            let value = String(pair[pair.index(after: equals)...])
            return name + "=" + self.shown(name: name, value: value, sessionId: sessionId)
        }.joined(separator: ";")
    }
}
