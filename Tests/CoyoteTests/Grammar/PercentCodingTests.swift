import Coyote
import TestSupport
import Testing

@Suite struct PercentCodingTests {
    @Test("escapes of a text are decoded", arguments: Vectors.rows("01/01_percent_decode_string.jsonl"))
    func decode(_ row: VectorRow) throws {
        let charset = try row.value("charset", as: Charset.self)
        let output: String?
        do throws(RequestPathError) {
            output = try PercentDecoder.decode(row["input"].string ?? "", charset: charset)
        } catch {
            output = nil
        }
        row.expect(output, equals: row["output"].string)
    }

    @Test("text is escaped by purpose", arguments: Vectors.rows("01/01_percent_encode.jsonl"))
    func encode(_ row: VectorRow) throws {
        let encoder = row["encoder"].string == "path" ? PercentEncoder.path : PercentEncoder.query
        if let unescaped = row["unescaped"].string {
            let safe = (0x21..<0x7f as Range<UInt8>).filter(encoder.safe.contains)
            row.expect(
                [String(decoding: safe, as: UTF8.self), encoder.encode(" ")],
                equals: [unescaped, row["space"].string]
            )
        } else {
            let charset = try row.value("charset", as: Charset.self)
            row.expect(
                encoder.encode(try row.string("input"), charset: charset),
                equals: row["output"].string
            )
        }
    }

    @Test("a query's space is a plus, and the charset decides the octets")
    func query() {
        #expect(PercentEncoder.query.encode("a b/c+d=é&") == "a+b%2Fc%2Bd=%C3%A9&")
        #expect(PercentEncoder.path.encode("é€", charset: .isoLatin1) == "%E9%3F")
    }

    @Test(
        "names and aliases of charsets",
        arguments: [
            ("utf-8", Charset.utf8), ("UTF8", .utf8), ("latin1", .isoLatin1), ("ISO-8859-1", .isoLatin1),
            ("ascii", .usASCII),
            ("UTF-16", .utf16), ("utf-16le", .utf16LE), ("windows-1252", .windows1252), ("ISO-8859-15", .isoLatin9),
        ]
    )
    func charsets(name: String, charset: Charset) { #expect(Charset(name: name) == charset) }

    @Test("what a charset can hold survives a round trip", arguments: Charset.allCases)
    func roundTrip(charset: Charset) {
        let text = charset == .usASCII ? "a~" : "aé~"
        #expect(charset.decode(charset.encode(text)) == text)
        #expect(charset.decode(validating: charset.encode(text)) == text)
        #expect(charset.decode([]) == "")
        #expect(charset.encode("").isEmpty)
    }

    @Test(
        "every octet of a single-octet charset is read as it is written",
        arguments: [
            Charset.isoLatin1, .isoLatin9, .windows1252, .usASCII,
        ]
    )
    func singleOctets(charset: Charset) {
        for octet in UInt8.min...UInt8.max {
            let text = charset.decode([octet])
            #expect((charset.decode(validating: [octet]) == nil) == (text == "\u{fffd}"))
            if text != "\u{fffd}" { #expect(charset.encode(text) == [octet]) }
        }
    }

    @Test(
        "malformed text is replaced, or refused when validating",
        arguments: [
            (Charset.utf8, "61ff", "a\u{fffd}"), (.utf8, "c3", "\u{fffd}"), (.usASCII, "61e9", "a\u{fffd}"),
            (.utf16, "006100", "a\u{fffd}"), (.utf16BE, "d800", "\u{fffd}"),
        ]
    )
    func malformed(charset: Charset, hex: String, text: String) throws {
        let octets = try bytes(hex: hex)
        #expect(charset.decode(octets) == text)
        #expect(charset.decode(validating: octets) == nil)
    }

    @Test(
        "UTF-16 is big endian unless its mark says otherwise",
        arguments: [
            ("0061", "a"), ("feff0061", "a"), ("fffe6100", "a"), ("", ""),
        ]
    )
    func utf16(hex: String, text: String) throws { #expect(Charset.utf16.decode(try bytes(hex: hex)) == text) }

    @Test("what a charset lacks is written as a question mark")
    func unmappable() {
        #expect(Charset.usASCII.encode("é") == [0x3f])
        #expect(Charset.isoLatin1.encode("€") == [0x3f])
        #expect(Charset.isoLatin9.encode("€¤") == [0xa4, 0x3f])
        #expect(Charset.windows1252.encode("€\u{80}") == [0x80, 0x3f])
    }
}
