/// A servlet that has one method per HTTP method; those it does not implement answer 405.
///
/// `HEAD` runs `doGet` and drops the body. `OPTIONS` answers with ``allowedMethods``; `TRACE` echoes the request
/// where the connector allows it.
/// Source: `jakarta.servlet.http.HttpServlet`.
public protocol HttpServlet: Servlet {
    /// `GET`: reads without side effects.
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `HEAD`: the headers of `GET` alone.
    func doHead(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `POST`: whatever the resource makes of the body.
    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `PUT`: stores the body under the URI.
    func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `DELETE`: removes what the URI names.
    func doDelete(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `PATCH`: changes part of what the URI names.
    func doPatch(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `OPTIONS`: the `Allow` header.
    func doOptions(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// `TRACE`: the request as it arrived.
    func doTrace(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws

    /// What `OPTIONS` reports, in the order of the `Allow` header. Name the methods you implement.
    var allowedMethods: [String] { get }
    /// When the resource was last changed, in milliseconds since 1970; -1 (the default) if unknown.
    ///
    /// With a value, `GET` gets `Last-Modified` and answers 304 to a matching `If-Modified-Since`.
    func lastModified(_ request: any HttpServletRequest) -> Int64
}

extension HttpServlet {
    /// Calls the `do…` method of the request's method; methods HTTP does not define answer 501.
    public func service(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        switch request.method {
        case "GET":
            if !self.isUnchanged(request, response) { try await self.doGet(request, response) }
        case "HEAD":
            self.maybeSetLastModified(request, response)
            try await self.doHead(request, response)
        case "POST": try await self.doPost(request, response)
        case "PUT": try await self.doPut(request, response)
        case "DELETE": try await self.doDelete(request, response)
        case "OPTIONS": try await self.doOptions(request, response)
        case "TRACE": try await self.doTrace(request, response)
        case "PATCH" where self.allowedMethods.contains("PATCH"): try await self.doPatch(request, response)
        default:
            try await response.sendError(
                501,
                "Method [\(request.method)] is not implemented by this Servlet for this URI"
            )
        }
    }

    /// Answers 405.
    public func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.refuse(request, response)
    }

    /// Runs ``doGet(_:_:)``; the container drops the body and keeps its length.
    public func doHead(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    /// Answers 405.
    public func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.refuse(request, response)
    }

    /// Answers 405.
    public func doPut(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.refuse(request, response)
    }

    /// Answers 405.
    public func doDelete(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.refuse(request, response)
    }

    /// Answers 405.
    public func doPatch(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.refuse(request, response)
    }

    /// Sets `Allow` to ``allowedMethods``.
    public func doOptions(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.setHeader("Allow", self.allowedMethods.joined(separator: ", "))
    }

    /// Echoes the request line and the headers as `message/http`, without those that carry credentials.
    public func doTrace(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        var text = "TRACE \(request.requestURI)"
        if let query = request.queryString { text += "?" + query }
        text += " \(request.protocolName)"
        for name in request.headerNames where !["authorization", "cookie", "proxy-authorization"].contains(name) {
            for value in request.headers(name) { text += "\r\n\(name): \(value)" }
        }
        text += "\r\n"
        response.contentType = "message/http"
        try await response.write(bytes: Array(text.utf8))
    }

    /// `GET, HEAD, OPTIONS`; a servlet that implements more says so.
    public var allowedMethods: [String] { ["GET", "HEAD", "OPTIONS"] }

    /// Unknown.
    public func lastModified(_ request: any HttpServletRequest) -> Int64 { -1 }

    /// Answers 304 if the client has the resource as it is; else sets `Last-Modified` if that is known.
    private func isUnchanged(_ request: any HttpServletRequest, _ response: any HttpServletResponse) -> Bool {
        let modified = self.lastModified(request)
        guard modified >= 0 else { return false }
        let since = (try? request.dateHeader("If-Modified-Since")) ?? -1
        if since >= modified / 1000 * 1000 {
            response.status = 304
            return true
        }
        if !response.containsHeader("Last-Modified") { response.setDateHeader("Last-Modified", modified) }
        return false
    }

    private func maybeSetLastModified(_ request: any HttpServletRequest, _ response: any HttpServletResponse) {
        let modified = self.lastModified(request)
        if modified >= 0, !response.containsHeader("Last-Modified") {
            response.setDateHeader("Last-Modified", modified)
        }
    }

    private func refuse(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let message = "HTTP method \(request.method) is not supported by this URL"
        let isOld = ["HTTP/0.9", "HTTP/1.0"].contains(request.protocolName)
        try await response.sendError(isOld ? 400 : 405, message)
    }
}
