import Coyote
import TestSupport
import Testing

/// Fields with one structured value: media types, ranges, entity tags, chunk extensions, printable text.
@Suite struct FieldValueTests {
    @Test("media types", arguments: Vectors.rows("02/02_media_type.jsonl"))
    func mediaType(_ row: VectorRow) throws {
        let type = MediaType(parsing: try row.string("input"))
        let result = row["result"]
        row.expect(
            [
                type?.type, type?.subtype, type?.charset, type?.text, type?.textWithoutCharset,
                type.map { "\($0.parameters.count)" },
            ],
            equals: [
                result["type"].string, result["subtype"].string, result["charset"].string, result["text"].string,
                result["text_without_charset"].string, result["param_count"].int.map { "\($0)" },
            ]
        )
    }

    @Test("random media types", arguments: Vectors.rows("02/recorded_media_type.jsonl"))
    func recordedMediaType(_ row: VectorRow) throws {
        let type = MediaType(parsing: try row.string("input"))
        row.expect(
            [type?.text, type?.textWithoutCharset, type?.charset],
            equals: [row["text"].string, row["text_without_charset"].string, row["charset"].string]
        )
    }

    @Test("parameters of a media type are read without quotes")
    func mediaTypeParameters() throws {
        let type = try #require(MediaType(parsing: "Multipart/Form-Data; Boundary=\"a\\\"b\"; x=y"))
        #expect(type.essence == "multipart/form-data")
        #expect(type["boundary"] == "a\"b")
        #expect(type["x"] == "y")
        #expect(type["z"] == nil)
    }

    @Test("ranges", arguments: Vectors.rows("02/02_range_header.jsonl") + Vectors.rows("02/recorded_range.jsonl"))
    func range(_ row: VectorRow) throws {
        let range = RangeHeader(parsing: try row.string("input"))
        let recorded = row["ranges"].array?.map { [$0[0].double ?? 0, $0[1].double ?? 0] }
        row.expect(range?.entries.map { [Double($0.start ?? -1), Double($0.end ?? -1)] }, equals: recorded)
        #expect(range?.units == row["units"].string)
    }

    @Test("ranges of a stored part", arguments: Vectors.rows("04/04_put_content_range.jsonl"))
    func contentRange(_ row: VectorRow) throws {
        let line = try row.string("content_range").replacing("\r\n", with: "")
        guard !line.isEmpty else { return row.expect(row["header_valid"].isNull, "a request without the field") }
        let range = ContentRange(parsing: String(line.dropFirst("Content-Range: ".count)))
        // The body of every row has eight octets; the default servlet refuses a range of another size.
        row.expect(range?.units == "bytes" && range?.count == 8, equals: try row.bool("header_valid"))
    }

    @Test("random ranges of a stored part", arguments: Vectors.rows("02/recorded_content_range.jsonl"))
    func recordedContentRange(_ row: VectorRow) throws {
        let range = ContentRange(parsing: try row.string("input"))
        row.expect(
            range.map { [Int($0.start), Int($0.end), Int($0.length)] },
            equals: row["range"].array?.compactMap(\.int)
        )
        #expect(range?.units == row["units"].string)
    }

    @Test("preconditions on entity tags", arguments: Vectors.rows("04/04_if_match_etag.jsonl"))
    func entityTags(_ row: VectorRow) throws {
        let strong = EntityTag(
            opaque: "66cb6d53e52b2f95bb67eef6d564af45fabc60950da0a745c460e78429087f23",
            isWeak: false
        )
        let current = try row.bool("strong_etag") ? strong : EntityTag(opaque: "934-1787333635000", isWeak: true)
        let recorded = [try row.int("status_if_match"), try row.int("status_if_none_match")]
        guard let value = row["header_value"].string else { return row.expect([200, 200], equals: recorded) }
        guard let condition = EntityTagCondition(parsing: value) else {
            return row.expect([400, 400], equals: recorded)
        }
        row.expect(
            [
                condition.matches(current, weakly: false) ? 200 : 412,
                condition.matches(current, weakly: true) ? 304 : 200,
            ],
            equals: recorded
        )
    }

    @Test("random lists of entity tags", arguments: Vectors.rows("02/recorded_entity_tags.jsonl"))
    func recordedEntityTags(_ row: VectorRow) throws {
        let current = EntityTag(opaque: "abc", isWeak: false)
        guard case .tags(let tags) = EntityTagCondition(parsing: try row.string("input")) else {
            return row.expect([Bool?.none, nil], equals: [row["weak"].bool, row["strong"].bool])
        }
        row.expect(
            [
                EntityTagCondition.tags(tags).matches(current, weakly: true),
                EntityTagCondition.tags(tags).matches(current, weakly: false),
            ],
            equals: [row["weak"].bool, row["strong"].bool]
        )
    }

    @Test("one entity tag and its text", arguments: ["\"a\"", "W/\"b-1\"", "\"\""])
    func entityTag(text: String) throws {
        #expect(try #require(EntityTag(parsing: text)).description == text)
        #expect(EntityTag(parsing: text + ",") == nil)
    }

    @Test("chunk extensions", arguments: Vectors.rows("02/02_chunk_extension.jsonl"))
    func chunkExtension(_ row: VectorRow) throws {
        var parser = ChunkExtensionParser()
        let octets = try bytes(latin1: try row.string("after_size"))
        var step = ChunkExtensionParser.Step.more
        for octet in octets where step == .more { step = parser.accept(octet) }
        row.expect(step == .end, equals: try row.bool("valid"))
    }

    @Test(
        "chunk extensions that no row has",
        arguments: [
            (";a=\"\\\"\"\r\n", true), (";a=\r\n", false), (";a\n", false), ("\n", false), (";a\rx", false),
            (";=b\r\n", false),
            (";a=\"b\" x\r\n", false), (";a=\"b\n\"\r\n", false), (" \r\n", true),
        ]
    )
    func moreChunkExtensions(text: String, isValid: Bool) {
        var parser = ChunkExtensionParser()
        var step = ChunkExtensionParser.Step.more
        for octet in text.utf8 where step == .more { step = parser.accept(octet) }
        #expect((step == .end) == isValid)
    }

    @Test("header bytes in messages", arguments: Vectors.rows("02/02_header_printable.jsonl"))
    func printable(_ row: VectorRow) throws {
        let octets = try bytes(latin1: try row.string("input"))
        row.expect(HeaderText.printable(octets.span), equals: row["expected"].string)
    }
}
