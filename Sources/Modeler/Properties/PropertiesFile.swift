/// The keys and values of a Java `.properties` file.
///
/// Shape: one `key=value`, `key:value` or `key value` per line; `#` and `!` start a comment line; a
/// backslash at the end of a line joins the next one without its leading blanks; `\t \n \r \f \uXXXX`
/// and `\` before any other character are escapes. Bytes are read as UTF-8 when they are UTF-8, else as
/// ISO 8859-1, as Java has done since version 9 for resource bundles.
///
/// Source: `java.util.Properties.load`.
package struct PropertiesFile: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let value: String
        /// Where the entry begins, counted from 1.
        package let line: Int
    }

    /// In the order of the file; a key may come twice, then the last one counts.
    package let entries: [Entry]

    package init(_ text: String) {
        self.init(scalars: Array(text.unicodeScalars))
    }

    package init(bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.init(text)
        } else {
            self.init(scalars: bytes.map { Unicode.Scalar($0) })
        }
    }

    private init(scalars: [Unicode.Scalar]) {
        var parser = PropertiesParser(scalars: scalars)
        self.entries = parser.parse()
    }

    /// The value of a key.
    package subscript(key: String) -> String? {
        self.entries.last { $0.key == key }?.value
    }

    /// The last value of each key.
    package var dictionary: [String: String] {
        Dictionary(self.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }
}

/// Cuts the text into logical lines and takes them apart.
private struct PropertiesParser {
    let scalars: [Unicode.Scalar]
    var index = 0
    var line = 1

    init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    mutating func parse() -> [PropertiesFile.Entry] {
        var entries: [PropertiesFile.Entry] = []
        while self.skipToEntry() {
            let line = self.line
            guard let text = self.logicalLine() else { continue }
            let (key, value) = Self.split(text)
            entries.append(PropertiesFile.Entry(key: Self.unescape(key), value: Self.unescape(value), line: line))
        }
        return entries
    }

    /// Skips blank lines and comments; false at the end of the text.
    private mutating func skipToEntry() -> Bool {
        while self.index < self.scalars.count {
            switch self.scalars[self.index] {
            case " ", "\t", "\u{c}": self.index += 1
            case "\n", "\r": self.skipLineEnd()
            case "#", "!":
                while self.index < self.scalars.count, !Self.endsLine(self.scalars[self.index]) { self.index += 1 }
            default: return true
            }
        }
        return false
    }

    private mutating func skipLineEnd() {
        let isReturn = self.scalars[self.index] == "\r"
        self.index += 1
        if isReturn, self.index < self.scalars.count, self.scalars[self.index] == "\n" { self.index += 1 }
        self.line += 1
    }

    /// The entry's text with its continuation lines, escapes still in it; nil for a line that is a lone backslash.
    private mutating func logicalLine() -> ArraySlice<Unicode.Scalar>? {
        var text: [Unicode.Scalar] = []
        while self.index < self.scalars.count {
            let scalar = self.scalars[self.index]
            if Self.endsLine(scalar) {
                self.skipLineEnd()
                return text[...]
            }
            self.index += 1
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard self.index < self.scalars.count else { break }
            if Self.endsLine(self.scalars[self.index]) {
                self.skipLineEnd()
                if text.isEmpty { return nil }
                while self.index < self.scalars.count, Self.isBlank(self.scalars[self.index]) { self.index += 1 }
            } else {
                text.append(scalar)
                text.append(self.scalars[self.index])
                self.index += 1
            }
        }
        return text[...]
    }

    private static func split(
        _ text: ArraySlice<Unicode.Scalar>
    ) -> (key: ArraySlice<Unicode.Scalar>, value: ArraySlice<Unicode.Scalar>) {
        var index = text.startIndex
        while index < text.endIndex {
            let scalar = text[index]
            if scalar == "=" || scalar == ":" || Self.isBlank(scalar) { break }
            index += scalar == "\\" ? 2 : 1
        }
        let key = text[..<index]
        while index < text.endIndex, Self.isBlank(text[index]) { index += 1 }
        if index < text.endIndex, text[index] == "=" || text[index] == ":" { index += 1 }
        while index < text.endIndex, Self.isBlank(text[index]) { index += 1 }
        return (key, text[index...])
    }

    private static func unescape(_ text: ArraySlice<Unicode.Scalar>) -> String {
        var units: [UInt16] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == "\\", index + 1 < text.endIndex else {
                units.append(contentsOf: UTF16.encode(text[index]) ?? UTF16.encodedReplacementCharacter)
                index += 1
                continue
            }
            let escaped = text[index + 1]
            index += 2
            switch escaped {
            case "t": units.append(0x09)
            case "n": units.append(0x0a)
            case "r": units.append(0x0d)
            case "f": units.append(0x0c)
            case "u":
                let digits = text[index...].prefix(4)
                if digits.count == 4, let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16) {
                    units.append(unit)
                    index += 4
                } else {
                    units.append(UInt16(UInt8(ascii: "u")))
                }
            default: units.append(contentsOf: UTF16.encode(escaped) ?? UTF16.encodedReplacementCharacter)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func endsLine(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{c}"
    }
}
