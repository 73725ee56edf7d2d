import RepositoryCore
import Testing

import struct TestSupport.SeededGenerator

@Suite struct QueryParserTests {
    @Test(
        "queries in Lucene's own notation",
        arguments: [
            ("foo", "internal.all:foo"), ("Foo bar", "internal.all:foo internal.all:bar"), ("/a/b:x", "/a/b:x"),
            ("a AND b", "+internal.all:a +internal.all:b"), ("/t:a OR /t:b AND /t:c", "/t:a +/t:b +/t:c"),
            ("/t:a AND /t:b OR /t:c", "+/t:a +/t:b /t:c"), ("/t:a && /t:b || /t:c", "+/t:a +/t:b /t:c"),
            ("+/t:a -/t:b !/t:c", "+/t:a -/t:b -/t:c"), ("/t:a NOT /t:b", "/t:a -/t:b"), ("NOT /t:b", "-/t:b"),
            ("/t:a AND NOT /t:b", "+/t:a -/t:b"), ("/t:(a b)", "/t:a /t:b"), ("/t:(a AND b)^2", "(+/t:a +/t:b)^2.0"),
            ("(/t:a OR /t:b) AND /t:c", "+(/t:a /t:b) +/t:c"), ("/t:\"A b\"~3", "/t:\"a b\"~3"), ("/t:\"a\"", "/t:a"),
            ("/t:foo-bar", "/t:foo /t:bar"), ("+/t:foo-bar", "+(/t:foo /t:bar)"), ("/t:\"foo-bar\"", "/t:\"foo bar\""),
            ("/t:Te?t", "/t:te?t"), ("/t:Tes*", "/t:tes*"), ("/t:te*t", "/t:te*t"), ("/t:roam~", "/t:roam~2"),
            ("/t:roam~1", "/t:roam~1"), ("/t:roam~0.5", "/t:roam~2"), ("/t:roam~7", "/t:roam~2"),
            ("/t:[A TO b]", "/t:[a TO b]"), ("/t:{a TO *}", "/t:{a TO *]"), ("/t:[* TO b}", "/t:[* TO b}"),
            ("/t:[* TO *]", "/t:[* TO *]"), ("/t:[\"a b\" TO c]", "/t:[a b TO c]"), ("*:*", "*:*"), (" * ", "*:*"),
            ("*:* -/t:x", "*:* -/t:x"), ("id:Test/A", "id:Test/A id:test/a"), ("id:test\\/a", "id:test/a"),
            ("type:\"My Type\"", "type:my type"), ("txnId:5", "txnId:[5 TO 5]"), ("txnId:{5 TO 9]", "txnId:[6 TO 9]"),
            ("txnId:x", ""), ("/t:a^2.5", "(/t:a)^2.5"), ("/t:a\\:b", "/t:a:b"), ("/t:\\(x\\)", "/t:x"),
            ("/t:\\u0041x", "/t:ax"), ("/t:wi\\*ld", "/t:wi /t:ld"), ("/t:wi\\*l*", "/t:wi*l*"), ("- /t:a", "/t:a"),
            ("/t:-", nil), ("objatt_createdBy:x", "metadata/createdBy:x"), ("/a~1b:x", nil),
            ("/t:O'Neill", "/t:o'neill"),
            ("metadata/createdOn:[1 TO 2]", "metadata/createdOn:[1 TO 2]"), ("ANDROID", "internal.all:android"),
            ("a&&b", "internal.all:a internal.all:b"), ("/t:(a)", "/t:a"), ("((/t:a))", "/t:a"), ("/t:!!!", nil),
            ("aclRead:Public", "aclRead:public"), ("/a\\~1b:x", "/a~1b:x"),
        ] as [(String, String?)]
    )
    func parses(text: String, expected: String?) {
        let query = try? QueryParser.parse(text)
        #expect(query?.description == expected)
    }

    @Test(
        arguments: [
            ("", QueryParseError.unexpectedEnd), ("AND a", .unexpectedToken(offset: 5)), ("a AND", .unexpectedEnd),
            ("(a", .unexpectedEnd), ("a)", .unexpectedToken(offset: 2)), ("()", .unexpectedToken(offset: 2)),
            ("\"a", .unterminated(offset: 0)), ("[a TO b", .unterminated(offset: 0)),
            ("[a b]", .unexpectedToken(offset: 0)),
            ("a]", .unexpectedCharacter(offset: 1)), ("*a", .leadingWildcard), ("?a", .leadingWildcard),
            ("/t:*", .leadingWildcard), ("a^", .unexpectedCharacter(offset: 2)),
            ("a^x", .unexpectedCharacter(offset: 2)),
            ("a\\", .badEscape), ("\\u00g0", .badEscape), ("a~1.5", .badFuzziness),
            ("a OR OR b", .unexpectedToken(offset: 9)),
            ("a:b:c", .unexpectedToken(offset: 5)), ("a) OR (b", .unexpectedToken(offset: 5)),
            ("~", .unexpectedToken(offset: 1)),
        ]
    )
    func rejects(text: String, error: QueryParseError) {
        #expect(throws: error) { try QueryParser.parse(text) }
    }

