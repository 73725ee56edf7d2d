import Coyote
import TestSupport
import Testing

@Suite struct ParameterReaderTests {
    /// What was read: names in the order of their first occurrence, each followed by its values.
    private struct Form {
        var reader: ParameterReader
        var rows: [[String]] = []

        init(limit: Int = -1) { self.reader = ParameterReader(limit: limit) }

        init(_ octets: [UInt8], _ charset: Charset = .utf8, limit: Int = -1) {
            self.init(limit: limit)
            self.read(octets, charset)
        }

        mutating func read(_ octets: [UInt8], _ charset: Charset = .utf8) {
            var rows = self.rows
            self.reader.read(form: octets.span, charset: charset) { name, value in
                if let place = rows.firstIndex(where: { $0[0] == name }) {
                    rows[place].append(value)
                } else {
                    rows.append([name, value])
                }
            }
            self.rows = rows
        }
    }

    private static func recorded(_ row: VectorRow) throws -> [[String]] {
        try row.array("parameters").map { [$0[0].string ?? ""] + ($0[1].strings ?? []) }
    }

    @Test("form parameters", arguments: Vectors.rows("02/02_form_parameters.jsonl"))
    func form(_ row: VectorRow) throws {
        let form = Form(Array(try row.string("query").utf8), limit: try row.int("limit"))
        row.expect(form.rows, equals: try Self.recorded(row))
    }

    @Test("random form parameters and why they fail", arguments: Vectors.rows("02/recorded_form_parameters.jsonl"))
    func random(_ row: VectorRow) throws {
        let octets = try bytes(latin1: try row.string("query"))
        let form = Form(octets, try row.value("charset", as: Charset.self), limit: try row.int("limit"))
        // Names are recorded in the order of their first occurrence.
        row.expect(
            form.rows + [[form.reader.failure?.rawValue ?? ""]],
            equals: try Self.recorded(row) + [[row["failure"].string ?? ""]]
        )
    }

    @Test("query and body add up, under one limit")
    func limit() {
        var form = Form(limit: 3)
        form.read(Array("a=1&b=1".utf8))
        form.read(Array("a=2&c=3&d=4".utf8))
        #expect(form.rows == [["a", "1", "2"], ["b", "1"]])
        #expect(form.reader.count == 3)
        #expect(form.reader.failure == .tooManyParameters)
    }

    @Test("parts of a form count as its pairs do")
    func parts() {
        var reader = ParameterReader(limit: 2)
        reader.read(form: "a=1".utf8.span) { _, _ in }
        #expect(reader.admit() && reader.failure == nil)
        #expect(!reader.admit() && reader.failure == .tooManyParameters)
        #expect(reader.count == 2)
    }

    @Test("a charset of two octets is decoded after the escapes")
    func utf16() {
        #expect(Form(Array("%00a=%00b".utf8), .utf16).rows == [["a", "b"]])
    }

    @Test("only the first failure is kept")
    func failures() {
        var form = Form(Array("=x&a=%z".utf8))
        #expect(form.reader.failure == .noName)
        form.reader.fail(.ioError)
        #expect(form.reader.failure == .noName)
        #expect(form.rows.isEmpty)
    }
}
