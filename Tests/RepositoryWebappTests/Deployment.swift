import RepositoryCore
import ServletAPI
import Testing

@testable import RepositoryWebapp

/// The module's filters and servlets, put together as `web.xml` puts them, over a repository in memory.
final class Deployment {
    let application = RepositoryApplication()
    let context: StubContext
    private let module: [(path: String, servlet: any Servlet)]
    private let filters: [any Filter]

    init(properties: [String: String] = [:]) {
        self.context = StubContext(properties)
        let application = self.application
        self.module = [
            ("/objects", ObjectServlet(application: application)), ("/search", SearchServlet(application: application)),
            ("/acls", AclServlet(application: application)), ("/auth", AuthTokenServlet(application: application)),
            ("/check-credentials", CheckCredentialsServlet(application: application)),
            ("/users/this/password", UserPasswordServlet(application: application)),
            ("/adminPassword", AdminPasswordServlet(application: application)),
            ("/schemas", SchemasServlet(application: application)),
            ("/design", DesignServlet(application: application)),
            ("/initData", InitDataServlet(application: application)),
            ("/uploadObjects", UploadObjectsServlet(application: application)),
            ("/batchUpload", BatchUploadServlet(application: application)),
            ("/startupStatus", StartupStatusServlet(application: application)),
        ]
        self.filters = [
            CorsFilter(), AccessTokenFilter(), RequestContextFilter(), AuthorizationFilter(application: application),
        ]
    }

    /// Starts on a data directory, whose files say the rest.
    static func started(in directory: String) async throws -> Deployment {
        let deployment = Deployment(properties: ["cordra.data": directory])
        try await StartupListener(application: deployment.application).contextInitialized(deployment.context)
        return deployment
    }

    func call(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        _ prepare: (StubRequest) -> Void = { _ in }
    ) async throws -> StubResponse {
        let request = StubRequest(method, target, context: self.context)
        if let body { request.body = Array(body.utf8) }
        prepare(request)
        return try await self.serve(request)
    }

    func serve(_ request: StubRequest) async throws -> StubResponse {
        let response = StubResponse()
        let path = String(request.requestURI.dropFirst(request.contextPath.count))
        let entry = self.module.first { path == $0.path || path.hasPrefix($0.path + "/") }
        request.servletPath = entry?.path ?? path
        request.pathInfo = entry.flatMap { path == $0.path ? nil : String(path.dropFirst($0.path.count)) }
        try await Chain(self.filters[...], entry?.servlet).doFilter(request, response)
        return response
    }
}

private final class Chain: FilterChain {
    private let filters: ArraySlice<any Filter>
    private let servlet: (any Servlet)?

    init(_ filters: ArraySlice<any Filter>, _ servlet: (any Servlet)?) {
        self.filters = filters
        self.servlet = servlet
    }

    func doFilter(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        if let filter = self.filters.first {
            return try await filter.doFilter(request, response, Chain(self.filters.dropFirst(), self.servlet))
        }
        guard let servlet = self.servlet else { return try await response.sendError(404) }
        try await servlet.service(request, response)
    }
}
