import CatalinaSession
import NIOPosix
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// What servlets, filters and listeners see of requests, compared with what those of Tomcat saw.
@Suite struct ScenarioTests {
    private static func rows(_ topic: String) -> [VectorRow] { Vectors.rows("servlet/\(topic).jsonl") }

    @Test("dispatchers", arguments: rows("dispatch"))
    func dispatch(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("errors and their pages", arguments: rows("errors"))
    func errors(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("listeners and asynchronous requests", arguments: rows("listeners"))
    func listeners(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("what a request says of itself", arguments: rows("request"))
    func request(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("the state of an answer", arguments: rows("response"))
    func response(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("cookies", arguments: rows("cookies"))
    func cookies(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("sessions", arguments: rows("sessions"))
    func sessions(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("the application", arguments: rows("context"))
    func context(row: VectorRow) async throws { try await Self.compare(row) }

    @Test("bodies, parameters and parts", arguments: rows("bodies"))
    func bodies(row: VectorRow) async throws { try await Self.compare(row) }

    /// A text with session ids told apart from it.
    static func hidingIDs(_ text: String) -> String { text.replacing(/[0-9A-F]{32}/, with: "ID") }

    private struct Outcome: Equatable, CustomStringConvertible {
        var status: Int
        var headers: [String]
        var body: String
        var trace: [String]

        var description: String {
            "\(self.status) \(self.headers) \(self.body.debugDescription)\n" + self.trace.joined(separator: "\n") + "\n"
        }
    }

    private static func compare(_ row: VectorRow) async throws {
        let recorded = Outcome(
            status: try row.int("status"),
            headers: try row.array("headers").compactMap(\.string).sorted(),
            body: try row.string("body"),
            // A mapping of Tomcat's has no value, or an empty one, where its prefix is all there is.
            trace: try row.array("trace").compactMap { $0.string?.replacing("|PATH|null", with: "|PATH|") }
        )
        row.expect(try await self.run(row), equals: recorded)
    }

    private static func run(_ row: VectorRow) async throws -> Outcome {
        let trace = ScenarioTrace()
        let folder = try FileTree("scenario")
        for (path, text) in [
            ("f.txt", "file f\n"), ("d/g.txt", "file g\n"), ("WEB-INF/h.txt", "file h\n"),
            ("WEB-INF/web.xml", "<web-app/>\n"),
        ] { try folder.write(path, text) }
        let container = try EmbeddedContainer()
        for path in ["/app", "/bare"] {
            try await container.add(path: path, documentBase: folder.path, manager: StandardManager.withDefaults) {
                model,
                classes in
                ScenarioApplication.configure(&model, &classes, trace)
                if path == "/app" { model.errorPages = ScenarioApplication.errorPages }
            }
        }
        try await container.start()
        let body = row["sent"].string.map { [$0.latin1Bytes] } ?? []
        let fields = Self.fields(row["fields"])
        let method = row["method"].string ?? "GET"
        var answer = await container.send(method, try row.string("target"), fields, body: body) { request in
            request.eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        }
        if let cookie = answer["Set-Cookie"]?.prefix(while: { $0 != ";" }), row["later"].array != nil {
            let fields = Self.fields(row["later"]) + [(name: "Cookie", value: String(cookie))]
            answer = await container.send("GET", try row.string("target"), fields)
        }
        return self.outcome(answer, trace)
    }

    private static func fields(_ value: JSONValue) -> [(name: String, value: String)] {
        (value.array ?? []).compactMap(\.string).map { field in
            let parts = field.split(separator: ": ", maxSplits: 1)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// The header fields that were recorded.
    private static let shownFields: Set = [
        "Set-Cookie", "Content-Type", "Content-Language", "Location", "X-H", "Retry-After",
    ]

    private static func outcome(_ answer: EmbeddedContainer.Answer, _ trace: ScenarioTrace) -> Outcome {
        let isReport = answer.text.lowercased().contains("<!doctype html>")
        let headers = answer.headers.compactMap { field -> String? in
            guard Self.shownFields.contains(field.name), !(isReport && field.name.hasPrefix("Content-")) else {
                return nil
            }
            let isDate = field.name == "Retry-After" && field.value.hasSuffix(" GMT")
            return "\(field.name): \(isDate ? "a date" : Self.hidingIDs(field.value))"
        }
        return Outcome(
            status: answer.status,
            headers: headers.sorted(),
            body: isReport ? "REPORT" : answer.text + (answer.hook.isAborted ? " cut" : ""),
            trace: trace.entries
        )
    }
}
