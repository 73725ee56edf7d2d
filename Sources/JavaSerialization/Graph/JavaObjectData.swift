/// What one class wrote by itself into an object (`writeExternal`, or `writeObject` beyond the fields), or the
/// contents of a whole stream.
package struct JavaObjectData: JavaObjectInput, Sendable {
    private var cursor: PieceCursor

    init(graph: JavaGraph, pieces: [JavaPiece]) {
        self.cursor = PieceCursor(graph: graph, pieces: pieces)
    }

    package var isAtEnd: Bool { self.cursor.isAtEnd }

    package mutating func readInteger<T: FixedWidthInteger>(as type: T.Type) throws(JavaSerializationError) -> T {
        try self.cursor.integer(as: type)
    }

    package mutating func readBytes(_ count: Int) throws(JavaSerializationError) -> [UInt8] {
        try self.cursor.bytes(count)
    }

    package mutating func readObject() throws(JavaSerializationError) -> JavaValue {
        let slot = try self.cursor.slot()
        var decoder = LiveDecoder(allowList: .standard, limits: JavaLimits())
        return decoder.value(of: slot, in: self.cursor.graph)
    }
}
