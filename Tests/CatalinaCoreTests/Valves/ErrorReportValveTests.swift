import Foundation
import Modeler
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct ErrorReportValveTests {
    private func container(
        _ className: String = ErrorReportValve.className,
        _ body: @escaping @Sendable (any HttpServletResponse) async throws -> Void
    ) async throws -> EmbeddedContainer {
        try await EmbeddedContainer(host: { $0.errorReportValveClass = className }, servlet: { try await body($1) })
    }

    @Test("an error without a body gets a page with status, type, message and description")
    func reports() async throws {
        let container = try await self.container { try await $0.sendError(404, "The resource [/a<b>] is gone") }
        let answer = await container.send("GET", "/a")
        #expect(answer.status == 404)
        #expect(answer["Content-Type"] == "text/html;charset=utf-8")
        #expect(answer["Content-Language"] == "en")
        #expect(answer["Content-Length"] == "\(answer.bytes.count)")
        let page = answer.text
        #expect(page.hasPrefix("<!doctype html><html lang=\"en\"><head><title>HTTP Status 404 – Not Found</title>"))
        #expect(page.contains("<body><h1>HTTP Status 404 – Not Found</h1><hr class=\"line\" />"))
        #expect(page.contains("<p><b>Type</b> Status Report</p>"))
        #expect(page.contains("<p><b>Message</b> The resource [&#47;a&lt;b&gt;] is gone</p><p><b>Description</b> "))
        #expect(page.hasSuffix("<hr class=\"line\" /><h3>Apache Tomcat&#47;10.1.60 (Caracal 0.1.0)</h3></body></html>"))
        #expect(!page.contains("\n"))
    }

    @Test("an error that a servlet throws is shown with what is behind it")
    func reportsErrors() async throws {
        let container = try await self.container { _ in
            throw ServletError("outer\nsecond line", rootCause: IllegalStateError("inner <x>"))
        }
        let answer = await container.send("GET", "/")
        #expect(answer.status == 500)
        #expect(answer.text.contains("<p><b>Type</b> Exception Report</p><p><b>Message</b> outer</p>"))
        #expect(
            answer.text.contains(
                "<b>Exception</b></p><pre>jakarta.servlet.ServletException: outer\nsecond line\n</pre>"
            )
        )
        #expect(
            answer.text.contains("<b>Root Cause</b></p><pre>java.lang.IllegalStateException: inner &lt;x&gt;\n</pre>")
        )
        #expect(answer.text.contains("<p><b>Note</b> "))
    }

    @Test(
        "a code that HTTP does not know is reported if there is a message",
        arguments: [
            (499, "what", true), (499, nil, false), (418, nil, false), (999, "The sky", true), (404, nil, true),
        ]
            as [(Int, String?, Bool)]
    )
    func needsText(status: Int, message: String?, isReported: Bool) async throws {
        let container = try await self.container { try await $0.sendError(status, message) }
        let answer = await container.send("GET", "/")
        #expect(answer.status == status)
        #expect(answer.text.isEmpty != isReported)
        if status > 418, isReported { #expect(answer.text.contains("Unknown Reason")) }
    }

    @Test("an answer with a body, or a status that nobody called an error, is left alone")
    func leavesAnswers() async throws {
        let written = try await self.container { response in
            response.status = 404
            try await response.write("mine")
        }
        #expect(await written.send("GET", "/").text == "mine")
        let silent = try await self.container { $0.status = 404 }
        #expect(await silent.send("GET", "/").text == "")
        let moved = try await self.container { try await $0.sendError(304, "no") }
        #expect(await moved.send("GET", "/").text == "")
    }

    @Test("a report can keep its details and the server's name back")
    func staysSilent() async throws {
        let valve = try ErrorReportValve.descriptor.component([("showReport", "false"), ("showServerInfo", "false")])
        let container = try await EmbeddedContainer([valve]) { try await $1.sendError(404, "secret") }
        let page = await container.send("GET", "/").text
        #expect(page.hasSuffix("<body><h1>HTTP Status 404 – Not Found</h1></body></html>"))
    }

    @Test("the operator's own pages are sent for codes and errors")
    func sendsFiles() async throws {
        let tree = try FileTree("errors")
        let attributes = [
            ("errorCode.404", try tree.write("404.html", "not ä")), ("errorCode.0", try tree.write("any.html", "any")),
            ("exceptionType.java.lang.IllegalStateException", try tree.write("state.html", "state")),
            ("errorCode.410", tree["none.html"]),
        ]
        let valve = try ErrorReportValve.descriptor.component(attributes)
        let container = try await EmbeddedContainer([valve]) { request, response in
            if request.requestURI == "/state" { throw IllegalStateError("x") }
            try await response.sendError(Int(request.requestURI.dropFirst()) ?? 0)
        }
        let missing = await container.send("GET", "/404")
        #expect(missing.text == "not ä")
        #expect(missing["Content-Type"] == "text/html;charset=UTF-8")
        #expect(missing.status == 404)
        #expect(await container.send("GET", "/403").text == "any")
        #expect(await container.send("GET", "/state").text == "state")
        #expect(await container.send("GET", "/410").text.contains("HTTP Status 410"))
        #expect(throws: AttributeError.self) { try ErrorReportValve.descriptor.component([("errorCode.x", "y")]) }
    }

    @Test("the host takes the class it is told", arguments: ["", "org.example.Unknown"])
    func obeysTheHost(className: String) async throws {
        let container = try await self.container(className) { try await $0.sendError(404) }
        #expect(await container.send("GET", "/").text == "")
    }

    @Test("JSON says the same", arguments: Vectors.rows("10/10_json_error_report_wire.jsonl"))
    func reportsJSON(row: VectorRow) async throws {
        let app = row["server"]["apps"][0]["app"].string ?? ""
        let recorded = row["connections"][0]["responses"][0]
        let showsReport = recorded["body"].string?.contains("type") == true
        let valve = try JsonErrorReportValve.descriptor.component([("showReport", "\(showsReport)")])
        let container = try await EmbeddedContainer([valve]) { _, response in
            if app.hasPrefix("HelloWorld") {
                return try await response.write("<html><body><p>Hello World</p></body></html>")
            }
            if app.hasPrefix("Exception") { throw RuntimeError(message: "Something went wrong") }
            let arguments = app.dropFirst("SendErrorServlet(".count).dropLast().split(separator: ", ", maxSplits: 1)
            let message: String? =
                switch arguments[1] {
                case "null": nil
                case "specialMessage": "Error with \"quotes\" and \\backslash\\"
                default: String(arguments[1].dropFirst().dropLast())
                }
            try await response.sendError(Int(arguments[0]) ?? 0, message)
        }
        let answer = await container.send("GET", "/")
        let body = Self.comparable(answer.text)
        let isJSON = recorded["status"].int == 200 || answer["Content-Type"] == "application/json;charset=utf-8"
        row.expect(
            "\(answer.status) \(isJSON) \(body)",
            equals: "\(recorded["status"].int ?? 0) true \(Self.comparable(recorded["body"].string ?? ""))"
        )
    }

    /// Descriptions are each server's own, and only Java has stack traces.
    private static func comparable(_ body: String) -> String {
        body.split(separator: "\n").map { line in
            if line.contains("\"description\""), !line.contains("No description") { return "description" }
            guard line.contains("\"throwable\"") else { return String(line) }
            return String(line.prefix { $0 != "," && $0 != "]" })
        }.joined(separator: "\n")
    }
}

/// What a Java servlet throws without thinking.
struct RuntimeError: NamedException {
    let message: String
    var exceptionTypes: [String] { ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"] }
}
