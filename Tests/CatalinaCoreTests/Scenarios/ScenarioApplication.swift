import ServletAPI
import Synchronization
import TestSupport

@testable import CatalinaCore

/// What the servlets of a scenario wrote down, in order.
final class ScenarioTrace: Sendable {
    private let held = Mutex<[String]>([])
    var entries: [String] { self.held.withLock { $0 } }
    func add(_ entry: String) { self.held.withLock { $0.append(entry) } }
}

/// The applications of `Tests/Vectors/servlet/Probe.java`: servlets that do what the request's header fields say.
enum ScenarioApplication {
    /// Servlets and their patterns; all but those of ``plainServlets`` support asynchronous requests.
    private static let mappings = [
        ("A", "/a/*"), ("B", "/b"), ("C", "*.c"), ("N", "/n"), ("P", "/p"), ("Q", "/q"), ("U", "/u"), ("default", "/"),
    ]
    private static let plainServlets: Set = ["N", "P", "Q", "U", "default"]

    static let errorPages = [
        ErrorPage(exceptionType: "java.lang.IllegalStateException", location: "/p?by=type"),
        ErrorPage(errorCode: 500, location: "/q?by=500"),
        ErrorPage(errorCode: 418, location: "/p?by=418"),
    ]

    /// Fills in what the descriptor of the application says.
    static func configure(
        _ model: inout ApplicationModel,
        _ classes: inout ContainerClasses,
        _ trace: ScenarioTrace
    ) {
        for (name, pattern) in self.mappings {
            var definition = ServletDefinition(name: name, className: name)
            definition.isAsyncSupported = !self.plainServlets.contains(name)
            model.servlets.append(definition)
            model.servletMappings.append((pattern: pattern, servletName: name))
            classes.servlets[name] = { ScenarioServlet(name: name, trace: trace) }
        }
        var filter = FilterDefinition(name: "F", className: "F")
        filter.isAsyncSupported = true
        model.filters = [filter]
        var map = FilterMap(filterName: "F")
        map.urlPatterns = ["/*"]
        map.dispatchers = Set(DispatcherType.allCases)
        model.filterMaps = [map]
        classes.filters["F"] = { ScenarioFilter(trace: trace) }
        model.listeners = ["listener"]
        classes.listeners["listener"] = { ScenarioListener(trace: trace) }
        model.requestCharacterEncoding = "UTF-8"
        model.responseCharacterEncoding = "UTF-8"
    }
}

private struct ScenarioServlet: Servlet {
    let name: String
    let trace: ScenarioTrace

    func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        // The default servlet finds nothing.
        guard self.name != "default" else { return try await response.sendError(404) }
        try await ScenarioProgram(name: self.name, trace: self.trace, request: request, response: response).run()
    }
}

private struct ScenarioFilter: Filter {
    let trace: ScenarioTrace

    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        guard request.header("X-F") != nil else { return try await chain.doFilter(request, response) }
        var program = ScenarioProgram(name: "F", trace: self.trace, request: request, response: response)
        program.chain = chain
        try await program.run()
    }
}

/// Hears of requests that ask for it, and fails where they say so.
private struct ScenarioListener: ServletRequestListener, ServletRequestAttributeListener {
    let trace: ScenarioTrace

    func requestInitialized(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {
        guard let wish = request.header("X-L") else { return }
        self.trace.add("+request \(request.servletPath)")
        if wish == "throws" { throw IllegalStateError("listener") }
    }

    func requestDestroyed(_ context: any ServletContext, _ request: any HttpServletRequest) async throws {
        guard let wish = request.header("X-L") else { return }
        self.trace.add("-request \(request.servletPath)")
        if wish == "throwsLater" { throw IllegalStateError("listener") }
    }

    func attributeChanged(_ change: AttributeChange, _ request: any HttpServletRequest, _ name: String, _ value: Any) {
        guard request.header("X-L") != nil, name.hasPrefix("x.") else { return }
        self.trace.add("\(change) \(name)=\(value)")
    }
}

/// Hears of an asynchronous request, and completes or dispatches it when it fails.
struct ScenarioEars: AsyncListener {
    let trace: ScenarioTrace
    let deed: String?

    private func act(_ context: any AsyncContext) throws {
        guard let deed else { return }
        if deed == "complete" { context.complete() } else { try context.dispatch(deed) }
    }

    func onComplete(_ context: any AsyncContext) async throws { self.trace.add("onComplete") }

    func onTimeout(_ context: any AsyncContext) async throws {
        self.trace.add("onTimeout")
        try self.act(context)
    }

    func onError(_ context: any AsyncContext, _ error: any Error) async throws {
        self.trace.add("onError \(ExceptionNames.types(of: error).first ?? "")")
        try self.act(context)
    }

    func onStartAsync(_ context: any AsyncContext) async throws { self.trace.add("onStartAsync") }
}
