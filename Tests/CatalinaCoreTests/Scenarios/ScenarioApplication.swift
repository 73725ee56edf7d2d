import ServletAPI
import Synchronization
import TestSupport

@testable import CatalinaCore

/// What the servlets of a scenario wrote down, in order.
final class ScenarioTrace: Sendable {
    private let held = Mutex<[String]>([])
    private let session = Mutex<(any HttpSession)?>(nil)
    var entries: [String] { self.held.withLock { $0 } }

    /// Characters that are not of ISO-8859-1 become question marks.
    func add(_ entry: String) {
        let shown = String(String.UnicodeScalarView(entry.unicodeScalars.map { $0.value < 256 ? $0 : "?" }))
        self.held.withLock { $0.append(shown) }
    }

    /// A session that may have ended since a servlet put it here.
    var keptSession: (any HttpSession)? {
        get { self.session.withLock { $0 } }
        set { self.session.withLock { $0 = newValue } }
    }
}

/// The applications of `Tests/Vectors/servlet/Probe.java`: servlets that do what the request's header fields say.
enum ScenarioApplication {
    /// Servlets and their patterns; all but those of ``plainServlets`` support asynchronous requests.
    private static let mappings = [
        ("A", "/a/*"), ("B", "/b"), ("C", "*.c"), ("N", "/n"), ("P", "/p"), ("Q", "/q"), ("U", "/u"), ("M", "/m"),
        ("default", "/"),
    ]
    private static let plainServlets: Set = ["N", "P", "Q", "U", "M", "default"]

    static let errorPages = [
        ErrorPage(exceptionType: "java.lang.IllegalStateException", location: "/p?by=type"),
        ErrorPage(errorCode: 500, location: "/q?by=500"),
        ErrorPage(errorCode: 418, location: "/p?by=418"),
    ]

    /// The rules of the servlet that takes uploads.
    private static var uploads: MultipartConfiguration {
        var rules = MultipartConfiguration()
        rules.maxFileSize = 20
        rules.maxRequestSize = 500
        return rules
    }

    /// Fills in what the descriptor of the application says.
    static func configure(
        _ model: inout ApplicationModel,
        _ classes: inout ContainerClasses,
        _ trace: ScenarioTrace
    ) {
        for (name, pattern) in self.mappings {
            var definition = ServletDefinition(name: name, className: name)
            definition.isAsyncSupported = !self.plainServlets.contains(name)
            if name == "M" { definition.multipart = self.uploads }
            model.servlets.append(definition)
            model.servletMappings.append((pattern: pattern, servletName: name))
            classes.servlets[name] = { ScenarioServlet(name: name, trace: trace) }
        }
        classes.servlets["default"] = { DefaultServlet() }
        model.mimeType = {
            ["html": "text/html", "css": "text/css", "txt": "text/plain", "gz": "application/x-gzip"][$0.lowercased()]
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

/// Hears of applications' attributes, of sessions, and of requests that ask for it, where it fails if they say so.
private struct ScenarioListener: ServletRequestListener, ServletRequestAttributeListener,
    ServletContextAttributeListener, HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener
{
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

    func attributeChanged(
        _ change: AttributeChange,
        _ context: any ServletContext,
        _ name: String,
        _ value: any Sendable
    ) {
        if name.hasPrefix("x") { self.trace.add("context \(change) \(name)=\(value)") }
    }

    func attributeChanged(
        _ change: AttributeChange,
        _ session: any HttpSession,
        _ name: String,
        _ value: any Sendable
    ) { self.trace.add("session \(change) \(name)=\(value)") }

    func sessionCreated(_ session: any HttpSession) { self.trace.add("sessionCreated") }

    func sessionDestroyed(_ session: any HttpSession) {
        let value = (try? session.attribute("x")) ?? nil
        self.trace.add("sessionDestroyed x=\(value.map { "\($0)" } ?? "null")")
    }

    func sessionIdChanged(_ session: any HttpSession, _ oldSessionId: String) {
        self.trace.add("sessionIdChanged \(session.id != oldSessionId)")
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
