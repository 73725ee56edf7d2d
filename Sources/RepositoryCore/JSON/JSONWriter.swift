extension JSONValue {
    /// The value as JSON text: compact, or with two spaces of indentation per level.
    ///
    /// Nothing is escaped for HTML's sake; U+2028 and U+2029 are escaped because JavaScript once could not
    /// read them.
    package func serialized(pretty: Bool = false) -> String {
        String(decoding: self.bytes(pretty: pretty), as: UTF8.self)
    }

    /// The UTF-8 bytes of ``serialized(pretty:)``.
    package func bytes(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(isPretty: pretty)
        writer.write(self)
        return writer.bytes
    }
}

/// Appends JSON texts to a buffer of UTF-8 bytes.
package struct JSONWriter {
    package let isPretty: Bool
    package var bytes: [UInt8] = []
    private var level: Int

    /// `level` is the depth at which the first line already stands.
    package init(isPretty: Bool = false, level: Int = 0) {
        self.isPretty = isPretty
        self.level = level
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: self.bytes.append(contentsOf: "null".utf8)
        case .bool(let value): self.bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): self.bytes.append(contentsOf: number.text.utf8)
        case .string(let text): self.write(string: text)
        case .array(let elements): self.write(array: elements)
        case .object(let object): self.write(object: object)
        }
    }

    private mutating func write(array elements: [JSONValue]) {
        self.bytes.append(UInt8(ascii: "["))
        self.level += 1
        var isFirst = true
        for element in elements {
            self.separate(isFirst: isFirst)
            isFirst = false
            self.write(element)
        }
        self.level -= 1
        if !isFirst { self.newLine() }
        self.bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(object: JSONObject) {
        self.bytes.append(UInt8(ascii: "{"))
        self.level += 1
        var isFirst = true
        for (key, value) in object {
            self.separate(isFirst: isFirst)
            isFirst = false
            self.write(string: key)
            self.bytes.append(UInt8(ascii: ":"))
            if self.isPretty { self.bytes.append(UInt8(ascii: " ")) }
            self.write(value)
        }
        self.level -= 1
        if !isFirst { self.newLine() }
        self.bytes.append(UInt8(ascii: "}"))
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { self.bytes.append(UInt8(ascii: ",")) }
        self.newLine()
    }

    private mutating func newLine() {
        guard self.isPretty else { return }
        self.bytes.append(0x0a)
        self.bytes.append(contentsOf: repeatElement(0x20, count: 2 * self.level))
    }

    package mutating func write(string: String) {
        self.bytes.append(UInt8(ascii: "\""))
        var text = string
        text.withUTF8 { buffer in
            var start = 0
            for index in buffer.indices {
                guard let escape = Self.escape(buffer, at: index) else { continue }
                self.bytes.append(contentsOf: buffer[start..<index])
                self.bytes.append(contentsOf: escape.text.utf8)
                start = index + escape.length
            }
            self.bytes.append(contentsOf: buffer[start...])
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(
        _ buffer: UnsafeBufferPointer<UInt8>,
        at index: Int
    ) -> (text: String, length: Int)? {
        switch buffer[index] {
        case UInt8(ascii: "\""): ("\\\"", 1)
        case UInt8(ascii: "\\"): ("\\\\", 1)
        case 0x08: ("\\b", 1)
        case 0x09: ("\\t", 1)
        case 0x0a: ("\\n", 1)
        case 0x0c: ("\\f", 1)
        case 0x0d: ("\\r", 1)
        case let byte where byte < 0x20: (byte < 16 ? "\\u000" : "\\u00").appending(hex: byte)
        case 0xe2 where buffer[index + 1] == 0x80 && buffer[index + 2] == 0xa8: ("\\u2028", 3)
        case 0xe2 where buffer[index + 1] == 0x80 && buffer[index + 2] == 0xa9: ("\\u2029", 3)
        default: nil
        }
    }
}

extension String {
    fileprivate func appending(hex byte: UInt8) -> (text: String, length: Int) {
        (self + String(byte, radix: 16), 1)
    }
}
