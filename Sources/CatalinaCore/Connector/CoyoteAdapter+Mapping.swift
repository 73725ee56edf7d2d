import Coyote
import NIOCore
import ServletAPI

extension CoyoteAdapter {
    /// As ``prepare(_:_:)``, for requests that need not wait for anything.
    ///
    /// - Returns: nil if this one has to; nothing of it counts then.
    func prepareAtOnce(_ request: Request, _ response: Response) -> Bool? {
        guard request.connector.preparation?.looksUpClients != true else { return nil }
        if let isPassedOn = self.examine(request, response) { return isPassedOn }
        let (name, table) = (self.nameForMapping(request), request.tableReader.current(of: request.connector.mapper))
        if !request.loopState.mappings.apply(to: request, serverName: name, table) {
            if let error = Self.canonicalize(request) { return self.reject(request, response, 400, error.message) }
            guard self.mapAtOnce(request) else { return nil }
            request.loopState.mappings.store(request, serverName: name, table)
        }
        guard !self.isAnsweredByMapping(request) else { return nil }
        return self.readCookies(request, response)
    }

    /// Resolves target, host, context and wrapper.
    ///
    /// - Returns: whether the request goes to the containers; if not, the answer is in the response already.
    func prepare(_ request: Request, _ response: Response) async throws -> Bool {
        if request.connector.preparation?.looksUpClients == true { try await request.lookUpClient() }
        if let isPassedOn = self.examine(request, response) { return isPassedOn }
        if let error = Self.canonicalize(request) { return self.reject(request, response, 400, error.message) }
        if !self.mapAtOnce(request) { try await self.map(request) }
        if let redirect = request.mapping.redirectPath {
            try await self.redirect(request, response, to: redirect)
            return false
        }
        if self.isAnsweredByMapping(request) { return try await self.refuseTrace(request, response) }
        return self.readCookies(request, response)
    }

    /// Looks at what is known of a request before it is mapped.
    ///
    /// - Returns: whether the request goes to the containers, where that is decided; nil if it has to be mapped.
    private func examine(_ request: Request, _ response: Response) -> Bool? {
        let coyote = request.coyote
        let preparation = request.connector.preparation
        if let proxy = preparation?.proxy { request.overrides.apply(proxy) }
        if let rejection = coyote.rejection {
            return self.reject(request, response, rejection.status, rejection.message, rejection)
        }
        if preparation?.namesSpecification == true { response.setHeader("X-Powered-By", Self.poweredBy) }
        if coyote.method == "CONNECT" {
            return self.reject(request, response, 501, "HTTP requests using the CONNECT method are not supported")
        }
        if coyote.method == "OPTIONS", coyote.requestURI == "*" {
            self.answerOptionsAsterisk(request, response)
            return false
        }
        return nil
    }

    /// Whether the mapping says how the request is answered, or the connector does now that it is known.
    private func isAnsweredByMapping(_ request: Request) -> Bool {
        request.mapping.redirectPath != nil || (request.method == "TRACE" && !request.connector.settings.allowTrace)
    }

    private func readCookies(_ request: Request, _ response: Response) -> Bool {
        if let refusal = request.parseCookies() { return self.reject(request, response, 400, refusal) }
        request.parseSessionCookies()
        return true
    }

    /// What answers say if the connector is to name the specification; there are no JSPs to name.
    static let poweredBy = "Servlet/6.0 (\(ServerInfo.name))"

    /// Decodes and normalises the path.
    ///
    /// - Returns: what is wrong with it, if something is.
    private static func canonicalize(_ request: Request) -> RequestPathError? {
        do throws(RequestPathError) {
            let path = try request.connector.canonicalPath(of: request.coyote)
            request.decodedPath = path.decoded
            for parameter in path.parameters { request.addPathParameter(parameter.name, parameter.value) }
            return nil
        } catch {
            return error
        }
    }

    private func nameForMapping(_ request: Request) -> String {
        request.connector.settings.useIPVHosts ? request.localAddr : request.serverName
    }

    private func lookUp(_ request: Request, version: String?) {
        let serverName = self.nameForMapping(request)
        let mapper = request.connector.mapper
        let table = request.tableReader.current(of: mapper)
        if request.mapping.host != nil { request.mapping = MappingData() }
        if let host = request.tableReader.host(for: serverName, of: mapper) {
            table.map(host: host, path: request.decodedPath, version: version, into: &request.mapping)
        }
        if request.mapping.context != nil { self.takePathSession(request) }
    }

    /// Maps a request whose context has one version and runs.
    ///
    /// - Returns: false if more has to be looked at, or waited for.
    private func mapAtOnce(_ request: Request) -> Bool {
        self.lookUp(request, version: nil)
        guard request.mapping.context != nil else { return true }
        return request.mapping.versions.isEmpty && request.facts != nil
    }

