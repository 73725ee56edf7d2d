import Coyote
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct HttpHeaderSecurityFilterTests {
    @Test("adds the headers that Tomcat adds", arguments: Vectors.rows("07/07_header_security.jsonl"))
    func row(_ row: VectorRow) async throws {
        let config = row["config"]
        let isSecure = try row.bool("secure")
        let container = try EmbeddedContainer()
        let recorded = try row.array("response_headers").map { "\($0[0].string ?? ""): \($0[1].string ?? "")" }
        let application = try? await container.add(path: "/app") { model, classes in
            classes.servlets["Echo"] = { ClosureServlet { _, response in try await response.write("x") } }
            classes.filters["Security"] = { HttpHeaderSecurityFilter() }
            model.servlets = [ServletDefinition(name: "echo", className: "Echo")]
            model.servletMappings = [(pattern: "/*", servletName: "echo")]
            var filter = FilterDefinition(name: "security", className: "Security")
            for (name, value) in config.object ?? [:] { filter.initParameters[name] = value.string }
            model.filters = [filter]
            var map = FilterMap(filterName: "security")
            map.urlPatterns = ["/*"]
            model.filterMaps = [map]
        }
        // Settings that make no sense keep the application from starting.
        guard application != nil else { return row.expect([], equals: recorded) }
        try await container.start()
        let answer = await container.send("GET", "/app/x", prepare: { $0.isSecure = isSecure })
        let names = ["strict-transport-security", "x-frame-options", "x-content-type-options", "x-xss-protection"]
        let actual = answer.headers.filter { names.contains($0.name.lowercased()) }.map { "\($0.name): \($0.value)" }
        row.expect(actual.sorted(), equals: recorded.sorted())
    }
}
