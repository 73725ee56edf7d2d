import Coyote
import TestSupport
import Testing

@Suite struct ParametersTests {
    private static func decode(_ octets: [UInt8], _ charset: Charset = .utf8, limit: Int = -1) -> Parameters {
        var parameters = Parameters(limit: limit)
        parameters.decode(form: octets.span, charset: charset)
        return parameters
    }

    private static func recorded(_ row: VectorRow) throws -> [[String]] {
        try row.array("parameters").map { [$0[0].string ?? ""] + ($0[1].strings ?? []) }
    }

    @Test("form parameters", arguments: Vectors.rows("02/02_form_parameters.jsonl"))
    func form(_ row: VectorRow) throws {
        let parameters = Self.decode(Array(try row.string("query").utf8), limit: try row.int("limit"))
        row.expect(parameters.entries.map { [$0.name] + $0.values }, equals: try Self.recorded(row))
    }

    @Test("random form parameters and why they fail", arguments: Vectors.rows("02/recorded_form_parameters.jsonl"))
    func random(_ row: VectorRow) throws {
        let octets = try bytes(latin1: try row.string("query"))
        let parameters = Self.decode(octets, try row.value("charset", as: Charset.self), limit: try row.int("limit"))
        // Names are recorded in the order of their first occurrence.
        row.expect(
            parameters.entries.map { [$0.name] + $0.values } + [[parameters.failure?.rawValue ?? ""]],
            equals: try Self.recorded(row) + [[row["failure"].string ?? ""]]
        )
    }

    @Test("query and body add up, under one limit")
    func limit() {
        var parameters = Parameters(limit: 3)
        parameters.decode(form: "a=1&b=1".utf8.span)
        parameters.decode(form: "a=2&c=3&d=4".utf8.span)
        #expect(parameters["a"] == ["1", "2"])
        #expect(parameters.first("a") == "1")
        #expect(parameters["c"] == nil && parameters["d"] == nil)
        #expect(parameters.count == 3)
        #expect(parameters.failure == .tooManyParameters)
    }

    @Test("many names are found as few are")
    func manyNames() {
        var parameters = Parameters()
        for index in 0..<100 {
            parameters.append("n\(index % 50)", "\(index)")
            #expect(parameters["n\(index % 50)"]?.last == "\(index)")
        }
        #expect(parameters.names == (0..<50).map { "n\($0)" })
        #expect(parameters["n49"] == ["49", "99"])
        #expect(parameters["x"] == nil && parameters.first("x") == nil)
    }

    @Test("a charset of two octets is decoded after the escapes")
    func utf16() {
        #expect(Self.decode(Array("%00a=%00b".utf8), .utf16).entries.map(\.name) == ["a"])
        #expect(Self.decode(Array("%00a=%00b".utf8), .utf16)["a"] == ["b"])
    }

    @Test("only the first failure is kept")
    func failures() {
        var parameters = Self.decode(Array("=x&a=%z".utf8))
        #expect(parameters.failure == .noName)
        parameters.fail(.ioError)
        #expect(parameters.failure == .noName)
        #expect(parameters.isEmpty)
    }
}
