/// The parameters of `Content-Disposition`, or of the `Content-Type` of a multipart body, as browsers write them.
///
/// Lenient: no value need be a token, quotes need not be closed, and escapes stay. `name*` is read as RFC 2231
/// says, other values as RFC 2047 does. A later parameter replaces an earlier one of its name.
/// Tomcat counterpart: `org.apache.tomcat.util.http.fileupload.ParameterParser`.
struct HeaderParameters {
    /// By name in lower case; without a value, or with an empty one, nil.
    private var values: [String: String?] = [:]

    init(parsing text: String, separator: UInt8 = ASCII.semicolon) {
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let nameStart = index
            while index < bytes.count, bytes[index] != ASCII.equals, bytes[index] != separator { index += 1 }
            let name = Self.trimmed(bytes[nameStart..<index])
            var value: ArraySlice<UInt8>?
            if index < bytes.count, bytes[index] == ASCII.equals {
                let valueStart = index + 1
                index = Self.endOfValue(bytes, from: valueStart, separator: separator)
                value = Self.unquoted(bytes[valueStart..<index])
            }
            index += 1
            guard let name else { continue }
            self.insert(String(decoding: name, as: UTF8.self), value.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    subscript(_ name: String) -> String? { self.values[name] ?? nil }

    func contains(_ name: String) -> Bool { self.values[name] != nil }

    private mutating func insert(_ name: String, _ value: String?) {
        let lowered = name.asciiLowercased
        if lowered.utf8.last == UInt8(ascii: "*") {
            self.values[String(lowered.dropLast())] = .some(value.map(EncodedText.decodeExtendedValue))
        } else {
            self.values[lowered] = .some(value.map(EncodedText.decodeWords))
        }
    }

    /// Where the value ends: at a separator outside quotes.
    private static func endOfValue(_ bytes: [UInt8], from start: Int, separator: UInt8) -> Int {
        var index = start
        var isQuoted = false
        var isEscaped = false
        while index < bytes.count, isQuoted || bytes[index] != separator {
            if bytes[index] == ASCII.quote, !isEscaped { isQuoted.toggle() }
            isEscaped = bytes[index] == ASCII.backslash && !isEscaped
            index += 1
        }
        return index
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let isBlank = { (byte: UInt8) in byte.isBlank || byte == ASCII.carriageReturn || byte == ASCII.lineFeed }
        let front = bytes.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return nil }
        return front[...last]
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let trimmed = self.trimmed(bytes) else { return nil }
        guard trimmed.count >= 2, trimmed.first == ASCII.quote, trimmed.last == ASCII.quote else { return trimmed }
        let content = trimmed.dropFirst().dropLast()
        return content.isEmpty ? nil : content
    }
}

extension MultipartParser {
    /// The boundary that a `Content-Type` names; nil if the type is not multipart or names none.
    package static func boundary(ofContentType text: String) -> [UInt8]? {
        guard text.asciiLowercased.hasPrefix("multipart/") else { return nil }
        let separator = text.utf8.first { $0 == ASCII.semicolon || $0 == ASCII.comma } ?? ASCII.semicolon
        return HeaderParameters(parsing: text, separator: separator)["boundary"]?.latin1Bytes
    }
}
