import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct AsyncContextTests {
    /// Tells what it hears, in order, and acts as it was told to.
    private final class Listener: AsyncListener {
        private let told = Mutex<[String]>([])
        private let staysOn: Bool
        private let onFailure: @Sendable (any AsyncContext) throws -> Void
        var entries: [String] { self.told.withLock { $0 } }

        init(staysOn: Bool = false, onFailure: @escaping @Sendable (any AsyncContext) throws -> Void = { _ in }) {
            self.staysOn = staysOn
            self.onFailure = onFailure
        }

        private func add(_ entry: String) { self.told.withLock { $0.append(entry) } }

        func onComplete(_ context: any AsyncContext) async throws { self.add("complete") }
        func onTimeout(_ context: any AsyncContext) async throws {
            self.add("timeout")
            try self.onFailure(context)
        }
        func onError(_ context: any AsyncContext, _ error: any Error) async throws {
            self.add("error")
            try self.onFailure(context)
        }
        func onStartAsync(_ context: any AsyncContext) async throws {
            self.add("start")
            if self.staysOn { context.addListener(self) }
        }
    }

    /// Runs one request whose servlet sees the number of its call, from 1.
    private static func run(
        _ servlet: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse, Int) async throws -> Void
    ) async throws -> EmbeddedContainer.Answer {
        let calls = Atomic(0)
        return try await EmbeddedContainer { request, response in
            try await servlet(request, response, calls.add(1, ordering: .relaxed).newValue)
        }
        .send("GET", "/x")
    }

    @Test("listeners hear of a start after a dispatch once, and go on if they say so", arguments: [false, true])
    func restarts(staysOn: Bool) async throws {
        let listener = Listener(staysOn: staysOn)
        let answer = try await Self.run { request, response, call in
            let context = try request.startAsync()
            if call == 1 {
                context.addListener(listener)
                try context.dispatch("/again")
            } else {
                try await response.write("call \(call)")
                context.complete()
            }
        }
        #expect(answer.text == "call 2")
        #expect(listener.entries == (staysOn ? ["start", "complete"] : ["start"]))
    }

    @Test("a dispatch whose target does not start anew completes the request")
    func dispatches() async throws {
        let listener = Listener()
        let answer = try await Self.run { request, response, call in
            guard call == 1 else { return try await response.write("done") }
            let context = try request.startAsync()
            context.addListener(listener)
            try context.dispatch("/again")
            #expect(throws: IllegalStateError.self) { try context.dispatch("/twice") }
        }
        #expect(answer.text == "done")
        #expect(listener.entries == ["complete"])
    }

    @Test("a start after a dispatch has the default time-out again")
    func timeouts() async throws {
        let seen = Mutex<[Int64]>([])
        _ = try await Self.run { request, _, call in
            let context = try request.startAsync()
            seen.withLock { $0.append(context.timeout) }
            context.timeout = 5
            if call == 1 { try context.dispatch("/again") } else { context.complete() }
        }
        #expect(seen.withLock { $0 } == [30_000, 30_000])
    }

    @Test("an operation that fails is told to the listeners, who may still answer", arguments: [false, true])
    func failures(isAnswered: Bool) async throws {
        let listener = Listener { context in if isAnswered { context.complete() } }
        let answer = try await Self.run { request, response, _ in
            let context = try request.startAsync()
            context.addListener(listener)
            context.start { _, response in
                try await response.write("partly")
                throw ServletError("broken")
            }
        }
        #expect(listener.entries == ["error", "complete"])
        #expect(answer.status == (isAnswered ? 200 : 500))
        #expect(answer.text.contains("partly") == isAnswered)
    }

    @Test("operations are carried out one after another, complete counts once")
    func operations() async throws {
        let listener = Listener()
        let answer = try await Self.run { request, _, _ in
            let context = try request.startAsync()
            context.addListener(listener)
            for number in 0..<3 { context.start { _, response in try await response.write("\(number)") } }
            context.complete()
            context.complete()
            #expect(throws: IllegalStateError.self) { try context.dispatch("/x") }
        }
        #expect(answer.text == "012")
        #expect(listener.entries == ["complete"])
    }

    @Test("a listener that fails keeps the others from nothing")
    func failingListener() async throws {
        let failing = Listener { _ in throw ServletError("listener") }
        let other = Listener()
        let answer = try await Self.run { request, _, _ in
            let context = try request.startAsync()
            context.addListener(failing)
            context.addListener(other)
            context.start { _, _ in throw ServletError("broken") }
        }
        #expect(answer.status == 500)
        #expect(failing.entries == ["error", "complete"] && other.entries == failing.entries)
    }

    @Test("what is no path is refused, a path that leads nowhere is an error", arguments: ["relative", "/../out"])
    func badPaths(path: String) async throws {
        let answer = try await Self.run { request, response, call in
            let context = try request.startAsync()
            do {
                try context.dispatch(path)
            } catch is IllegalArgumentError {
                try await response.write("refused")
                context.complete()
            }
        }
        #expect(answer.status == (path.hasPrefix("/") ? 500 : 200))
    }

    /// Calls on; what it is declared with decides whether the request may go on after its servlet.
    private struct PassingFilter: Filter {
        func doFilter(
            _ request: any HttpServletRequest,
            _ response: any HttpServletResponse,
            _ chain: any FilterChain
        ) async throws {
            try await chain.doFilter(request, response)
        }
    }

    @Test(
        "a filter or servlet that does not support it keeps a request from being started, forwarded ones too",
        arguments: [
            (filter: true, servlet: true, target: true, path: "/app/start", isStarted: true),
            (filter: false, servlet: true, target: true, path: "/app/start", isStarted: false),
            (filter: true, servlet: false, target: true, path: "/app/start", isStarted: false),
            (filter: true, servlet: true, target: true, path: "/app/forward", isStarted: true),
            (filter: true, servlet: true, target: false, path: "/app/forward", isStarted: false),
        ]
    )
    func support(filter: Bool, servlet: Bool, target: Bool, path: String, isStarted: Bool) async throws {
        let container = try EmbeddedContainer()
        try await container.add(path: "/app") { model, classes in
            classes.servlets["Start"] = {
                ClosureServlet { request, response in
                    guard request.isAsyncSupported else {
                        #expect(throws: IllegalStateError.self) { try request.startAsync() }
                        return try await response.write("not started")
                    }
                    let context = try request.startAsync()
                    try await response.write("started")
                    context.complete()
                }
            }
            classes.servlets["Forward"] = {
                ClosureServlet { request, response in
                    try await request.requestDispatcher("/target")?.forward(request, response)
                }
            }
            classes.filters["F"] = { PassingFilter() }
            let servlets = [("start", "Start", servlet), ("forward", "Forward", servlet), ("target", "Start", target)]
            for (name, className, isSupported) in servlets {
                var definition = ServletDefinition(name: name, className: className)
                definition.isAsyncSupported = isSupported
                model.servlets.append(definition)
                model.servletMappings.append((pattern: "/" + name, servletName: name))
            }
            var definition = FilterDefinition(name: "f", className: "F")
            definition.isAsyncSupported = filter
            model.filters = [definition]
            var map = FilterMap(filterName: "f")
            map.urlPatterns = ["/*"]
            model.filterMaps = [map]
        }
        try await container.start()
        let answer = await container.send("GET", path)
        #expect(answer.text == (isStarted ? "started" : "not started"))
    }

    @Test("a request may be started once at a time")
    func startsOnce() async throws {
        let answer = try await Self.run { request, response, _ in
            let context = try request.startAsync()
            #expect(throws: IllegalStateError.self) { try request.startAsync() }
            #expect(request.isAsyncStarted)
            context.complete()
            #expect(request.isAsyncStarted)
        }
        #expect(answer.status == 200)
    }
}
