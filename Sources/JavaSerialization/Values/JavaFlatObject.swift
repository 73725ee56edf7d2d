package import NIOCore

/// What stands in a stream before the fields of its first object, which is the same each time for a class of one's own.
///
/// With it an object of numbers, texts and one array of bytes is written and read field by field, without a look at any
/// class description. The bytes are those of ``JavaObjectOutputStream``.
/// Source: Java Object Serialization Specification, chapter 6.
package struct JavaFlatClass: Sendable {
    fileprivate let opening: ByteBuffer
    /// What stands before the length of an array of bytes.
    fileprivate static let bytesOpening: ByteBuffer = {
        var stream = JavaObjectOutputStream()
        stream.writeArrayHeader(JavaClasses.bytes)
        var buffer = stream.finish()
        buffer.moveReaderIndex(forwardBy: MemoryLayout.size(ofValue: StreamConstants.header))
        return buffer
    }()

    /// A class whose fields the caller knows, the superclasses' first.
    package init(_ descriptor: JavaClassDescriptor) {
        var stream = JavaObjectOutputStream()
        stream.beginObject(of: descriptor)
        self.opening = stream.finish()
    }

    /// Begins a stream with an object, with room for so many bytes of fields.
    package func writer(capacity: Int) -> JavaFlatWriter { JavaFlatWriter(self.opening, capacity) }

    /// Reads the object of a stream; nil if it is of another class.
    package func reader(_ stream: ByteBuffer) -> JavaFlatReader? {
        guard stream.starts(with: self.opening) else { return nil }
        var fields = stream
        fields.moveReaderIndex(forwardBy: self.opening.readableBytes)
        return JavaFlatReader(fields)
    }
}

/// Writes the fields of one object in their order.
package struct JavaFlatWriter {
    /// The stream so far, which is whole when the last field has been written.
    package private(set) var buffer: ByteBuffer

    fileprivate init(_ opening: ByteBuffer, _ capacity: Int) {
        self.buffer = ByteBufferAllocator().buffer(capacity: opening.readableBytes + capacity)
        self.buffer.writeImmutableBuffer(opening)
    }

    package mutating func write(_ number: some FixedWidthInteger) { self.buffer.writeInteger(number) }

    package mutating func write(_ value: Bool) { self.buffer.writeInteger(value ? UInt8(1) : 0) }

    package mutating func write(_ text: String?) {
        guard let text else { return self.writeNull() }
        guard ModifiedUTF8.isPlain(text), let length = UInt16(exactly: text.utf8.count) else {
            var stream = JavaObjectOutputStream()
            stream.writeText(text)
            var slow = stream.finish()
            slow.moveReaderIndex(forwardBy: MemoryLayout.size(ofValue: StreamConstants.header))
            self.buffer.writeImmutableBuffer(slow)
            return
        }
        self.buffer.writeInteger(TypeCode.string)
        self.buffer.writeInteger(length)
        self.buffer.writeString(text)
    }

    /// Writes the object's one array of bytes.
    package mutating func write(_ bytes: [UInt8]?) {
        guard let bytes else { return self.writeNull() }
        self.buffer.writeImmutableBuffer(JavaFlatClass.bytesOpening)
        self.buffer.writeInteger(Int32(clamping: bytes.count))
        self.buffer.writeBytes(bytes)
    }

    private mutating func writeNull() { self.buffer.writeInteger(TypeCode.null) }
}

/// Reads the fields of one object in their order.
///
/// Every method returns nil where something else stands that another writer may write as well: then the stream is read
/// with ``JavaObjectInputStream``.
package struct JavaFlatReader {
    private var buffer: ByteBuffer

    fileprivate init(_ fields: ByteBuffer) { self.buffer = fields }

    package var isAtEnd: Bool { self.buffer.readableBytes == 0 }

    package mutating func number<Number: FixedWidthInteger>(as type: Number.Type = Number.self) -> Number? {
        self.buffer.readInteger()
    }

    /// Text of ASCII; the inner nil is Java's.
    package mutating func text() -> String?? {
        guard let code = self.buffer.readInteger(as: UInt8.self) else { return nil }
        if code == TypeCode.null { return .some(nil) }
        guard code == TypeCode.string, let length = self.buffer.readInteger(as: UInt16.self),
            let text = self.buffer.readSlice(length: Int(length)),
            case .string(let plain) = text.withUnsafeReadableBytes(ModifiedUTF8.decode)
        else { return nil }
        return plain
    }

    /// The object's one array of bytes; the inner nil is Java's.
    package mutating func bytes() -> [UInt8]?? {
        if self.buffer.getInteger(at: self.buffer.readerIndex) == TypeCode.null {
            self.buffer.moveReaderIndex(forwardBy: 1)
            return .some(nil)
        }
        guard self.buffer.starts(with: JavaFlatClass.bytesOpening) else { return nil }
        self.buffer.moveReaderIndex(forwardBy: JavaFlatClass.bytesOpening.readableBytes)
        guard let count = self.buffer.readInteger(as: UInt32.self) else { return nil }
        return self.buffer.readBytes(length: Int(count))
    }
}

extension ByteBuffer {
    fileprivate func starts(with opening: ByteBuffer) -> Bool {
        guard self.readableBytes >= opening.readableBytes else { return false }
        return self.withUnsafeReadableBytes { bytes in
            opening.withUnsafeReadableBytes { opening in
                UnsafeRawBufferPointer(rebasing: bytes[..<opening.count]).elementsEqual(opening)
            }
        }
    }
}
