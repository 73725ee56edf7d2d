import Glibc
package import NIOCore

/// What stands in a stream before the fields of its first object, which is the same each time for a class of one's own.
///
/// With it an object of numbers, texts, arrays of bytes and objects that write themselves is written and read field by
/// field, without a look at any class description. The bytes are those of ``JavaObjectOutputStream``.
/// Source: Java Object Serialization Specification, chapter 6.
package struct JavaFlatClass: Sendable {
    private let opening: JavaFlatOpening

    /// A class whose fields the caller knows, the superclasses' first.
    package init(_ descriptor: JavaClassDescriptor) {
        self.opening = JavaFlatOpening(keepsHeader: true) { $0.beginObject(of: descriptor) }
    }

    /// Begins a stream with an object, with room for so many bytes.
    package func writer(capacity: Int) -> JavaFlatWriter { JavaFlatWriter(self.opening, capacity) }

    /// Reads the object of a stream; nil if it is of another class.
    package func reader(_ stream: ByteBuffer) -> JavaFlatReader? { JavaFlatReader(self.opening, stream) }
}

/// What stands before the length of an array that is the first of its class in a stream.
package struct JavaFlatArray: Sendable {
    static let bytes = JavaFlatArray(JavaClasses.bytes)

    let opening: JavaFlatOpening

    package init(_ descriptor: JavaClassDescriptor) {
        self.opening = JavaFlatOpening { $0.writeArrayHeader(descriptor) }
    }
}

/// Bytes that are the same in each stream where they stand, and the handles that they give out.
struct JavaFlatOpening: Sendable {
    let bytes: ByteBuffer
    let handles: UInt32

    init(keepsHeader: Bool = false, _ write: (inout JavaObjectOutputStream) -> Void) {
        var stream = JavaObjectOutputStream()
        write(&stream)
        var bytes = stream.finish()
        if !keepsHeader { bytes.moveReaderIndex(forwardBy: JavaFlatStreamWriter.headerSize) }
        self.bytes = bytes
        self.handles = stream.handles.count
    }
}

