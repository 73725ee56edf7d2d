import ServletAPI

extension EchoServlet {
    /// Writes what the request says of itself: one line of facts, then headers, parameters, cookies, attributes.
    func writeInfo(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.contentType = "text/plain;charset=UTF-8"
        var text = self.facts(request)
        for name in request.headerNames {
            text += "H \(name)=[\(request.headers(name).joined(separator: ", "))]\n"
        }
        let parameters = await request.parameters()
        for name in parameters.names { text += "P \(name)=[\(parameters.all(name).joined(separator: ", "))]\n" }
        for cookie in request.cookies { text += "C \(cookie.name)=\(cookie.value)\n" }
        for name in request.attributeNames.sorted() {
            text += "A \(name)=\(request.attribute(name).map { "\($0)" } ?? "null")\n"
        }
        try await response.write(text)
    }

    private func facts(_ request: any HttpServletRequest) -> String {
        let mapping = request.httpServletMapping
        let facts: [(String, String?)] = [
            ("method", request.method), ("uri", request.requestURI), ("url", request.requestURL),
            ("ctx", request.contextPath), ("sp", request.servletPath), ("pi", request.pathInfo),
            ("qs", request.queryString), ("proto", request.protocolName), ("scheme", request.scheme),
            ("sn", request.serverName), ("port", "\(request.serverPort)"),
            ("local", "\(request.localAddr):\(request.localPort)"), ("remote", request.remoteAddr),
            ("rh", request.remoteHost), ("user", request.remoteUser), ("auth", request.authType),
            ("cl", "\(request.contentLength)"), ("ct", request.contentType), ("enc", request.characterEncoding),
            ("loc", request.locale), ("id", request.requestId), ("sid", request.requestedSessionId),
            ("fromCookie", "\(request.isRequestedSessionIdFromCookie)"),
            ("fromURL", "\(request.isRequestedSessionIdFromURL)"),
            ("mapping", "\(mapping.mappingMatch?.rawValue ?? "null"),\(mapping.pattern),\(mapping.matchValue)"),
            ("secure", "\(request.isSecure)"),
        ]
        return facts.map { "\($0)=\($1 ?? "null")" }.joined(separator: " ") + "\n"
    }

    /// Writes what the application says of itself.
    func writeContext(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let context = request.servletContext
        response.contentType = "text/plain"
        var text = "info=\(context.serverInfo) version=\(context.majorVersion).\(context.minorVersion)"
        text += " name=\(context.servletContextName) path=\(context.contextPath) host=\(context.virtualServerName)"
        text += " real=\(context.realPath("/") ?? "null") timeout=\(context.sessionTimeout)"
        text += " mime=\(context.mimeType("a.txt") ?? "null") started=\(context.attribute("probe.started") ?? "null")\n"
        text += "resources=\((context.resourcePaths("/") ?? []).sorted())\n"
        for name in context.initParameterNames.sorted() {
            text += "I \(name)=\(context.initParameter(name) ?? "null")\n"
        }
        try await response.write(text)
    }
}

/// Leaves a mark in the application, so that a request can see that listeners ran.
struct FactsListener: ServletContextListener {
    func contextInitialized(_ context: any ServletContext) async throws {
        context.setAttribute("probe.started", "yes")
    }
}
