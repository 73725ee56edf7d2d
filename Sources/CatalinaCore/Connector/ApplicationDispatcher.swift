import Coyote
package import ServletAPI

/// Runs another servlet of the application for a request that is being served.
///
/// The container's request shows the target's path while the target runs and its own again afterwards; wrappers that
/// an application put around it delegate and so show the same.
/// Source: `org.apache.catalina.core.ApplicationDispatcher`.
package final class ApplicationDispatcher: RequestDispatcher {
    private let context: StandardContext
    /// `nil` for a dispatcher by name.
    private let target: Target?
    private let named: StandardWrapper?

    /// Most dispatches within each other: an application that dispatches to itself without an end gets 500, where Java
    /// runs out of stack.
    static let depthMaximum = 200

    /// Where a dispatcher by path leads.
    struct Target: Sendable {
        /// Encoded, with the context path, without query.
        let requestURI: String
        /// Decoded, below the context.
        let path: String
        let query: String?
    }

    /// - Returns: `nil` if the path does not start with a slash, leaves the application, or leads to no servlet.
    init?(path: String, in context: StandardContext) {
        guard let target = Self.target(of: path, in: context), Self.map(target, host: nil, in: context) != nil
        else { return nil }
        self.context = context
        self.target = target
        self.named = nil
    }

    init(named wrapper: StandardWrapper, in context: StandardContext) {
        self.context = context
        self.target = nil
        self.named = wrapper
    }

    private static func target(of path: String, in context: StandardContext) -> Target? {
        guard path.hasPrefix("/") else { return nil }
        let cut = path.firstIndex(of: "?") ?? path.endIndex
        let query = cut == path.endIndex ? nil : String(path[path.index(after: cut)...])
        let raw = String(path[..<cut])
        let isEncoded = context.configuration.dispatchersUseEncodedPaths
        let decoded =
            isEncoded
            ? RequestPath.dispatchPath(
                encoded: raw,
                solidus: context.configuration.encodedSolidusHandling,
                reverseSolidus: context.configuration.encodedReverseSolidusHandling
            ) : RequestPath.dispatchPath(decoded: raw)
        guard let decoded else { return nil }
        let uri = context.encodedPath + (isEncoded ? raw : PercentEncoder.path.encode(raw))
        return Target(requestURI: uri, path: decoded, query: query)
    }

    // MARK: Forward, error, async

    package func forward(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        if response.isCommitted { throw IllegalStateError("Cannot forward after response has been committed") }
        try response.resetBuffer()
        guard let own = Request.underlying(request), let ownResponse = Response.underlying(response) else {
            throw ServletError("The request to be forwarded is not one of this container")
        }
        try await self.run(.forward, request, response, own)
        guard !own.isAsyncStarted else { return }
        try await ownResponse.finishForward()
    }

    /// Runs an error page: as a forward, except that the answer goes on to be the page's.
    func error(_ request: Request, _ response: Response) async throws {
        try await self.run(.error, request, response, request)
    }

    /// Runs the target of an asynchronous dispatch.
    func async(_ request: Request, _ response: Response) async throws {
        // What started it has come to its end.
        request.dispatch.depth = 0
        try await self.run(.async, request, response, request)
    }

    private func run(
        _ type: DispatcherType,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ own: Request
    ) async throws {
        let saved = (own.mapping, own.dispatch, own.ownServletMapping)
        var savedParameters: ServletAPI.Parameters?
        try Self.deepen(own)
        own.dispatch.type = type
        if let target = self.target {
            self.leaveTrace(own, prefix: type == .async ? "jakarta.servlet.async." : "jakarta.servlet.forward.")
            guard let mapping = Self.map(target, host: own.mapping.host, in: self.context) else {
                own.dispatch = saved.1
                throw ServletError("Servlet mapping for [\(target.path)] was not found")
            }
            own.mapping = mapping
            own.ownServletMapping = nil
            own.dispatch.requestURI = target.requestURI
            own.dispatch.contextPath = self.context.encodedPath
            if let query = target.query {
                own.dispatch.queryString = .some(query)
                savedParameters = await own.prependParameters(query: query)
            }
        } else if let named = self.named {
            own.mapping.wrapper = MapperTable.Wrapper(wrapper: named, chain: named.pipeline.chain, pattern: "")
            own.mapping.match = nil
        }
        let result: Result<Void, any Error>
        do {
            try await self.invokeHeard(type, request, response, own)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        if !own.isAsyncStarted || type != .forward {
            (own.mapping, own.dispatch, own.ownServletMapping) = saved
            if savedParameters != nil { own.restoreParameters(savedParameters) }
        }
        try result.get()
    }

    /// Lets the application's request listeners hear of the target's part where it is configured so.
    private func invokeHeard(
        _ type: DispatcherType,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ own: Request
    ) async throws {
        guard type != .async, self.context.configuration.fireRequestListenersOnForwards else {
            return try await self.invoke(request, response, own)
        }
        let listeners = self.context.instances.requestListeners
        for listener in listeners { try await listener.requestInitialized(self.context.servletContext, request) }
        try await self.invoke(request, response, own)
        for listener in listeners.reversed() {
            try await listener.requestDestroyed(self.context.servletContext, request)
        }
    }

    // MARK: Include

    package func include(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard let own = Request.underlying(request), let ownResponse = Response.underlying(response) else {
            throw ServletError("The request to be included is not one of this container")
        }
        let saved = (own.dispatch.type, own.mapping, own.includeMapping, own.ownServletMapping)
        let savedAttributes = own.attributes
        try Self.deepen(own)
        defer { own.dispatch.depth -= 1 }
        var savedParameters: ServletAPI.Parameters?
        if let target = self.target {
            guard let mapping = Self.map(target, host: own.mapping.host, in: self.context) else {
                throw ServletError("Servlet mapping for [\(target.path)] was not found")
            }
            own.ownServletMapping = own.httpServletMapping
            own.includeMapping = mapping
            own.mapping.wrapper = mapping.wrapper
            own.attributes["jakarta.servlet.include.request_uri"] = target.requestURI
            own.attributes["jakarta.servlet.include.context_path"] = self.context.encodedPath
            own.attributes["jakarta.servlet.include.servlet_path"] = mapping.servletPath
            own.attributes["jakarta.servlet.include.path_info"] = mapping.pathInfo
            own.attributes["jakarta.servlet.include.query_string"] = target.query
            own.attributes["jakarta.servlet.include.mapping"] = mapping.servletMapping
            if let query = target.query { savedParameters = await own.prependParameters(query: query) }
        } else if let named = self.named {
            own.mapping.wrapper = MapperTable.Wrapper(wrapper: named, chain: named.pipeline.chain, pattern: "")
        }
        own.dispatch.type = .include
        ownResponse.includes += 1
        defer {
            ownResponse.includes -= 1
            for name in own.attributes.keys where name.hasPrefix("jakarta.servlet.include.") {
                own.attributes[name] = savedAttributes[name]
            }
            (own.dispatch.type, own.mapping, own.includeMapping, own.ownServletMapping) = saved
            if savedParameters != nil { own.restoreParameters(savedParameters) }
        }
        try await self.invoke(request, response, own)
    }

    // MARK: Common

    /// Counts one dispatch more.
    ///
    /// - Throws: `ServletError` if there are too many within each other.
    private static func deepen(_ request: Request) throws {
        guard request.dispatch.depth < Self.depthMaximum else {
            throw ServletError("More than \(Self.depthMaximum) dispatches within each other")
        }
        request.dispatch.depth += 1
    }

    private func invoke(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ own: Request
    ) async throws {
        guard let wrapper = own.mapping.wrapper?.wrapper else {
            throw ServletError("No servlet is mapped to [\(self.target?.path ?? "")]")
        }
        switch wrapper.unavailability {
        case nil: break
        case .permanent:
            try await response.sendError(404, "Servlet [\(wrapper.name)] is not available")
            return
        case .seconds:
            try await response.sendError(503, "Servlet [\(wrapper.name)] is currently unavailable")
            return
        }
        let servlet = try await wrapper.load()
        let path = self.target?.path ?? own.filterPath
        let filters = self.context.instances.filters.filters(
            forServlet: wrapper.name,
            path: path,
            type: own.dispatch.type
        )
        wrapper.enterService()
        defer { wrapper.leaveService() }
        if filters.isEmpty {
            try await ServletCall.run(servlet, request, response, on: own.connector)
        } else {
            try await ApplicationFilterChain(filters, servlet, own.connector).doFilter(request, response)
        }
    }

    private static func map(
        _ target: Target,
        host: MapperTable.Host?,
        in context: StandardContext
    ) -> MappingData? {
        var data = MappingData()
        data.host = host
        guard let mapped = context.mappedVersion else { return nil }
        data.context = mapped
        mapped.map(path: context.path + target.path, into: &data)
        data.redirectPath = nil
        return data.wrapper == nil ? nil : data
    }

    /// Keeps what the client asked for where the target can find it; only the first dispatch of a chain does.
    private func leaveTrace(_ request: Request, prefix: String) {
        guard request.attributes[prefix + "request_uri"] == nil else { return }
        request.attributes[prefix + "request_uri"] = request.requestURI
        request.attributes[prefix + "context_path"] = request.contextPath
        request.attributes[prefix + "servlet_path"] = request.servletPath
        request.attributes[prefix + "path_info"] = request.pathInfo
        request.attributes[prefix + "query_string"] = request.queryString
        request.attributes[prefix + "mapping"] = request.httpServletMapping
    }
}
