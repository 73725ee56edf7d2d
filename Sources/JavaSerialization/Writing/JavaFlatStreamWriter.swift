/// Writes a stream of primitive data, texts and boxed values one after the other, as most changes of sessions are.
///
/// The bytes are those of ``JavaObjectOutputStream``, without its tables. Where they cannot be, ``finish()`` returns nil
/// and the stream is to be written with that.
/// Source: Java Object Serialization Specification, chapter 6.
package struct JavaFlatStreamWriter {
    static let headerSize = 4

    private var bytes: [UInt8] = []
    /// Where the block that is being written begins; nil between blocks.
    private var blockStart: Int?
    private var boxes: [JavaFlatBox.Kind] = []
    private var isFlat = true

    /// Begins a stream, with room for so many bytes.
    package init(capacity: Int) {
        self.bytes.reserveCapacity(capacity)
        self.append(StreamConstants.header)
    }

    /// The stream's bytes; nil if they have to be written in another way.
    package mutating func finish() -> [UInt8]? {
        self.endBlock()
        return self.isFlat ? self.bytes : nil
    }

    package mutating func write(_ number: Int32) {
        self.beginBlock()
        self.append(number)
    }

    package mutating func write(_ number: Int64) {
        self.beginBlock()
        self.append(number)
    }

    package mutating func write(_ value: Bool) {
        self.beginBlock()
        self.append(value ? UInt8(1) : 0)
    }

    /// Writes text as primitive data.
    package mutating func write(utf text: String) {
        self.beginBlock()
        self.append(text)
    }

    /// Writes an object.
    package mutating func write(_ value: JavaValue) {
        self.endBlock()
        switch value {
        case .string(let text):
            self.append(TypeCode.string)
            self.append(text)
        case .boolean(let value): self.append(.boolean, value ? UInt8(1) : 0)
        case .int(let value): self.append(.integer, value)
        case .long(let value): self.append(.long, value)
        default: self.isFlat = false
        }
    }

    private mutating func append(_ kind: JavaFlatBox.Kind, _ value: some FixedWidthInteger) {
        let hasSuperclass = kind != .boolean && self.boxes.contains { $0 != .boolean }
        guard !self.boxes.contains(kind), !hasSuperclass, let box = JavaFlatBox.all.first(where: { $0.kind == kind })
        else {
            self.isFlat = false
            return
        }
        self.boxes.append(kind)
        self.bytes.append(contentsOf: box.opening)
        self.append(value)
    }

    private mutating func append(_ text: String) {
        guard ModifiedUTF8.isPlain(text), let length = UInt16(exactly: text.utf8.count) else {
            self.isFlat = false
            return
        }
        self.append(length)
        self.bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { self.bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ byte: UInt8) { self.bytes.append(byte) }

    private mutating func append(_ number: UInt16) {
        self.bytes.append(UInt8(truncatingIfNeeded: number >> 8))
        self.bytes.append(UInt8(truncatingIfNeeded: number))
    }

    private mutating func beginBlock() {
        guard self.blockStart == nil else { return }
        self.append(TypeCode.blockData)
        self.append(UInt8(0))
        self.blockStart = self.bytes.count
    }

    private mutating func endBlock() {
        guard let start = self.blockStart else { return }
        self.blockStart = nil
        guard let size = UInt8(exactly: self.bytes.count - start) else {
            self.isFlat = false
            return
        }
        self.bytes[start - 1] = size
    }
}