/// Writes the fields of one object in their order.
package struct JavaFlatWriter {
    /// The stream so far, which is whole when the last field has been written.
    package private(set) var buffer: ByteBuffer
    var handles: JavaFlatHandles

    fileprivate init(_ opening: JavaFlatOpening, _ capacity: Int) {
        self.buffer = ByteBufferAllocator().buffer(capacity: opening.bytes.readableBytes + capacity)
        self.buffer.writeImmutableBuffer(opening.bytes)
        self.handles = JavaFlatHandles(opening.handles)
    }

    package mutating func write(_ number: Int32) { self.buffer.writeInteger(number) }

    package mutating func write(_ number: Int64) { self.buffer.writeInteger(number) }

    package mutating func write(_ value: Bool) { self.buffer.writeInteger(value ? UInt8(1) : 0) }

    package mutating func write(_ text: String?) {
        guard let text else { return self.writeNull() }
        self.handles.count += 1
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

    package mutating func write(_ bytes: [UInt8]?) {
        guard let bytes else { return self.writeNull() }
        if let handle = self.handles.bytes {
            self.buffer.writeInteger(TypeCode.array)
            self.writeReference(handle)
            self.handles.count += 1
        } else {
            self.handles.bytes = self.handles.count
            self.write(JavaFlatArray.bytes.opening)
        }
        self.buffer.writeInteger(Int32(clamping: bytes.count))
        self.buffer.writeBytes(bytes)
    }

    /// Begins an array of objects, the only one of its class.
    package mutating func beginArray(_ array: JavaFlatArray, count: Int) {
        self.write(array.opening)
        self.buffer.writeInteger(Int32(clamping: count))
    }

    /// Writes an object that is nothing but data of its own, at most ``JavaFlatExternal/sizeMaximum`` bytes.
    package mutating func write(_ class: JavaFlatExternal, size: Int, _ data: (inout ByteBuffer) -> Void) {
        self.buffer.writeInteger(TypeCode.object)
        self.write(`class`.first)
        self.handles.count += 1
        self.buffer.writeInteger(TypeCode.blockData)
        self.buffer.writeInteger(UInt8(size))
        data(&self.buffer)
        self.buffer.writeInteger(TypeCode.endBlockData)
    }

    private mutating func write(_ description: JavaFlatDescription) {
        if let handle = self.handles.handle(of: description) { return self.writeReference(handle) }
        self.handles.assign(to: description)
        self.buffer.writeImmutableBuffer(description.bytes)
        if let superclass = description.superclass { self.write(superclass) } else { self.writeNull() }
    }

    private mutating func write(_ opening: JavaFlatOpening) {
        self.buffer.writeImmutableBuffer(opening.bytes)
        self.handles.count += opening.handles
    }

    private mutating func writeReference(_ handle: UInt32) {
        self.buffer.writeInteger(TypeCode.reference)
        self.buffer.writeInteger(StreamConstants.firstHandle + handle)
    }

    package mutating func writeNull() { self.buffer.writeInteger(TypeCode.null) }
}

/// Reads the fields of one object in their order.
///
/// Every method returns nil where something else stands that another writer may write as well: then the stream is read
/// with ``JavaObjectInputStream``.
package struct JavaFlatReader {
    private var buffer: ByteBuffer
    private var handles: JavaFlatHandles

    fileprivate init?(_ opening: JavaFlatOpening, _ stream: ByteBuffer) {
        self.buffer = stream
        self.handles = JavaFlatHandles(opening.handles)
        guard self.skip(opening.bytes) else { return nil }
    }

    package var isAtEnd: Bool { self.buffer.readableBytes == 0 }

    // Inlined into another module these would read by way of the generic form of a buffer's method.

    @inline(never) package mutating func int() -> Int32? { self.buffer.readInteger() }

    @inline(never) package mutating func long() -> Int64? { self.buffer.readInteger() }

    @inline(never) package mutating func boolean() -> Bool? { self.buffer.readInteger(as: UInt8.self).map { $0 != 0 } }

    /// Text of ASCII; the inner nil is Java's.
    @inline(never) package mutating func text() -> String?? {
        guard let code = self.buffer.readInteger(as: UInt8.self) else { return nil }
        if code == TypeCode.null { return .some(nil) }
        guard code == TypeCode.string, let length = self.buffer.readInteger(as: UInt16.self),
            let text = self.buffer.readSlice(length: Int(length)),
            case .string(let plain) = text.withUnsafeReadableBytes(ModifiedUTF8.decode)
        else { return nil }
        self.handles.count += 1
        return plain
    }

    /// An array of bytes; the inner nil is Java's.
    package mutating func bytes() -> [UInt8]?? {
        guard let slice = self.byteSlice() else { return nil }
        return .some(slice.map { [UInt8](buffer: $0) })
    }

    /// The same, without a copy.
    package mutating func byteSlice() -> ByteBuffer?? {
        if self.skipNull() { return .some(nil) }
        if let handle = self.handles.bytes {
            guard self.buffer.readInteger() == TypeCode.array, self.skipReference(handle) else { return nil }
            self.handles.count += 1
        } else {
            self.handles.bytes = self.handles.count
            guard self.skip(JavaFlatArray.bytes.opening) else { return nil }
        }
        guard let count = self.buffer.readInteger(as: UInt32.self),
            let slice = self.buffer.readSlice(length: Int(count))
        else { return nil }
        return .some(slice)
    }

    /// Takes a null, if one stands here.
    package mutating func skipNull() -> Bool {
        guard self.buffer.getInteger(at: self.buffer.readerIndex) == TypeCode.null else { return false }
        self.buffer.moveReaderIndex(forwardBy: 1)
        return true
    }

    /// The number of elements of an array of objects, the only one of its class.
    package mutating func beginArray(_ array: JavaFlatArray) -> Int? {
        guard self.skip(array.opening) else { return nil }
        return self.buffer.readInteger(as: Int32.self).map { Int($0) }
    }

    /// The data of an object of one of these classes, and which one.
    package mutating func external(_ classes: [JavaFlatExternal]) -> (class: Int, data: ByteBuffer)? {
        guard self.buffer.readInteger() == TypeCode.object,
            let index = classes.firstIndex(where: { self.continues(with: $0.first) }), self.skip(classes[index].first)
        else { return nil }
        self.handles.count += 1
        guard self.buffer.readInteger() == TypeCode.blockData, let size = self.buffer.readInteger(as: UInt8.self),
            let data = self.buffer.readSlice(length: Int(size)), self.buffer.readInteger() == TypeCode.endBlockData
        else { return nil }
        return (index, data)
    }

    private func continues(with description: JavaFlatDescription) -> Bool {
        guard let handle = self.handles.handle(of: description) else {
            return self.buffer.starts(with: description.bytes)
        }
        return self.continues(with: handle)
    }

    private func continues(with handle: UInt32) -> Bool {
        let index = self.buffer.readerIndex
        return self.buffer.getInteger(at: index) == TypeCode.reference
            && self.buffer.getInteger(at: index + 1) == StreamConstants.firstHandle + handle
    }

    /// Takes a class description and those of its superclasses, if they stand here.
    private mutating func skip(_ description: JavaFlatDescription) -> Bool {
        if let handle = self.handles.handle(of: description) { return self.skipReference(handle) }
        guard self.skip(description.bytes) else { return false }
        self.handles.assign(to: description)
        return description.superclass.map { self.skip($0) } ?? self.skipNull()
    }

    private mutating func skip(_ opening: JavaFlatOpening) -> Bool {
        self.handles.count += opening.handles
        return self.skip(opening.bytes)
    }

    private mutating func skipReference(_ handle: UInt32) -> Bool {
        guard self.continues(with: handle) else { return false }
        self.buffer.moveReaderIndex(forwardBy: MemoryLayout<UInt8>.size + MemoryLayout<UInt32>.size)
        return true
    }

    private mutating func skip(_ opening: ByteBuffer) -> Bool {
        guard self.buffer.starts(with: opening) else { return false }
        self.buffer.moveReaderIndex(forwardBy: opening.readableBytes)
        return true
    }
}

extension ByteBuffer {
    fileprivate func starts(with opening: ByteBuffer) -> Bool {
        guard self.readableBytes >= opening.readableBytes else { return false }
        return self.withUnsafeReadableBytes { bytes in
            opening.withUnsafeReadableBytes { opening in bytes.starts(with: opening) }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the first bytes are these; there are at least as many.
    func starts(with opening: UnsafeRawBufferPointer) -> Bool {
        guard let one = self.baseAddress, let other = opening.baseAddress else { return opening.isEmpty }
        return memcmp(one, other, opening.count) == 0
    }
}
