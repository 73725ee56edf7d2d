import NIOCore
import TestSupport
import Testing

@testable import JavaSerialization

@Suite struct JavaObjectOutputStreamTests {
    @Test("primitive data is cut into blocks as Java cuts it")
    func blocks() throws {
        let recorded = try #require(try RecordedStream.named("blockdata-chunking").first).bytes
        var output = JavaObjectOutputStream()
        var input = try JavaObjectInputStream(recorded)
        output.writeBytes(try input.readBytes(300))
        try output.writeUTF(try input.readUTF())
        #expect(try input.readObject() == .null)
        output.writeNull()
        #expect(input.isAtEnd)
        #expect([UInt8](output.finish().readableBytesView) == recorded)
    }

    @Test("primitives are read back across the ends of blocks", arguments: [1_017, 1_020, 1_022, 1_023, 1_024])
    func acrossBlocks(before: Int) throws {
        var output = JavaObjectOutputStream()
        output.writeBytes([UInt8](repeating: 0, count: before))
        output.writeLong(-2)
        output.writeInt(-3)
        output.writeShort(-4)
        output.writeBoolean(true)
        output.writeFloat(1.5)
        output.writeDouble(-2.5)
        try output.writeUTF("€")
        var input = try JavaObjectInputStream(output.finish())
        #expect(try input.readBytes(before).count == before)
        #expect(try input.readLong() == -2)
        #expect(try input.readInt() == -3)
        #expect(try input.readShort() == -4)
        #expect(try input.readBoolean())
        #expect(try input.readFloat() == 1.5)
        #expect(try input.readDouble() == -2.5)
        #expect(try input.readUTF() == "€")
        #expect(input.isAtEnd)
    }

    @Test("data and objects are told apart")
    func order() throws {
        var output = JavaObjectOutputStream()
        output.writeInt(1)
        output.writeString("a")
        let stream = output.finish()
        var first = try JavaObjectInputStream(stream)
        #expect(throws: JavaSerializationError.unreadPrimitiveData(4)) { try first.readObject() }
        #expect(try first.readInt() == 1)
        #expect(throws: JavaSerializationError.noPrimitiveData) { try first.readInt() }
        #expect(try first.readObject() == .string("a"))
        #expect(throws: JavaSerializationError.truncated) { try first.readObject() }
        #expect(throws: JavaSerializationError.truncated) { try first.readByte() }
        #expect(throws: JavaSerializationError.invalidLength(-1)) { try first.readBytes(-1) }
    }

    @Test("text too long for two bytes of length is refused as data and has eight as an object")
    func longText() throws {
        var output = JavaObjectOutputStream()
        let longest = String(repeating: "x", count: 65_535)
        try output.writeUTF(longest)
        output.writeString(longest)
        output.writeString(longest + "x")
        #expect(throws: JavaSerializationError.textTooLong(65_536)) { try output.writeUTF(longest + "x") }
        var input = try JavaObjectInputStream(output.finish())
        #expect(try input.readUTF() == longest)
        #expect(try input.readObject() == .string(longest))
        #expect(try input.readObject() == .string(longest + "x"))
    }

    @Test("a class is described once, whoever describes it")
    func describesOnce() throws {
        let one = JavaClassDescriptor("A", uid: 1, fields: [.int("x"), .string("s")])
        let other = JavaClassDescriptor("A", uid: 1, fields: [.int("x"), .string("s")])
        let different = JavaClassDescriptor("A", uid: 2, fields: [.int("x"), .string("s")])
        var output = JavaObjectOutputStream()
        for descriptor in [one, other, different, one] {
            try output.writeObject(of: descriptor) { stream in
                stream.writeInt(7)
                stream.writeNull()
            }
        }
        let bytes = [UInt8](output.finish().readableBytesView)
        let description: [UInt8] = [TypeCode.classDescriptor, 0, 1, 0x41]
        #expect(bytes.indices.filter { bytes[$0...].starts(with: description) }.count == 2)
        let contents = try ReadPiece.all(of: bytes)
        #expect(contents.count == 4)
    }

    @Test("an object that was read goes into another stream with all it refers to")
    func graft() throws {
        let row = try #require(Vectors.rows("java/streams.jsonl").first { $0["name"].string == "list-sharing" })
        var input = try JavaObjectInputStream(try bytes(hex: row.string("hex")))
        let value = try input.readObject()
        var output = JavaObjectOutputStream()
        try output.writeObject(.arrayList([.string("other"), .int(5)]))
        try output.writeObject(value)
        try output.writeObject(value)
        var again = try JavaObjectInputStream(output.finish())
        _ = try again.readObject()
        let first = try again.readObject()
        let second = try again.readObject()
        #expect(first == second)
        #expect(try first.written() == value.written())
    }

    @Test("values within values end at a limit")
    func nesting() {
        var value = JavaValue.arrayList([])
        for _ in 0..<600 { value = .arrayList([value]) }
        var output = JavaObjectOutputStream()
        #expect(throws: JavaSerializationError.limitExceeded(.nesting)) { try output.writeObject(value) }
    }

    @Test("values deeper than live ones go stay objects, and come out the same")
    func deep() throws {
        var value = JavaValue.arrayList([])
        for _ in 0..<100 { value = .arrayList([value]) }
        let bytes = try value.written()
        var input = try JavaObjectInputStream(bytes)
        let read = try input.readObject()
        #expect(read.object == nil)
        #expect(try JavaStream(bytes).encoded() == ByteBuffer(bytes: bytes))
        var again = try JavaObjectInputStream(try read.written())
        #expect(try again.readObject().elements?.count == 1)
    }
}
