import Coyote
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct CsrfPreventionFilterTests {
    private static let parameter = CsrfPreventionFilter.parameterName

    /// An application whose servlet answers with an encoded address; the filter's nonces are `N1`, `N2` and so on.
    private static func container(
        _ parameters: [String: String],
        url: String = "/next",
        mimeType: String? = nil
    ) async throws -> EmbeddedContainer {
        let container = try EmbeddedContainer()
        let count = Counter()
        try await container.add(path: "/app") { model, classes in
            classes.servlets["Echo"] = {
                ClosureServlet { request, response in
                    let nonce = request.attribute(CsrfPreventionFilter.requestAttribute) as? String ?? ""
                    let name = request.servletContext.attribute(CsrfPreventionFilter.parameterNameAttribute)
                    response.setHeader("X-Nonce", nonce)
                    response.setHeader("X-Name", name as? String ?? "")
                    response.setHeader("X-Redirect", response.encodeRedirectURL(url))
                    try await response.write(response.encodeURL(url))
                }
            }
            classes.filters["CSRF"] = { CsrfPreventionFilter { count.next() } }
            model.servlets = [ServletDefinition(name: "echo", className: "Echo")]
            model.servletMappings = [(pattern: "/*", servletName: "echo")]
            var filter = FilterDefinition(name: "csrf", className: "CSRF")
            filter.initParameters = parameters
            model.filters = [filter]
            var map = FilterMap(filterName: "csrf")
            map.urlPatterns = ["/*"]
            model.filterMaps = [map]
            model.mimeType = { _ in mimeType }
        }
        try await container.start()
        return container
    }

    @Test(
        "an encoded address gets the nonce, unless its pattern has none",
        arguments: Vectors.rows("07/07_csrf_nonce_url.jsonl")
    )
    func row(_ row: VectorRow) async throws {
        let patterns = try row.array("no_nonce_patterns").compactMap(\.string).map { pattern in
            // The recorded test made its media type patterns by hand.
            try NoncePattern(pattern == "mime:image/" ? "mime:image/*" : pattern)
        }
        let url = try row.string("url")
        let type = row["resource_mime_type"].string
        let isExempt = patterns.contains { $0.matches(url) { _ in type } }
        let added = NoncePattern.adding("\(Self.parameter)=TESTNONCE", to: url)
        row.expect(isExempt ? url : added, equals: try row.string("expected"))
    }

    @Test("a client gets in through an entry point and goes on with the nonces of the answers")
    func talk() async throws {
        let container = try await Self.container(
            ["entryPoints": "/in, /also", "nonceCacheSize": "2"],
            url: "/app/a?b#c"
        )
        let first = await container.send("GET", "/app/in")
        #expect(first.status == 200)
        #expect(first["X-Nonce"] == "N1" && first["X-Name"] == Self.parameter)
        let cookie = try #require(first["Set-Cookie"]?.split(separator: ";").first)
        let session = [(name: "Cookie", value: String(cookie))]
        #expect(first.text.hasPrefix("/app/a;jsessionid=") && first.text.hasSuffix("?b&\(Self.parameter)=N1#c"))
        func status(_ method: String, _ target: String, _ headers: [(name: String, value: String)]) async -> Int {
            await container.send(method, target, headers).status
        }
        // Without a nonce, with a wrong one, with the right one of nobody's session.
        #expect(await status("GET", "/app/x", session) == 403)
        #expect(await status("GET", "/app/x?\(Self.parameter)=N9", session) == 403)
        #expect(await status("GET", "/app/x?\(Self.parameter)=N1", []) == 403)
        #expect(await status("POST", "/app/in", session) == 403)
        #expect(await status("HEAD", "/app/in", session) == 403)
        let second = await container.send("GET", "/app/x?\(Self.parameter)=N1", session)
        #expect(second.text == "/app/a?b&\(Self.parameter)=N2#c" && second["X-Redirect"] == second.text)
        // A nonce is good for several requests, until two newer ones were given out.
        #expect(await status("GET", "/app/x?\(Self.parameter)=N1", session) == 200)
        #expect(await status("GET", "/app/x?\(Self.parameter)=N1", session) == 403)
        let form = [(name: "Content-Type", value: "application/x-www-form-urlencoded")] + session
        let body = Array("\(Self.parameter)=N3".utf8)
        #expect(await container.send("POST", "/app/x", form, body: [body]).status == 200)
    }

    @Test(
        "every parameter does what Tomcat's does",
        arguments: [
            (["denyStatus": "404"], "/app/x", 404, ""),
            (["enforce": "false"], "/app/x", 200, "/next?\(parameter)=N1"),
            (["enforce": "false", "nonceRequestParameterName": "n"], "/app/x", 200, "/next?n=N1"),
            (["noNonceURLPatterns": "/x*"], "/app/xyz", 200, "/next?\(parameter)=N1"),
            (["noNonceURLPatterns": "/ne*,/x*"], "/app/xyz", 200, "/next"),
            (["noNonceURLPatterns": "/.*x.*/"], "/app/y", 403, ""),
            (["noNonceURLPatterns": "/.*x.*/"], "/app/x", 200, "/next"),
            (["noNonceURLPatterns": "mime:text/*"], "/app/x.y", 200, "/next?\(parameter)=N1"),
            (["noNonceURLPatterns": "mime:image/*"], "/app/x.y", 403, ""),
            ([:], "/app/style.css", 200, "/next?\(parameter)=N1"),
            (["noNonceURLPatterns": ""], "/app/style.css", 403, ""),
            (["randomClass": "java.security.SecureRandom"], "/app/x.js", 200, "/next?\(parameter)=N1"),
        ] as [([String: String], String, Int, String)]
    )
    func parameters(_ parameters: [String: String], target: String, status: Int, text: String) async throws {
        let container = try await Self.container(parameters, mimeType: "text/plain")
        let answer = await container.send("GET", target)
        #expect(answer.status == status)
        let withoutSession = answer.text.replacing(/;jsessionid=[0-9A-F]+/, with: "")
        if status == 200 { #expect(withoutSession == text) }
    }

    @Test(
        "parameters without sense keep the application from starting",
        arguments: [
            "denyStatus": "many", "nonceCacheSize": "", "entrypoints": "/", "noNonceURLPatterns": "a", "x": "y",
        ]
    )
    func refused(name: String, value: String) async throws {
        let container = try await Self.container([name: value])
        #expect(container.host.contexts.first?.state != .started)
    }
}

/// Nonces that a test knows.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> String {
        self.count.withLock { count in
            count += 1
            return "N\(count)"
        }
    }
}
