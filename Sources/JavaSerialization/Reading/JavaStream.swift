package import NIOCore

/// A whole object stream as a value: every object with its identity, every block as it was cut.
///
/// What Java wrote comes out again byte for byte.
package struct JavaStream: Sendable {
    let graph: JavaGraph
    let pieces: [JavaPiece]

    /// Reads a stream to its end.
    ///
    /// - Throws: ``JavaSerializationError``, also for a stream that its writer gave up.
    package init(_ buffer: ByteBuffer, limits: JavaLimits = JavaLimits()) throws(JavaSerializationError) {
        var parser = try ContentParser(stream: buffer, limits: limits)
        self.pieces = try parser.readAll()
        self.graph = parser.finishGraph()
    }

    /// Reads a stream to its end.
    ///
    /// - Throws: ``JavaSerializationError``, also for a stream that its writer gave up.
    package init(_ bytes: [UInt8], limits: JavaLimits = JavaLimits()) throws(JavaSerializationError) {
        try self.init(ByteBuffer(bytes: bytes), limits: limits)
    }

    /// What is in the stream, from the beginning.
    package var contents: JavaObjectData { JavaObjectData(graph: self.graph, pieces: self.pieces) }

    /// The stream's bytes.
    package func encoded() -> ByteBuffer {
        var stream = JavaObjectOutputStream()
        stream.writeContents(self.pieces, of: self.graph)
        return stream.finish()
    }
}
