import ServletAPI

/// Dispatches to the path of the header `X-Target` in the way of the header `X-Dispatch`.
struct DispatchServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let target = request.header("X-Target") ?? ""
        if request.header("X-Dispatch") == "ASYNC" {
            return try await self.dispatchAsync(target, request, response)
        }
        guard let dispatcher = request.requestDispatcher(target) else { return try await response.write("RD-NULL") }
        if request.header("X-Dispatch") == "INCLUDE" {
            try await dispatcher.include(request, response)
        } else {
            try await dispatcher.forward(request, response)
        }
    }

    private func dispatchAsync(
        _ target: String,
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse
    ) async throws {
        let context = try request.startAsync()
        do {
            try context.dispatch(target)
        } catch is IllegalArgumentError {
            try await response.write("ASYNC-IAE")
            context.complete()
        }
    }
}

/// A word and the query; the request and the dispatch attributes follow in headers.
///
/// `include` drops headers, so every fact also stands in the body, a line each, when the client asks for them.
struct TargetServlet: HttpServlet {
    let text: String

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        guard let kind = request.header("X-Facts") else {
            return try await response.write(self.text + (request.queryString ?? ""))
        }
        var lines = [self.text]
        lines.append("request_uri=\(request.requestURI)")
        lines.append("context_path=\(request.contextPath)")
        lines.append("servlet_path=\(request.servletPath)")
        lines.append("path_info=\(request.pathInfo ?? "null")")
        lines.append("query_string=\(request.queryString ?? "null")")
        lines += self.lines(request.httpServletMapping, prefix: "")
        for name in ["request_uri", "context_path", "servlet_path", "path_info", "query_string"] {
            let value = request.attribute("jakarta.servlet.\(kind).\(name)")
            lines.append("dispatcher_\(name)=\(value.map { "\($0)" } ?? "null")")
        }
        if let mapping = request.attribute("jakarta.servlet.\(kind).mapping") as? HttpServletMapping {
            lines += self.lines(mapping, prefix: "dispatcher_")
        }
        try await response.write(lines.joined(separator: "\n"))
    }

    private func lines(_ mapping: HttpServletMapping, prefix: String) -> [String] {
        [
            "\(prefix)mapping_match=\(mapping.mappingMatch?.rawValue ?? "null")",
            "\(prefix)mapping_pattern=\(mapping.pattern)",
            "\(prefix)mapping_match_value=\(mapping.matchValue)",
            "\(prefix)mapping_servlet_name=\(mapping.servletName)",
        ]
    }
}

/// Where the request arrived, as UTF-8, a line each.
struct SeenServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.setCharacterEncoding("UTF-8")
        let mapping = request.httpServletMapping
        let facts: [(String, String?)] = [
            ("servlet", mapping.servletName), ("context_path", request.contextPath),
            ("servlet_path", request.servletPath), ("path_info", request.pathInfo),
            ("match", mapping.mappingMatch?.rawValue), ("pattern", mapping.pattern),
            ("match_value", mapping.matchValue), ("request_uri", request.requestURI), ("query", request.queryString),
        ]
        try await response.write(facts.map { "\($0)=\($1 ?? "null")" }.joined(separator: "\n"))
    }
}

/// Forwards what follows `/start` in the raw URI to `/target`.
struct RawPathInfoServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let prefix = request.contextPath + request.servletPath
        let path = "/target" + request.requestURI.dropFirst(prefix.count)
        guard let dispatcher = request.requestDispatcher(path) else { return try await response.write("RD-NULL") }
        try await dispatcher.forward(request, response)
    }
}

/// Servlet path and path info together, as UTF-8.
struct PathInfoServlet: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        response.setCharacterEncoding("UTF-8")
        let prefix = request.httpServletMapping.servletName == "target" ? "" : request.servletPath
        try await response.write(prefix + (request.pathInfo ?? ""))
    }
}
