import JavaSerialization
import TestSupport
import Testing

/// The attribute types of the recorded sessions, each as a program sees it.
@Suite struct AttributeTests {
    private static func text(_ texts: String...) -> [JavaValue] { texts.map { .string($0) } }

    private static let expected: [(String, JavaValue)] = [
        ("string", .string("Grüße €𝄞")),
        ("int", .int(42)),
        ("bool", .boolean(true)),
        ("short", .short(-7)),
        ("byte", .byte(-1)),
        ("char", .character(0x5a)),
        ("bytes", JavaValue.bytes([UInt8]("abc".utf8))),
        ("float", .float(1.5)),
        ("double", .double(3.25)),
    ]

    private static func attribute(_ type: String) throws -> JavaValue {
        let stream = try #require(try RecordedStream.named("delta-type-\(type)").last)
        var input = try JavaObjectInputStream(stream.bytes)
        return try #require(try DeltaActions(from: &input).actions.last?.value)
    }

    @Test("an attribute has its value", arguments: expected)
    func value(type: String, value: JavaValue) throws {
        #expect(try Self.attribute(type) == value)
    }

    private static let classes: [(String, String)] = [
        ("long", "java.lang.Long"), ("date", "java.util.Date"), ("arraylist", "java.util.ArrayList"),
        ("linkedlist", "java.util.LinkedList"), ("aslist", "java.util.Arrays$ArrayList"),
        ("listof", "java.util.CollSer"), ("vector", "java.util.Vector"), ("hashset", "java.util.HashSet"),
        ("linkedhashset", "java.util.LinkedHashSet"), ("treeset", "java.util.TreeSet"),
        ("hashmap", "java.util.HashMap"), ("linkedhashmap", "java.util.LinkedHashMap"),
        ("treemap", "java.util.TreeMap"), ("hashtable", "java.util.Hashtable"),
        ("concurrenthashmap", "java.util.concurrent.ConcurrentHashMap"), ("properties", "java.util.Properties"),
        ("bigint", "java.math.BigInteger"), ("bigdec", "java.math.BigDecimal"), ("uuid", "java.util.UUID"),
        ("timeunit", "java.util.concurrent.TimeUnit"), ("enum", "demo.SessionServlet$Color"),
        ("strings", "[Ljava.lang.String;"), ("ints", "[I"), ("integers", "[Ljava.lang.Integer;"),
        ("atomicint", "java.util.concurrent.atomic.AtomicInteger"), ("locale", "java.util.Locale"),
        ("sqltimestamp", "java.sql.Timestamp"), ("localdate", "java.time.Ser"), ("instant", "java.time.Ser"),
    ]

    @Test("an attribute of the JDK's common classes is live", arguments: classes)
    func live(type: String, className: String) throws {
        let value = try Self.attribute(type)
        #expect(value.object == nil)
        #expect(value.className == className)
    }

    @Test("an application's object is shown by its class and fields")
    func pojo() throws {
        let object = try #require(try Self.attribute("pojo").object)
        #expect(object.className == "demo.SessionServlet$Pojo")
        #expect(object.fields.allSatisfy { $0.className == object.className })
        #expect(object.fields.contains { $0.name == "label" && $0.value.string != nil })
        #expect(object.value("no such field").isNull)
        #expect(try object.int("no such field") == 0)
        #expect(throws: JavaSerializationError.unexpectedField("label")) { try object.int("label") }
    }

    @Test("a map in which a list stands twice stays one object, and can still be looked into")
    func nested() throws {
        let value = try Self.attribute("nested")
        let object = try #require(value.object)
        #expect(object.className == "java.util.LinkedHashMap")
        let entries = try #require(value.entries)
        #expect(entries.map(\.key) == Self.text("n", "list", "same", "b"))
        #expect(entries[1].value == entries[2].value)
        #expect(entries[1].value.elements == [.string("a"), .long(2), .null])
        #expect(entries[3].value.bytes == [1, 2])
    }
}
