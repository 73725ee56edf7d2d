import RepositoryCore
import Testing

import struct TestSupport.SeededGenerator

@Suite struct JSONParserTests {
    @Test(
        "text that is written back as it was read",
        arguments: [
            "null", "true", "false", "0", "-0", "1.0", "1e400", "-12.50E-3", "9007199254740993", "\"\"", "\"a\"", "[]",
            "{}", "[1,[2,[3]],{}]", #"{"b":1,"a":{"z":null,"y":[true]}}"#, #""\"\\\b\f\n\r\t\u0001""#,
            "\"äöü€😀\"", #"{"":0}"#, #""<>&='""#, #""\u2028\u2029""#,
            #"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14}"#,
            "{\"\u{e9}\":1,\"e\u{301}\":2}",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text).serialized() == text)
    }

    @Test(
        arguments: [
            (" [ 1 , 2 ] ", "[1,2]"), (#""\u00e4\/\ud83d\ude00""#, "\"ä/😀\""),
            (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#),
            ("\u{feff}1", "1"), (#""\u007f""#, "\"\u{7f}\""),
        ]
    )
    func normalizes(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).serialized() == expected)
    }

    @Test(
        arguments: [
            ("", JSONSyntaxError.unexpectedEnd(offset: 0)), ("[1,]", .unexpectedByte(0x5d, offset: 3)),
            ("{\"a\" 1}", .unexpectedByte(0x31, offset: 5)), ("01", .badNumber(offset: 0)),
            ("1.", .badNumber(offset: 0)),
            ("-", .badNumber(offset: 0)), ("1e", .badNumber(offset: 0)), ("+1", .unexpectedByte(0x2b, offset: 0)),
            ("tru", .unexpectedEnd(offset: 3)), ("trux", .unexpectedByte(0x78, offset: 3)),
            ("1 2", .trailingData(offset: 2)),
            ("\"a", .unexpectedEnd(offset: 2)), ("\"\n\"", .controlCharacterInString(offset: 1)),
            (#""\x""#, .badEscape(offset: 1)), (#""\u12g4""#, .badEscape(offset: 1)),
            (#""\ud800""#, .unpairedSurrogate(offset: 1)), (#""\udc00""#, .unpairedSurrogate(offset: 1)),
            (#""\ud800\u0041""#, .unpairedSurrogate(offset: 1)), ("{1:2}", .unexpectedByte(0x31, offset: 1)),
            ("{'a':2}", .unexpectedByte(0x27, offset: 1)), ("[1 2]", .unexpectedByte(0x32, offset: 3)),
            ("NaN", .unexpectedByte(0x4e, offset: 0)), ("/**/1", .unexpectedByte(0x2f, offset: 0)),
        ]
    )
    func rejects(text: String, error: JSONSyntaxError) {
        #expect(throws: error) { try JSONValue(parsing: text) }
    }

    @Test func rejectsBrokenUTF8() {
        #expect(throws: JSONSyntaxError.invalidUTF8(offset: 1)) { try JSONValue(parsing: [0x22, 0xc3, 0x22]) }
        #expect(throws: JSONSyntaxError.invalidUTF8(offset: 1)) {
            try JSONValue(parsing: [0x22, 0x5c, 0x6e, 0xff, 0x22])
        }
    }

    @Test func boundsDepthAndSize() throws {
        var limits = JSONLimits()
        limits.depthMaximum = 3
        limits.sizeMaximum = 12
        _ = try JSONValue(parsing: "[[[1]]]", limits: limits)
        #expect(throws: JSONSyntaxError.tooDeep(offset: 3)) { try JSONValue(parsing: "[[[[1]]]]", limits: limits) }
        #expect(throws: JSONSyntaxError.tooLarge(size: 13)) { try JSONValue(parsing: "[1,2,3,4,5,6]", limits: limits) }
        let hostile = String(repeating: "[", count: 100_000)
        #expect(throws: JSONSyntaxError.tooDeep(offset: 256)) { try JSONValue(parsing: hostile) }
    }

    @Test func everyCutOfATextIsAnError() throws {
        let text = Array(#"{"a":[1.5e3,"x\u00e9",true,null],"b":{"c":"d"}}"#.utf8)
        for cut in text.indices {
            #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text[..<cut])) }
        }
    }

    @Test func mutatedTextsNeverTrap() {
        let seed = Array(#"{"a":[1.5e3,"x\u00e9\ud83d\ude00",true,null],"b":{"c":"d"}}"#.utf8)
        var generator = SeededGenerator(seed: 4711)
        for _ in 0..<5000 {
            var text = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                text[Int.random(in: text.indices, using: &generator)] = UInt8.random(
                    in: .min ... .max,
                    using: &generator
                )
            }
            _ = try? JSONValue(parsing: text)
        }
    }

    @Test func writesWithTwoSpaces() throws {
        let value = try JSONValue(parsing: #"{"a":[1,{"b":[]}],"c":{},"d":"x"}"#)
        #expect(
            value.serialized(pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "b": []
                    }
                  ],
                  "c": {},
                  "d": "x"
                }
                """
        )
    }
}

@Suite struct JSONNumberTests {
    @Test(
        "as ECMAScript prints the exact decimal value",
        arguments: [
            ("1.0", "1"), ("0", "0"), ("-0.0", "0"), ("1e21", "1e+21"), ("1e20", "100000000000000000000"),
            ("123456789012345678901", "123456789012345678901"), ("0.0000001", "1e-7"), ("0.000001", "0.000001"),
            ("-1.50", "-1.5"), ("12.34e1", "123.4"), ("1.5e300", "1.5e+300"), ("100", "100"), ("0.1e1", "1"),
            ("1234567890123456789012", "1.234567890123456789012e+21"), ("5e-324", "5e-324"), ("0.5", "0.5"),
            ("10.010", "10.01"),
        ]
    )
    func prints(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).number?.decimal.ecmaScriptText == expected)
    }

    @Test(
        arguments: [
            ("1", "2"), ("-2", "1"), ("-2", "-1"), ("0", "0.1"), ("-0.1", "0"),
            ("9007199254740992", "9007199254740993"),
            ("1e399", "1e400"), ("1e-400", "1e-399"), ("0.99", "1"), ("9", "10"),
            ("-1e999999999999", "1e-999999999999"),
        ]
    )
    func orders(smaller: String, larger: String) throws {
        let left = try #require(try JSONValue(parsing: smaller).number).decimal
        let right = try #require(try JSONValue(parsing: larger).number).decimal
        #expect(left < right)
        #expect(!(right < left))
        #expect(!(left < left))
    }

    @Test(
        arguments: [
            ("10", "2", true), ("10", "3", false), ("0.0075", "0.0001", true), ("0.00751", "0.0001", false),
            ("4.5", "1.5", true), ("35", "1.5", false), ("0", "7", true), ("1e308", "0.123456789", false),
            ("1e308", "0.5", true), ("12391239123", "1e-8", true), ("-6", "3", true), ("1e400", "1e399", true),
            ("1e399", "1e400", false), ("7", "0", false), ("9007199254740993", "9007199254740993", true),
        ]
    )
    func divides(value: String, divisor: String, expected: Bool) throws {
        let left = try #require(try JSONValue(parsing: value).number).decimal
        let right = try #require(try JSONValue(parsing: divisor).number).decimal
        #expect(left.isMultiple(of: right) == expected)
    }

    @Test(
        arguments: [
            ("1", 1), ("1.0", 1), ("1e3", 1000), ("1.5", nil), ("9223372036854775807", .max),
            ("9223372036854775808", nil),
            ("-9223372036854775808", .min), ("1e19", nil), ("0.0", 0),
        ] as [(String, Int64?)]
    )
    func integers(text: String, expected: Int64?) throws {
        #expect(try JSONValue(parsing: text).int64 == expected)
    }

    @Test(arguments: [("1", "1.0", true), ("100", "1e2", true), ("1", "true", false), ("[1]", "[1.0]", true)])
    func equivalence(left: String, right: String, expected: Bool) throws {
        #expect(try JSONValue(parsing: left).isEquivalent(to: JSONValue(parsing: right)) == expected)
    }
}

@Suite struct CanonicalJSONTests {
    @Test(
        arguments: [
            (#"{"b":1.0,"a":[3,1,2]}"#, #"{"a":[1,2,3],"b":1}"#), (#"[{"b":1},{"a":2}]"#, #"[{"a":2},{"b":1}]"#),
            (#""\u001f\/é""#, "\"\\u001f/é\""), (#"[10,9,"a"]"#, #"["a",10,9]"#), ("[[2,1],[]]", "[[1,2],[]]"),
            (#"{"a":null,"B":true}"#, #"{"B":true,"a":null}"#),
        ]
    )
    func canonical(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).canonicalText == expected)
    }
}

@Suite struct JSONPointerTests {
    static let document = #"{"a":{"b":[10,20,{"c":"x"}]},"":1,"m~n":2,"s/t":3,"a/̈b":4}"#

    @Test(
        arguments: [
            ("", document), ("/a/b/0", "10"), ("/a/b/2/c", #""x""#), ("/", "1"), ("/m~0n", "2"), ("/s~1t", "3"),
            ("/a/b/3", nil), ("/a/b/01", nil), ("/a/b/-", nil), ("/nope", nil), ("/a/b/0/x", nil),
        ] as [(String, String?)]
    )
    func reads(pointer: String, expected: String?) throws {
        let value = try JSONValue(parsing: Self.document)
        let pointer = try #require(JSONPointer(parsing: pointer))
        #expect(value[pointer]?.serialized() == (try expected.map { try JSONValue(parsing: $0).serialized() }))
    }

    @Test(arguments: ["a", "~", "/~", "/~2", "#/a"])
    func rejects(text: String) {
        #expect(JSONPointer(parsing: text) == nil)
    }

    @Test(arguments: ["", "/", "/a~1b/~0/0", "/é"])
    func prints(text: String) {
        #expect(JSONPointer(parsing: text)?.description == text)
    }

    @Test(
        arguments: [
            ("/a", "1", #"{"a":1,"c":[1,2]}"#), ("/c/0", "9", #"{"a":{"b":0},"c":[9,2]}"#),
            ("/c/-", "3", #"{"a":{"b":0},"c":[1,2,3]}"#), ("/c/2", "3", #"{"a":{"b":0},"c":[1,2,3]}"#),
            ("/c/3", "3", nil),
            ("/a/n", "3", #"{"a":{"b":0,"n":3},"c":[1,2]}"#), ("/x/y", "3", nil), ("", "7", "7"), ("/a/b/c", "1", nil),
        ] as [(String, String, String?)]
    )
    func sets(pointer: String, value: String, expected: String?) throws {
        var document = try JSONValue(parsing: #"{"a":{"b":0},"c":[1,2]}"#)
        let pointer = try #require(JSONPointer(parsing: pointer))
        #expect(document.set(try JSONValue(parsing: value), at: pointer) == (expected != nil))
        if let expected { #expect(document.serialized() == expected) }
    }

    @Test(
        arguments: [
            ("/a", #"{"c":[1,2]}"#), ("/c/0", #"{"a":{"b":0},"c":[2]}"#), ("/a/b", #"{"a":{},"c":[1,2]}"#),
            ("/c/2", nil),
            ("/x", nil), ("", nil), ("/c/-", nil),
        ] as [(String, String?)]
    )
    func removes(pointer: String, expected: String?) throws {
        var document = try JSONValue(parsing: #"{"a":{"b":0},"c":[1,2]}"#)
        let pointer = try #require(JSONPointer(parsing: pointer))
        #expect(document.remove(at: pointer) == (expected != nil))
        if let expected { #expect(document.serialized() == expected) }
    }
}
