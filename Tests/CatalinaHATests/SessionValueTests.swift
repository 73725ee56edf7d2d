import JavaSerialization
import Testing

@testable import CatalinaHA

@Suite struct SessionValueTests {
    private struct Unknown: Sendable {}

    @Test("a value keeps its type on the way to Java and back")
    func roundTrip() throws {
        func same<Value: Sendable & Equatable>(_ value: Value, _ className: String) throws {
            let java = try #require(SessionValue.java(value))
            #expect(java.className == className)
            #expect(SessionValue.swift(java) as? Value == value, "\(value)")
        }
        try same("text", "java.lang.String")
        try same(true, "java.lang.Boolean")
        try same(7, "java.lang.Long")
        try same(Int32(7), "java.lang.Integer")
        try same(Int16(7), "java.lang.Short")
        try same(Int8(7), "java.lang.Byte")
        try same(1.5, "java.lang.Double")
        try same(Float(1.5), "java.lang.Float")
        try same(Character("x"), "java.lang.Character")
        try same([UInt8](0...9), "[B")
        try same([1, 2, 3], "[J")
        try same([Int32(1)], "[I")
        try same([1.5, 2], "[D")
        try same(["a", "b"], "java.util.ArrayList")
        try same([String](), "java.util.ArrayList")
        try same([["a"], ["b", "c"]], "java.util.ArrayList")
        try same(Set(["a", "b"]), "java.util.HashSet")
        try same(Set([1, 2]), "java.util.HashSet")
        try same(["a": 1, "b": 2], "java.util.HashMap")
        try same(["a": ["x": [1.5]]], "java.util.HashMap")
    }

    @Test("what Java has not cannot travel")
    func unknown() {
        #expect(SessionValue.java(Unknown()) == nil)
        #expect(SessionValue.java([Unknown()]) == nil)
        #expect(SessionValue.java(["a": Unknown()]) == nil)
    }

    @Test("an unsigned number takes the next larger class")
    func unsigned() {
        #expect(SessionValue.java(UInt8.max) == .short(255))
        #expect(SessionValue.java(UInt16.max) == .int(65_535))
        #expect(SessionValue.java(UInt32.max) == .long(4_294_967_295))
        #expect(SessionValue.java(UInt64.max)?.className == "java.math.BigInteger")
    }

    @Test("a number keeps the class of the one before it, where it fits")
    func replacing() {
        #expect(SessionValue.java(5, replacing: .int(4)) == .int(5))
        #expect(SessionValue.java(5_000_000_000, replacing: .int(4)) == .long(5_000_000_000))
        #expect(SessionValue.java(5, replacing: .short(4)) == .short(5))
        #expect(SessionValue.java(5, replacing: .string("4")) == .long(5))
        #expect(SessionValue.java("5", replacing: .int(4)) == .string("5"))
    }

    @Test("an object of an unknown class shows its class and goes back as it came")
    func foreign() throws {
        let delta = try DeltaRequest(try #require(try Recording("delta-type-pojo").message.payload))
        let java = try #require(delta.actions.last?.value)
        let value = SessionValue.swift(java)
        #expect("\(value)" == "demo.SessionServlet$Pojo")
        #expect(SessionValue.java(value) == java)
    }

    @Test("a map with other keys than texts is carried as it is")
    func mapOfNumbers() {
        let java = JavaValue.hashMap([.init(.int(1), .string("x"))])
        #expect((SessionValue.swift(java) as? ForeignValue)?.java == java)
    }
}
