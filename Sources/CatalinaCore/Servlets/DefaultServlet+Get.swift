import Coyote
import ServletAPI

extension DefaultServlet.Environment {
    /// One answer in the making.
    struct Exchange {
        let request: any HttpServletRequest
        let output: ServletOutput
        let dispatcher: DispatcherType
        let sendsContent: Bool
        var response: any HttpServletResponse { self.output.response }
        var isIncluded: Bool { self.dispatcher == .include }
        var isError: Bool { self.dispatcher == .error }
    }

    /// Answers with the file or directory at the request's path.
    func serve(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ dispatcher: DispatcherType,
        sendsContent: Bool
    ) async throws {
        let exchange = Exchange(
            request: request,
            output: ServletOutput(response),
            dispatcher: dispatcher,
            sendsContent: sendsContent
        )
        let path = self.path(of: request, dispatcher)
        guard !path.isEmpty else { return try await self.redirectToDirectory(exchange) }
        // The context keeps clients out of these folders already; another servlet's forward may lead there.
        guard dispatcher != .request || !WebPath.isProtected(path) else { return try await self.sendMissing(exchange) }
        var resource = self.resources.lookup(path)
        if sendsContent, resource.isFile, resource.content == nil {
            resource = try await self.resources.loaded(resource)
        }
        switch resource.kind {
        case .file: try await self.serveFile(resource, exchange)
        case .directory where !path.hasSuffix("/"): try await self.redirectToDirectory(exchange)
        case .directory where self.configuration.listings: try await self.list(resource, exchange)
        case .directory: try await self.sendMissing(exchange)
        case .missing: try await self.serveMissing(resource, exchange)
        }
    }

    /// Redirects to the request's path with a slash, the query kept.
    private func redirectToDirectory(_ exchange: Exchange) async throws {
        var location = exchange.request.requestURI + "/"
        // Two slashes at the beginning would name another host.
        while location.hasPrefix("//") { location.removeFirst() }
        if let query = exchange.request.queryString { location += "?" + query }
        try await exchange.response.sendRedirect(
            exchange.response.encodeRedirectURL(location),
            status: self.configuration.directoryRedirectStatusCode
        )
    }

    private func serveMissing(_ resource: WebResource, _ exchange: Exchange) async throws {
        if exchange.isIncluded {
            let uri = exchange.request.attribute("jakarta.servlet.include.request_uri") as? String ?? resource.path
            throw FileNotFoundError(message: "The requested resource [\(uri)] is not available")
        }
        if exchange.isError {
            return try await exchange.response.sendError(exchange.response.status)
        }
        guard try await self.checkConditions(exchange.request, exchange.response, resource) != nil else { return }
        try await self.sendMissing(exchange)
    }

    private func sendMissing(_ exchange: Exchange) async throws {
        let message = "The requested resource [\(exchange.request.requestURI)] is not available"
        try await exchange.response.sendError(404, message)
    }

    private func list(_ resource: WebResource, _ exchange: Exchange) async throws {
        // Also written for HEAD, so that its length is that of the page; the container drops the bytes.
        exchange.response.contentType = "text/html;charset=UTF-8"
        let page = try await self.listing(of: resource, query: exchange.request.queryString).render()
        try await exchange.output.write(text: page)
    }

    /// What a listing of a directory shows.
    func listing(of resource: WebResource, query: String?) async throws -> DirectoryListing {
        var entries: [DirectoryListing.Entry] = []
        for name in try await self.resources.names(in: resource.path) where !DirectoryListing.isHidden(name) {
            let entry = self.resources.lookup(resource.path + name)
            guard entry.exists else { continue }
            entries.append(
                DirectoryListing.Entry(
                    name: name,
                    isDirectory: entry.isDirectory,
                    size: entry.size,
                    lastModified: entry.lastModified,
                    lastModifiedHTTP: entry.lastModifiedHTTP
                )
            )
        }
        return DirectoryListing(
            contextPath: self.context.contextPath,
            path: resource.path,
            entries: entries,
            order: self.configuration.sortListings ? DirectoryListing.Order(query: query) : nil,
            sortsDirectoriesFirst: self.configuration.sortDirectoriesFirst,
            readme: try await self.readme(in: resource.path),
            serverInfo: self.configuration.showServerInfo ? self.context.serverInfo : nil
        )
    }

    private func readme(in directory: String) async throws -> String? {
        guard let name = self.configuration.readmeFile else { return nil }
        let path = WebPath.normalized(directory + name) ?? ""
        guard self.resources.lookup(path).isFile, let bytes = try await self.resources.octets(path) else { return nil }
        return self.configuration.fileEncoding.decode(bytes)
    }
}
