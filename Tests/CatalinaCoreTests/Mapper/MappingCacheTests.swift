import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// What was mapped once is mapped the same way again, until the tree changes.
@Suite struct MappingCacheTests {
    private let container: EmbeddedContainer

    init() async throws {
        self.container = try EmbeddedContainer()
        try await self.add("/app", says: "first")
        try await self.container.start()
        self.container.followChanges()
    }

    @discardableResult
    private func add(_ path: String, says word: String) async throws -> StandardContext {
        try await self.container.add(path: path) { model, classes in
            classes.servlets["Echo"] = {
                ClosureServlet { request, response in
                    let session = request.requestedSessionId ?? "none"
                    try await response.write(
                        "\(word) [\(request.contextPath)][\(request.servletPath)][\(request.pathInfo ?? "")] \(session)"
                    )
                }
            }
            model.servlets = [ServletDefinition(name: "echo", className: "Echo")]
            model.servletMappings = [
                (pattern: "/exact", servletName: "echo"), (pattern: "/p/*", servletName: "echo"),
                (pattern: "*.do", servletName: "echo"),
            ]
        }
    }

    @Test(
        "a path gets the same answer each time, whatever came in between",
        arguments: [
            ("/app/exact", "first [/app][/exact][] none"), ("/app/p/x/y", "first [/app][/p][/x/y] none"),
            ("/app/a/b.do", "first [/app][/a/b.do][] none"), ("/app/p/a%20b", "first [/app][/p][/a b] none"),
            ("/app/./exact", "first [/app][/exact][] none"),
            ("/app/exact;jsessionid=1", "first [/app][/exact][] 1"),
        ]
    )
    func repeats(target: String, text: String) async throws {
        for _ in 0..<4 {
            #expect(await self.container.send("GET", target).text == text)
            #expect(await self.container.send("GET", "/app/exact").text == "first [/app][/exact][] none")
            #expect(await self.container.send("GET", "/app/other").status == 404)
        }
    }

    @Test("paths that share a slot do not share an answer")
    func collides() async throws {
        for number in 0..<400 {
            for _ in 0..<3 {
                let answer = await self.container.send("GET", "/app/p/\(number)/same-tail")
                #expect(answer.text == "first [/app][/p][/\(number)/same-tail] none")
            }
        }
    }

    @Test("another host name is mapped on its own")
    func tellsHostsApart() async throws {
        let other = StandardHost(
            configuration: {
                var configuration = StandardHost.Configuration()
                configuration.name = "other"
                return configuration
            }()
        )
        try await self.container.engine.addChild(other)
        for _ in 0..<3 {
            #expect(await self.container.send("GET", "/app/exact").status == 200)
            #expect(await self.container.send("GET", "/app/exact") { $0.serverName = "other" }.status == 404)
        }
    }

    @Test("a context that is gone is not found any more, one that took its place is")
    func followsTheTree() async throws {
        for _ in 0..<3 { #expect(await self.container.send("GET", "/app/exact").status == 200) }
        let context = try #require(self.container.host.children.first)
        try await self.container.host.removeChild(context)
        #expect(await self.container.send("GET", "/app/exact").status == 404)
        let second = try await self.add("/app", says: "second")
        if !second.state.isAvailable { try await second.start() }
        for _ in 0..<3 {
            #expect(await self.container.send("GET", "/app/exact").text == "second [/app][/exact][] none")
        }
    }
}