    @Test func leadingWildcardsWhereAllowed() throws {
        var options = QueryParser.Options()
        options.allowLeadingWildcard = true
        #expect(try QueryParser.parse("/t:*x*", options: options).description == "/t:*x*")
        #expect(try QueryParser.parse("/t:*", options: options) == .exists(field: "/t"))
    }

    @Test func boundsDepthAndClauses() {
        let deep = String(repeating: "(", count: 100) + "a" + String(repeating: ")", count: 100)
        #expect(throws: QueryParseError.tooComplex) { try QueryParser.parse(deep) }
        let wide = String(repeating: "a ", count: 2000)
        #expect(throws: QueryParseError.tooComplex) { try QueryParser.parse(wide) }
    }

    @Test func mutatedQueriesNeverTrap() {
        let alphabet = Array("ab \"+-!()[]{}^~*?:\\/&|TO1.AND".unicodeScalars)
        var generator = SeededGenerator(seed: 99)
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...14, using: &generator) {
                text.unicodeScalars.append(alphabet.randomElement(using: &generator)!)
            }
            _ = try? QueryParser.parse(text)
        }
    }

    @Test(arguments: ["a b", "x:y/z*?", "\"\\", "+-!(){}[]^~&&||"])
    func escapedTextIsOneTerm(text: String) throws {
        #expect(try QueryParser.parse("type:" + QueryEscape.escape(text)) == .term(field: "type", token: text))
    }
}

@Suite struct TextAnalyzerTests {
    @Test(
        arguments: [
            ("The quick-brown Fox", ["the", "quick", "brown", "fox"]), ("O'Neill can't", ["o'neill", "can't"]),
            ("3.14 1,000 a.b.c", ["3.14", "1,000", "a.b.c"]), ("a_b __ x", ["a_b", "x"]), ("foo:bar", ["foo:bar"]),
            ("user@example.com", ["user", "example.com"]), ("", []), ("-- ... --", []), ("end.", ["end"]),
            ("Größe ÄÖÜ", ["größe", "äöü"]), ("日本語", ["日", "本", "語"]), ("ひらがな", ["ひ", "ら", "が", "な"]),
            ("カタカナ語", ["カタカナ", "語"]), ("한국어 텍스트", ["한국어", "텍스트"]), ("ภาษาไทย", ["ภาษาไทย"]),
            ("e\u{301}té", ["e\u{301}té"]), ("l’été", ["l’été"]), ("😀 ok", ["😀", "ok"]),
            ("12x 3.x", ["12x", "3", "x"]),
            ("ΣΊΣΥΦΟΣ", ["σίσυφοσ"]), ("Москва-река", ["москва", "река"]), ("１２", ["１２"]),
            ("2024-01-31T10:20", ["2024", "01", "31t10", "20"]),
        ]
    )
    func words(text: String, expected: [String]) {
        #expect(TextAnalyzer.tokens(text) == expected)
    }

    @Test("the fast path for ASCII cuts as the general one does")
    func agreesWithGeneralPath() {
        let alphabet = Array("aB1_.,:;'- \u{7}".unicodeScalars)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<12 { text.unicodeScalars.append(alphabet.randomElement(using: &generator)!) }
            #expect(TextAnalyzer.tokens(text) + ["é"] == TextAnalyzer.tokens(text + " é"))
        }
    }

    @Test func cutsLongWords() {
        let tokens = TextAnalyzer.tokens(String(repeating: "x", count: 600))
        #expect(tokens.map(\.count) == [255, 255, 90])
        #expect(TextAnalyzer.tokens(String(repeating: "ä", count: 600)).map(\.count) == [255, 255, 90])
    }
}

@Suite struct WildcardPatternTests {
    @Test(
        arguments: [
            ("te?t", "test", true), ("te?t", "tet", false), ("t*t", "tt", true), ("t*t", "toast", true),
            ("t*t", "toaste", false), ("*", "", true), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXcXb", false),
            ("?", "é", true),
        ]
    )
    func matches(pattern: String, text: String, expected: Bool) {
        let elements = pattern.unicodeScalars.map { scalar -> WildcardPattern.Element in
            scalar == "*" ? .many : scalar == "?" ? .one : .scalar(scalar)
        }
        #expect(WildcardPattern(elements: elements).matches(text) == expected)
    }

    @Test(
        arguments: [
            ("roam", "foam", 1, true), ("roam", "roams", 1, true), ("roam", "raom", 1, true), ("roam", "fob", 2, false),
            ("", "ab", 2, true), ("", "abc", 2, false), ("kitten", "sitting", 2, false), ("same", "same", 0, true),
        ]
    )
    func editDistance(left: String, right: String, maximum: Int, expected: Bool) {
        #expect(EditDistance.isWithin(maximum, left, right) == expected)
        #expect(EditDistance.isWithin(maximum, right, left) == expected)
    }
}
