/// Reads a stream of primitive data, texts and boxed numbers one after the other, as most changes of sessions are.
///
/// Every method returns nil where something else stands, or the end of a block within a number: then the stream is read
/// with ``JavaObjectInputStream``.
/// Source: Java Object Serialization Specification, chapter 6.
package struct JavaFlatStream {
    private let bytes: [UInt8]
    private var position: Int
    private var blockEnd: Int

    /// nil for what does not begin as a stream does.
    package init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.position = 0
        self.blockEnd = bytes.count
        guard let header = self.next(UInt32.self), header == StreamConstants.header else { return nil }
        self.blockEnd = self.position
    }

    package var isAtEnd: Bool { self.position == self.bytes.count }

    package mutating func int() -> Int32? { self.number() }

    package mutating func long() -> Int64? { self.number() }

    package mutating func boolean() -> Bool? { self.number(as: UInt8.self).map { $0 != 0 } }

    /// Text as primitive data.
    package mutating func utf() -> String? {
        guard let length = self.number(as: UInt16.self) else { return nil }
        return self.decoded(Int(length))
    }

    /// Text or a boxed value, each class of those once in a stream.
    package mutating func value() -> JavaValue? {
        guard self.position == self.blockEnd, self.position < self.bytes.count else { return nil }
        guard self.bytes[self.position] == TypeCode.object else { return self.text().map { .string($0) } }
        guard let box = JavaFlatBox.all.first(where: { self.continues(with: $0.opening) }) else { return nil }
        self.position += box.opening.count
        self.blockEnd = self.bytes.count
        defer { self.blockEnd = self.position }
        return switch box.kind {
        case .boolean: self.next(UInt8.self).map { .boolean($0 != 0) }
        case .integer: self.next(Int32.self).map { .int($0) }
        case .long: self.next(Int64.self).map { .long($0) }
        }
    }

    private mutating func text() -> String? {
        guard self.position + 3 <= self.bytes.count, self.bytes[self.position] == TypeCode.string else { return nil }
        let length = Int(self.bytes[self.position + 1]) << 8 | Int(self.bytes[self.position + 2])
        guard self.position + 3 + length <= self.bytes.count else { return nil }
        self.position += 3
        self.blockEnd = self.position + length
        return self.decoded(length)
    }

    private func continues(with opening: [UInt8]) -> Bool {
        self.bytes.count - self.position >= opening.count
            && self.bytes.withUnsafeBytes { bytes in
                opening.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: bytes[self.position...]).starts(with: $0) }
            }
    }

    @inline(__always)
    private mutating func number<Number: FixedWidthInteger>(as type: Number.Type = Number.self) -> Number? {
        guard self.position < self.blockEnd || self.openBlock() else { return nil }
        return self.next(type)
    }

    private mutating func openBlock() -> Bool {
        guard self.position + 2 <= self.bytes.count, self.bytes[self.position] == TypeCode.blockData else {
            return false
        }
        let end = self.position + 2 + Int(self.bytes[self.position + 1])
        guard end <= self.bytes.count else { return false }
        self.position += 2
        self.blockEnd = end
        return true
    }

    @inline(__always)
    private mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        self.next(bytes: MemoryLayout<Number>.size).map { Number(truncatingIfNeeded: $0) }
    }

    /// The next bytes as a number; not generic, since a specialized form is not always made of what is.
    private mutating func next(bytes count: Int) -> UInt64? {
        guard self.position + count <= self.blockEnd else { return nil }
        var number: UInt64 = 0
        for place in self.position..<self.position + count { number = number << 8 | UInt64(self.bytes[place]) }
        self.position += count
        return number
    }

    private mutating func decoded(_ length: Int) -> String? {
        guard self.position + length <= self.blockEnd else { return nil }
        defer { self.position += length }
        let text = self.bytes.withUnsafeBytes { bytes in
            ModifiedUTF8.decode(UnsafeRawBufferPointer(rebasing: bytes[self.position..<self.position + length]))
        }
        guard case .string(let plain)? = text else { return nil }
        return plain
    }
}
