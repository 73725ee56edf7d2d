import Coyote
package import ServletAPI
import Synchronization

/// Serves the files of an application: what no other servlet is mapped to.
///
/// It answers with the file at the request's path below the application's folder, whatever it is itself mapped to;
/// conditions, ranges, compressed siblings and listings are its business, and so are `PUT` and `DELETE` where they are
/// allowed. What is decided is in values beside it (``Preconditions``, ``ByteRanges``, ``PrecompressedVariants``,
/// ``DirectoryListing``, ``TextConversion``); here it is carried out.
/// Tomcat counterpart: `org.apache.catalina.servlets.DefaultServlet`; differs from it in: an upload replaces a file in
/// one step when it is complete, and never a directory.
package final class DefaultServlet: HttpServlet {
    /// The `<servlet-class>` that stands for it.
    package static let className = "org.apache.catalina.servlets.DefaultServlet"

    /// What it works with between ``initialize(_:)`` and ``destroy()``.
    final class Environment: Sendable {
        let configuration: Configuration
        let context: any ContainerServletContext
        let resources: WebResourceRoot
        /// The value of `Allow`.
        let allow: String

        init(_ configuration: Configuration, _ context: any ContainerServletContext, _ resources: WebResourceRoot) {
            self.configuration = configuration
            self.context = context
            self.resources = resources
            self.allow = configuration.allowedMethods.joined(separator: ", ")
        }
    }

    private let storage = LazyReference<Environment>()

    package init() {}

    /// - Throws: `ServletError` for an init parameter that cannot be, `UnavailableError` outside this container.
    package func initialize(_ config: any ServletConfig) async throws {
        guard let context = config.servletContext as? any ContainerServletContext, let resources = context.resources
        else { throw UnavailableError("No static resources were found") }
        let configuration = try Configuration { config.initParameter($0) }
        _ = self.storage.storeIfNil(Environment(configuration, context, resources))
    }

    package var allowedMethods: [String] { self.storage.load()?.configuration.allowedMethods ?? [] }

    package func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard let environment = self.storage.load() else { throw IllegalStateError("The servlet is not initialised") }
        let dispatcher = request.dispatcherType
        if dispatcher == .error {
            return try await environment.serve(request, response, dispatcher, sendsContent: true)
        }
        switch request.method {
        case "GET":
            try await environment.serve(request, response, dispatcher, sendsContent: true)
        case "HEAD":
            // The length of an included part counts, so that part is written and the container drops the body.
            try await environment.serve(request, response, dispatcher, sendsContent: dispatcher == .include)
        case "POST" where environment.configuration.allowPostAsGet:
            try await environment.serve(request, response, dispatcher, sendsContent: true)
        case "PUT" where !environment.configuration.readonly:
            try await environment.put(request, response)
        case "DELETE" where !environment.configuration.readonly:
            try await environment.delete(request, response)
        case "POST", "PUT", "DELETE":
            try await environment.sendNotAllowed(request, response)
        case "OPTIONS":
            response.setHeader("Allow", environment.allow(for: request))
        case "TRACE":
            try await self.doTrace(request, response)
        default:
            let message = "Method [\(request.method)] is not implemented by this Servlet for this URI"
            try await response.sendError(501, message)
        }
    }
}

extension DefaultServlet.Environment {
    /// The value of `Allow`, with `TRACE` where the connector takes it.
    func allow(for request: any HttpServletRequest) -> String {
        guard Request.underlying(request)?.connector.settings.allowTrace == true else { return self.allow }
        return self.allow + ", TRACE"
    }

    /// 405 with the methods that are allowed.
    func sendNotAllowed(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.addHeader("Allow", self.allow(for: request))
        try await response.sendError(405)
    }

    /// The path below the application's folder: that of the request, or of the target of an include.
    func path(of request: any HttpServletRequest, _ dispatcher: DispatcherType) -> String {
        guard dispatcher == .include else {
            guard let rest = request.pathInfo else { return request.servletPath }
            return request.servletPath + rest
        }
        let servletPath = request.attribute("jakarta.servlet.include.servlet_path") as? String ?? ""
        return servletPath + (request.attribute("jakarta.servlet.include.path_info") as? String ?? "")
    }

    /// What a resource is compared by in conditions.
    func validators(_ resource: WebResource) async throws -> Preconditions.Validators {
        guard resource.exists else { return Preconditions.Validators() }
        let eTag = EntityTag(parsing: try await self.eTag(resource))
        return Preconditions.Validators(eTag: eTag, lastModified: resource.lastModified)
    }

    /// The entity tag of a file or directory.
    func eTag(_ resource: WebResource) async throws -> String {
        if let known = self.knownETag(resource) { return known }
        return try await self.resources.strongETag(resource)
    }

    /// The entity tag, if it can be told without reading the file.
    func knownETag(_ resource: WebResource) -> String? {
        guard self.configuration.useStrongETags, resource.isFile else { return resource.eTag }
        return resource.strongETag
    }

    /// Answers if the request's conditions are not met.
    ///
    /// - Returns: whether `Range` counts if they are met, `nil` if the request has been answered.
    func checkConditions(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ resource: WebResource
    ) async throws -> Bool? {
        guard let conditions = Preconditions(request) else { return false }
        let validators = try await self.validators(resource)
        switch conditions.evaluate(method: request.method, validators) {
        case .proceed(let usesRange): return usesRange
        case .notModified:
            response.status = 304
            if let eTag = validators.eTag { response.setHeader("ETag", eTag.description) }
        case .failed: try await response.sendError(412)
        case .malformed: try await response.sendError(400)
        case .malformedRange:
            if self.configuration.useAcceptRanges { response.setHeader("Accept-Ranges", "bytes") }
            try await response.sendError(400)
        }
        return nil
    }
}

/// What is included is not there.
///
/// Source: `java.io.FileNotFoundException`.
struct FileNotFoundError: NamedException {
    let message: String
    var exceptionTypes: [String] {
        ["java.io.FileNotFoundException", "java.io.IOException", "java.lang.Exception", "java.lang.Throwable"]
    }
}
