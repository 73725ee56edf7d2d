/// Reads an object name byte by byte; every structural character is ASCII.
struct ObjectNameParser {
    private let bytes: [UInt8]
    private var index = 0
    private var properties: [ObjectName.Property] = []
    private var isPropertyListPattern = false
    private var hasPatternValue = false

    init(text: String) {
        self.bytes = Array(text.utf8)
    }

    mutating func parse() throws(MalformedObjectName) -> ObjectName {
        guard !self.bytes.isEmpty else {
            return ObjectName(domain: "*", properties: [], isPropertyListPattern: true, hasPatternValue: true)
        }
        let domain = try self.parseDomain()
        guard self.index < self.bytes.count else { throw MalformedObjectName("Key properties cannot be empty") }
        while self.index < self.bytes.count {
            if self.bytes[self.index] == UInt8(ascii: "*") {
                try self.parseOpenEnd()
            } else {
                try self.parseProperty()
            }
        }
        return ObjectName(
            domain: domain,
            properties: self.properties,
            isPropertyListPattern: self.isPropertyListPattern,
            hasPatternValue: self.hasPatternValue
        )
    }

    private mutating func parseDomain() throws(MalformedObjectName) -> String {
        while self.index < self.bytes.count {
            switch self.bytes[self.index] {
            case UInt8(ascii: ":"):
                defer { self.index += 1 }
                return self.text(0, self.index)
            case UInt8(ascii: "=") where !self.bytes[self.index...].contains(UInt8(ascii: ":")):
                throw MalformedObjectName("Domain part must be specified")
            case UInt8(ascii: "\n"): throw MalformedObjectName("Invalid character '\\n' in domain name")
            default: self.index += 1
            }
        }
        throw MalformedObjectName("Key properties cannot be empty")
    }

    private mutating func parseOpenEnd() throws(MalformedObjectName) {
        guard !self.isPropertyListPattern else {
            throw MalformedObjectName("Cannot have several '*' characters in pattern property list")
        }
        self.isPropertyListPattern = true
        self.index += 1
        guard self.index < self.bytes.count else { return }
        guard self.bytes[self.index] == UInt8(ascii: ",") else {
            throw MalformedObjectName("Invalid character found after '*': end of name or ',' expected")
        }
        self.index += 1
    }

    private mutating func parseProperty() throws(MalformedObjectName) {
        let key = try self.parseKey()
        let start = self.index
        let isQuoted = self.index < self.bytes.count && self.bytes[self.index] == UInt8(ascii: "\"")
        if isQuoted {
            try self.skipQuotedValue()
        } else {
            try self.skipUnquotedValue()
        }
        let value = self.text(start, self.index)
        try self.skipComma(isQuoted: isQuoted)
        guard !self.properties.contains(where: { $0.key == key }) else {
            throw MalformedObjectName("key `\(key)' already defined")
        }
        self.properties.append(ObjectName.Property(key, value))
    }

    private mutating func parseKey() throws(MalformedObjectName) -> String {
        let start = self.index
        guard self.bytes[start] != UInt8(ascii: "=") else { throw MalformedObjectName("Invalid key (empty)") }
        while self.index < self.bytes.count {
            switch self.bytes[self.index] {
            case UInt8(ascii: "="):
                defer { self.index += 1 }
                return self.text(start, self.index)
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "\n"):
                throw MalformedObjectName("Invalid character '\(self.shown)' in key part of property")
            default: self.index += 1
            }
        }
        throw MalformedObjectName("Unterminated key property part")
    }

    private mutating func skipQuotedValue() throws(MalformedObjectName) {
        self.index += 1
        while self.index < self.bytes.count {
            switch self.bytes[self.index] {
            case UInt8(ascii: "\""):
                self.index += 1
                return
            case UInt8(ascii: "\\"):
                self.index += 1
                guard self.index < self.bytes.count else { throw MalformedObjectName("Unterminated quoted value") }
                guard "\\\"?*n".utf8.contains(self.bytes[self.index]) else {
                    throw MalformedObjectName("Invalid escape sequence '\\\(self.shown)' in quoted value")
                }
            case UInt8(ascii: "\n"): throw MalformedObjectName("Newline in quoted value")
            case UInt8(ascii: "*"), UInt8(ascii: "?"): self.hasPatternValue = true
            default: break
            }
            self.index += 1
        }
        throw MalformedObjectName("Unterminated quoted value")
    }

    private mutating func skipUnquotedValue() throws(MalformedObjectName) {
        while self.index < self.bytes.count {
            switch self.bytes[self.index] {
            case UInt8(ascii: ","): return
            case UInt8(ascii: "*"), UInt8(ascii: "?"): self.hasPatternValue = true
            case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "\""), UInt8(ascii: "\n"):
                throw MalformedObjectName("Invalid character '\(self.shown)' in value part of property")
            default: break
            }
            self.index += 1
        }
    }

    private mutating func skipComma(isQuoted: Bool) throws(MalformedObjectName) {
        guard self.index < self.bytes.count else { return }
        guard self.bytes[self.index] == UInt8(ascii: ","), self.index + 1 < self.bytes.count else {
            throw MalformedObjectName(isQuoted ? "Invalid ending character `\(self.shown)'" : "Invalid ending comma")
        }
        self.index += 1
    }

    /// The character at the index, for an error text.
    private var shown: String {
        let rest = String(decoding: self.bytes[self.index...], as: UTF8.self)
        guard let character = rest.unicodeScalars.first else { return "" }
        return character == "\n" ? "\\n" : String(character)
    }

    private func text(_ start: Int, _ end: Int) -> String {
        String(decoding: self.bytes[start..<end], as: UTF8.self)
    }
}