    /// A request waits for its context to be reloaded as long as an asynchronous one may take; Tomcat's waits forever.
    static let reloadWaitMaximum = Duration.seconds(30)

    private func map(_ request: Request) async throws {
        var version: String?
        while true {
            self.lookUp(request, version: version)
            guard let context = request.mapping.context?.context else { return }
            if version == nil, !request.mapping.versions.isEmpty, let other = try await self.versionOfSession(request) {
                version = other
                continue
            }
            // Only a context that has been stopped has no facts: it may be about to come back.
            guard request.facts == nil, let pause = context.pause else { return }
            guard try await pause.waitForEnd(atMost: Self.reloadWaitMaximum) else {
                request.isRefused = true
                return try await request.response.sendError(503)
            }
            request.areCookiesKnown = false
            request.sessionCookiesParsed = false
        }
    }

    private func takePathSession(_ request: Request) {
        guard let context = request.facts, context.tracking.usesURLs,
            let id = request.pathParameter(context.tracking.parameterName)
        else { return }
        request.requestedSessionId = id
        request.isRequestedSessionIdFromURL = true
    }

    /// The older version of a context that holds the client's session, if there is one.
    private func versionOfSession(_ request: Request) async throws -> String? {
        guard let mapped = request.mapping.context else { return nil }
        let versions = request.mapping.versions
        if !request.areCookiesKnown, request.parseCookies() != nil { return nil }
        request.parseSessionCookies()
        guard let id = request.requestedSessionId else { return nil }
        for candidate in versions where try await candidate.context.manager?.findSession(id) != nil {
            return candidate.version == mapped.version ? nil : candidate.version
        }
        return nil
    }

    private func redirect(_ request: Request, _ response: Response, to path: String) async throws {
        var location = PercentEncoder.path.encode(path)
        if request.isRequestedSessionIdFromURL, let id = request.requestedSessionId {
            location += ";" + (request.facts?.tracking.parameterName ?? "jsessionid") + "=" + id
        }
        if let query = request.queryString { location += "?" + query }
        try await response.sendRedirect(location)
        try await response.flushEmpty()
    }

    private func answerOptionsAsterisk(_ request: Request, _ response: Response) {
        var allowed = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
        if request.connector.settings.allowTrace { allowed = "GET, HEAD, POST, PUT, DELETE, TRACE, OPTIONS" }
        response.setHeader("Allow", allowed)
    }

    private func refuseTrace(_ request: Request, _ response: Response) async throws -> Bool {
        response.setHeader("Allow", request.wrapper?.allowedMethods ?? "GET, HEAD, POST, PUT, DELETE, OPTIONS")
        try await response.sendError(405, "TRACE method is not allowed")
        request.isRefused = true
        return true
    }

    private func reject(
        _ request: Request,
        _ response: Response,
        _ status: Int,
        _ message: String?,
        _ rejection: Rejection? = nil
    ) -> Bool {
        let table = request.tableReader.current(of: request.connector.mapper)
        request.mapping = MappingData()
        request.mapping.host = table.host(for: request.serverName)
        if let rejection, rejection.isExceptionReport {
            request.setAttribute("jakarta.servlet.error.exception", IllegalArgumentError(rejection.message ?? ""))
        }
        request.isRefused = true
        response.fail(status, message)
        return true
    }
}

extension Request {
    /// Remembers a `;name=value` of the path.
    func addPathParameter(_ name: String, _ value: String) {
        if self.pathParameters[name] == nil { self.pathParameters[name] = value }
    }

    func pathParameter(_ name: String) -> String? {
        self.pathParameters.isEmpty ? nil : self.pathParameters[name]
    }

    /// The prefix of the raw URI that stands for the context path, however it was written.
    func findRawContextPath() -> String {
        guard let path = self.mapping.context?.path, !path.isEmpty else { return "" }
        var raw = self.coyote.requestURI
        if raw.utf8.starts(with: path.utf8) {
            let rest = raw.utf8.dropFirst(path.utf8.count).first
            if rest == nil || rest == UInt8(ascii: "/") { return path }
        }
        if self.context?.configuration.allowMultipleLeadingForwardSlashInPath != true {
            // Used in a redirect, `//name` would lead to another host.
            raw = "/" + raw.drop { $0 == "/" }
        }
        return self.connector.rawPrefix(of: raw, decodedAs: path)
    }
}

extension Request {
    /// Makes the client known by its name; asked once for requests of one client that follow each other.
    fileprivate func lookUpClient() async throws {
        let address = self.coyote.remoteAddress
        if self.client?.address != address {
            self.client = (address: address, name: try await HostNames.name(of: address))
        }
        self.overrides.remoteHost = self.client?.name
    }
}

extension Request.Overrides {
    mutating func apply(_ proxy: ConnectorFacts.Proxy) {
        if let name = proxy.name { self.serverName = name }
        if proxy.port > 0 { self.serverPort = proxy.port }
    }
}
