import Foundation
import ServletAPI
import TestSupport
import Testing

@testable import ExamplesWebapp

@Suite struct PageTests {
    @Test(
        "markup that a client sends is shown, not run",
        arguments: [
            ("plain", "plain"),
            ("<script>alert(\"1\")</script>", "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"),
            ("a & 'b'", "a &amp; &#39;b&#39;"),
            ("Grüße 🐈", "Grüße 🐈"),
        ]
    )
    func escapes(text: String, escaped: String) {
        #expect(text.escaped == escaped)
    }

    @Test(arguments: [
        ("a\"b\\c", #""a\"b\\c""#),
        ("line\r\n\tend", #""line\r\n\tend""#),
        ("\u{1}é", "\"\\u0001é\""),
    ])
    func quotesForJSON(text: String, quoted: String) {
        #expect(text.quotedForJSON == quoted)
    }

    @Test(arguments: [("a-Z_0.9~", "a-Z_0.9~"), ("a b&c=d+é", "a%20b%26c%3Dd%2B%C3%A9")])
    func encodesForAQuery(text: String, encoded: String) {
        #expect(text.encodedForQuery == encoded)
    }
}

@Suite struct SessionIdFilterTests {
    @Test(
        "only the caller's own session id is shown",
        arguments: [
            ("JSESSIONID", "ABC.n1", "ABC.n1", "ABC.n1"),
            ("JSESSIONID", "OTHER", "ABC", "[obfuscated]"),
            ("JSESSIONIDSSO", "X", nil, "[obfuscated]"),
            ("colour", "red", nil, "red"),
        ]
    )
    func filtersValues(name: String, value: String, sessionId: String?, shown: String) {
        #expect(SessionIdFilter.shown(name: name, value: value, sessionId: sessionId) == shown)
    }

    @Test func filtersWholeHeaders() {
        let shown = SessionIdFilter.shown(header: "a=b; JSESSIONID=OTHER; c", sessionId: "ABC")
        #expect(shown == "a=b; JSESSIONID=[obfuscated]; c")
    }
}

@Suite struct ExampleTests {
    @Test(
        "dates are those of the calendar",
        arguments: [
            (0, "Thu Jan 01 00:00:00 UTC 1970"),
            (951_782_399_999, "Mon Feb 28 23:59:59 UTC 2000"),
            (951_782_400_000, "Tue Feb 29 00:00:00 UTC 2000"),
            (951_868_800_000, "Wed Mar 01 00:00:00 UTC 2000"),
            (1_795_251_769_000, "Sat Nov 21 09:02:49 UTC 2026"),
            (4_102_444_800_000, "Fri Jan 01 00:00:00 UTC 2100"),
        ]
    )
    func writesDates(milliseconds: Int64, text: String) {
        #expect(SessionExample.date(milliseconds) == text)
    }

    @Test(
        "JSON is preferred if it is named before HTML",
        arguments: [
            (nil, false), ("*/*", false), ("application/json", true), ("text/html, application/json", false),
            ("text/plain, application/json;q=0.1, text/html", true),
        ]
    )
    func choosesTheFormat(accept: String?, isJSON: Bool) {
        #expect(RequestHeaderExample.prefersJSON(accept) == isJSON)
    }
}

@Suite struct ExamplesTests {
    @Test("every class that web.xml names is there, and no other")
    func classes() throws {
        let file = Vectors.directory.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "webapps/examples/WEB-INF/web.xml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let named = text.matches(of: /<servlet-class>\s*(\S+?)\s*<\/servlet-class>/).map { String($0.1) }
        #expect(Set(named) == Set(Examples.module().servlets.keys))
    }
}
