import Coyote
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore

/// The filters that Debian's descriptors name and that need no session.
@Suite struct PlainFiltersTests {
    /// An application with one filter; its servlet answers with the charset, and the parameter `p`.
    private static func container(
        _ parameters: [String: String] = [:],
        _ make: @escaping @Sendable () -> any Filter
    ) async throws -> EmbeddedContainer {
        let container = try EmbeddedContainer { $0.maxParameterCount = 2 }
        try await container.add(path: "/app") { model, classes in
            classes.servlets["Echo"] = {
                ClosureServlet { request, response in
                    let text = await request.parameter("p") ?? ""
                    response.setCharacterEncoding("UTF-8")
                    try await response.write("\(request.characterEncoding ?? "none") \(text)")
                }
            }
            classes.filters["F"] = { make() }
            model.servlets = [ServletDefinition(name: "echo", className: "Echo")]
            model.servletMappings = [(pattern: "/*", servletName: "echo")]
            var filter = FilterDefinition(name: "f", className: "F")
            filter.initParameters = parameters
            model.filters = [filter]
            var map = FilterMap(filterName: "f")
            map.urlPatterns = ["/*"]
            model.filterMaps = [map]
        }
        try await container.start()
        return container
    }

    private static let form = "application/x-www-form-urlencoded"

    @Test(
        "the charset of a request is set where the client says none, or always",
        arguments: [
            (["encoding": "UTF-8"], form, "UTF-8 ä"),
            (["encoding": "UTF-8"], form + ";charset=iso-8859-1", "iso-8859-1 Ã¤"),
            (["encoding": "UTF-8", "ignore": "true"], form + ";charset=iso-8859-1", "UTF-8 ä"), ([:], form, "none Ã¤"),
            (["encoding": "UTF-8", "nonsense": "1"], form, "UTF-8 ä"),
        ] as [([String: String], String, String)]
    )
    func charset(parameters: [String: String], type: String, text: String) async throws {
        let container = try await Self.container(parameters) { SetCharacterEncodingFilter() }
        let headers = [(name: "Content-Type", value: type)]
        let answer = await container.send("POST", "/app/x", headers, body: [Array("p=%C3%A4".utf8)])
        #expect(answer.text.lowercased() == text.lowercased())
    }

    @Test(
        "the charsets of a Context hold where its descriptor has none",
        arguments: [(nil, "UTF-8 ä UTF-8"), ("ISO-8859-1", "ISO-8859-1 Ã¤ ISO-8859-1")] as [(String?, String)]
    )
    func contextCharset(descriptor: String?, text: String) async throws {
        let container = try EmbeddedContainer()
        try await container.add(
            path: "/app",
            context: {
                $0.requestCharacterEncoding = "UTF-8"
                $0.responseCharacterEncoding = "UTF-8"
            },
            { model, classes in
                model.requestCharacterEncoding = descriptor
                model.responseCharacterEncoding = descriptor
                classes.servlets["Echo"] = {
                    ClosureServlet { request, response in
                        let parameter = await request.parameter("p") ?? ""
                        let names = "\(request.characterEncoding ?? "none") \(parameter) \(response.characterEncoding)"
                        response.setCharacterEncoding("UTF-8")
                        try await response.write(names)
                    }
                }
                model.servlets = [ServletDefinition(name: "echo", className: "Echo")]
                model.servletMappings = [(pattern: "/*", servletName: "echo")]
            }
        )
        try await container.start()
        let headers = [(name: "Content-Type", value: Self.form)]
        let answer = await container.send("POST", "/app/x", headers, body: [Array("p=%C3%A4".utf8)])
        #expect(answer.text == text)
    }

    @Test(
        "requests of which a parameter is lost are refused",
        arguments: [("p=1&q=2", 200), ("p=1&q=%zz", 400), ("p=1&q=2&r=3", 400), ("", 200)]
    )
    func failed(query: String, status: Int) async throws {
        let container = try await Self.container { FailedRequestFilter() }
        #expect(await container.send("GET", "/app/x?" + query).status == status)
    }

    @Test("a filter without parameters takes none")
    func strict() async throws {
        let container = try await Self.container(["a": "b"]) { FailedRequestFilter() }
        #expect(container.host.contexts.first?.state != .started)
    }

    @Test("a request and its answer are dumped line by line, in Tomcat's order")
    func dump() async throws {
        let container = try await Self.container { DumpedFilter() }
        let headers = [(name: "Cookie", value: "a=1"), (name: "X-A", value: "b")]
        let answer = await container.send("GET", "/app/x?p=1&p=2", headers)
        #expect(
            answer["X-Request-Lines"]
                == "requestURI=/app/x authType=null characterEncoding=null contentLength=-1 contentType=null "
                + "contextPath=/app cookie=a=1 header=host=localhost:8080 header=cookie=a=1 header=x-a=b locale=en "
                + "method=GET parameter=p=1, 2 pathInfo=/x protocol=HTTP/1.1 queryString=p=1&p=2 remoteAddr=127.0.0.1 "
                + "remoteHost=127.0.0.1 remoteUser=null requestedSessionId=null scheme=http serverName=localhost "
                + "serverPort=8080 servletPath= isSecure=false"
        )
        #expect(answer["X-Answer-Lines"] == "authType=null contentType=null header=X-B=c remoteUser=null status=200")
        let dumped = try await Self.container { RequestDumperFilter() }
        #expect(await dumped.send("GET", "/app/x?p=1").text == "none 1")
    }
}

/// Answers with the lines that the dumper would write, without times and rules.
private struct DumpedFilter: Filter {
    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        func text(_ lines: [(String, String?)]) -> String {
            lines.filter { !$0.0.hasSuffix("TIME") && !$0.0.hasPrefix("--") && !$0.0.hasPrefix("==") }
                .map { "\($0.0)=\($0.1 ?? "null")" }.joined(separator: " ")
        }
        response.setHeader("X-B", "c")
        let answer = text(RequestDumperFilter.lines(of: response, to: request))
        response.setHeader("X-Request-Lines", text(await RequestDumperFilter.lines(of: request)))
        response.setHeader("X-Answer-Lines", answer)
        try await chain.doFilter(request, response)
    }
}
