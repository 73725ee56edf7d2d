/// Writes the lines of a head into memory that was reserved for all of them.
struct HeadWriter {
    /// `HTTP/1.1 `, the digits of an `Int`, a blank and the line end.
    static let statusLineMaximum = 9 + 20 + 1 + 2
    /// Separator and line end of a field.
    static let fieldOverhead = 4

    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    mutating func statusLine(_ status: Int) {
        self.bytes("HTTP/1.1 ")
        self.decimal(Int64(status))
        self.bytes(" \r\n")
    }

    mutating func field(_ name: String, _ value: String) {
        self.text(name)
        self.bytes(": ")
        self.text(value)
        self.lineEnd()
    }

    mutating func field(_ start: StaticString, text: String) {
        self.bytes(start)
        self.text(text)
        self.lineEnd()
    }

    mutating func lineEnd() {
        self.target[self.count] = ASCII.carriageReturn
        self.target[self.count + 1] = ASCII.lineFeed
        self.count += 2
    }

    mutating func bytes(_ text: StaticString) {
        let source = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        UnsafeMutableRawBufferPointer(rebasing: self.target[self.count...]).copyMemory(from: source)
        self.count += source.count
    }

    mutating func bytes(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: self.target[self.count...]).copyMemory(from: source)
        }
        self.count += bytes.count
    }

    mutating func decimal(_ number: Int64) {
        guard number < 0 || number >= 1000 else { return self.smallDecimal(Int(number)) }
        for digit in String(number).utf8 {
            self.target[self.count] = digit
            self.count += 1
        }
    }

    private mutating func smallDecimal(_ number: Int) {
        if number >= 100 { self.append(number / 100) }
        if number >= 10 { self.append(number / 10 % 10) }
        self.append(number % 10)
    }

    private mutating func append(_ digit: Int) {
        self.target[self.count] = 0x30 + UInt8(digit)
        self.count += 1
    }

    /// Application text as ISO-8859-1: controls become blanks so that no text can end its line, and characters
    /// beyond keep their lower byte.
    mutating func text(_ text: String) {
        var text = text
        let start = self.count
        var mayCopy = true
        text.withUTF8 { source in
            UnsafeMutableRawBufferPointer(rebasing: self.target[start...]).copyMemory(
                from: UnsafeRawBufferPointer(source)
            )
            // Without a branch in its body the loop is done for many bytes at a time.
            var others: UInt8 = 0
            for byte in source { others |= byte &- 0x20 >= 0x5F ? 1 : 0 }
            mayCopy = others == 0
            self.count = start + source.count
        }
        guard !mayCopy else { return }
        self.count = start
        for scalar in text.unicodeScalars {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            self.target[self.count] = (byte < 0x20 && byte != ASCII.tab) || byte == 0x7F ? ASCII.space : byte
            self.count += 1
        }
    }
}

extension ResponseHeaders {
    /// Room that the fields take at most.
    var encodedSize: Int {
        var size = 0
        for index in 0..<self.count {
            size += self[index].name.utf8.count + self[index].value.utf8.count + HeadWriter.fieldOverhead
        }
        return size
    }

    /// Whether a comma list in any field with this name holds a token.
    func hasToken(_ name: String, _ token: String) -> Bool {
        self.values(name).contains { TokenList.contains(token, in: $0.utf8.span) }
    }
}
