/// Where primitive data and objects are taken from in the order in which they were written: a stream, or what one
/// object of a stream wrote by itself.
///
/// Code that reads what a Java class writes is written once against this protocol.
/// Source: `java.io.ObjectInput`.
package protocol JavaObjectInput {
    /// Whether neither data nor an object is left.
    var isAtEnd: Bool { get }

    /// Takes an integer of primitive data, big-endian, wherever the blocks were cut.
    ///
    /// - Throws: ``JavaSerializationError/noPrimitiveData`` if an object or the end comes first.
    mutating func readInteger<T: FixedWidthInteger>(as type: T.Type) throws(JavaSerializationError) -> T

    /// Takes bytes of primitive data, wherever the blocks were cut.
    ///
    /// - Throws: ``JavaSerializationError/noPrimitiveData`` if there are fewer; nothing is allocated for them before.
    mutating func readBytes(_ count: Int) throws(JavaSerializationError) -> [UInt8]

    /// Takes an object; classes on the allow list become live values, all others stay graphs.
    ///
    /// - Throws: ``JavaSerializationError``; after `writeAborted` the input goes on behind the failed object.
    mutating func readObject() throws(JavaSerializationError) -> JavaValue
}

extension JavaObjectInput {
    package mutating func readBoolean() throws(JavaSerializationError) -> Bool {
        try self.readInteger(as: UInt8.self) != 0
    }

    package mutating func readByte() throws(JavaSerializationError) -> UInt8 { try self.readInteger(as: UInt8.self) }

    package mutating func readShort() throws(JavaSerializationError) -> Int16 { try self.readInteger(as: Int16.self) }

    package mutating func readInt() throws(JavaSerializationError) -> Int32 { try self.readInteger(as: Int32.self) }

    package mutating func readLong() throws(JavaSerializationError) -> Int64 { try self.readInteger(as: Int64.self) }

    package mutating func readFloat() throws(JavaSerializationError) -> Float {
        Float(bitPattern: try self.readInteger(as: UInt32.self))
    }

    package mutating func readDouble() throws(JavaSerializationError) -> Double {
        Double(bitPattern: try self.readInteger(as: UInt64.self))
    }

    /// Takes text with two bytes of length (`writeUTF`).
    package mutating func readUTF() throws(JavaSerializationError) -> String {
        let bytes = try self.readBytes(Int(self.readInteger(as: UInt16.self)))
        guard case .string(let text) = bytes.withUnsafeBytes(ModifiedUTF8.decode) else { throw .malformedText }
        return text
    }
}
