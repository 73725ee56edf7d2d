/// Resolution of references in schemas (RFC 3986 §5.2), on plain texts.
enum URIReference {
    /// A URI or reference cut at its delimiters; nil components are absent.
    struct Components: Equatable {
        var scheme: String?
        var authority: String?
        var path: String
        var query: String?
        var fragment: String?

        init(_ text: String) {
            var rest = Substring(text)
            if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
                self.fragment = String(rest[rest.utf8.index(after: hash)...])
                rest = rest[..<hash]
            }
            if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
                self.query = String(rest[rest.utf8.index(after: mark)...])
                rest = rest[..<mark]
            }
            if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest[..<colon]) {
                self.scheme = String(rest[..<colon])
                rest = rest[rest.utf8.index(after: colon)...]
            }
            if rest.utf8.starts(with: "//".utf8) {
                let start = rest.utf8.index(rest.startIndex, offsetBy: 2)
                let end = rest[start...].utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
                self.authority = String(rest[start..<end])
                rest = rest[end...]
            }
            self.path = String(rest)
        }

        static func isScheme(_ text: Substring) -> Bool {
            guard let first = text.utf8.first, Character(Unicode.Scalar(first)).isLetter else { return false }
            return text.utf8.allSatisfy { byte in
                let scalar = Unicode.Scalar(byte)
                return (scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber))
                    || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
        }

        var text: String {
            var text = self.scheme.map { $0 + ":" } ?? ""
            if let authority { text += "//" + authority }
            text += self.path
            if let query { text += "?" + query }
            if let fragment { text += "#" + fragment }
            return text
        }
    }

    /// The reference made absolute by a base, fragment included.
    static func resolve(_ reference: String, against base: String) -> String {
        var target = Components(reference)
        let base = Components(base)
        if target.scheme != nil { return target.text }
        if target.authority == nil {
            if target.path.isEmpty {
                target.path = base.path
                target.query = target.query ?? base.query
            } else if !target.path.hasPrefix("/") {
                target.path = self.merged(target.path, base)
            }
            target.path = self.withoutDots(target.path)
            target.authority = base.authority
        }
        target.scheme = base.scheme
        return target.text
    }

    private static func merged(_ path: String, _ base: Components) -> String {
        if base.authority != nil, base.path.isEmpty { return "/" + path }
        guard let slash = base.path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return base.path[...slash] + path
    }

    private static func withoutDots(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: ".")) else { return path }
        var result: [Substring.UnicodeScalarView] = []
        let parts = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch String(part) {
            case ".": if isLast { result.append(Substring("").unicodeScalars) }
            case "..":
                if result.count > 1 { result.removeLast() }
                if isLast { result.append(Substring("").unicodeScalars) }
            default: result.append(part)
            }
        }
        return result.map { String($0) }.joined(separator: "/")
    }

    /// The URI cut at its fragment, which is empty where there is none.
    static func split(_ uri: String) -> (document: String, fragment: String) {
        guard let hash = uri.utf8.firstIndex(of: UInt8(ascii: "#")) else { return (uri, "") }
        return (String(uri[..<hash]), String(uri[uri.utf8.index(after: hash)...]))
    }

    /// The text with `%XX` resolved; nil where that is malformed.
    static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension URIReference {
    /// Whether every `%` is followed by two hexadecimal digits.
    static func percentDecodable(_ text: String) -> Bool {
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            guard rest.count >= 2, rest.prefix(2).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                return false
            }
        }
        return true
    }
}
