import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

/// When listeners, filters and servlets begin and end, and what follows if one of them fails, as with Tomcat.
@Suite struct ApplicationLifeTests {
    private final class Log: Sendable {
        private let held = Mutex<[String]>([])
        let failing: Set<String>
        var entries: [String] { self.held.withLock { $0 } }

        init(failing: String) { self.failing = Set(failing.split(separator: " ").map { String($0) }) }

        func add(_ entry: String) throws {
            self.held.withLock { $0.append(entry) }
            if self.failing.contains(entry) { throw IllegalStateError(entry) }
        }

        /// What cannot fail.
        func end(_ name: String) { self.held.withLock { $0.append("-" + name) } }
    }

    private struct Listener: ServletContextListener {
        let name: String
        let log: Log

        func contextInitialized(_ context: any ServletContext) async throws { try self.log.add("+" + self.name) }
        func contextDestroyed(_ context: any ServletContext) async { self.log.end(self.name) }
    }

    private struct Passing: Filter {
        let name: String
        let log: Log

        func initialize(_ config: any FilterConfig) async throws { try self.log.add("+" + config.filterName) }
        func doFilter(
            _ request: any HttpServletRequest,
            _ response: any HttpServletResponse,
            _ chain: any FilterChain
        ) async throws { try await chain.doFilter(request, response) }
        func destroy() async { self.log.end(self.name) }
    }

    private struct Answering: Servlet {
        let name: String
        let log: Log

        func initialize(_ config: any ServletConfig) async throws { try self.log.add("+" + config.servletName) }
        func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
            try self.log.add(self.name)
        }
        func destroy() async { self.log.end(self.name) }
    }

    @Test("the order of an application's life", arguments: Vectors.rows("servlet/life.jsonl"))
    func life(row: VectorRow) async throws {
        let log = Log(failing: try row.string("name"))
        let folder = try FileTree("life")
        let container = try EmbeddedContainer()
        let context = try await container.add(path: "/life", documentBase: folder.path) { model, classes in
            Self.describe(&model, &classes, log)
        }
        try await container.start()
        var statuses: [Int] = []
        for path in ["/life/v", "/life/v", "/life/s"] { statuses.append(await container.send("GET", path).status) }
        if context.state.isAvailable { try await context.stop() }
        let recorded = Self.comparable(try row.array("events").compactMap(\.string))
        let expected = try row.array("statuses").compactMap(\.int)
        row.expect([statuses.description] + Self.comparable(log.entries), equals: [expected.description] + recorded)
    }

    private static func describe(_ model: inout ApplicationModel, _ classes: inout ContainerClasses, _ log: Log) {
        for name in ["F1", "F2"] {
            model.filters.append(FilterDefinition(name: name, className: name))
            classes.filters[name] = { Passing(name: name, log: log) }
        }
        for name in ["L1", "L2", "L3"] {
            model.listeners.append(name)
            classes.listeners[name] = { Listener(name: name, log: log) }
        }
        for (name, order) in [("S", 2), ("T", 1), ("V", nil), ("W", -1)] {
            var definition = ServletDefinition(name: name, className: name)
            definition.loadOnStartup = order
            model.servlets.append(definition)
            classes.servlets[name] = { Answering(name: name, log: log) }
        }
        model.servletMappings = [(pattern: "/v", servletName: "V"), (pattern: "/s", servletName: "S")]
    }

    /// Servlets end in no order, and so do filters: Tomcat keeps both in hash tables.
    private static func comparable(_ events: [String]) -> [String] {
        let isFilter = { (event: String) in event.hasPrefix("-F") }
        let isServlet = { (event: String) in ["-S", "-T", "-V", "-W"].contains(event) }
        let begin = Array(events.prefix { !$0.hasPrefix("-") })
        let end = Array(events.dropFirst(begin.count))
        return begin + end.filter(isServlet).sorted() + end.filter(isFilter).sorted()
            + end.filter { !isServlet($0) && !isFilter($0) }
    }
}
