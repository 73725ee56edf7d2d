import Coyote
import TestSupport
import Testing

@Suite struct URIReferenceTests {
    @Test("a URI with a scheme is absolute", arguments: Vectors.rows("01/01_is_absolute_uri.jsonl"))
    func absolute(_ row: VectorRow) throws {
        row.expect(URIReference.isAbsolute(try row.string("input")), equals: row["absolute"].bool)
    }

    @Test("an origin is the request's own or another's", arguments: Vectors.rows("01/01_same_origin.jsonl"))
    func sameOrigin(_ row: VectorRow) throws {
        let isSame = URIReference.isSameOrigin(
            try row.string("origin"),
            scheme: row["scheme"].string,
            host: row["host"].string,
            port: try row.int("port")
        )
        row.expect(isSame, equals: row["same"].bool)
    }

    @Test("scheme and host of the request are compared in lower case")
    func originCase() {
        #expect(URIReference.isSameOrigin("https://a.example", scheme: "HTTPS", host: "A.Example", port: 443))
        #expect(!URIReference.isSameOrigin("https://a.example", scheme: "https", host: "a.example", port: 8443))
    }

    @Test("an origin hides no line ends", arguments: Vectors.rows("07/07_cors_origin_valid.jsonl"))
    func validOrigin(_ row: VectorRow) throws {
        row.expect(URIReference.isValidOrigin(try row.string("origin")), equals: try row.bool("valid"))
    }

    @Test(
        "an origin is null, a file or a URI with a scheme",
        arguments: [
            ("null", true), ("file://", true), ("file:///x y", true), ("http://a", true), ("app:x", true), ("", false),
            ("a", false), ("//a", false), (":a", false), ("1a:b", false), ("a:", false), ("http://a b", false),
            ("http://a\tb", false), ("http://[::1]:8080", true), ("http://<a>", false),
        ]
    )
    func originForm(origin: String, isValid: Bool) {
        #expect(URIReference.isValidOrigin(origin) == isValid)
    }
}
