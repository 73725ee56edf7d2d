import NIOCore
import TestSupport
import Testing

@testable import JavaSerialization

/// Streams that no Java writer makes.
@Suite struct HostileStreamTests {
    /// Bytes of a stream, put together by hand.
    private struct Forge {
        var bytes: [UInt8] = RecordedStream.magic

        mutating func add(_ bytes: UInt8...) { self.bytes += bytes }

        mutating func int(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { self.bytes += $0 } }

        mutating func reference(_ handle: UInt32) {
            self.add(TypeCode.reference)
            self.int(0x7e_0000 + handle)
        }

        mutating func name(_ name: String) {
            let utf8 = [UInt8](name.utf8)
            self.bytes += [UInt8(utf8.count >> 8), UInt8(utf8.count & 0xff)] + utf8
        }

        /// A class without fields, and without a superclass unless one follows.
        mutating func descriptor(_ name: String, flags: UInt8 = 2, end: UInt8? = TypeCode.null) {
            self.add(TypeCode.classDescriptor)
            self.name(name)
            self.bytes += [UInt8](repeating: 0, count: 8) + [flags, 0, 0, TypeCode.endBlockData]
            if let end { self.add(end) }
        }

        func failure(limits: JavaLimits = JavaLimits()) -> JavaSerializationError? {
            do throws(JavaSerializationError) {
                var input = try JavaObjectInputStream(self.bytes, limits: limits)
                while !input.isAtEnd { _ = try input.readObject() }
                return nil
            } catch {
                return error
            }
        }
    }

