import NIOCore

/// The bytes of a stream, taken from the front.
///
/// - Throws: ``JavaSerializationError/truncated`` from every method when fewer bytes are left than asked for.
struct ByteSource: Sendable {
    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    var remaining: Int { self.buffer.readableBytes }

    var next: UInt8? { self.buffer.getInteger(at: self.buffer.readerIndex) }

    mutating func byte() throws(JavaSerializationError) -> UInt8 {
        guard let byte = self.buffer.readInteger(as: UInt8.self) else { throw .truncated }
        return byte
    }

    mutating func integer<T: FixedWidthInteger>(as type: T.Type = T.self) throws(JavaSerializationError) -> T {
        guard let value = self.buffer.readInteger(as: type) else { throw .truncated }
        return value
    }

    mutating func bytes(_ count: Int) throws(JavaSerializationError) -> [UInt8] {
        guard let bytes = self.buffer.readBytes(length: count) else { throw .truncated }
        return bytes
    }

    mutating func append(_ count: Int, to bytes: inout [UInt8]) throws(JavaSerializationError) {
        guard let slice = self.buffer.readSlice(length: count) else { throw .truncated }
        bytes.append(contentsOf: slice.readableBytesView)
    }

    /// Modified UTF-8 of so many bytes.
    mutating func text(_ count: Int) throws(JavaSerializationError) -> ModifiedUTF8.Text {
        guard let slice = self.buffer.readSlice(length: count) else { throw .truncated }
        guard let text = slice.withUnsafeReadableBytes(ModifiedUTF8.decode) else { throw .malformedText }
        return text
    }

    /// Two bytes of length and modified UTF-8 that must be a Swift string.
    mutating func shortText() throws(JavaSerializationError) -> String {
        guard case .string(let text) = try self.text(Int(self.integer(as: UInt16.self))) else { throw .malformedText }
        return text
    }

    /// The elements of an array of numbers.
    mutating func integers<T: FixedWidthInteger>(_ count: Int) throws(JavaSerializationError) -> [T] {
        guard count <= self.remaining / MemoryLayout<T>.size else { throw .truncated }
        var values: [T] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try self.integer()) }
        return values
    }
}
