import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// What becomes of a request that is cancelled, because its client left or for another reason.
@Suite(.timeLimit(.minutes(1))) struct ClientAbortTests {
    @Test("a wait that ends because the client left is no fault: nothing is logged, nothing answered")
    func leaves() async throws {
        let answer = try await Self.answer(at: "/client-left", hasLeft: true) { _, _ in try await Self.cancelledWait() }
        #expect(answer.hook.isAborted && !answer.hook.isFinished)
        #expect(answer.status == 200)
        #expect(answer.isClosing)
        #expect(TestLog.lines(with: "/client-left").isEmpty)
    }

    @Test("a wait that is cancelled while the client is there is a fault")
    func fails() async throws {
        let answer = try await Self.answer(at: "/client-there", hasLeft: false) { _, _ in try await Self.cancelledWait()
        }
        #expect(answer.status == 500)
        #expect(TestLog.lines(with: "/client-there").count == 1)
    }

    @Test(
        "a body that is cut off, late or malformed is the client's doing: 400, and nothing is logged",
        arguments: [CoyoteError.Code.clientAbort, .readTimeout, .badRequest]
    )
    func cutsOff(code: CoyoteError.Code) async throws {
        let container = try EmbeddedContainer()
        let path = "/client-cut-\(code)"
        try await container.add(path: path) { model, classes in
            Self.configure(&model, &classes) { request, _ in
                let input = try request.inputStream()
                while try await input.read(upTo: 64) != nil {}
            }
        }
        try await container.start()
        let hook = RecordingHook(body: [[1, 2, 3]])
        hook.bodyFailure = CoyoteError(code, "The request body ends early")
        let answer = await container.send("POST", path + "/", [(name: "content-length", value: "9")], hook: hook)
        #expect(answer.status == 400)
        #expect(TestLog.lines(with: path).isEmpty)
    }

    @Test("an asynchronous request without time-out ends when its client leaves", arguments: [0, -1])
    func endsAsynchronous(timeout: Int64) async throws {
        let listener = Listener()
        let gate = Gate()
        let running = Task {
            try await Self.answer(at: "/client-async", hasLeft: true) { request, _ in
                let context = try request.startAsync()
                context.timeout = timeout
                context.addListener(listener)
                await gate.pass()
            }
            .hook.isAborted
        }
        while gate.count == 0 { await Task.yield() }
        gate.open()
        for _ in 0..<100 { await Task.yield() }
        running.cancel()
        #expect(try await running.value)
        #expect(listener.entries == ["error ClientAbortError", "complete"])
    }

    @Test("an asynchronous request that is cancelled while its client is there gets 500")
    func failsAsynchronous() async throws {
        let listener = Listener()
        let running = Task {
            try await Self.answer(at: "/client-async-there", hasLeft: false) { request, _ in
                try request.startAsync().addListener(listener)
                withUnsafeCurrentTask { $0?.cancel() }
            }
            .status
        }
        #expect(try await running.value == 500)
        #expect(listener.entries == ["error CancellationError", "complete"])
    }

    @Test("an asynchronous operation that ends because the client left is reported to the listeners")
    func endsOperation() async throws {
        let listener = Listener()
        let answer = try await Self.answer(at: "/client-operation", hasLeft: true) { request, _ in
            let context = try request.startAsync()
            context.addListener(listener)
            context.start { _, _ in try await Self.cancelledWait() }
        }
        #expect(answer.hook.isAborted)
        #expect(listener.entries == ["error ClientAbortError", "complete"])
    }

    @Test("a session cookie that cannot be made is logged once")
    func reportsCookie() async throws {
        let container = try EmbeddedContainer()
        try await container.add(
            path: "/cookieless",
            context: { $0.sessionCookieDomain = "not a domain" },
            { Self.configure(&$0, &$1) { request, _ in _ = try await request.session() } }
        )
        try await container.start()
        for _ in 0..<2 { #expect(await container.send("GET", "/cookieless/")["Set-Cookie"] == nil) }
        let lines = TestLog.lines(with: "The session cookie of context [/cookieless] cannot be set: ")
        #expect(lines.count == 1)
    }

    @Test("a servlet whose initialisation ends after its wrapper was stopped is destroyed")
    func destroysLate() async throws {
        let container = try EmbeddedContainer()
        let servlet = SlowServlet()
        let context = try await container.add(path: "/late") { model, classes in
            Self.configure(&model, &classes) { _, _ in }
            classes.servlets["closure"] = { servlet }
        }
        try await container.start()
        let wrapper = try #require(context.wrappers.first { $0.name == "closure" })
        let loading = Task { try await wrapper.load() }
        while servlet.gate.count == 0 { await Task.yield() }
        let stopping = Task { try await wrapper.stop() }
        while wrapper.state != .stopping { await Task.yield() }
        for _ in 0..<100 { await Task.yield() }
        servlet.gate.open()
        try await stopping.value
        _ = await loading.result
        #expect(servlet.destructions.load(ordering: .relaxed) == 1)
        await #expect(throws: ServletError.self) { _ = try await wrapper.load() }
    }

    // MARK: Parts

    /// Ends at once with `CancellationError`, as any wait of a cancelled request does.
    private static func cancelledWait() async throws {
        let wait = Task { try await untilCancelled() }
        wait.cancel()
        try await wait.value
    }

    private static func answer(
        at path: String,
        hasLeft: Bool,
        _ body: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) async throws -> EmbeddedContainer.Answer {
        let container = try EmbeddedContainer()
        try await container.add(path: path) { Self.configure(&$0, &$1, body) }
        try await container.start()
        return await container.send("GET", path + "/") { $0.isAborted = hasLeft }
    }

    private static func configure(
        _ model: inout ApplicationModel,
        _ classes: inout ContainerClasses,
        _ body: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) {
        var definition = ServletDefinition(name: "closure", className: "closure")
        definition.isAsyncSupported = true
        model.servlets = [definition]
        model.servletMappings = [(pattern: "/*", servletName: "closure")]
        classes.servlets["closure"] = { ClosureServlet(body: body) }
    }
}

/// What an asynchronous request told.
private final class Listener: AsyncListener {
    private let told = Mutex<[String]>([])
    var entries: [String] { self.told.withLock { $0 } }

    func onComplete(_ context: any AsyncContext) async throws { self.told.withLock { $0.append("complete") } }

    func onError(_ context: any AsyncContext, _ error: any Error) async throws {
        self.told.withLock { $0.append("error \(type(of: error))") }
    }
}

/// A servlet whose initialisation waits and does not mind being cancelled.
private final class SlowServlet: Servlet {
    let gate = Gate()
    let destructions = Atomic(0)

    func initialize(_ config: any ServletConfig) async throws { await self.gate.pass() }
    func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {}
    func destroy() async { self.destructions.add(1, ordering: .relaxed) }
}
