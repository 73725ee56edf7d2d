import Foundation
import ServletAPI
import Synchronization
import Testing

@testable import CatalinaCore

/// Listeners that hear of requests, in whatever way these end.
@Suite struct RequestListenersTests {
    private typealias Body = @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void

    private final class Log: Sendable {
        private let held = Mutex<[String]>([])
        var entries: [String] { self.held.withLock { $0 } }
        func add(_ entry: String) { self.held.withLock { $0.append(entry) } }
    }

    private struct Listener: ServletRequestListener {
        let name: String
        let log: Log
        let fails: Bool

        func requestInitialized(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {
            self.log.add("+" + self.name)
            if self.fails { throw ServletError("broken") }
        }

        func requestDestroyed(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {
            self.log.add("-" + self.name)
            if self.fails { throw ServletError("broken") }
        }
    }

    /// One request to an application with the listeners 1, 2 and 3, of which some fail.
    private static func run(
        failing: Set<String> = [],
        hook: RecordingHook? = nil,
        _ body: @escaping Body
    ) async throws -> (answer: EmbeddedContainer.Answer, log: [String]) {
        let log = Log()
        let container = try EmbeddedContainer()
        let folder = FileManager.default.temporaryDirectory.path
        try await container.add(path: "", documentBase: folder) { model, classes in
            var definition = ServletDefinition(name: "closure", className: "closure")
            definition.isAsyncSupported = true
            model.servlets = [definition]
            model.servletMappings = [(pattern: "/", servletName: "closure")]
            classes.servlets["closure"] = { ClosureServlet(body: body) }
            for name in ["1", "2", "3"] {
                model.listeners.append(name)
                classes.listeners[name] = { Listener(name: name, log: log, fails: failing.contains(name)) }
            }
        }
        try await container.start()
        return (await container.send("GET", "/x", hook: hook), log.entries)
    }

    @Test("they hear of the beginning in order and of the end in the opposite one")
    func order() async throws {
        #expect(try await Self.run { _, _ in }.log == ["+1", "+2", "+3", "-3", "-2", "-1"])
    }

    @Test("one that fails at the beginning is the last to hear of the request, which gets 500")
    func failsAtBeginning() async throws {
        let (answer, log) = try await Self.run(failing: ["2"]) { _, response in try await response.write("served") }
        #expect(log == ["+1", "+2"])
        #expect(answer.status == 500 && !answer.text.contains("served"))
    }

    @Test("the end of a request whose client leaves is heard")
    func clientLeaves() async throws {
        let hook = RecordingHook()
        hook.breaksAfter = 0
        let (_, log) = try await Self.run(hook: hook) { _, response in
            try await response.write("lost")
            try await response.flushBuffer()
        }
        #expect(log == ["+1", "+2", "+3", "-3", "-2", "-1"])
    }

    @Test("the end of an asynchronous request is heard once, when it is over")
    func asynchronous() async throws {
        let (answer, log) = try await Self.run { request, _ in
            let context = try request.startAsync()
            context.start { _, response in
                try await response.write("later")
                context.complete()
            }
        }
        #expect(answer.text == "later")
        #expect(log == ["+1", "+2", "+3", "-3", "-2", "-1"])
    }
}
