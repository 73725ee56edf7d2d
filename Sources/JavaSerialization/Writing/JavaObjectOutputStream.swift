package import NIOCore

/// Writes an object stream: primitive data and objects in the order of the calls.
///
/// Class descriptions and field types are written once and referred to afterwards, as Java does. Live values are
/// written in full each time; objects of graphs keep their identity, so that what came from Java goes back as the
/// same bytes. Primitive data is cut into blocks as Java cuts it.
/// Source: Java Object Serialization Specification | `java.io.ObjectOutputStream`.
package struct JavaObjectOutputStream {
    var buffer: ByteBuffer
    /// Primitive data that has not become a block yet.
    private var block: [UInt8] = []
    /// Whether primitives are collected into blocks, or are fields of an object.
    private(set) var isBlockMode = true
    var handles = HandleTable()

    /// Begins a stream, with room for so many bytes.
    package init(capacity: Int = 512) {
        self.buffer = ByteBuffer()
        self.buffer.reserveCapacity(capacity)
        self.buffer.writeInteger(StreamConstants.header)
    }

    /// The stream's bytes; nothing may be written afterwards.
    package mutating func finish() -> ByteBuffer {
        self.flushBlock()
        return self.buffer
    }

    package mutating func writeBoolean(_ value: Bool) { self.writeByte(value ? 1 : 0) }

    package mutating func writeByte(_ value: UInt8) { self.writeInteger(value) }

    package mutating func writeShort(_ value: Int16) { self.writeInteger(value) }

    package mutating func writeInt(_ value: Int32) { self.writeInteger(value) }

    package mutating func writeLong(_ value: Int64) { self.writeInteger(value) }

    package mutating func writeFloat(_ value: Float) { self.writeInteger(value.bitPattern) }

    package mutating func writeDouble(_ value: Double) { self.writeInteger(value.bitPattern) }

    package mutating func writeInteger<T: FixedWidthInteger>(_ value: T) {
        guard self.isBlockMode else {
            self.buffer.writeInteger(value)
            return
        }
        withUnsafeBytes(of: value.bigEndian) { self.writeToBlock($0) }
    }

    /// Collects what is mostly less than a block.
    private mutating func writeToBlock(_ bytes: UnsafeRawBufferPointer) {
        guard self.block.count + bytes.count < StreamConstants.blockSize else { return self.writeBytes(bytes) }
        self.block.append(contentsOf: bytes)
    }

    package mutating func writeBytes(_ bytes: some Collection<UInt8>) {
        guard self.isBlockMode else {
            self.buffer.writeBytes(bytes)
            return
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let taken = rest.prefix(StreamConstants.blockSize - self.block.count)
            self.block.append(contentsOf: taken)
            rest = rest[taken.endIndex...]
            if self.block.count == StreamConstants.blockSize { self.flushBlock() }
        }
    }

    /// Writes text as primitive data, with two bytes of length.
    ///
    /// - Throws: ``JavaSerializationError/textTooLong(_:)`` above 65,535 encoded bytes.
    package mutating func writeUTF(_ text: String) throws(JavaSerializationError) {
        let length = ModifiedUTF8.length(text)
        guard let short = UInt16(exactly: length) else { throw .textTooLong(length) }
        self.writeInteger(short)
        if self.isBlockMode, length == text.utf8.count, self.block.count + length < StreamConstants.blockSize,
            ModifiedUTF8.isPlain(text)
        {
            self.block.append(contentsOf: text.utf8)
        } else {
            self.writeBytes(ModifiedUTF8.encoded(text, length: length))
        }
    }

    /// Writes text as an object.
    package mutating func writeString(_ text: String) {
        self.flushBlock()
        self.handles.assign()
        self.writeText(text)
    }

    package mutating func writeNull() {
        self.flushBlock()
        self.buffer.writeInteger(TypeCode.null)
    }

    /// Writes an object of a class: its description, then what the body writes.
    ///
    /// For a class with fields the body writes each field's value in the order of the descriptions, topmost class first,
    /// and what a class with `writeMethod` adds in ``writeData(_:)``. For an external class it writes that class's data.
    /// - Throws: what the body throws.
    package mutating func writeObject(
        of descriptor: JavaClassDescriptor,
        _ body: (inout JavaObjectOutputStream) throws(JavaSerializationError) -> Void
    ) throws(JavaSerializationError) {
        let isExternal = descriptor.flags.contains(.externalizable)
        let mode = self.isBlockMode
        self.beginObject(of: descriptor)
        if isExternal {
            try self.writeData(body)
        } else {
            self.isBlockMode = false
            try body(&self)
        }
        self.isBlockMode = mode
    }

    /// What stands before the values of an object.
    mutating func beginObject(of descriptor: JavaClassDescriptor) {
        self.flushBlock()
        self.buffer.writeInteger(TypeCode.object)
        self.writeDescriptor(descriptor)
        self.handles.assign()
    }

    /// Writes an array of objects: its class and length, then the elements, which the body writes.
    ///
    /// - Throws: what the body throws.
    package mutating func writeArray(
        of descriptor: JavaClassDescriptor,
        count: Int,
        _ body: (inout JavaObjectOutputStream) throws(JavaSerializationError) -> Void
    ) throws(JavaSerializationError) {
        let mode = self.isBlockMode
        self.writeArrayHeader(descriptor)
        self.buffer.writeInteger(Int32(count))
        self.isBlockMode = false
        try body(&self)
        self.isBlockMode = mode
    }

    /// Writes what a class adds to its fields by itself.
    ///
    /// - Throws: what the body throws.
    package mutating func writeData(
        _ body: (inout JavaObjectOutputStream) throws(JavaSerializationError) -> Void
    ) throws(JavaSerializationError) {
        let mode = self.isBlockMode
        self.isBlockMode = true
        try body(&self)
        self.flushBlock()
        self.buffer.writeInteger(TypeCode.endBlockData)
        self.isBlockMode = mode
    }

    /// Ends the block that is being collected, if there is one.
    mutating func flushBlock() {
        guard !self.block.isEmpty else { return }
        self.writeBlock(self.block)
        self.block.removeAll(keepingCapacity: true)
    }

    mutating func writeBlock(_ bytes: some Collection<UInt8>) {
        if let short = UInt8(exactly: bytes.count) {
            self.buffer.writeInteger(TypeCode.blockData)
            self.buffer.writeInteger(short)
        } else {
            self.buffer.writeInteger(TypeCode.longBlockData)
            self.buffer.writeInteger(UInt32(bytes.count))
        }
        self.buffer.writeBytes(bytes)
    }

    /// Writes text with its code; the handle has been given out.
    mutating func writeText(_ text: String) {
        let length = ModifiedUTF8.length(text)
        self.writeTextHeader(length)
        if length == text.utf8.count, ModifiedUTF8.isPlain(text) {
            self.buffer.writeString(text)
        } else {
            self.buffer.writeBytes(ModifiedUTF8.encoded(text, length: length))
        }
    }

    mutating func writeTextHeader(_ length: Int) {
        if let short = UInt16(exactly: length) {
            self.buffer.writeInteger(TypeCode.string)
            self.buffer.writeInteger(short)
        } else {
            self.buffer.writeInteger(TypeCode.longString)
            self.buffer.writeInteger(UInt64(length))
        }
    }

    mutating func writeReference(_ handle: UInt32) {
        self.buffer.writeInteger(TypeCode.reference)
        self.buffer.writeInteger(StreamConstants.firstHandle + handle)
    }

    /// Writes a class's description and those of its superclasses, or refers to them.
    mutating func writeDescriptor(_ descriptor: JavaClassDescriptor) {
        var next: JavaClassDescriptor? = descriptor
        while let level = next {
            if let handle = self.handles.handle(of: level) { return self.writeReference(handle) }
            self.buffer.writeInteger(TypeCode.classDescriptor)
            self.writeName(level.name)
            self.buffer.writeInteger(level.serialVersionUID)
            self.handles.assign(to: level)
            self.buffer.writeInteger(level.flags.rawValue)
            self.buffer.writeInteger(UInt16(level.fields.count))
            for field in level.fields {
                self.buffer.writeInteger(field.kind.rawValue)
                self.writeName(field.name)
                if !field.kind.isPrimitive { self.writeInterned(field.signature) }
            }
            self.buffer.writeInteger(TypeCode.endBlockData)
            next = level.superclass
        }
        self.buffer.writeInteger(TypeCode.null)
    }

    /// Writes text of which Java has one per stream, or refers to it.
    mutating func writeInterned(_ text: String) {
        if let handle = self.handles.handle(ofInterned: text) { return self.writeReference(handle) }
        self.handles.assign(toInterned: text)
        self.writeText(text)
    }

    private mutating func writeName(_ name: String) {
        let bytes = ModifiedUTF8.encoded(name, length: ModifiedUTF8.length(name))
        self.buffer.writeInteger(UInt16(bytes.count))
        self.buffer.writeBytes(bytes)
    }
}
