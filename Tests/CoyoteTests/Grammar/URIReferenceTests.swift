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
}
