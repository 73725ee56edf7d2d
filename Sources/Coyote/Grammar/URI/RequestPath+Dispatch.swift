extension RequestPath {
    /// The decoded, normalised path of a dispatcher, from a path that an application names.
    ///
    /// The path begins with a slash and has no query. Where it is percent-encoded, what its escapes hide cannot
    /// be a separator. Nil if it leaves the application.
    /// Tomcat counterpart: `ApplicationContext.getRequestDispatcher`.
    package static func dispatchPath(_ path: String, isEncoded: Bool) -> String? {
        let (stripped, _) = Self.strippingParameters(path)
        guard let normalized = Self.normalize(stripped) else { return nil }
        guard isEncoded, normalized.utf8.contains(ASCII.percent) else { return normalized }
        var options = Options()
        options.encodedSolidusHandling = .decode
        guard let decoded = try? Self.canonicalize(normalized, options).decoded, decoded == Self.normalize(decoded)
        else {
            return nil
        }
        return decoded
    }

    /// A raw path with its `.` and `..` segments resolved, escapes left alone; what would leave the root stays there.
    package static func resolveDots(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}
