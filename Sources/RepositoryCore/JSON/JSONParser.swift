/// Bounds that keep a hostile text from exhausting stack or memory.
package struct JSONLimits: Sendable {
    /// Deepest nesting of arrays and objects.
    package var depthMaximum = 256
    /// Largest text, in bytes.
    package var sizeMaximum = 256 << 20

    package init() {}
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259), nothing more lenient; of duplicate members the last one counts.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        guard bytes.count <= limits.sizeMaximum else { throw .tooLarge(size: bytes.count) }
        var parser = JSONParser(bytes: bytes, depthMaximum: limits.depthMaximum)
        self = try parser.document()
    }

    package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// A recursive descent over bytes.
struct JSONParser {
    let bytes: [UInt8]
    let depthMaximum: Int
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8], depthMaximum: Int) {
        self.bytes = bytes
        self.depthMaximum = depthMaximum
    }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        if self.bytes.starts(with: [0xef, 0xbb, 0xbf]) { self.position = 3 }  // byte order mark
        let value = try self.value()
        self.skipSpace()
        guard self.position == self.bytes.count else { throw .trailingData(offset: self.position) }
        return value
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        switch try self.nextToken() {
        case UInt8(ascii: "{"): return try self.nested { (parser) throws(JSONSyntaxError) in try parser.object() }
        case UInt8(ascii: "["): return try self.nested { (parser) throws(JSONSyntaxError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.literal("true", .bool(true))
        case UInt8(ascii: "f"): return try self.literal("false", .bool(false))
        case UInt8(ascii: "n"): return try self.literal("null", .null)
        case UInt8(ascii: "-"), 48...57: return .number(try self.number())
        case let byte: throw .unexpectedByte(byte, offset: self.position)
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        guard self.depth < self.depthMaximum else { throw .tooDeep(offset: self.position) }
        self.depth += 1
        self.position += 1
        let value = try body(&self)
        self.depth -= 1
        return value
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        var object = JSONObject()
        if try self.nextToken() == UInt8(ascii: "}") {
            self.position += 1
            return .object(object)
        }
        while true {
            try self.expect(UInt8(ascii: "\""))
            let key = try self.string()
            try self.expect(UInt8(ascii: ":"))
            self.position += 1
            object[key] = try self.value()
            switch try self.nextToken() {
            case UInt8(ascii: ","): self.position += 1
            case UInt8(ascii: "}"):
                self.position += 1
                return .object(object)
            case let byte: throw .unexpectedByte(byte, offset: self.position)
            }
        }
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        var array: [JSONValue] = []
        if try self.nextToken() == UInt8(ascii: "]") {
            self.position += 1
            return .array(array)
        }
        while true {
            array.append(try self.value())
            switch try self.nextToken() {
            case UInt8(ascii: ","): self.position += 1
            case UInt8(ascii: "]"):
                self.position += 1
                return .array(array)
            case let byte: throw .unexpectedByte(byte, offset: self.position)
            }
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount {
            guard self.position < self.bytes.count else { throw .unexpectedEnd(offset: self.position) }
            let byte = self.bytes[self.position]
            guard byte == text.utf8Start[offset] else { throw .unexpectedByte(byte, offset: self.position) }
            self.position += 1
        }
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONNumber {
        let start = self.position
        if self.bytes[self.position] == UInt8(ascii: "-") { self.position += 1 }
        let integerStart = self.position
        guard self.skipDigits() > 0 else { throw .badNumber(offset: start) }
        if self.bytes[integerStart] == UInt8(ascii: "0"), self.position - integerStart > 1 {
            throw .badNumber(offset: start)
        }
        if self.peek == UInt8(ascii: ".") {
            self.position += 1
            guard self.skipDigits() > 0 else { throw .badNumber(offset: start) }
        }
        if self.peek == UInt8(ascii: "e") || self.peek == UInt8(ascii: "E") {
            self.position += 1
            if self.peek == UInt8(ascii: "+") || self.peek == UInt8(ascii: "-") { self.position += 1 }
            guard self.skipDigits() > 0 else { throw .badNumber(offset: start) }
        }
        return JSONNumber(checked: String(decoding: self.bytes[start..<self.position], as: UTF8.self))
    }

    private mutating func skipDigits() -> Int {
        let start = self.position
        while self.position < self.bytes.count, (48...57).contains(self.bytes[self.position]) { self.position += 1 }
        return self.position - start
    }

    private var peek: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    private mutating func skipSpace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0a, 0x0d: self.position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, without taking it.
    private mutating func nextToken() throws(JSONSyntaxError) -> UInt8 {
        self.skipSpace()
        guard self.position < self.bytes.count else { throw .unexpectedEnd(offset: self.position) }
        return self.bytes[self.position]
    }

    private mutating func expect(_ byte: UInt8) throws(JSONSyntaxError) {
        let found = try self.nextToken()
        guard found == byte else { throw .unexpectedByte(found, offset: self.position) }
    }
}

extension JSONParser {
    /// Reads a string whose opening quotation mark is the current byte.
    private mutating func string() throws(JSONSyntaxError) -> String {
        self.position += 1
        let start = self.position
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case UInt8(ascii: "\""):
                let text = try self.text(start..<self.position)
                self.position += 1
                return text
            case UInt8(ascii: "\\"):
                return try self.escapedString(from: start)
            case 0..<0x20:
                throw .controlCharacterInString(offset: self.position)
            default:
                self.position += 1
            }
        }
        throw .unexpectedEnd(offset: self.position)
    }

    private func text(_ range: Range<Int>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: self.bytes[range], as: UTF8.self) else {
            throw .invalidUTF8(offset: range.lowerBound)
        }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var buffer = Array(self.bytes[start..<self.position])
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            switch byte {
            case UInt8(ascii: "\""):
                self.position += 1
                guard let text = String(validating: buffer, as: UTF8.self) else { throw .invalidUTF8(offset: start) }
                return text
            case UInt8(ascii: "\\"):
                try self.escape(into: &buffer)
            case 0..<0x20:
                throw .controlCharacterInString(offset: self.position)
            default:
                buffer.append(byte)
                self.position += 1
            }
        }
        throw .unexpectedEnd(offset: self.position)
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONSyntaxError) {
        let start = self.position
        self.position += 1
        guard let byte = self.peek else { throw .unexpectedEnd(offset: self.position) }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0c)
        case UInt8(ascii: "n"): buffer.append(0x0a)
        case UInt8(ascii: "r"): buffer.append(0x0d)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): buffer.append(contentsOf: Character(try self.unicodeEscape(from: start)).utf8)
        default: throw .badEscape(offset: start)
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try self.codeUnit(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), self.peek == UInt8(ascii: "\\") else {
            throw .unpairedSurrogate(offset: start)
        }
        self.position += 1
        guard self.peek == UInt8(ascii: "u") else { throw .unpairedSurrogate(offset: start) }
        self.position += 1
        let second = try self.codeUnit(from: start)
        guard UTF16.isTrailSurrogate(second) else { throw .unpairedSurrogate(offset: start) }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func codeUnit(from start: Int) throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = self.peek else { throw .unexpectedEnd(offset: self.position) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw .badEscape(offset: start) }
            unit = unit << 4 | UInt16(digit)
            self.position += 1
        }
        return unit
    }
}
