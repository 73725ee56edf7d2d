extension RequestPath {
    /// The normalised path of a dispatcher, from a path that an application names.
    ///
    /// The path begins with a slash and has no query. Nil if it leaves the application.
    /// Tomcat counterpart: `ApplicationContext.getRequestDispatcher`.
    package static func dispatchPath(decoded path: String) -> String? {
        Self.normalize(Self.strippingParameters(path).path)
    }

    /// As ``dispatchPath(decoded:)`` for a percent-encoded path; nil also if escapes hide `.` and `..` segments.
    package static func dispatchPath(
        encoded path: String,
        solidus: EncodedSolidusHandling,
        reverseSolidus: EncodedSolidusHandling
    ) -> String? {
        guard let normalized = self.dispatchPath(decoded: path) else { return nil }
        guard normalized.utf8.contains(ASCII.percent) else { return normalized }
        var bytes = Array(normalized.utf8)
        do {
            try PercentDecoder.decodePath(&bytes, solidus: solidus, reverseSolidus: reverseSolidus)
        } catch {
            return nil
        }
        for index in bytes.indices where bytes[index] == ASCII.backslash { bytes[index] = ASCII.slash }
        guard let decoded = String(validating: bytes, as: UTF8.self), decoded == Self.normalize(decoded) else {
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
