import Glibc

/// What logging.properties says, with `${…}` replaced.
///
/// Juli depends on no other target, because every other one may log; that is why it reads the few forms of
/// the format that such a file uses by itself instead of sharing the reader of catalina.properties.
/// Shape: `key = value`, `key: value` or `key value` per line; `#` and `!` begin comments; a trailing
/// backslash joins lines; `\t`, `\n`, `\r`, `\f` and `\uXXXX` are escapes, any other `\c` is `c`.
/// Source: `java.util.Properties.load`; differs from it in: bytes are UTF-8, or ISO-8859-1 if they are not.
package struct LogProperties: Sendable, Equatable {
    package private(set) var values: [String: String]
    /// What was read, for messages about it.
    package private(set) var file: String?

    package init(_ values: [String: String] = [:]) {
        self.values = values
    }

    package init(parsing bytes: [UInt8], replacing property: (String) -> String? = { _ in nil }) {
        let text =
            String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        self.values = [:]
        for line in Self.logicalLines(of: text) {
            guard let (key, value) = Self.entry(of: line) else { continue }
            self.values[key] = Self.replacing(in: value, property: property)
        }
    }

    /// - Throws: ``LogError`` when the file cannot be read; the caller then logs to the console.
    package init(
        contentsOf path: String,
        replacing property: (String) -> String? = { _ in nil }
    ) throws(LogError) {
        self.init(parsing: try readFile(path), replacing: property)
        self.file = path
    }

    package subscript(key: String) -> String? { self.values[key] }

    /// What a JVM does without any configuration: records from INFO on go to the console in two lines each.
    package static let console = LogProperties([
        "handlers": "java.util.logging.ConsoleHandler",
        ".level": "INFO",
        "java.util.logging.ConsoleHandler.level": "INFO",
    ])
}

extension LogProperties {
    /// Rounds of replacement after which a value that still changes is taken as it is.
    private static let replacementRounds = 20

    /// Replaces `${name}` and `${name:-default}`; what is not known stays as it is written.
    package static func replacing(in value: String, property: (String) -> String?) -> String {
        var current = value
        for _ in 0..<Self.replacementRounds {
            let next = Self.replacingOnce(in: current, property: property)
            if next == current { return current }
            current = next
        }
        return current
    }

    private static func replacingOnce(in value: String, property: (String) -> String?) -> String {
        var result = ""
        var rest = value[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            let name = String(rest[start.upperBound..<end])
            if let replacement = property(name) ?? Self.defaulted(name, property: property) {
                result += replacement
            } else {
                result += rest[start.lowerBound...end]
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func defaulted(_ name: String, property: (String) -> String?) -> String? {
        guard let separator = name.firstRange(of: ":-") else { return nil }
        return property(String(name[..<separator.lowerBound])) ?? String(name[separator.upperBound...])
    }

    private static func logicalLines(of text: String) -> [Substring.UnicodeScalarView.SubSequence] {
        var lines: [Substring.UnicodeScalarView.SubSequence] = []
        var open: String.UnicodeScalarView?
        for line in text.unicodeScalars.split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0 == "\n" || $0 == "\r" }
        ) {
            let trimmed = line.drop(while: Self.isBlank)
            if open == nil, trimmed.first.map({ $0 == "#" || $0 == "!" }) ?? true { continue }
            let backslashes = trimmed.reversed().prefix { $0 == "\\" }.count
            var joined = open ?? String.UnicodeScalarView()
            joined.append(contentsOf: backslashes % 2 == 1 ? trimmed.dropLast() : trimmed)
            if backslashes % 2 == 1 {
                open = joined
            } else {
                lines.append(Substring(String(joined)).unicodeScalars)
                open = nil
            }
        }
        if let open { lines.append(Substring(String(open)).unicodeScalars) }
        return lines
    }

    private static func entry(of line: Substring.UnicodeScalarView) -> (key: String, value: String)? {
        var index = line.startIndex
        while index < line.endIndex, !Self.isBlank(line[index]), line[index] != "=", line[index] != ":" {
            index = line.index(after: index)
            if line[line.index(before: index)] == "\\", index < line.endIndex { index = line.index(after: index) }
        }
        let key = Self.unescaped(line[..<index])
        var rest = line[index...].drop(while: Self.isBlank)
        if let first = rest.first, first == "=" || first == ":" {
            rest = rest.dropFirst().drop(while: Self.isBlank)
        }
        return key.isEmpty ? Self.rootEntry(rest) : (key, Self.unescaped(rest))
    }

    /// A line without a key says nothing.
    private static func rootEntry(_ value: Substring.UnicodeScalarView) -> (key: String, value: String)? {
        value.isEmpty ? nil : ("", Self.unescaped(value))
    }

    private static func unescaped(_ text: Substring.UnicodeScalarView) -> String {
        var result = String.UnicodeScalarView()
        var rest = text
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                result.append(scalar)
                continue
            }
            switch escaped {
            case "t": result.append("\t")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "f": result.append("\u{c}")
            case "u": result.append(Self.unicodeEscape(&rest))
            default: result.append(escaped)
            }
        }
        return String(result)
    }

    private static func unicodeEscape(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar {
        guard let unit = Self.codeUnit(&rest) else { return "\u{fffd}" }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // Half of a character beyond the first 65,536: the other half has to follow as an escape too.
        var following = rest
        guard following.popFirst() == "\\", following.popFirst() == "u", let low = Self.codeUnit(&following) else {
            return "\u{fffd}"
        }
        var units = [unit, low].makeIterator()
        var decoder = UTF16()
        guard case .scalarValue(let scalar) = decoder.decode(&units) else { return "\u{fffd}" }
        rest = following
        return scalar
    }

    private static func codeUnit(_ rest: inout Substring.UnicodeScalarView) -> UInt16? {
        let digits = rest.prefix(4)
        guard digits.count == 4, let unit = UInt16(String(digits), radix: 16) else { return nil }
        rest.removeFirst(4)
        return unit
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{c}"
    }
}
