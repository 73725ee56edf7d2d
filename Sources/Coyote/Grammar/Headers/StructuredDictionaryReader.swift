/// Reads a dictionary of structured fields, as far as `Priority` needs it: values of other types are checked.
///
/// Source: RFC 8941 §4.2 | Tomcat counterpart: `org.apache.tomcat.util.http.parser.StructuredField`.
struct StructuredDictionaryReader {
    enum Value: Equatable {
        case integer(Int64)
        case boolean(Bool)
        case other
    }

    typealias Member = (key: String, value: Value)

    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { self.bytes = text.latin1Bytes }

    /// All members in order; nil if the field is malformed.
    mutating func members() -> [Member]? {
        var members: [Member] = []
        self.skip { $0 == ASCII.space }
        while self.peek != nil {
            guard let key = self.key(), let value = self.memberValue() else { return nil }
            members.append((key, value))
            self.skip(where: \.isBlank)
            guard self.peek != nil else { break }
            guard self.consume(ASCII.comma) else { return nil }
            self.skip(where: \.isBlank)
            guard self.peek != nil else { return nil }
        }
        return members
    }

    private mutating func memberValue() -> Value? {
        guard self.consume(ASCII.equals) else { return self.parameters() ? .boolean(true) : nil }
        if self.consume(UInt8(ascii: "(")) { return self.innerList() && self.parameters() ? .other : nil }
        guard let value = self.bareItem(), self.parameters() else { return nil }
        return value
    }

    private mutating func innerList() -> Bool {
        while true {
            self.skip { $0 == ASCII.space }
            if self.consume(UInt8(ascii: ")")) { return true }
            guard self.bareItem() != nil, self.parameters() else { return false }
            guard self.peek == ASCII.space || self.peek == UInt8(ascii: ")") else { return false }
        }
    }

    private mutating func parameters() -> Bool {
        while self.consume(ASCII.semicolon) {
            self.skip { $0 == ASCII.space }
            guard self.key() != nil else { return false }
            if self.consume(ASCII.equals) {
                guard self.bareItem() != nil else { return false }
            }
        }
        return true
    }

    private mutating func key() -> String? {
        guard let first = self.peek, Self.isLower(first) || first == UInt8(ascii: "*") else { return nil }
        return self.run { Self.isLower($0) || $0.isDigit || ByteSet("_-.*").contains($0) }
    }

    private mutating func bareItem() -> Value? {
        guard let first = self.peek else { return nil }
        switch first {
        case ASCII.hyphen, UInt8(ascii: "0")...UInt8(ascii: "9"): return self.numberItem()
        case ASCII.quote: return self.stringItem() ? .other : nil
        case ASCII.colon: return self.byteSequence() ? .other : nil
        case UInt8(ascii: "?"): return self.booleanItem()
        case _ where first.isAlpha || first == UInt8(ascii: "*"):
            let set = ByteSet.token.union(ByteSet(":/"))
            return self.run(set.contains).isEmpty ? nil : .other
        default: return nil
        }
    }

    /// An integer of at most fifteen digits, or a decimal of twelve and three.
    private mutating func numberItem() -> Value? {
        let isNegative = self.consume(ASCII.hyphen)
        let digits = self.run(\.isDigit)
        guard !digits.isEmpty else { return nil }
        if self.consume(ASCII.period) {
            let fraction = self.run(\.isDigit)
            return digits.utf8.count <= 12 && (1...3).contains(fraction.utf8.count) ? .other : nil
        }
        guard digits.utf8.count <= 15, let value = Int64(digits) else { return nil }
        return .integer(isNegative ? -value : value)
    }

    private mutating func stringItem() -> Bool {
        self.index += 1
        while let byte = self.peek {
            self.index += 1
            switch byte {
            case ASCII.quote: return true
            case ASCII.backslash:
                guard self.consume(ASCII.quote) || self.consume(ASCII.backslash) else { return false }
            default:
                guard (0x20...0x7e).contains(byte) else { return false }
            }
        }
        return false
    }

    private mutating func byteSequence() -> Bool {
        self.index += 1
        let set = ByteSet.alpha.union(.digit).union(ByteSet("+/="))
        self.skip(where: set.contains)
        return self.consume(ASCII.colon)
    }

    private mutating func booleanItem() -> Value? {
        self.index += 1
        if self.consume(UInt8(ascii: "1")) { return .boolean(true) }
        return self.consume(UInt8(ascii: "0")) ? .boolean(false) : nil
    }

    private static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }

    private var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard self.peek == byte else { return false }
        self.index += 1
        return true
    }

    private mutating func skip(where condition: (UInt8) -> Bool) {
        while let byte = self.peek, condition(byte) { self.index += 1 }
    }

    private mutating func run(_ condition: (UInt8) -> Bool) -> String {
        let start = self.index
        self.skip(where: condition)
        return String(decoding: self.bytes[start..<self.index], as: UTF8.self)
    }
}
