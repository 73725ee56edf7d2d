package import Coyote
package import ServletAPI

/// One request on its way through the container, and what applications see of it.
///
/// Belongs to a protocol's request and is recycled with it, for requests of other connections too; everything that costs
/// something (cookies, parameters, session, URL) is worked out when first asked for.
/// Isolation: the request's task.
/// Source: `org.apache.catalina.connector.Request`.
package final class Request: HttpServletRequest {
    package let coyote: Coyote.Request
    package let connector: ConnectorFacts
    /// The answer to this request.
    package var response: Response {
        guard let response = self.boundResponse else { preconditionFailure("A request is used without its response") }
        return response
    }
    private unowned var boundResponse: Response?
    /// The last client whose name was asked for, if the connector does so: the next request is mostly its own too.
    var client: (address: String, name: String)?

    /// The last address that was read, for the requests that come from it too.
    private var lastAddress: (text: String, address: IPAddress?)?

    /// A client's address as a number; nil for a text that is none.
    func parsedAddress(_ text: String) -> IPAddress? {
        if let last = self.lastAddress, last.text == text { return last.address }
        let address = IPAddress(text)
        self.lastAddress = (text: text, address: address)
        return address
    }

    // MARK: Mapping

    var tableReader = Mapper.Reader()
    lazy var loopState = LoopState.shared(by: self.coyote)
    /// What the mapper found, or what a dispatcher put in its place.
    package var mapping = MappingData()
    /// The way through the containers, where it is known from an earlier request.
    var way: Pipeline.Way?
    /// When the servlet was done, in monotonic nanoseconds, if nothing was left to do for anyone else; 0 if not.
    var servletEndTimeNanos: Int64 = 0
    /// The decoded, normalised path.
    package var decodedPath = ""
    /// `;name=value` parameters of the path, the first of each name.
    var pathParameters: [String: String] = [:]
    /// Whether the answer is an error decided before mapping; only the host's error report runs.
    package var isRefused = false
    /// Length in bytes of the raw context path at the start of ``requestURI``.
    var rawContextPath: String?
    /// What the current include was mapped to.
    var includeMapping: MappingData?
    /// How the request itself was mapped, shown while an include runs another servlet.
    var ownServletMapping: HttpServletMapping?
    /// What a dispatcher or async dispatch shows instead of the client's URI.
    package var dispatch = DispatchState()

    // MARK: Lazily worked out

    /// Whether there are cookies, not more than the connector takes.
    var areCookiesKnown = false
    /// The value of the first cookie that may name the session, until it is looked at.
    var sessionCookie: String?
    /// Those of the others; most clients send one.
    var otherSessionCookies: [String] = []
    var parsedCookies: [Cookie]?
    var parsedParameters: ServletAPI.Parameters?
    var parsedParts: [any Part]?
    var partsError: (any Error)?
    /// Why there are no parts, as the parameters show it.
    var partsFailure: ParameterParseFailure?
    var parsedLocales: [String]?
    var ownCharacterEncoding: String??
    package var attributes: [String: Any] = [:]

    // MARK: Body

    let input: RequestInputStream
    var usesStream = false
    var usesReader = false

    // MARK: Session and user

    var sessionObject: (any Session)?
    package var requestedSessionId: String?
    package var isRequestedSessionIdFromCookie = false
    package var isRequestedSessionIdFromURL = false
    var sessionCookiesParsed = false
    package var userPrincipal: (any Principal)?
    package var authType: String?
    /// The sign-on that the request belongs to, if a valve for single sign-on knows it.
    package var singleSignOnID: String?

    // MARK: Values that valves may override for one request

    package var overrides = Overrides()
    package var asyncContextImpl: AsyncContextImpl?
    package var isAsyncSupported = true

    /// What proxies say instead of the connection, set by RemoteIpValve and undone by it.
    package struct Overrides {
        package var remoteAddr: String?
        package var remoteHost: String?
        package var localName: String?
        package var localPort: Int?
        package var serverName: String?
        package var serverPort: Int?
        package var scheme: String?
        package var isSecure: Bool?
    }

    /// What ``RequestDispatcher`` changes for the time of a dispatch.
    package struct DispatchState {
        package var type = DispatcherType.request
        /// Dispatches that are going on within each other.
        var depth = 0
        package var requestURI: String?
        package var contextPath: String?
        package var queryString: String??
        /// The queries of the dispatchers' paths, the innermost first: their parameters count too.
        var queries: [String] = []
    }

    init(_ coyote: Coyote.Request, connector: ConnectorFacts) {
        self.coyote = coyote
        self.connector = connector
        self.input = RequestInputStream(coyote)
    }

    /// Ties the request to its answer, which lives as long as it does.
    func bind(_ response: Response) {
        self.boundResponse = response
        self.input.onFailure = { [unowned response] error in response.bodyFailed(error) }
    }

    /// Makes the object fit for the next request.
    func recycle() {
        self.mapping = MappingData()
        self.way = nil
        self.servletEndTimeNanos = 0
        self.decodedPath = ""
        if !self.pathParameters.isEmpty { self.pathParameters.removeAll() }
        self.isRefused = false
        self.rawContextPath = nil
        self.dispatch = DispatchState()
        self.includeMapping = nil
        self.ownServletMapping = nil
        self.areCookiesKnown = false
        self.sessionCookie = nil
        if !self.otherSessionCookies.isEmpty { self.otherSessionCookies.removeAll() }
        self.parsedCookies = nil
        self.parsedParameters = nil
        self.parsedParts = nil
        self.partsError = nil
        self.partsFailure = nil
        self.parsedLocales = nil
        self.ownCharacterEncoding = nil
        if !self.attributes.isEmpty { self.attributes.removeAll() }
        self.input.recycle()
        self.usesStream = false
        self.usesReader = false
        self.sessionObject = nil
        self.requestedSessionId = nil
        self.isRequestedSessionIdFromCookie = false
        self.isRequestedSessionIdFromURL = false
        self.sessionCookiesParsed = false
        self.userPrincipal = nil
        self.authType = nil
        self.singleSignOnID = nil
        self.overrides = Overrides()
        self.asyncContextImpl = nil
        self.isAsyncSupported = true
    }

    // MARK: Containers

    package var host: StandardHost? { self.mapping.host?.host }
    package var context: StandardContext? { self.mapping.context?.context }
    package var wrapper: StandardWrapper? { self.mapping.wrapper?.wrapper }
    /// What this request needs to know of its context.
    package var facts: ContextFacts? { self.mapping.context?.facts }

    /// Whether nothing but its path decides where the request goes: it is not refused, and its client does not wait to be
    /// asked for the body.
    var isOrdinary: Bool { !self.isRefused && !self.coyote.expectsContinue && !self.response.isError }

    // MARK: Request line

    package var method: String { self.coyote.method }
    package var requestURI: String { self.dispatch.requestURI ?? self.coyote.requestURI }
    package var protocolName: String { self.coyote.protocolVersion.name }
    package var scheme: String { self.overrides.scheme ?? self.coyote.scheme }
    package var isSecure: Bool { self.overrides.isSecure ?? self.coyote.isSecure }
    package var serverName: String { self.overrides.serverName ?? self.coyote.serverName }
    package var serverPort: Int {
        if let port = self.overrides.serverPort { return port }
        if self.coyote.serverPort >= 0 { return self.coyote.serverPort }
        return self.scheme == "https" ? 443 : 80
    }
    package var remoteAddr: String { self.overrides.remoteAddr ?? self.coyote.remoteAddress }
    package var remoteHost: String { self.overrides.remoteHost ?? self.remoteAddr }
    package var remotePort: Int { self.coyote.remotePort }
    package var localAddr: String { self.coyote.localAddress }
    package var localName: String { self.overrides.localName ?? self.coyote.localAddress }
    package var localPort: Int { self.overrides.localPort ?? self.coyote.localPort }
    package var requestId: String { String(self.coyote.requestID, radix: 16) }
    package var servletPath: String { self.mapping.servletPath }
    package var pathInfo: String? { self.mapping.pathInfo }
    package var httpServletMapping: HttpServletMapping { self.ownServletMapping ?? self.mapping.servletMapping }
    package var dispatcherType: DispatcherType { self.dispatch.type }

    package var queryString: String? {
        if let query = self.dispatch.queryString { return query }
        return self.coyote.queryString
    }

    package var requestURL: String { self.origin + self.requestURI }

    /// Scheme, host, and port unless it is the scheme's default: `http://example.org:8080`.
    var origin: String { self.scheme + "://" + self.serverName + (self.hasDefaultPort ? "" : ":\(self.serverPort)") }

    /// Whether the port goes without saying.
    var hasDefaultPort: Bool { self.serverPort == (self.scheme == "https" ? 443 : self.scheme == "http" ? 80 : -1) }

    package var pathTranslated: String? {
        guard let pathInfo = self.pathInfo else { return nil }
        return self.context?.servletContext.realPath(pathInfo)
    }

    package var contextPath: String {
        if let path = self.dispatch.contextPath { return path }
        if let path = self.rawContextPath { return path }
        let path = self.findRawContextPath()
        self.rawContextPath = path
        return path
    }

    package var servletContext: any ServletContext {
        guard let context = self.context else { return NoServletContext.shared }
        return context.servletContext
    }

    // MARK: Headers

    package func header(_ name: String) -> String? { self.coyote.headers.first(name) }
    package func headers(_ name: String) -> [String] { self.coyote.headers.all(name) }
    package var headerNames: [String] { self.coyote.headers.names }
    package var contentLength: Int64 { self.coyote.contentLength }
    package var contentType: String? { self.coyote.contentType }

    package func intHeader(_ name: String) throws -> Int {
        guard let text = self.header(name) else { return -1 }
        // As wide as Java's.
        guard let value = Int32(text) else { throw NumberFormatError(text) }
        return Int(value)
    }

    package func dateHeader(_ name: String) throws -> Int64 {
        guard let text = self.header(name) else { return -1 }
        guard let value = HTTPDate.parse(text).map({ $0 * 1000 }) else { throw IllegalArgumentError(text) }
        return value
    }

    package var trailerFields: [String: String] {
        Dictionary(self.coyote.trailerFields.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + "," + $1 })
    }

    // MARK: Attributes

    package func attribute(_ name: String) -> Any? {
        if let value = self.attributes[name] { return value }
        return self.connectionAttribute(name)
    }

    package func setAttribute(_ name: String, _ value: Any?) {
        let old = self.attributes[name]
        self.attributes[name] = value
        self.notifyAttribute(name, old: old, new: value)
    }

    /// What the container notes for whoever asks by name, such as why parameters failed, is not listed.
    package var attributeNames: [String] {
        self.attributes.keys.filter { !$0.hasPrefix("org.apache.catalina.parameter_parse_failed") }
    }
}
