/// A set of octets, tested without a branch: what a grammar allows at one place.
///
/// Shape: one bit per ASCII octet, and one answer for all octets from 0x80, which no grammar here tells apart.
package struct ByteSet: Sendable, Hashable {
    /// Octets 0x00 to 0x3F, one bit each.
    private let low: UInt64
    /// Octets 0x40 to 0x7F, one bit each.
    private let high: UInt64
    /// All bits set where the octets from 0x80 belong, else none.
    private let upper: UInt64
    /// Whether letters, digits, `-`, `.` and `/` belong, of which eight are looked at together.
    private let holdsPaths: Bool

    package init(low: UInt64, high: UInt64, includesHighBytes: Bool) {
        self.low = low
        self.high = high
        self.upper = includesHighBytes ? .max : 0
        self.holdsPaths =
            low & 0x03FF_E000_0000_0000 == 0x03FF_E000_0000_0000
            && high & 0x07FF_FFFE_07FF_FFFE == 0x07FF_FFFE_07FF_FFFE
    }

    /// The octets of a text; characters beyond ASCII are left out.
    package init(_ text: String) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for byte in text.utf8 where byte < 0x80 {
            if byte < 0x40 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 0x3f) }
        }
        self.init(low: low, high: high, includesHighBytes: false)
    }

    @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        let ascii = byte & 0x40 == 0 ? self.low : self.high
        let word = byte < 0x80 ? ascii : self.upper
        return (word &>> UInt64(byte & 0x3f)) & 1 != 0
    }

    package func union(_ other: ByteSet) -> ByteSet {
        ByteSet(
            low: self.low | other.low,
            high: self.high | other.high,
            includesHighBytes: self.upper | other.upper != 0
        )
    }

    package func subtracting(_ other: ByteSet) -> ByteSet {
        ByteSet(
            low: self.low & ~other.low,
            high: self.high & ~other.high,
            includesHighBytes: self.upper & ~other.upper != 0
        )
    }

    package func intersection(_ other: ByteSet) -> ByteSet {
        ByteSet(
            low: self.low & other.low,
            high: self.high & other.high,
            includesHighBytes: self.upper & other.upper != 0
        )
    }

    /// Whether every octet belongs; true of nothing at all.
    package func containsAll(of bytes: Span<UInt8>) -> Bool { self.end(of: bytes, from: 0) == bytes.count }

    /// Where the octets that belong end, from an index on.
    func end(of bytes: Span<UInt8>, from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { self.end(of: UnsafeRawBufferPointer($0), from: start) }
    }

    func end(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while true {
            if self.holdsPaths { index = bytes.endOfPathWords(from: index) }
            // Mostly one octet that is not of paths stands between many that are.
            let wordEnd = self.holdsPaths ? min(index + 8, bytes.count) : bytes.count
            while index < wordEnd, self.contains(bytes[index]) { index += 1 }
            if index < wordEnd || index >= bytes.count { return index }
        }
    }

    /// Where the first octet stands that does not belong.
    package func firstIndex(outside bytes: Span<UInt8>) -> Int? {
        for index in bytes.indices where !self.contains(bytes[index]) { return index }
        return nil
    }
}
