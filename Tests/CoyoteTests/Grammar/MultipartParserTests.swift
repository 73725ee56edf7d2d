import Coyote
import TestSupport
import Testing

@Suite struct MultipartParserTests {
    /// One part as it was told.
    struct Part: Equatable, Sendable {
        var header: MultipartPartHeader
        var content: [UInt8] = []
    }

    struct Outcome: Equatable, Sendable {
        /// Only complete ones.
        var parts: [Part] = []
        var error: MultipartError?
    }

    /// Feeds a body in pieces.
    private static func parse(_ pieces: [[UInt8]], _ parser: MultipartParser) -> Outcome {
        var parser = parser
        var outcome = Outcome()
        var part: Part?
        do throws(MultipartError) {
            for piece in pieces {
                for event in try parser.receive(piece.span) {
                    switch event {
                    case .begin(let header): part = Part(header: header)
                    case .content(let octets): part?.content += octets
                    case .end: outcome.parts.append(part!)
                    }
                }
            }
            try parser.finish()
        } catch {
            outcome.error = error
        }
        return outcome
    }

    private static func parser(_ row: VectorRow) throws -> MultipartParser? {
        var limits = MultipartLimits()
        limits.partCount = try row.int("part_count_max")
        limits.partHeaderSize = try row.int("part_header_size_max")
        limits.fileSize = Int64(try row.int("file_size_max"))
        limits.requestSize = Int64(try row.int("request_size_max"))
        guard let boundary = MultipartParser.boundary(ofContentType: try row.string("content_type")) else { return nil }
        return MultipartParser(boundary: boundary, limits: limits)
    }

    @Test(
        "bodies are cut as by the running server, octet by octet",
        arguments: Vectors.rows("05/recorded_multipart.jsonl")
    )
    func recorded(_ row: VectorRow) throws {
        let error = row["error"].string ?? ""
        guard let parser = try Self.parser(row) else {
            return row.expect(error.contains("boundary"), "no boundary, but recorded: \(error)")
        }
        let outcome = Self.parse(try bytes(latin1: try row.string("body")).map { [$0] }, parser)
        var parts: [[String?]] = outcome.parts.map { part in
            let content = String(String.UnicodeScalarView(part.content.map { Unicode.Scalar($0) }))
            return [part.header.name, part.header.rawFileName, part.header.contentType, content]
        }
        switch outcome.error {
        case nil: parts.append([""])
        case .tooManyParts: parts.append(["count"])
        case .requestTooLarge: parts.append(["request"])
        case .endedUnexpectedly: parts.append(["MalformedStreamException: Stream ended unexpectedly"])
        case .fileTooLarge: parts.append(["FileSizeLimitExceededException: \(outcome.error!.message)"])
        case .partHeaderTooLarge: parts.append(["SizeLimitExceededException: \(outcome.error!.message)"])
        }
        let recorded = try row.array("parts").map { $0.array!.map(\.string) }
        row.expect(parts, equals: recorded + [[error.contains("request was rejected") ? "request" : error]])
    }

    @Test("every cut of a body tells the same", arguments: Vectors.rows("05/recorded_multipart.jsonl").prefix(60))
    func cuts(_ row: VectorRow) throws {
        guard let parser = try Self.parser(row) else { return }
        let body = try bytes(latin1: try row.string("body"))
        let whole = Self.parse([body], parser)
        for cut in 0...body.count {
            let outcome = Self.parse([Array(body[..<cut]), Array(body[cut...])], parser)
            #expect(outcome.error.map(Self.kind) == whole.error.map(Self.kind), "cut at octet \(cut)")
            // An error loses what was told in the same call.
            if whole.error == nil { #expect(outcome == whole, "cut at octet \(cut)") }
        }
    }

    /// An error without the size that had arrived when it was thrown.
    private static func kind(_ error: MultipartError) -> MultipartError {
        guard case .requestTooLarge(_, let limit) = error else { return error }
        return .requestTooLarge(size: 0, limit: limit)
    }

    @Test(
        "random bodies in random pieces never trap and tell what whole ones tell",
        arguments: [11, 12, 13, 14] as [UInt64]
    )
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "--b", "--b--", "\r\n", "\r", "\n", "-", "x", "\r\n\r\n", "\r\n--b",
            "Content-Disposition: form-data; name=a",
            "Content-Disposition: form-data; name=\"f\"; filename=\"g\\\"\"; filename*=UTF-8''%e2%82",
            "Content-Type: a/b", " ",
            ";", "=", "\"", "é", "=?utf-8?q?=c3=a9?=",
        ]
        for round in 0..<400 {
            var body = round.isMultiple(of: 3) ? "" : "--b\r\n"
            for _ in 0..<Int.random(in: 0...14, using: &generator) { body += pieces.randomElement(using: &generator)! }
            var octets = Array(body.utf8)
            if !octets.isEmpty, round.isMultiple(of: 2) {
                octets[Int.random(in: 0..<octets.count, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            let parser = MultipartParser(boundary: Array("b".utf8))
            var cuts: [[UInt8]] = []
            var rest = octets[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...7, using: &generator)
                cuts.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            let whole = Self.parse([octets], parser)
            let cut = Self.parse(cuts, parser)
            #expect(whole.error == cut.error)
            if whole.error == nil { #expect(whole == cut) }
        }
    }

    @Test("content is told while it arrives, and no more is kept than may be a boundary")
    func streams() throws {
        var parser = MultipartParser(boundary: Array("boundary".utf8))
        let head = Array("--boundary\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n".utf8)
        #expect(try parser.receive(head.span).count == 1)
        let piece = [UInt8](repeating: ASCII.carriageReturn, count: 1000)
        var told = 0
        for _ in 0..<100 {
            for case .content(let octets) in try parser.receive(piece.span) { told += octets.count }
        }
        #expect(told == 100_000 - "\r\n--boundary".utf8.count + 1)
        let end = Array("\r\n--boundary--\r\nignored".utf8)
        #expect(try parser.receive(end.span).last == .end)
        #expect(parser.isComplete)
        #expect(try parser.receive(piece.span).isEmpty)
        try parser.finish()
    }

    @Test("a refused body stays refused")
    func staysRefused() {
        var limits = MultipartLimits()
        limits.requestSize = 3
        var parser = MultipartParser(boundary: [0x62], limits: limits)
        let error = MultipartError.requestTooLarge(size: 4, limit: 3)
        let octets: [UInt8] = [1, 2, 3, 4]
        #expect(throws: error) { try parser.receive(octets.span) }
        #expect(throws: error) { try parser.receive(octets.span) }
        #expect(throws: error) { try parser.finish() }
    }

    @Test("the fields of a part")
    func header() throws {
        var parser = MultipartParser(boundary: [0x62])
        let body =
            "--b\r\ncontent-disposition: form-data; name=\"é\"; filename=\"a\\\\b\\\"c\"\r\nX-A: 1\r\nx-a:2\r\n\r\n"
        let octets = Array(body.utf8)
        guard case .begin(let header)? = try parser.receive(octets.span).first else {
            Issue.record("no part")
            return
        }
        #expect(header.name == "é")
        #expect(header.rawFileName == "a\\\\b\\\"c")
        #expect(header.submittedFileName == "a\\b\"c")
        #expect(header.all("X-A") == ["1", "2"])
        #expect(header.first("x-A") == "1" && header.first("y") == nil)
        #expect(header.fields.map(\.name) == ["content-disposition", "x-a", "x-a"])
        #expect(header.contentType == nil && !header.isFormField)
    }
}
