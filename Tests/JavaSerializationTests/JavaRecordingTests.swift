import NIOCore
import TestSupport
import Testing

@testable import JavaSerialization

/// Streams written by the JDK for this project.
@Suite struct JavaRecordingTests {
    private static let rows = Vectors.rows("java/streams.jsonl")

    private static func rows(_ kinds: String...) -> [VectorRow] {
        self.rows.filter { kinds.contains($0["kind"].string ?? "") }
    }

    @Test("every stream comes out byte for byte", arguments: rows("live", "equal", "opaque", "stream"))
    func encodesAgain(row: VectorRow) throws {
        let bytes = try bytes(hex: row.string("hex"))
        #expect([UInt8](try JavaStream(bytes).encoded().readableBytesView) == bytes)
    }

    @Test("a value of the JDK's common classes is live and written as Java writes it", arguments: rows("live"))
    func live(row: VectorRow) throws {
        let bytes = try bytes(hex: row.string("hex"))
        var input = try JavaObjectInputStream(bytes)
        let value = try input.readObject()
        #expect(value.object == nil)
        #expect(input.isAtEnd)
        #expect(try value.written() == bytes)
    }

    @Test("a live value whose form differs from Java's means the same", arguments: rows("equal"))
    func equal(row: VectorRow) throws {
        var input = try JavaObjectInputStream(try bytes(hex: row.string("hex")))
        let value = try input.readObject()
        #expect(value.object == nil)
        var again = try JavaObjectInputStream(try value.written())
        #expect(try again.readObject() == value)
    }

    @Test("an object of another class stays opaque and is written as Java wrote it", arguments: rows("opaque"))
    func opaque(row: VectorRow) throws {
        let bytes = try bytes(hex: row.string("hex"))
        var input = try JavaObjectInputStream(bytes)
        let value = try input.readObject()
        let object = try #require(value.object)
        #expect(!object.className.isEmpty)
        #expect(input.isAtEnd)
        #expect(try value.written() == bytes)
    }

    @Test(
        "without an allow list every container stays opaque and is written as Java wrote it",
        arguments: rows("live", "equal")
    )
    func allowsNothing(row: VectorRow) throws {
        let bytes = try bytes(hex: row.string("hex"))
        var input = try JavaObjectInputStream(bytes, allowList: .none)
        #expect(try input.readObject().written() == bytes)
    }

    @Test("contents read one by one mean the same when written again", arguments: rows("stream"))
    func readsOneByOne(row: VectorRow) throws {
        let first = try ReadPiece.all(of: try bytes(hex: row.string("hex")))
        let again = try ReadPiece.all(of: try ReadPiece.written(first))
        #expect(try again.map { try $0.shape } == first.map { try $0.shape })
    }

    @Test("at every cut a stream ends in truncation or between two contents", arguments: rows)
    func cut(row: VectorRow) throws {
        let bytes = try bytes(hex: row.string("hex"))
        guard !(try row.string("kind")).hasPrefix("error") else { return }
        for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
            do throws(JavaSerializationError) {
                let whole = try JavaStream(Array(bytes[..<cut]))
                #expect([UInt8](whole.encoded().readableBytesView) == Array(bytes[..<cut]))
            } catch {
                #expect(error == .truncated || row["kind"].string == "aborted", "cut at byte \(cut)")
            }
        }
    }

    @Test("an object that its writer gave up is skipped, and the stream goes on")
    func skipsAborted() throws {
        let row = try #require(Self.rows("aborted").first)
        var input = try JavaObjectInputStream(try bytes(hex: row.string("hex")))
        #expect(try input.readInt() == 1)
        #expect(
            throws: JavaSerializationError.writeAborted(
                className: "java.io.NotSerializableException",
                message: "java.lang.Object"
            )
        ) { try input.readObject() }
        #expect(try input.readInt() == 2)
        #expect(try input.readObject() == .string("after"))
        #expect(input.isAtEnd)
    }

    @Test("a proxy and an annotated class are refused", arguments: rows("error-proxyClass", "error-annotatedClass"))
    func refuses(row: VectorRow) throws {
        let expected =
            try row.string("kind") == "error-proxyClass"
            ? JavaSerializationError.proxyClass : .annotatedClass(className: "Recorder$Pair")
        var input = try JavaObjectInputStream(try bytes(hex: row.string("hex")))
        #expect(throws: expected) { try input.readObject() }
    }
}

extension JavaValue {
    /// A stream that holds the value alone.
    func written() throws(JavaSerializationError) -> [UInt8] {
        var output = JavaObjectOutputStream()
        try output.writeObject(self)
        return [UInt8](output.finish().readableBytesView)
    }
}
