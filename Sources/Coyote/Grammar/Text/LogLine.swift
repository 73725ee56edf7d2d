/// The bytes of one line of a log while they are being gathered.
package struct LogLine: ~Copyable {
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    package private(set) var count = 0

    /// An empty line with room for some bytes; it grows beyond them.
    package init(capacity: Int) {
        self.capacity = max(capacity, 16)
        self.storage = .allocate(capacity: self.capacity)
    }

    deinit { self.storage.deallocate() }

    /// Lines that took more room give it back before they are used again.
    package static let keptMaximum = 4096

    /// Makes the line empty; keeps its room up to so many bytes.
    package mutating func removeAll(keepingCapacity maximum: Int) {
        self.count = 0
        if self.capacity > maximum { self = LogLine(capacity: maximum) }
    }

    /// What has been gathered.
    package borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: self.storage, count: self.count))
    }

    /// What has been gathered, as a copy.
    package borrowing func octets() -> [UInt8] { Array(UnsafeBufferPointer(start: self.storage, count: self.count)) }

    package mutating func append(_ byte: UInt8) {
        self.reserve(1)
        self.storage[self.count] = byte
        self.count += 1
    }

    package mutating func append(contentsOf bytes: borrowing [UInt8]) {
        bytes.withUnsafeBufferPointer { self.append($0) }
    }

    package mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { self.append($0) }
    }

    package mutating func append(contentsOf text: Substring.UTF8View) {
        for byte in text { self.append(byte) }
    }

    /// Appends text as it is, in UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { self.append($0) }
    }

    /// Appends text that consists of printable ASCII without quotes and backslashes.
    ///
    /// - Returns: false, and nothing is appended, for any other.
    package mutating func appendPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { source in
            self.appendPlain(UnsafeRawBufferPointer(source))
        }
    }

    /// Appends octets that are printable ASCII without quotes and backslashes.
    ///
    /// - Returns: false, and nothing is appended, for any other.
    package mutating func appendPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard Self.isPlain(bytes) else { return false }
        self.reserve(bytes.count)
        if let start = bytes.baseAddress {
            UnsafeMutableRawPointer(self.storage + self.count).copyMemory(from: start, byteCount: bytes.count)
        }
        self.count += bytes.count
        return true
    }

    private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard OctetWord.isPrintable(word), !OctetWord.holds(ASCII.quote, word),
                !OctetWord.holds(ASCII.backslash, word)
            else { return false }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            guard byte &- 0x20 < 0x5F, byte != ASCII.quote, byte != ASCII.backslash else { return false }
            index += 1
        }
        return true
    }

    /// Appends a number that is not negative, without making text of it.
    package mutating func append(decimal number: Int64) {
        if number >= 10 { self.append(decimal: number / 10) }
        self.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        self.reserve(bytes.count)
        (self.storage + self.count).update(from: start, count: bytes.count)
        self.count += bytes.count
    }

    private mutating func reserve(_ count: Int) {
        if self.count + count > self.capacity { self.grow(to: self.count + count) }
    }

    private mutating func grow(to minimum: Int) {
        let capacity = max(minimum, 2 * self.capacity)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: self.storage, count: self.count)
        self.storage.deallocate()
        self.storage = larger
        self.capacity = capacity
    }
}
