import Coyote
import TestSupport
import Testing

@Suite struct CredentialTests {
    @Test("basic credentials", arguments: Vectors.rows("02/02_basic_authorization.jsonl"))
    func basic(_ row: VectorRow) throws {
        let credentials = BasicCredentials(
            parsing: try row.string("authorization"),
            charset: try row.value("charset", as: Charset.self),
            trims: try row.bool("trim")
        )
        row.expect(
            [credentials?.username, credentials?.password],
            equals: [row["username"].string, row["password"].string]
        )
        #expect((credentials == nil) == (try row.bool("rejected")))
    }

    @Test("the charset and the blanks of basic credentials")
    func basicText() {
        #expect(BasicCredentials(parsing: "Basic w6k6w6k=")?.username == "é")
        #expect(BasicCredentials(parsing: "Basic 6Trp", charset: .isoLatin1)?.password == "é")
        #expect(BasicCredentials(parsing: "Basic IGEgOiBiIA==", trims: true) == BasicCredentials(parsing: "Basic YTpi"))
        #expect(BasicCredentials(parsing: "Bas") == nil)
    }

    @Test(
        "digest credentials",
        arguments: Vectors.rows("02/02_authorization_digest.jsonl") + Vectors.rows("02/recorded_digest.jsonl")
    )
    func digest(_ row: VectorRow) throws {
        let credentials = DigestCredentials(parsing: try row.string("input"))
        row.expect(credentials?.directives, equals: row["fields"].object?.compactMapValues(\.string))
    }

    @Test(
        "Base64 of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{ff}\u{fb}\u{f0}", "w7/Du8Ow"),
        ]
    )
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        let decoded = Base64.decode(encoded.utf8.span)
        #expect(decoded == Array(text.utf8))
        let unpadded = Base64.decode(encoded.prefix { $0 != "=" }.utf8.span)
        #expect(unpadded == Array(text.utf8))
    }

    @Test(
        "text that is no Base64",
        arguments: ["Z", "Zg=", "Zg===", "=", "====", "Zm9v=", "Z=9v", "Zm 9", "Zm9-", "Zm9_"]
    )
    func malformedBase64(text: String) {
        let decoded = Base64.decode(text.utf8.span)
        #expect(decoded == nil)
    }
}
