import ServletAPI

/// The request attributes in which one kind of dispatch says what a request showed before, or what is included.
///
/// Source: Servlet 6.0 §9.3.1, §9.4.2, §9.7.2.
struct DispatchAttributes {
    static let forward = DispatchAttributes("jakarta.servlet.forward.")
    static let include = DispatchAttributes("jakarta.servlet.include.")
    static let async = DispatchAttributes("jakarta.servlet.async.")

    let requestURI: String
    let contextPath: String
    let servletPath: String
    let pathInfo: String
    let queryString: String
    let mapping: String

    private init(_ prefix: String) {
        self.requestURI = prefix + "request_uri"
        self.contextPath = prefix + "context_path"
        self.servletPath = prefix + "servlet_path"
        self.pathInfo = prefix + "path_info"
        self.queryString = prefix + "query_string"
        self.mapping = prefix + "mapping"
    }

    var all: [String] {
        [self.requestURI, self.contextPath, self.servletPath, self.pathInfo, self.queryString, self.mapping]
    }
}

extension Request {
    /// Keeps what the request shows now where a dispatcher's target can find it.
    func leaveTrace(_ kind: DispatchAttributes) {
        self.attributes[kind.requestURI] = self.requestURI
        self.attributes[kind.contextPath] = self.contextPath
        self.attributes[kind.servletPath] = self.servletPath
        self.attributes[kind.pathInfo] = self.pathInfo
        self.attributes[kind.queryString] = self.queryString
        self.attributes[kind.mapping] = self.httpServletMapping
    }

    /// Says where a dispatcher's path leads.
    func describe(
        _ kind: DispatchAttributes,
        requestURI: String,
        _ contextPath: String,
        _ mapping: MappingData,
        _ query: String?
    ) {
        self.attributes[kind.requestURI] = requestURI
        self.attributes[kind.contextPath] = contextPath
        self.attributes[kind.servletPath] = mapping.servletPath
        self.attributes[kind.pathInfo] = mapping.pathInfo
        self.attributes[kind.queryString] = query
        self.attributes[kind.mapping] = mapping.servletMapping
    }

    /// Puts the attributes of one kind back to what they were.
    func restoreDispatchAttributes(_ kind: DispatchAttributes, from attributes: [String: Any]) {
        for name in kind.all { self.attributes[name] = attributes[name] }
    }
}
