/// Reads the value of a header field from left to right.
///
/// Octets are taken as ISO-8859-1. Every reader skips the blanks before what it reads.
/// Tomcat counterpart: the readers of `org.apache.tomcat.util.http.parser.HttpParser`.
struct FieldCursor {
    /// What stood where one octet was looked for.
    enum Match {
        /// The octet, which is consumed.
        case found
        /// Another octet, which is not.
        case notFound
        case atEnd
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { self.bytes = text.latin1Bytes }

    init(_ bytes: Span<UInt8>) { self.bytes = bytes.withUnsafeBufferPointer(Array.init) }

    /// The next octet, nil at the end.
    var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    /// Reads the next octet, blank or not.
    mutating func next() -> UInt8? {
        guard let byte = self.peek else { return nil }
        self.index += 1
        return byte
    }

    mutating func skipBlanks() {
        while let byte = self.peek, byte.isBlank { self.index += 1 }
    }

    /// Skips past the next occurrence of an octet, or to the end.
    mutating func skip(past delimiter: UInt8) {
        while let byte = self.next() {
            if byte == delimiter { return }
        }
    }

    mutating func consume(_ byte: UInt8) -> Match {
        self.skipBlanks()
        guard let next = self.peek else { return .atEnd }
        guard next == byte else { return .notFound }
        self.index += 1
        return .found
    }

    /// The longest run of octets of a set; empty if the next octet is not of it.
    mutating func run(of set: ByteSet) -> ArraySlice<UInt8> {
        let start = self.index
        while let byte = self.peek, set.contains(byte) { self.index += 1 }
        return self.bytes[start..<self.index]
    }

    /// A token; empty at the end, nil if something else comes next.
    mutating func token() -> String? {
        self.skipBlanks()
        let token = self.run(of: .token)
        guard !token.isEmpty || self.peek == nil else { return nil }
        return String(decoding: token, as: UTF8.self)
    }

    /// A number; nil if there is none or it exceeds `Int64`.
    mutating func number() -> Number {
        self.skipBlanks()
        let digits = self.run(of: .digit)
        guard !digits.isEmpty else { return .missing }
        var value: Int64 = 0
        for digit in digits {
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(Int64(digit &- 0x30))
            guard !overflows, !overflowsToo else { return .tooLarge }
            value = sum
        }
        return .value(value)
    }

    /// What was found where a number may stand.
    enum Number: Equatable {
        case missing
        case tooLarge
        case value(Int64)
    }

    /// A quoted string; nil if there is none or its closing quote is missing.
    ///
    /// With `keepsQuotes` as it stands, quotes and escapes included.
    mutating func quotedString(keepsQuotes: Bool = false) -> String? {
        self.skipBlanks()
        guard self.peek == ASCII.quote else { return nil }
        let start = self.index
        self.index += 1
        var value: [UInt8] = []
        while let byte = self.next() {
            switch byte {
            case ASCII.quote: return keepsQuotes ? Self.text(self.bytes[start..<self.index]) : Self.text(value[...])
            case ASCII.backslash:
                guard let escaped = self.next() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    /// A token or a quoted string, whichever comes.
    mutating func tokenOrQuotedString(keepsQuotes: Bool = false) -> String? {
        self.skipBlanks()
        return self.peek == ASCII.quote ? self.quotedString(keepsQuotes: keepsQuotes) : self.token()
    }

    /// A run of octets of a set, with or without quotes about it; nil if it is missing or not closed.
    mutating func optionallyQuoted(_ set: ByteSet) -> String? {
        self.skipBlanks()
        let isQuoted = self.peek == ASCII.quote
        if isQuoted { self.index += 1 }
        let value = self.run(of: set)
        guard !value.isEmpty else { return nil }
        if isQuoted, self.next() != ASCII.quote { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// The quality after a `;`, and everything up to the delimiter; 0 if it is malformed.
    mutating func weight(before delimiter: UInt8) -> Double {
        self.skipBlanks()
        guard let first = self.next(), first != delimiter else { return 1 }
        guard first == UInt8(ascii: "q"), self.consume(ASCII.equals) == .found else {
            if first != delimiter { self.skip(past: delimiter) }
            return 0
        }
        return self.quality(before: delimiter)
    }

    /// The number of a quality, of which three decimals count, and everything up to the delimiter.
    mutating func quality(before delimiter: UInt8) -> Double {
        self.skipBlanks()
        guard let first = self.peek, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else {
            self.skip(past: delimiter)
            return 0
        }
        self.index += 1
        var thousandths = Int(first &- 0x30) * 1000
        if self.peek == ASCII.period {
            self.index += 1
            for (digit, unit) in zip(self.run(of: .digit), [100, 10, 1]) { thousandths += Int(digit &- 0x30) * unit }
        }
        self.skipBlanks()
        let end = self.next()
        guard end == nil || end == delimiter else {
            self.skip(past: delimiter)
            return 0
        }
        return thousandths > 1000 ? 0 : Double(thousandths) / 1000
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { bytes.span.latin1Text }
}
