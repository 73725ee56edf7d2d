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
        let saved = (own.dispatch, own.mapping, own.includeMapping, own.ownServletMapping)
        let attributes = own.attributes
        defer {
            (own.dispatch, own.mapping, own.includeMapping, own.ownServletMapping) = saved
            if type != .async { own.restoreDispatchAttributes(.forward, from: attributes) }
            own.restoreDispatchAttributes(.include, from: attributes)
        }
        try Self.deepen(own)
        // What an error page forwards to is still the error's page.
        own.dispatch.type = type == .forward && own.dispatch.type == .error ? .error : type
        own.includeMapping = nil
        own.restoreDispatchAttributes(.include, from: [:])
        if let target = self.target {
            try self.aim(own, at: target, as: type == .async ? .async : .forward)
        } else if let named = self.named {
            own.ownServletMapping = own.httpServletMapping
            own.mapping.wrapper = MapperTable.Wrapper(wrapper: named, chain: named.pipeline.chain, pattern: "")
        }
        try await self.invokeHeard(type, request, response, own)
    }

    /// Lets the request show the target's path, and in attributes its own.
    private func aim(_ request: Request, at target: Target, as kind: DispatchAttributes) throws {
        guard let mapping = Self.map(target, host: request.mapping.host, in: self.context) else {
            throw ServletError("Servlet mapping for [\(target.path)] was not found")
        }
        // Only the first dispatch of a chain: the client's own path is what counts.
        if request.attributes[kind.requestURI] == nil { request.leaveTrace(kind) }
        request.mapping = mapping
        request.ownServletMapping = nil
        request.dispatch.requestURI = target.requestURI
        request.dispatch.contextPath = self.context.encodedPath
        if let query = target.query {
            request.dispatch.queryString = .some(query)
            request.dispatch.queries.insert(query, at: 0)
        }
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
        let saved = (own.dispatch, own.mapping, own.includeMapping, own.ownServletMapping)
        let attributes = own.attributes
        ownResponse.includes += 1
        defer {
            ownResponse.includes -= 1
            (own.dispatch, own.mapping, own.includeMapping, own.ownServletMapping) = saved
            own.restoreDispatchAttributes(.include, from: attributes)
        }
        try Self.deepen(own)
        own.dispatch.type = .include
        own.ownServletMapping = own.httpServletMapping
        if let target = self.target {
            guard let mapping = Self.map(target, host: own.mapping.host, in: self.context) else {
                throw ServletError("Servlet mapping for [\(target.path)] was not found")
            }
            own.includeMapping = mapping
            own.mapping.wrapper = mapping.wrapper
            own.describe(.include, requestURI: target.requestURI, self.context.encodedPath, mapping, target.query)
            if let query = target.query { own.dispatch.queries.insert(query, at: 0) }
        } else if let named = self.named {
            own.mapping.wrapper = MapperTable.Wrapper(wrapper: named, chain: named.pipeline.chain, pattern: "")
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
        wrapper.requests.enter()
        defer { wrapper.requests.leave() }
        if !wrapper.definition.isAsyncSupported { own.isAsyncSupported = false }
        if filters.isEmpty {
            try await ServletCall.run(servlet, request, response, on: own.connector)
        } else {
            try await ApplicationFilterChain(filters, servlet, own).doFilter(request, response)
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
}
