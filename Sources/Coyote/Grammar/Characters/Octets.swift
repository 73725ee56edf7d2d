/// Octets by name, and the few questions every grammar asks of one.
package enum ASCII {
    package static let tab: UInt8 = 0x09
    package static let lineFeed: UInt8 = 0x0a
    package static let carriageReturn: UInt8 = 0x0d
    package static let space: UInt8 = 0x20
    package static let quote: UInt8 = 0x22
    package static let percent: UInt8 = 0x25
    package static let comma: UInt8 = 0x2c
    package static let hyphen: UInt8 = 0x2d
    package static let period: UInt8 = 0x2e
    package static let slash: UInt8 = 0x2f
    package static let colon: UInt8 = 0x3a
    package static let semicolon: UInt8 = 0x3b
    package static let equals: UInt8 = 0x3d
    package static let backslash: UInt8 = 0x5c
}

extension UInt8 {
    /// `DIGIT`.
    @inline(__always)
    package var isDigit: Bool { self &- 0x30 < 10 }

    /// `ALPHA`.
    @inline(__always)
    package var isAlpha: Bool { (self | 0x20) &- 0x61 < 26 }

    /// SP or HTAB.
    @inline(__always)
    package var isBlank: Bool { self == ASCII.space || self == ASCII.tab }

    /// What this octet stands for as a hexadecimal digit.
    @inline(__always)
    package var hexValue: UInt8? {
        if self.isDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension Span<UInt8> {
    /// Whether both are the same but for the case of ASCII letters.
    package func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        for index in self.indices where self[index].asciiLowercased != other[index].asciiLowercased { return false }
        return true
    }

    /// Whether both are the same.
    package func equals(_ other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        for index in self.indices where self[index] != other[index] { return false }
        return true
    }

    /// Where an octet first stands, from an index on.
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < self.count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// A range without the blanks at both its ends.
    package func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    /// The text of these octets in UTF-8, malformed sequences replaced.
    package var utf8Text: String { self.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }

    /// The text of these octets in ISO-8859-1: each octet is one character.
    package var latin1Text: String {
        guard ByteSet.ascii.containsAll(of: self) else {
            var text = String.UnicodeScalarView()
            for index in self.indices { text.append(Unicode.Scalar(self[index])) }
            return String(text)
        }
        return self.utf8Text
    }
}

extension String {
    /// This text in ISO-8859-1: one octet a character, as header lines hold it; NUL for characters beyond.
    package var latin1Bytes: [UInt8] { self.unicodeScalars.map { UInt8(exactly: $0.value) ?? 0 } }

    /// Whether both are the same but for the case of ASCII letters.
    package func equalsIgnoringASCIICase(_ other: String) -> Bool {
        self.utf8.span.equalsIgnoringCase(other.utf8.span)
    }

    /// This text with `A` to `Z` lowered and all else as it is, without a locale.
    package var asciiLowercased: String {
        guard self.utf8.contains(where: { $0 &- 0x41 < 26 }) else { return self }
        return String(decoding: self.utf8.map(\.asciiLowercased), as: UTF8.self)
    }
}

/// Eight octets at a time: what is true of most of them is told in a few instructions.
enum OctetWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Whether all octets are printable ASCII, blanks included.
    @inline(__always)
    static func isPrintable(_ word: UInt64) -> Bool {
        // An octet below 0x20 borrows, one from 0x7F carries, one from 0x80 has the bit already.
        let below = (word &- (Self.ones &* 0x20)) & ~word
        let above = (word &+ Self.ones) | word
        return (below | above) & Self.highs == 0
    }

    /// Whether all octets are letters, digits, or one of `-`, `.` and `/`.
    @inline(__always)
    static func isOfPaths(_ word: UInt64) -> Bool {
        guard word & Self.highs == 0 else { return false }
        // Without the highest bits nothing is carried from one octet to the next.
        let marks = (word &+ Self.ones &* (0x80 - 0x2D)) & ~(word &+ Self.ones &* (0x7F - 0x39))
        let lower = word | (Self.ones &* 0x20)
        let letters = (lower &+ Self.ones &* (0x80 - 0x61)) & ~(lower &+ Self.ones &* (0x7F - 0x7A))
        return (marks | letters) & Self.highs == Self.highs
    }

    /// Whether an octet is among them.
    @inline(__always)
    static func holds(_ byte: UInt8, _ word: UInt64) -> Bool {
        let difference = word ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.highs != 0
    }
}

extension UnsafeRawBufferPointer {
    /// Where the letters, digits, `-`, `.` and `/` end from an index on, or up to seven octets before.
    @inline(__always)
    func endOfPathWords(from start: Int) -> Int {
        var index = start
        while index + 8 <= self.count, OctetWord.isOfPaths(self.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
            index += 8
        }
        return index
    }

    /// Where the printable ASCII ends from an index on, or up to seven octets before.
    func endOfPrintableWords(from start: Int) -> Int {
        var index = start
        while index + 8 <= self.count, OctetWord.isPrintable(self.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
            index += 8
        }
        return index
    }
}
