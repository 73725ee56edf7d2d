import RepositoryCore
import Testing

@Suite struct IndexDocumentTests {
    static func document() throws -> IndexDocument {
        let content = """
            {"name":"Über uns","n":3.50,"ok":true,"none":null,"list":[{"by":"Ann"},{"by":"Bob Lee"}],"a/b":{"m~n":"x"}}
            """
        var metadata = ObjectMetadata(createdOn: 1_700_000_000_123, createdBy: "test/Ann")
        metadata.txnId = 1_700_000_000_123_001
        metadata.internalMetadata = ["hash": "secret"]
        var object = DigitalObject(
            id: ObjectID("test/X"),
            type: "Page",
            content: try JSONValue(parsing: content),
            metadata: metadata
        )
        object.userMetadata = ["tags": ["Red", "green"]]
        object.acl = AccessControlList(readers: ["public", "test/Ann"], writers: nil)
        object.payloads = [Payload(name: "p_1", filename: "scan.pdf", mediaType: "application/pdf", size: 12)]
        var hints = IndexHints()
        hints.altFieldNames = [JSONPointer(tokens: ["name"]): "title"]
        hints.pointsAt = ["test/Y"]
        return IndexDocument(object, hints: hints, indexedOn: 0)
    }

    @Test(
        arguments: [
            ("/name", ["Über uns"]), ("/n", ["3.50"]), ("/ok", ["true"]), ("/list/_/by", ["Ann", "Bob Lee"]),
            ("/a~1b/m~0n", ["x"]), ("internal.all", ["Über uns", "3.50", "true", "Ann", "Bob Lee", "x", "scan.pdf"]),
            ("userMetadata/tags/_", ["Red", "green"]), ("metadata/createdOn", ["1700000000123"]),
            ("metadata/createdBy", ["test/Ann"]), ("id", ["test/X"]), ("type", ["Page"]), ("createdBy", ["test/Ann"]),
            ("aclRead", ["public", "test/Ann"]), ("aclWrite", ["missing"]), ("objcreated", ["20231114221320123"]),
            ("dtindexed", ["19700101000000000"]), ("valid", ["true"]), ("txnId", ["1700000000123001"]),
            ("title", ["Über uns"]),
            ("internal.pointsAt", ["test/Y"]), ("elname_p_1", ["true"]), ("elname_p%5F1", ["true"]),
            ("elatt_p_1_filename", ["scan.pdf"]), ("elatt_p%5F1_internal.size", ["12"]), ("/none", nil),
            ("metadata/internalMetadata/hash", nil), ("isVersion", nil),
        ] as [(String, [String]?)]
    )
    func fields(name: String, values: [String]?) throws {
        #expect(try Self.document()[name]?.values == values)
    }

    @Test(
        arguments: [
            ("/name:uns", true), ("/name:\"uber uns\"", false), ("über", true), ("/list/_/by:\"ann bob\"", false),
            ("/list/_/by:\"bob lee\"", true), ("/list/_/by:\"lee bob\"~2", true), ("/list/_/by:\"lee bob\"~1", false),
            ("id:test/X", true), ("id:TEST/X", false), ("type:PAGE", true), ("aclRead:TEST\\/ann", true),
            ("/n:3.50", true),
            ("/n:[3 TO 4]", true), ("txnId:[1 TO *]", true), ("txnId:{1700000000123001 TO *]", false),
            ("*:* -type:page", false), ("-type:page", false), ("-type:other", false), ("*:* -type:other", true),
            ("/name:ubr~", true), ("/name:ubir~1", false), ("/name:übr~1", true), ("/missing:[* TO *]", false),
            ("/name:[* TO *]", true), ("type:other OR /ok:true AND /n:3.50", true), ("createdBy:test/ann", true),
            ("+valid:true +(aclRead:missing aclRead:public)", true), ("modifiedBy:test*", true),
            ("/a~1b/m~0n:x", nil),
            ("/a\\~1b/m\\~0n:x", true), ("elname_p_1:true", true),
        ] as [(String, Bool?)]
    )
    func matching(query: String, expected: Bool?) throws {
        let matcher = QueryMatcher(try Self.document())
        #expect((try? QueryParser.parse(query)).map { matcher.matches($0) } == expected)
    }

    @Test func sortKeysAreBounded() {
        let field = IndexDocument.Field(
            name: "/a",
            analysis: .text,
            values: [String(repeating: "ä", count: 3000), "b"]
        )
        #expect(field.sortKey.utf16.count == 1024)
    }

    @Test(
        arguments: [
            ("a", [SortField(name: "a")]),
            (" /a DESC,b ASC , c", [SortField(name: "/a", isDescending: true), .init(name: "b"), .init(name: "c")]),
            ("", []), ("a desc", [SortField(name: "a", isDescending: true)]),
            ("objatt_createdBy", [SortField(name: "metadata/createdBy")]),
        ]
    )
    func sortFields(text: String, expected: [SortField]) {
        #expect(SortField.list(parsing: text) == expected)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_826_154_999, "2000-02-29T12:09:14.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"), (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
        ] as [(Int64, String)]
    )
    func dates(milliseconds: Int64, expected: String) {
        #expect(UTCDate(milliseconds: milliseconds).iso8601Text == expected)
    }

    @Test func objectsSurviveTheirStoredForm() throws {
        var object = DigitalObject(
            id: ObjectID("test/1"),
            type: "T",
            content: ["a": 1],
            metadata: ObjectMetadata(createdOn: 5, createdBy: "admin")
        )
        object.metadata.txnId = 9_007_199_254_740_993
        object.metadata.internalMetadata = ["hash": "00"]
        object.acl = AccessControlList(readers: [])
        object.payloads = [Payload(name: "p", size: 3)]
        #expect(try DigitalObject(json: JSONValue(parsing: object.storedJSON.serialized())) == object)
        #expect(
            object.json.serialized()
                == #"{"id":"test/1","type":"T","content":{"a":1},"acl":{"readers":[]},"metadata":{"createdOn":5,"#
                + #""createdBy":"admin","modifiedOn":5,"modifiedBy":"admin","txnId":9007199254740993},"#
                + #""payloads":[{"name":"p","size":3}]}"#
        )
    }
}
