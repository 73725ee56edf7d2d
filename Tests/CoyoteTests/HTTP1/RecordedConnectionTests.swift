import Coyote
import TestSupport
import Testing

/// What recorded clients sent, and what they got.
@Suite struct RecordedConnectionTests {
    @Test(arguments: Vectors.rows("03/03_http11_connections.jsonl"))
    func connections(row: VectorRow) async throws { try await Self.replay(row) }

    @Test(arguments: Vectors.rows("03/03_http11_chunked.jsonl"))
    func chunked(row: VectorRow) async throws { try await Self.replay(row) }

    @Test(arguments: Vectors.rows("03/03_http11_headers.jsonl"))
    func headers(row: VectorRow) async throws { try await Self.replay(row) }

    @Test(arguments: Vectors.rows("03/03_http11_fuzz.jsonl"))
    func fuzz(row: VectorRow) async throws { try await Self.replay(row) }

    @Test(arguments: Vectors.rows("03/03_http11_keepalive_count.jsonl"))
    func keepAliveCount(row: VectorRow) async throws {
        try await Self.replay(row) {
            $0.maxKeepAliveRequests = 5
            $0.keepAliveTimeout = 50_000
        }
    }

    @Test(arguments: Vectors.rows("03/03_http11_output.jsonl"))
    func output(row: VectorRow) async throws { try await Self.replay(row) }

    @Test(arguments: Vectors.rows("03/03_http11_crlf.jsonl"))
    func lineEnds(row: VectorRow) async throws {
        let parts = try row.array("send_parts").compactMap(\.string)
        let answer = try await TestServer.run(
            servlet: { try await TestAdapter.sendPlain("OK", $1) },
            use: {
                try await $0.exchange(parts)
            }
        )
        let status = row["status"][0].int
        if try row.bool("http09") {
            row.expect(answer.text, equals: "OK")
        } else {
            row.expect(answer.responses.map(\.status), equals: [status ?? -1])
        }
    }

    private static func replay(
        _ row: VectorRow,
        _ configure: @escaping (inout Http11Protocol.Configuration) -> Void = { _ in }
    ) async throws {
        let problems = try await TestServer.run(
            { configuration in
                Self.apply(row, &configuration)
                configure(&configuration)
            },
            servlet: WireApps.servlet(for: row),
            use: { server in
                var problems: [String] = []
                for connection in try row.array("connections") {
                    problems += try await Self.compare(connection, server)
                }
                return problems
            }
        )
        row.expect(problems.isEmpty, problems.joined(separator: "; "))
    }

    private static func compare(_ connection: JSONValue, _ server: TestServer) async throws -> [String] {
        let expected = connection["responses"].array ?? []
        let isEndless = expected.contains { $0["body_complete"].bool == false }
        let closes = ["close", "server_closed"].contains(connection["connection_after"].string)
        let answer = try await server.exchange(connection["send"].strings ?? []) { reader in
            if isEndless { return reader.bytes.suffix(5) == Array("1\r\n\n\r\n".utf8.suffix(5)) }
            return !closes && reader.responses.count == expected.count
        }
        if isEndless {
            return answer.text.hasPrefix("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n") ? [] : [answer.text]
        }
        if expected.first?["raw"].string != nil { return answer.text.hasPrefix("<!doctype html>") ? [] : [answer.text] }
        let got = answer.responses.map { Self.describe($0, port: server.port) }
        let recorded = expected.map(Self.describe)
        return (got == recorded ? [] : ["got \(got), recorded \(recorded)"])
            + (closes && !answer.isClosed ? ["the connection stays open"] : [])
    }

    /// Status line, fields in alphabetical order, framing and body; of pages no more than that they are pages.
    private static func describe(_ response: WireResponse, port: Int) -> String {
        let isPage = response.body.hasPrefix("<!doctype html>")
        let fields = response.fields.filter { !isPage || !$0.hasPrefix("Content-") }.sorted()
        let body = isPage ? "(html error page)" : response.body.replacing("is \(port)", with: "is <connector port>")
        return Self.join(response.statusLine, fields, response.status < 200 ? "" : response.framing, body)
    }

    private static func describe(_ recorded: JSONValue) -> String {
        let isPage = recorded["body"].string == "(html error page)"
        let fields = (recorded["headers"].array ?? [])
            .map { "\($0[0].string ?? ""): \($0[1].string ?? "")" }
            .filter { !isPage || !$0.hasPrefix("Content-") }.sorted()
        return Self.join(
            recorded["status_line"].string ?? "",
            fields,
            recorded["framing"].string ?? "",
            recorded["body"].string ?? ""
        )
    }

    private static func join(_ line: String, _ fields: [String], _ framing: String, _ body: String) -> String {
        // The recording client took a no-break space for a blank.
        let fields = fields.map { $0.replacing("\u{a0} ", with: "") }
        return "\(line)|\(fields)|\(framing)|\(body)"
    }

    /// The connector's attributes.
    ///
    /// `rejectIllegalHeader` was recorded for whole files; which of its values a row was made with shows in its answer.
    private static func apply(_ row: VectorRow, _ configuration: inout Http11Protocol.Configuration) {
        let attributes = row["server"]["connector"]
        func number(_ name: String) -> Int? { attributes[name].string.flatMap { Int($0) } }
        configuration.keepAliveTimeout = number("keepAliveTimeout")
        configuration.maxKeepAliveRequests = number("maxKeepAliveRequests") ?? 100
        configuration.maxExtensionSize = number("maxExtensionSize") ?? 8192
        configuration.maxTrailerSize = number("maxTrailerSize") ?? 8192
        configuration.maxSwallowSize = number("maxSwallowSize") ?? 2 * 1024 * 1024
        configuration.allowedTrailerHeaders = attributes["allowedTrailerHeaders"].string ?? ""
        configuration.restrictedUserAgents = attributes["restrictedUserAgents"].string
        if attributes["disableUploadTimeout"].string == "false" {
            configuration.disableUploadTimeout = false
            configuration.connectionUploadTimeout = 1000
        }
        if attributes["rejectIllegalHeader"].string != nil {
            configuration.rejectIllegalHeader = row["connections"][0]["responses"][0]["status"].int == 400
        }
    }
}
