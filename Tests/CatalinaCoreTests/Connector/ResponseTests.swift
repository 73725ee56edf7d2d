import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore

/// What applications may do with an answer, and what they may not.
@Suite struct ResponseTests {
    private static func answer(
        _ context: (inout StandardContext.Configuration) -> Void = { _ in },
        _ servlet: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) async throws -> EmbeddedContainer.Answer {
        try await EmbeddedContainer(context: context, servlet: servlet).send("GET", "/dir/page?q=1")
    }

    @Test("a reset forgets status, fields, type and text")
    func resets() async throws {
        let answer = try await Self.answer { _, response in
            response.status = 201
            response.setHeader("X-A", "1")
            response.contentType = "text/css;charset=UTF-8"
            response.locale = "de"
            try await response.write("lost")
            try response.reset()
            #expect(response.status == 200 && response.contentType == nil && response.locale == nil)
            #expect(response.header("X-A") == nil && response.characterEncoding == "ISO-8859-1")
            try await response.outputStream().write(Array("kept".utf8))
        }
        #expect(answer.status == 200 && answer.text == "kept")
        #expect(answer["X-A"] == nil && answer["Content-Type"] == nil && answer["Content-Language"] == nil)
    }

    @Test("nothing that a client has seen can be taken back")
    func committed() async throws {
        let answer = try await Self.answer { _, response in
            response.setHeader("X-A", "1")
            try await response.write("sent")
            try await response.flushBuffer()
            #expect(response.isCommitted)
            #expect(throws: IllegalStateError.self) { try response.reset() }
            #expect(throws: IllegalStateError.self) { try response.resetBuffer() }
            await #expect(throws: IllegalStateError.self) { try await response.sendError(500, nil) }
            await #expect(throws: IllegalStateError.self) { try await response.sendRedirect("/x", status: 302) }
            response.status = 404
            response.setHeader("X-A", "2")
            response.addHeader("X-B", "1")
            response.removeHeader("X-A")
            response.setContentLength(1)
            response.locale = "de"
            try response.addCookie(Cookie("a", "b"))
        }
        #expect(answer.status == 200 && answer.text == "sent" && answer["X-A"] == "1")
        #expect(answer["X-B"] == nil && answer["Set-Cookie"] == nil && answer["Content-Language"] == nil)
    }

    @Test("fields are set, added and removed; type and length have a place of their own")
    func fields() async throws {
        let answer = try await Self.answer { _, response in
            response.addHeader("X-A", "1")
            response.addHeader("x-a", "2")
            #expect(response.headers("X-A") == ["1", "2"])
            response.setHeader("X-A", "3")
            response.setHeader("X-B", "1")
            response.removeHeader("x-b")
            response.setHeader("content-type", "text/plain;charset=utf-8")
            response.setHeader("Content-Length", "2")
            response.setHeader("X-Date", "x")
            response.setDateHeader("X-Date", -1)
            try response.addCookie(Cookie("a", "b"))
            try response.addCookie(Cookie("c", "d"))
            #expect(response.header("Content-Length") == "2" && response.headers("Content-Length") == ["2"])
            #expect(response.header("Content-Type") == "text/plain;charset=utf-8")
            try await response.write("ok")
        }
        #expect(answer["X-A"] == "3" && answer["X-B"] == nil && answer["Content-Length"] == "2")
        #expect(answer["X-Date"] == "Wed, 31 Dec 1969 23:59:59 GMT")
        #expect(answer.lines.filter { $0.hasPrefix("Set-Cookie") } == ["Set-Cookie: a=b", "Set-Cookie: c=d"])
        #expect(answer["Content-Type"] == "text/plain;charset=utf-8")
    }

    @Test("dates beyond what can be written are the nearest that can", arguments: [Int64.min, .max])
    func dates(milliseconds: Int64) async throws {
        let answer = try await Self.answer { _, response in response.setDateHeader("X-Date", milliseconds) }
        #expect(answer["X-Date"]?.hasSuffix(milliseconds < 0 ? "0001 00:00:00 GMT" : "9999 23:59:59 GMT") == true)
    }

    @Test("stream and writer exclude each other")
    func streams() async throws {
        let answer = try await Self.answer { _, response in
            _ = try response.writer()
            #expect(throws: IllegalStateError.self) { try response.outputStream() }
            try response.reset()
            _ = try response.outputStream()
            #expect(throws: IllegalStateError.self) { try response.writer() }
        }
        #expect(answer.status == 200)
    }

    private static let redirects: [(String, Bool, String)] = [
        ("/x", true, "/x"), ("x?y", true, "x?y"), ("http://h/", true, "http://h/"),
        ("/x", false, "http://localhost:8080/x"),
        ("x", false, "http://localhost:8080/dir/x"), ("../x", false, "http://localhost:8080/x"),
        ("//h/x", false, "http://h/x"), ("https://h/x", false, "https://h/x"),
        ("?a", false, "http://localhost:8080/dir/?a"),
    ]

    @Test("a redirect is relative unless the application wants it otherwise", arguments: redirects)
    func redirect(location: String, isRelative: Bool, expected: String) async throws {
        let configure: (inout StandardContext.Configuration) -> Void = { $0.useRelativeRedirects = isRelative }
        let answer = try await Self.answer(configure) { _, response in
            try await response.write("lost")
            try await response.sendRedirect(location, status: 303)
            try await response.write("lost too")
        }
        #expect(answer.status == 303 && answer["Location"] == expected && answer.text.isEmpty)
    }

    @Test("what a redirect's page says of its target cannot become markup")
    func redirectBody() async throws {
        let configure: (inout StandardContext.Configuration) -> Void = { $0.sendRedirectBody = true }
        let answer = try await Self.answer(configure) { _, response in
            try await response.sendRedirect("/x?a=\"><script>'&", status: 302)
        }
        #expect(answer["Content-Type"] == "text/html;charset=UTF-8")
        #expect(
            answer.text == "<html><body><p>Redirecting to <a href=\"&#47;x?a=&quot;&gt;&lt;script&gt;&#39;&amp;\">"
                + "&#47;x?a=&quot;&gt;&lt;script&gt;&#39;&amp;</a></p></body></html>"
        )
    }

    @Test("an answer of any number is passed on as it is", arguments: [0, -1, 99, 600, 1000, Int.max, Int.min])
    func statuses(status: Int) async throws {
        #expect(try await Self.answer { _, response in response.status = status }.status == status)
    }
}