    @Test(
        "what is no stream of objects is refused",
        arguments: [
            ("", JavaSerializationError.truncated),
            ("aced0004 70", .badHeader),
            ("00000000 70", .badHeader),
            ("aced0005 00", .unexpectedTypeCode(0)),
            ("aced0005 7f", .unexpectedTypeCode(0x7f)),
            ("aced0005 78", .unexpectedTypeCode(0x78)),
            ("aced0005 71 007e0000", .unknownHandle(0x7e_0000)),
            ("aced0005 71 00000000", .unknownHandle(0)),
            ("aced0005 71 ffffffff", .unknownHandle(0xffff_ffff)),
            ("aced0005 740001 61 71 007e0001", .unknownHandle(0x7e_0001)),
            ("aced0005 73 740001 61", .unexpectedTypeCode(0x74)),
            ("aced0005 73 70", .unexpectedTypeCode(0x70)),
            ("aced0005 740001 61 73 71 007e0000", .wrongHandle(0x7e_0000)),
            ("aced0005 7a ffffffff", .invalidLength(-1)),
            ("aced0005 7a 7fffffff 00", .truncated),
            ("aced0005 7c ffffffffffffffff", .invalidLength(-1)),
            ("aced0005 7c 7fffffffffffffff 00", .truncated),
            ("aced0005 740002 c061", .malformedText),
            ("aced0005 740001 80", .malformedText),
            ("aced0005 740004 f09d849e", .malformedText),
            ("aced0005 740002 e282", .malformedText),
            ("aced0005 7d 00000000", .proxyClass),
            ("aced0005 73 7d 00000000", .proxyClass),
            ("aced0005 7b 70", .writeAborted(className: "", message: nil)),
            ("aced0005 7b 7b 70", .unexpectedTypeCode(0x7b)),
            ("aced0005 7701", .truncated),
        ]
    )
    func refuses(hex: String, error: JavaSerializationError) throws {
        let stream = try bytes(hex: hex)
        #expect(throws: error) {
            var input = try JavaObjectInputStream(stream)
            while !input.isAtEnd {
                do {
                    _ = try input.readObject()
                } catch JavaSerializationError.unreadPrimitiveData {
                    _ = try input.readByte()
                }
            }
        }
    }

    @Test("arrays within arrays end at the limit, not at the end of a stack")
    func nestedArrays() {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor("[Ljava.lang.Object;")
        for _ in 0..<100_000 {
            forge.int(1)
            forge.add(TypeCode.array)
            forge.reference(0)
        }
        #expect(forge.failure() == .limitExceeded(.nesting))
    }

    @Test("arrays that are as deep as allowed are read, written and freed")
    func deepArrays() throws {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor("[Ljava.lang.Object;")
        for _ in 1..<4_096 {
            forge.int(1)
            forge.add(TypeCode.array)
            forge.reference(0)
        }
        forge.int(0)
        var input = try JavaObjectInputStream(forge.bytes)
        let value = try input.readObject()
        #expect(try value.written() == forge.bytes)
    }

    @Test("a length that no input backs allocates nothing", arguments: ["[B", "[J", "[Ljava.lang.Object;", "[[I"])
    func hugeArray(className: String) {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor(className)
        forge.int(0x7fff_ffff)
        #expect(forge.failure() == .truncated)
        forge.bytes.removeLast(4)
        forge.int(0xffff_ffff)
        #expect(forge.failure() == .invalidLength(-1))
    }

    @Test("a class that is its own superclass is refused")
    func cyclicClass() {
        var forge = Forge()
        forge.add(TypeCode.object)
        forge.descriptor("A", end: nil)
        forge.reference(0)
        #expect(forge.failure() == .wrongHandle(0x7e_0000))
    }

    @Test("a chain of superclasses ends at the limit, also when it is built piece by piece")
    func classBomb() {
        var forge = Forge()
        forge.add(TypeCode.object)
        for index in 0..<1_000 { forge.descriptor("C\(index)", end: nil) }
        forge.add(TypeCode.null)
        #expect(forge.failure() == .limitExceeded(.superclasses))

        var pieces = Forge()
        pieces.add(TypeCode.classDescriptor)
        pieces.bytes.removeLast()
        pieces.descriptor("C0")
        for index in 1..<100 {
            pieces.descriptor("C\(index)", end: nil)
            pieces.reference(UInt32(index - 1))
        }
        #expect(pieces.failure() == .limitExceeded(.superclasses))
    }

    @Test(
        "a class that contradicts its content is refused",
        arguments: [
            (TypeCode.object, "A", UInt8(0)), (TypeCode.object, "A", 0x12), (TypeCode.object, "A", 0x04),
            (TypeCode.object, "A", 0x06), (TypeCode.object, "[I", 0x02), (TypeCode.array, "A", 0x02),
            (TypeCode.array, "[", 0x02), (TypeCode.array, "[X", 0x02), (TypeCode.array, "[II", 0x02),
            (TypeCode.enumConstant, "A", 0x02),
        ]
    )
    func contradicts(code: UInt8, name: String, flags: UInt8) {
        var forge = Forge()
        forge.add(code)
        forge.descriptor(name, flags: flags)
        forge.bytes += [0, 0, 0, 0]
        #expect(forge.failure() == .invalidDescriptor(className: name))
    }

    @Test("a constant's name must be text")
    func enumName() {
        var forge = Forge()
        forge.add(TypeCode.enumConstant)
        forge.descriptor("E", flags: 0x12)
        forge.reference(1)
        #expect(forge.failure() == .invalidDescriptor(className: "E"))
        forge.bytes.removeLast(5)
        forge.add(TypeCode.null)
        #expect(forge.failure() == .unexpectedTypeCode(TypeCode.null))
    }

    @Test("every limit ends a stream that is otherwise well formed")
    func limits() throws {
        var texts = Forge()
        for _ in 0..<100 { texts.add(TypeCode.string, 0, 0) }
        var limits = JavaLimits()
        limits.handlesMaximum = 99
        #expect(texts.failure(limits: limits) == .limitExceeded(.handles))
        #expect(texts.failure() == nil)
        limits.streamSizeMaximum = 100
        #expect(texts.failure(limits: limits) == .limitExceeded(.streamSize))

        let point = try #require(try RecordedStream.named("delta-type-pojo").first)
        limits = JavaLimits()
        limits.fieldsMaximum = 3
        #expect(throws: JavaSerializationError.limitExceeded(.fields)) { try JavaStream(point.bytes, limits: limits) }
    }

    @Test("contents that hang on one another end at the limit")
    func importChain() {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor("[Ljava.lang.Object;")
        forge.int(0)
        for index in 0..<1_000 {
            forge.add(TypeCode.array)
            forge.reference(0)
            forge.int(1)
            forge.reference(UInt32(index + 1))
        }
        #expect(forge.failure() == .limitExceeded(.nesting))
    }

    @Test("a small graph that would be a huge tree is not written out")
    func doubling() throws {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor("[Ljava.lang.Object;")
        for _ in 0..<60 {
            forge.int(2)
            forge.add(TypeCode.array)
            forge.reference(0)
        }
        forge.int(0)
        for index in (0..<60).reversed() { forge.reference(UInt32(index + 2)) }
        var input = try JavaObjectInputStream(forge.bytes)
        let value = try input.readObject()
        #expect(value.object != nil)
        #expect(try value.written() == forge.bytes)
        var limits = JavaLimits()
        limits.expandedValuesMaximum = 10_000
        let expanded = try #require(value.object).expanded(limits: limits)
        #expect(expanded.object == nil)
    }

    @Test("a cycle can be looked into")
    func cycle() throws {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor("[Ljava.lang.Object;")
        forge.int(1)
        forge.reference(1)
        var input = try JavaObjectInputStream(forge.bytes)
        let object = try #require(try input.readObject().object)
        #expect(JavaValue.object(object).elements == [.object(object)])
    }

    @Test("many references to one large content cost little")
    func references() throws {
        var forge = Forge()
        forge.add(TypeCode.array)
        forge.descriptor("[Ljava.lang.Object;")
        forge.int(10_000)
        forge.bytes += [UInt8](repeating: TypeCode.null, count: 10_000)
        for _ in 0..<10_000 { forge.reference(1) }
        #expect(forge.failure() == nil)
    }
}
