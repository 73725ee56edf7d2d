import Foundation
import Modeler
import NIOCore
import ServletAPI
import Synchronization
import TestSupport

@testable import CatalinaCore
@testable import Coyote

/// An engine with one host and some applications, to which requests are handed without a network.
final class EmbeddedContainer {
    let engine: StandardEngine
    let host: StandardHost
    private let adapter: CoyoteAdapter
    private let facts: ConnectorFacts
    /// As all requests of an event loop have them.
    private let notes = LoopNotes()
    /// Where applications without files of their own are.
    private var folder: FileTree?

    /// What came back for a request.
    struct Answer {
        let status: Int
        let headers: [(name: String, value: String)]
        let hook: RecordingHook
        let isClosing: Bool

        var text: String { String(buffer: self.hook.body) }
        var bytes: [UInt8] { [UInt8](self.hook.body.readableBytesView) }

        /// The first value of a field; `nil` without the field.
        subscript(_ name: String) -> String? {
            self.headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        /// `name: value` of every field, in order.
        var lines: [String] { self.headers.map { "\($0.name): \($0.value)" } }
    }

    init(
        _ change: (inout Connector.Configuration) -> Void = { _ in },
        host changeHost: (inout StandardHost.Configuration) -> Void = { _ in }
    ) throws {
        TestLog.install()
        var engine = StandardEngine.Configuration()
        engine.name = "Catalina"
        engine.defaultHost = "localhost"
        engine.backgroundProcessorDelay = -1
        self.engine = StandardEngine(configuration: engine)
        var host = StandardHost.Configuration()
        host.name = "localhost"
        changeHost(&host)
        self.host = StandardHost(configuration: host)
        var connector = Connector.Configuration()
        connector.http11.port = 8080
        change(&connector)
        self.facts = ConnectorFacts(connector)
        self.facts.name = "http-nio-127.0.0.1-auto-1"
        self.adapter = CoyoteAdapter(self.facts)
    }

    /// Adds an application; `configure` fills in what its descriptors would say.
    ///
    /// Without `documentBase` it has no files.
    @discardableResult
    func add(
        path: String,
        documentBase: String? = nil,
        workDirectory: String = "",
        context changeContext: (inout StandardContext.Configuration) -> Void = { _ in },
        manager: @escaping @Sendable () -> any Manager = { StubManager() },
        _ configure: @escaping @Sendable (inout ApplicationModel, inout ContainerClasses) -> Void
    ) async throws -> StandardContext {
        var configuration = StandardContext.Configuration()
        configuration.path = path
        changeContext(&configuration)
        let context = StandardContext(configuration: configuration)
        var model = ApplicationModel()
        var setup = StandardContext.Setup()
        configure(&model, &setup.containerClasses)
        setup.documentBase = try documentBase ?? self.emptyFolder()
        setup.makeManager = { _ in manager() }
        setup.workDirectory = workDirectory
        context.setup = setup
        context.lifecycle.add(ModelListener(context, model))
        try await self.host.addChild(context)
        return context
    }

    private func emptyFolder() throws -> String {
        let folder = try self.folder ?? FileTree("empty")
        self.folder = folder
        return folder.path
    }

    /// Starts everything; call it once, after the applications were added.
    func start() async throws {
        try await self.engine.addChild(self.host)
        try await self.engine.start()
        self.refresh()
    }

    /// Makes changes of the tree count.
    func refresh() {
        let table = MapperTable.of(self.engine)
        self.facts.mapper.replace { table }
    }

    /// Makes later changes of the tree count at once, as a service does.
    func followChanges() {
        let (engine, mapper) = (self.engine, self.facts.mapper)
        engine.base.onTreeChange { [weak engine] in
            guard let engine else { return }
            let table = MapperTable.of(engine)
            mapper.replace { table }
        }
    }

    /// Hands over one request and returns when it has been answered.
    func send(
        _ method: String,
        _ target: String,
        _ headers: [(name: String, value: String)] = [],
        body: [[UInt8]] = [],
        hook: RecordingHook? = nil,
        prepare: (Coyote.Request) -> Void = { _ in }
    ) async -> Answer {
        let hook = hook ?? RecordingHook(body: body)
        let request = Coyote.Request()
        let response = Coyote.Response()
        request.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        request.requestURI = String(parts[0])
        request.queryString = parts.count > 1 ? String(parts[1]) : nil
        request.headers.replaceAll([(name: "host", value: "localhost:8080")] + headers)
        request.firstCookieField = request.headers.firstIndex("cookie")
        request.loopNotes = self.notes
        request.serverName = "localhost"
        request.serverPort = 8080
        request.addresses.remoteAddress = "127.0.0.1"
        request.addresses.remotePort = 40_000
        request.addresses.localAddress = "127.0.0.1"
        request.addresses.localPort = 8080
        request.peerAddress = "127.0.0.1"
        request.startTimeNanos = MonotonicClock.now()
        if !body.isEmpty { request.contentLength = Int64(body.reduce(0) { $0 + $1.count }) }
        request.hook = hook
        response.hook = hook
        prepare(request)
        await self.adapter.service(request, response)
        var fields: [(name: String, value: String)] = []
        for index in 0..<response.headers.count { fields.append(response.headers[index]) }
        if let language = response.contentLanguage {
            fields.append((name: "Content-Language", value: language))
        }
        if let type = response.contentType { fields.append((name: "Content-Type", value: type)) }
        if response.contentLength >= 0 {
            fields.append((name: "Content-Length", value: String(response.contentLength)))
        }
        return Answer(status: response.status, headers: fields, hook: hook, isClosing: response.closesConnection)
    }
}

/// Plays the context configuration: the descriptors' content is known already.
private final class ModelListener: LifecycleListener {
    private let model: ApplicationModel
    private weak let context: StandardContext?

    init(_ context: StandardContext, _ model: ApplicationModel) {
        self.context = context
        self.model = model
    }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        if event.kind == .configureStart { self.context?.model = self.model }
    }
}

extension EmbeddedContainer {
    /// A running container with one application, whose one servlet answers every request.
    convenience init(
        _ valves: [any Valve] = [],
        host changeHost: (inout StandardHost.Configuration) -> Void = { _ in },
        context changeContext: (inout StandardContext.Configuration) -> Void = { _ in },
        servlet: @escaping @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void
    ) async throws {
        try self.init(host: changeHost)
        for valve in valves { self.host.pipeline.add(valve) }
        let directory = FileManager.default.temporaryDirectory.path
        try await self.add(path: "", documentBase: directory, context: changeContext) { model, classes in
            var definition = ServletDefinition(name: "closure", className: "closure")
            definition.isAsyncSupported = true
            model.servlets = [definition]
            model.servletMappings = [(pattern: "/*", servletName: "closure")]
            classes.servlets["closure"] = { ClosureServlet(body: servlet) }
        }
        try await self.start()
    }
}

/// A servlet made of a closure.
struct ClosureServlet: Servlet {
    let body: @Sendable (any HttpServletRequest, any HttpServletResponse) async throws -> Void

    func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.body(request, response)
    }
}
