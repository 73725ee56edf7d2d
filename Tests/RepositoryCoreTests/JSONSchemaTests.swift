import RepositoryCore
import Testing

import struct TestSupport.SeededGenerator

@Suite struct JSONSchemaTests {
    @Test(
        "the first violation by pointer and message",
        arguments: [
            (#"{"required":["b","a"]}"#, "{}", #": object has missing required properties (["a","b"])"#),
            (
                #"{"properties":{"x":{"type":"integer"}}}"#, #"{"x":"s"}"#,
                #"/x: instance type (string) does not match any allowed primitive type (allowed: ["integer"])"#
            ),
            (
                #"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"x":1,"a":2}"#,
                #": object instance has properties which are not allowed by the schema: ["x"]"#
            ),
            (
                #"{"enum":["a","b"]}"#, #""x""#,
                #": instance value ("x") not found in enum (possible values: ["a","b"])"#
            ),
            (#"{"minLength":2}"#, #""x""#, #": string "x" is too short (length: 1, required minimum: 2)"#),
            (#"{"maxLength":1}"#, #""xyz""#, #": string "xyz" is too long (length: 3, maximum allowed: 1)"#),
            (#"{"pattern":"^a"}"#, #""xyz""#, #": ECMA 262 regex "^a" does not match input string "xyz""#),
            (
                #"{"minimum":1}"#, "0", ": numeric instance is lower than the required minimum (minimum: 1, found: 0)"
            ),
            (
                #"{"items":{"maximum":1}}"#, "[1,2]",
                "/1: numeric instance is greater than the required maximum (maximum: 1, found: 2)"
            ),
            (
                #"{"minItems":1}"#, "[]",
                ": array is too short: must have at least 1 elements but instance has 0 elements"
            ), (#"{"uniqueItems":true}"#, "[1,1.0]", ": array must not contain duplicate elements"),
            (
                #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1",
                ": instance failed to match at least one required schema among 2"
            ),
            (
                #"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, "1",
                ": instance failed to match exactly one schema (matched 0 out of 2)"
            ), (##"{"$ref":"#/definitions/x"}"##, "1", ##": "$ref" to "#/definitions/x" leads nowhere"##),
            (##"{"allOf":[{"$ref":"#"}]}"##, "1", ": schema applies itself without end"),
            (
                #"{"pattern":"^(a+)+$"}"#, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"",
                #": ECMA 262 regex "^(a+)+$" takes too long to match"#
            ),
            (#"{"uniqueItems":true,"items":{"type":"array"}}"#, "[[1,2],[2,1]]", nil),
        ] as [(String, String, String?)]
    )
    func messages(schema: String, instance: String, message: String?) throws {
        let schema = try JSONSchema(JSONValue(parsing: schema))
        let violation = JSONSchemaSuiteTests.violation(of: try JSONValue(parsing: instance), schema)
        #expect(violation?.description == message)
    }

    @Test func keywordsOfMatchingBranchesAreCollected() throws {
        let schema = try JSONSchema(
            JSONValue(
                parsing: ##"""
                    {"cordra":{"root":true},"properties":{
                      "a":{"anyOf":[{"type":"string","cordra":{"n":1}},{"type":"number","cordra":{"n":2}}]},
                      "b":{"type":"array","items":{"$ref":"#/definitions/r"}},
                      "c":{"not":{"type":"null","cordra":{"n":3}}}},
                     "definitions":{"r":{"net.cnri.repository":{"n":4}}}}
                    """##
            )
        )
        let annotations = try schema.annotations(validating: ["a": 1, "b": ["x", "y"], "c": 5])
        #expect(annotations.map(\.pointer.description) == ["", "/a", "/b/0", "/b/1"])
        #expect(annotations.map { $0.keyword["n"]?.int64 } == [nil, 2, 4, 4])
    }

    @Test(
        "keywords are collected past every broken rule",
        arguments: [
            (#"{"required":["x"],"properties":{"a":{"cordra":{}}}}"#, #"{"a":1}"#, ["/a"]),
            (
                #"{"properties":{"a":{"type":"string","cordra":{}},"b":{"cordra":{}}}}"#, #"{"a":1,"b":2}"#,
                ["/a", "/b"]
            ),
            (#"{"maxItems":1,"items":{"maximum":1,"cordra":{}}}"#, "[1,2]", ["/0", "/1"]),
            (
                #"{"enum":[],"items":[{}],"additionalItems":{"cordra":{}}}"#, "[1,2,3]", ["/1", "/2"]
            ),
            (
                #"{"minProperties":3,"patternProperties":{"^a":{"cordra":{}}},"additionalProperties":{"cordra":{}}}"#,
                #"{"a":1,"b":2}"#, ["/a", "/b"]
            ),
            (
                #"{"maxProperties":0,"patternProperties":{"^(a+)+$":{"cordra":{}}}}"#,
                #"{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab":1}"#, ["/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"]
            ),
            (
                #"{"maxProperties":0,"dependencies":{"a":{"properties":{"b":{"cordra":{}}}}}}"#,
                #"{"a":1,"b":2}"#, ["/b"]
            ),
            (
                #"{"required":["x"],"properties":{"id":{"cordra":{"type":{"autoGeneratedField":"handle"}}}}}"#, "{}",
                ["/id"]
            ),
            (
                #"{"required":["x"],"properties":{"a":{"oneOf":[{"type":"string","cordra":{}},{"type":"null"}]}}}"#,
                #"{"a":"s"}"#, ["/a"]
            ),
            (#"{"properties":{"a":{"anyOf":[{"type":"string","cordra":{}},{"type":"null"}]}}}"#, #"{"a":1}"#, ["/a"]),
            (##"{"$ref":"#/definitions/x","definitions":{"x":{"type":"null","cordra":{}}}}"##, "1", [""]),
            (##"{"cordra":{},"allOf":[{"$ref":"#"},{"$ref":"#"}],"not":{"cordra":{}}}"##, "1", [""]),
            (##"{"properties":{"a":{"$ref":"#/nowhere"},"b":{"cordra":{}}}}"##, #"{"a":1,"b":2}"#, ["/b"]),
        ] as [(String, String, [String])]
    )
    func brokenInstances(schema: String, instance: String, pointers: [String]) throws {
        let schema = try JSONSchema(JSONValue(parsing: schema))
        let instance = try JSONValue(parsing: instance)
        #expect(throws: SchemaViolation.self) { try schema.annotations(validating: instance) }
        #expect(schema.annotations(of: instance).map(\.pointer.description) == pointers)
    }

    @Test func generatedPropertiesAreNotRequired() throws {
        let schema = try JSONSchema(
            JSONValue(
                parsing: #"""
                    {"required":["id","name"],"properties":{"id":{"cordra":{"type":{"autoGeneratedField":"handle"}}}}}
                    """#
            )
        )
        #expect(try schema.annotations(validating: ["name": "x"]).map(\.pointer.description) == ["/id"])
        #expect(throws: SchemaViolation.self) { try schema.annotations(validating: ["id": "x"]) }
    }

    @Test func typesReferToOneAnother() throws {
        let schema = try JSONSchema(
            JSONValue(parsing: #"{"properties":{"a":{"$ref":"Other.schema.json#/definitions/x"}}}"#),
            uri: "/cordra/schemas/T.schema.json",
            documents: ["/cordra/schemas/Other.schema.json": ["definitions": ["x": ["type": "string"]]]]
        )
        #expect(schema.unresolvedReferences.isEmpty)
        #expect(throws: SchemaViolation.self) { try schema.annotations(validating: ["a": 1]) }
    }

    @Test(
        arguments: [
            #"{"type":"strin"}"#, #"{"properties":[]}"#, #"{"minLength":-1}"#, #"{"required":[]}"#, #"{"pattern":"("}"#,
            #"{"items":5}"#, #"{"enum":[]}"#, #"{"additionalProperties":"x"}"#,
        ]
    )
    func syntaxErrors(text: String) throws {
        let json = try JSONValue(parsing: text)
        #expect(throws: SchemaError.self) { try JSONSchema.checkSyntax(of: json) }
    }

    @Test func contentIsOrderedAsTheSchemaLists() throws {
        let schema = try JSONSchema(
            JSONValue(
                parsing: #"""
                    {"properties":{"b":{},"a":{"items":{"properties":{"y":{},"x":{}}}}},"allOf":[{"properties":{"c":{}}}]}
                    """#
            )
        )
        let value = try JSONValue(parsing: #"{"z":1,"c":2,"a":[{"x":1,"y":2}],"b":3}"#)
        #expect(schema.ordered(value).serialized() == #"{"b":3,"a":[{"y":2,"x":1}],"c":2,"z":1}"#)
    }
}

@Suite struct ECMAPatternTests {
    @Test(
        arguments: [
            ("", "x", true), ("^$", "", true), ("a|b", "xb", true), ("^(?:a|b)+$", "abba", true),
            ("^a{2,3}$", "aaaa", false),
            ("^a{2,3}$", "aaa", true), ("^a{2}$", "aa", true), ("a{,2}", "a{,2}", true), ("x{a", "x{a", true),
            ("(?=b)b", "ab", true), ("a(?!b)", "ab", false), ("(?<=a)b", "ab", true), ("(?<!a)b", "ab", false),
            (#"(a)(b)?\2c"#, "ac", true), (#"^(.+)-\1$"#, "ab-ab", true), (#"^(.+)-\1$"#, "ab-ac", false),
            (#"^(?<x>a+)\k<x>$"#, "aaaa", true), (#"\bfoo\b"#, "a foo b", true), (#"\Boo"#, "foo", true),
            ("^.$", "\n", false),
            (#"^[\s\S]$"#, "\n", true), ("^.$", "😀", true), (#"^\u{1F600}$"#, "😀", true),
            (#"^\ud83d\ude00$"#, "😀", true),
            (#"^\p{L}+$"#, "äß", true), (#"^\P{L}+$"#, "12", true), ("[^a-c]", "abc", false), ("[]", "a", false),
            ("[^]", "a", true),
            (#"[\w-]+"#, "-", true), (#"[a\-z]"#, "-", true), (#"^[\b]$"#, "\u{8}", true), ("(?:)*", "", true),
            ("(a*)*b", "aab", true),
            ("(a*?)*?b", "aab", true), (#"^(?:(a)|b)*$"#, "ab", true), (#"^\cC$"#, "\u{3}", true), ("a$", "a\n", false),
            (#"^\S(|(.|\n)*\S)$"#, "x y", true), (#"^[0-9]{3}-[0-9]{4}$"#, "555-1234", true),
            ("(z)((a+)?(b+)?(c))*", "zaacbbbcac", true),
        ]
    )
    func finds(pattern: String, text: String, expected: Bool) throws {
        #expect(try ECMAPattern(pattern).isFound(in: text) == expected)
    }

    @Test(
        arguments: [
            "(", ")", "[", "a**", "*", "+", "?", "a{2,1}", #"\"#, #"\a"#, #"\Z"#, #"\k<x>"#, "[z-a]", #"\u12"#, "(?<x",
            "(?x)", "^*",
            #"\p{Nope}"#, "a{1000}{1000}{1000}", #"\x4"#, "{1}",
        ]
    )
    func rejects(pattern: String) {
        #expect(throws: ECMAPatternError.self) { try ECMAPattern(pattern) }
    }

    @Test func mutatedPatternsNeverTrap() {
        let alphabet = Array(#"ab(){}[]|*+?.^$\dwbk<>=!:-,019pu"#.unicodeScalars)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...10, using: &generator) {
                text.unicodeScalars.append(alphabet.randomElement(using: &generator)!)
            }
            guard let pattern = try? ECMAPattern(text) else { continue }
            _ = try? pattern.isFound(in: "ab1-")
        }
    }
}
