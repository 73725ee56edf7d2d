import Glibc

/// The values of `format` that are checked; all others are hints for user interfaces.
enum SchemaFormat: String, Sendable {
    case dateTime = "date-time"
    case email
    case hostname
    case ipv4
    case ipv6
    case uri
    case regex

    func admits(_ text: String) -> Bool {
        switch self {
        case .dateTime: Self.isDateTime(text)
        case .email: Self.isEmail(text)
        case .hostname: Self.isHostname(text)
        case .ipv4: Self.isIPv4(text)
        case .ipv6: Self.isIPv6(text)
        case .uri: Self.isURI(text)
        case .regex: (try? ECMAPattern(text)) != nil
        }
    }

    func message(for quoted: String) -> String {
        switch self {
        case .dateTime:
            "string \(quoted) is invalid against requested date format(s) "
                + "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"
        case .email: "string \(quoted) is not a valid email address"
        case .hostname: "string \(quoted) is not a valid hostname"
        case .ipv4: "string \(quoted) is not a valid IPv4 address"
        case .ipv6: "string \(quoted) is not a valid IPv6 address"
        case .uri: "string \(quoted) is not a valid URI"
        case .regex: "string \(quoted) is not a valid ECMA 262 regular expression"
        }
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.count < 10, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    /// RFC 3339 §5.6, with leap seconds at the end of a day in UTC.
    private static func isDateTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[10] | 0x20 == UInt8(ascii: "t"),
            bytes[13] == 0x3a, bytes[16] == 0x3a, let year = self.digits(bytes[0..<4]),
            let month = self.digits(bytes[5..<7]), let day = self.digits(bytes[8..<10]),
            let hour = self.digits(bytes[11..<13]), let minute = self.digits(bytes[14..<16]),
            let second = self.digits(bytes[17..<19])
        else { return false }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24, minute < 60, second <= 60
        else { return false }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let offset = self.minutes(ofOffset: rest) else { return false }
        guard second == 60 else { return true }
        return (hour * 60 + minute - offset + 2 * 1440) % 1440 == 1439
    }

    private static func minutes(ofOffset bytes: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(bytes)
        if bytes.count == 1, bytes[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        guard bytes.count == 6, bytes[0] == 0x2b || bytes[0] == 0x2d, bytes[3] == 0x3a,
            let hours = self.digits(bytes[1..<3]), let minutes = self.digits(bytes[4..<6]), hours < 24, minutes < 60
        else { return nil }
        return (bytes[0] == 0x2d ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func isEmail(_ text: String) -> Bool {
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let local = Array(text.utf8[..<at])
        let domain = String(text[text.utf8.index(after: at)...])
        guard Self.isLocalPart(local) else { return false }
        guard domain.hasPrefix("["), domain.hasSuffix("]") else { return self.isHostname(domain) }
        let literal = String(domain.dropFirst().dropLast())
        return literal.hasPrefix("IPv6:") ? self.isIPv6(String(literal.dropFirst(5))) : self.isIPv4(literal)
    }

    private static func isLocalPart(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        if first == 0x22 {
            return bytes.count > 2 && last == 0x22 && bytes.allSatisfy { (0x20...0x7e).contains($0) }
        }
        var previous = UInt8(ascii: ".")
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard previous != byte else { return false }
            } else {
                let isAllowed = byte > 0x20 && byte < 0x7f && !"()<>[]:;@\\,\"".utf8.contains(byte)
                guard isAllowed else { return false }
            }
            previous = byte
        }
        return last != UInt8(ascii: ".")
    }

    /// RFC 1034 §3.1 as amended by RFC 1123 §2.1.
    private static func isHostname(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
            return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
                && label.allSatisfy {
                    (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
                }
        }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard let value = self.digits(Array(part)[...]), value < 256 else { return false }
                return part.count == 1 || part.first != UInt8(ascii: "0")
            }
    }

    private static func isIPv6(_ text: String) -> Bool {
        guard !text.utf8.contains(0) else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    /// An absolute URI of RFC 3986.
    private static func isURI(_ text: String) -> Bool {
        let parts = URIReference.Components(text)
        guard parts.scheme != nil, URIReference.percentDecodable(text) else { return false }
        for byte in text.utf8 {
            guard byte > 0x20, byte < 0x7f, !"\"<>\\^`{|}".utf8.contains(byte) else { return false }
        }
        // Brackets only around an IP literal.
        let isOutsideAuthority = [parts.path, parts.query ?? "", parts.fragment ?? ""].contains {
            $0.utf8.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
        }
        guard !isOutsideAuthority, !(parts.fragment ?? "").utf8.contains(UInt8(ascii: "#")) else { return false }
        return parts.authority.map { self.isAuthority($0) } ?? true
    }

    private static func isAuthority(_ text: String) -> Bool {
        let host = text.utf8.lastIndex(of: UInt8(ascii: "@")).map { text[text.utf8.index(after: $0)...] } ?? text[...]
        if let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) {
            guard !text.utf8[..<at].contains(where: { "[]@".utf8.contains($0) }) else { return false }
        }
        var port = Substring()
        if host.hasPrefix("[") {
            guard let end = host.utf8.firstIndex(of: UInt8(ascii: "]")) else { return false }
            guard self.isIPv6(String(host[host.utf8.index(after: host.startIndex)..<end])) else { return false }
            port = host[host.utf8.index(after: end)...]
        } else {
            guard !host.utf8.contains(where: { "[]".utf8.contains($0) }) else { return false }
            if let colon = host.utf8.firstIndex(of: UInt8(ascii: ":")) { port = host[colon...] }
        }
        return port.isEmpty || (port.hasPrefix(":") && port.utf8.dropFirst().allSatisfy { (48...57).contains($0) })
    }
}
