/// A character encoding of request and response text.
///
/// Names are those of the IANA registry; matching ignores case. Text that a charset cannot hold is replaced.
package enum Charset: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case isoLatin1 = "ISO-8859-1"
    case usASCII = "US-ASCII"
    case isoLatin9 = "ISO-8859-15"
    case windows1252 = "windows-1252"
    case ibm850 = "IBM850"
    /// Big endian unless a byte order mark says otherwise; written with a mark.
    case utf16 = "UTF-16"
    case utf16BE = "UTF-16BE"
    case utf16LE = "UTF-16LE"

    /// The charset of a name or alias, nil if it is none of these.
    package init?(name: String) {
        // the two that nearly all requests and answers name, without a table
        if name == Self.utf8.name {
            self = .utf8
            return
        }
        if name == Self.isoLatin1.name {
            self = .isoLatin1
            return
        }
        guard let charset = Self.byName[name.asciiLowercased] else { return nil }
        self = charset
    }

    /// As the IANA registry writes it.
    package var name: String { self.rawValue }

    private static let byName: [String: Charset] = {
        let aliases: [Charset: [String]] = [
            .utf8: ["utf8"],
            .isoLatin1: ["iso8859-1", "iso8859_1", "iso_8859-1", "latin1", "l1", "cp819", "ibm819", "iso-ir-100"],
            .usASCII: ["ascii", "iso646-us", "us", "ansi_x3.4-1968", "646", "cp367"],
            .isoLatin9: ["iso8859-15", "iso8859_15", "iso_8859-15", "latin9", "latin-9", "l9"],
            .windows1252: ["cp1252"],
            .ibm850: ["cp850", "850", "ibm-850"],
            .utf16: ["utf16", "utf_16", "unicode"],
            .utf16BE: ["utf_16be", "unicodebigunmarked"],
            .utf16LE: ["utf_16le", "unicodelittleunmarked"],
        ]
        var byName: [String: Charset] = [:]
        for charset in Charset.allCases {
            byName[charset.name.asciiLowercased] = charset
            for alias in aliases[charset] ?? [] { byName[alias] = charset }
        }
        return byName
    }()

    /// The text of these octets; what is no text becomes U+FFFD.
    package func decode(_ bytes: Span<UInt8>) -> String {
        switch self {
        case .utf8: return bytes.utf8Text
        case .isoLatin1: return bytes.latin1Text
        case .utf16, .utf16BE, .utf16LE: return self.decodeUTF16(bytes).text
        case .usASCII, .isoLatin9, .windows1252, .ibm850:
            if ByteSet.ascii.containsAll(of: bytes) { return bytes.utf8Text }
            var text = String.UnicodeScalarView()
            for index in bytes.indices { text.append(self.scalar(bytes[index]) ?? "\u{fffd}") }
            return String(text)
        }
    }

    /// The text of these octets, nil if they are no text.
    package func decode(validating bytes: Span<UInt8>) -> String? {
        switch self {
        case .utf8: return bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        case .isoLatin1: return bytes.latin1Text
        case .utf16, .utf16BE, .utf16LE:
            let (text, isValid) = self.decodeUTF16(bytes)
            return isValid ? text : nil
        case .usASCII, .isoLatin9, .windows1252, .ibm850:
            for index in bytes.indices where self.scalar(bytes[index]) == nil { return nil }
            return self.decode(bytes)
        }
    }

    /// The text of these octets; what is no text becomes U+FFFD.
    package func decode(_ bytes: [UInt8]) -> String { self.decode(bytes.span) }

    /// The text of these octets, nil if they are no text.
    package func decode(validating bytes: [UInt8]) -> String? { self.decode(validating: bytes.span) }

    /// The octets of a text; characters that the charset lacks become `?`.
    package func encode(_ text: String) -> [UInt8] {
        switch self {
        case .utf8: return Array(text.utf8)
        case .utf16: return text.isEmpty ? [] : [0xfe, 0xff] + Charset.utf16BE.encode(text)
        case .utf16BE: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        case .utf16LE: return text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        case .isoLatin1, .usASCII, .isoLatin9, .windows1252, .ibm850:
            return text.unicodeScalars.map { self.byte($0) ?? UInt8(ascii: "?") }
        }
    }
}

extension Charset {
    /// ISO-8859-15 where it is not ISO-8859-1.
    private static let latin9: [UInt8: Unicode.Scalar] = [
        0xa4: "\u{20ac}", 0xa6: "\u{0160}", 0xa8: "\u{0161}", 0xb4: "\u{017d}", 0xb8: "\u{017e}", 0xbc: "\u{0152}",
        0xbd: "\u{0153}", 0xbe: "\u{0178}",
    ]

    /// windows-1252 from 0x80 to 0x9F; nil where nothing is assigned.
    private static let windows1252Controls: [Unicode.Scalar?] = [
        "\u{20ac}", nil, "\u{201a}", "\u{0192}", "\u{201e}", "\u{2026}", "\u{2020}", "\u{2021}", "\u{02c6}",
        "\u{2030}", "\u{0160}", "\u{2039}", "\u{0152}", nil, "\u{017d}", nil, nil, "\u{2018}", "\u{2019}",
        "\u{201c}", "\u{201d}", "\u{2022}", "\u{2013}", "\u{2014}", "\u{02dc}", "\u{2122}", "\u{0161}",
        "\u{203a}", "\u{0153}", nil, "\u{017e}", "\u{0178}",
    ]

    /// The character of one octet of a single-octet charset.
    private func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        guard byte >= 0x80 else { return Unicode.Scalar(byte) }
        switch self {
        case .usASCII: return nil
        case .isoLatin9: return Self.latin9[byte] ?? Unicode.Scalar(byte)
        case .ibm850: return Self.ibm850Upper[Int(byte) - 0x80]
        case .windows1252 where byte < 0xa0: return Self.windows1252Controls[Int(byte) - 0x80]
        default: return Unicode.Scalar(byte)
        }
    }

    /// The octet of one character in a single-octet charset.
    private func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.value < 0x80 { return UInt8(scalar.value) }
        switch self {
        case .usASCII: return nil
        case .isoLatin9:
            if let special = Self.latin9.first(where: { $0.value == scalar }) { return special.key }
            return UInt8(exactly: scalar.value).flatMap { Self.latin9[$0] == nil ? $0 : nil }
        case .ibm850: return Self.ibm850Octets[scalar]
        case .windows1252:
            if let index = Self.windows1252Controls.firstIndex(of: scalar) { return 0x80 + UInt8(index) }
            return UInt8(exactly: scalar.value).flatMap { $0 < 0xa0 ? nil : $0 }
        default: return UInt8(exactly: scalar.value)
        }
    }

    private func decodeUTF16(_ bytes: Span<UInt8>) -> (text: String, isValid: Bool) {
        var isLittleEndian = self == .utf16LE
        var index = 0
        if self == .utf16, bytes.count >= 2 {
            switch (bytes[0], bytes[1]) {
            case (0xfe, 0xff): index = 2
            case (0xff, 0xfe): (index, isLittleEndian) = (2, true)
            default: break
            }
        }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2 + 1)
        while index + 1 < bytes.count {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isLittleEndian ? second << 8 | first : first << 8 | second)
            index += 2
        }
        let hasOddByte = index < bytes.count
        guard !hasOddByte, let text = String(validating: units, as: UTF16.self) else {
            return (String(decoding: units, as: UTF16.self) + (hasOddByte ? "\u{fffd}" : ""), false)
        }
        return (text, true)
    }
}
