/// One request as the application sees it.
///
/// Valid only while the request is served, and only in the request's task: it is recycled afterwards, so copy
/// what must outlive it. Jakarta's `ServletRequest` and `HttpServletRequest` are one protocol here, because the
/// container speaks HTTP only.
/// Source: `jakarta.servlet.http.HttpServletRequest`.
public protocol HttpServletRequest: AnyObject {
    // MARK: Request line and addresses

    /// The method as sent: `GET`, `POST`, …; methods are case-sensitive.
    var method: String { get }
    /// The path of the request line as sent: neither decoded nor normalised, path parameters included, no query.
    ///
    /// This is the raw, undecoded URI that an application needs whose identifiers contain `/` or `%2F`.
    var requestURI: String { get }
    /// Scheme, host, port (unless the scheme's default) and ``requestURI``.
    var requestURL: String { get }
    /// The part of ``requestURI`` that selected the application, as sent; empty for the root application.
    var contextPath: String { get }
    /// The decoded part of the path that selected the servlet.
    var servletPath: String { get }
    /// The decoded rest of the path, `nil` if there is none.
    var pathInfo: String? { get }
    /// ``pathInfo`` as a file below the application's folder; `nil` without one.
    var pathTranslated: String? { get }
    /// What follows `?`, undecoded; `nil` if there is no `?`.
    var queryString: String? { get }
    /// How the servlet was chosen.
    var httpServletMapping: HttpServletMapping { get }
    /// `HTTP/1.1` and the like. Jakarta's `getProtocol`.
    var protocolName: String { get }
    /// `http` or `https`.
    var scheme: String { get }
    /// Whether the request came over a secure channel, TLS or a trusted proxy's.
    var isSecure: Bool { get }
    /// The host name of the `Host` header.
    var serverName: String { get }
    /// The port of the `Host` header, or the scheme's default.
    var serverPort: Int { get }
    /// The client's (or last proxy's) IP address.
    var remoteAddr: String { get }
    /// The client's name; its address unless lookups are enabled.
    var remoteHost: String { get }
    /// The client's port.
    var remotePort: Int { get }
    /// The address on which the request arrived.
    var localAddr: String { get }
    /// The name of the interface on which the request arrived.
    var localName: String { get }
    /// The port on which the request arrived.
    var localPort: Int { get }
    /// An id of this request, unique in the process.
    var requestId: String { get }

    // MARK: Headers

    /// The first value of a header, `nil` if absent; names ignore case.
    func header(_ name: String) -> String?
    /// Every value of a header, one per header line.
    func headers(_ name: String) -> [String]
    /// The names present, in lower case, in order of first appearance.
    var headerNames: [String] { get }
    /// A header as integer; -1 if absent.
    ///
    /// - Throws: a ``NamedException``, `java.lang.NumberFormatException` by name, if the value is no integer of 32 bits.
    func intHeader(_ name: String) throws -> Int
    /// A header as milliseconds since 1970; -1 if absent.
    ///
    /// - Throws: ``IllegalArgumentError`` if the value is in none of HTTP's three date forms.
    func dateHeader(_ name: String) throws -> Int64
    /// The cookies the client sent, in order.
    var cookies: [Cookie] { get }
    /// The client's preferred languages as BCP 47 tags, best first; the server's own if it named none.
    var locales: [String] { get }

    // MARK: Body and parameters

    /// The length of the body in bytes; -1 if unknown.
    var contentLength: Int64 { get }
    /// The `Content-Type` header.
    var contentType: String? { get }
    /// The charset of the body: from ``contentType``, or as set; `nil` if neither says.
    var characterEncoding: String? { get }
    /// Overrides ``characterEncoding``; without effect once parameters or the reader were used.
    ///
    /// - Throws: ``IllegalArgumentError`` for a charset that the container does not know.
    func setCharacterEncoding(_ name: String) throws
    /// The body as bytes.
    ///
    /// - Throws: ``IllegalStateError`` after ``reader()``.
    func inputStream() throws -> any ServletInputStream
    /// The body as text in ``characterEncoding``.
    ///
    /// - Throws: ``IllegalStateError`` after ``inputStream()``; ``IllegalArgumentError`` for an unknown charset.
    func reader() throws -> ServletReader
    /// Every parameter: those of the query, then those of a form body, which is read when first asked for.
    ///
    /// Broken pairs are left out and flagged in the attribute `org.apache.catalina.parameter_parse_failed`.
    func parameters() async -> Parameters
    /// The parts of a `multipart/form-data` body.
    ///
    /// - Throws: ``ServletError`` if the body is of another type, ``IllegalStateError`` if it or a part is too large or
    ///   the servlet has no rules for parts, and a ``NamedException``, `FileUploadException` by name, if it is malformed.
    func parts() async throws -> [any Part]
    /// Trailer fields by lower-case name; empty before the end of the body.
    var trailerFields: [String: String] { get }

    // MARK: Attributes, session, user

    /// A value that an earlier stage left for a later one; `nil` if absent.
    func attribute(_ name: String) -> Any?
    /// Leaves a value for later stages; `nil` removes it.
    func setAttribute(_ name: String, _ value: Any?)
    /// The names of all attributes.
    var attributeNames: [String] { get }
    /// The session, made on demand if `create`.
    ///
    /// - Throws: ``IllegalStateError`` when a new one is needed but the response is committed or too many exist.
    func session(create: Bool) async throws -> (any HttpSession)?
    /// Gives the session a new id and returns it; tells the client with the answer.
    ///
    /// - Throws: ``IllegalStateError`` without a session.
    func changeSessionId() async throws -> String
    /// The session id that the client sent, valid or not.
    var requestedSessionId: String? { get }
    /// Whether ``requestedSessionId`` names a live session.
    var isRequestedSessionIdValid: Bool { get }
    /// Whether ``requestedSessionId`` came in a cookie.
    var isRequestedSessionIdFromCookie: Bool { get }
    /// Whether ``requestedSessionId`` came in the URL.
    var isRequestedSessionIdFromURL: Bool { get }
    /// How the user was authenticated: `BASIC`, `FORM`, …; `nil` if not.
    var authType: String? { get }
    /// The name of the authenticated user.
    var remoteUser: String? { get }
    /// The authenticated user.
    var userPrincipal: (any Principal)? { get }
    /// Whether the user has a role, by the application's or the realm's name.
    func isUserInRole(_ role: String) -> Bool
    /// Makes the caller log in by the application's login method; `false` if the answer now asks for credentials.
    func authenticate(_ response: any HttpServletResponse) async throws -> Bool
    /// Checks a name and password against the realm and makes them this request's user.
    ///
    /// - Throws: ``ServletError`` if refused.
    func login(_ username: String, _ password: String) async throws
    /// Forgets the user.
    func logout() async throws

    // MARK: Dispatch

    /// The application that serves the request.
    var servletContext: any ServletContext { get }
    /// Why the current servlet or filter runs.
    var dispatcherType: DispatcherType { get }
    /// A dispatcher for a path, relative to the current one unless it starts with `/`; `nil` if it leaves the application.
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)?
    /// Lets the answer be completed after ``Servlet/service(_:_:)`` has returned.
    ///
    /// - Throws: ``IllegalStateError`` if a filter or the servlet does not support it, or it was called before.
    func startAsync() throws -> any AsyncContext
    /// Whether ``startAsync()`` was called; true until the servlet has returned that completes or dispatches the request.
    var isAsyncStarted: Bool { get }
    /// Whether the servlet and all filters so far support ``startAsync()``.
    var isAsyncSupported: Bool { get }
    /// The running asynchronous context, `nil` without one.
    var asyncContext: (any AsyncContext)? { get }
}

extension HttpServletRequest {
    /// The first value of a parameter, `nil` if absent.
    public func parameter(_ name: String) async -> String? { await self.parameters().first(name) }
    /// The session, made if there is none.
    public func session() async throws -> any HttpSession {
        guard let session = try await self.session(create: true) else {
            throw IllegalStateError("No session could be created")
        }
        return session
    }
    /// The part of a name, `nil` if absent.
    public func part(_ name: String) async throws -> (any Part)? { try await self.parts().first { $0.name == name } }
    /// The client's most preferred language.
    public var locale: String { self.locales.first ?? "en" }
    /// Removes an attribute.
    public func removeAttribute(_ name: String) { self.setAttribute(name, nil) }
}

/// How the container chose the servlet of a request.
///
/// Source: `jakarta.servlet.http.HttpServletMapping`.
public struct HttpServletMapping: Sendable, Equatable {
    /// The kind of pattern that matched.
    public enum Match: String, Sendable {
        /// The pattern `""`.
        case contextRoot = "CONTEXT_ROOT"
        /// The pattern `/`.
        case `default` = "DEFAULT"
        /// A pattern without wildcard.
        case exact = "EXACT"
        /// A pattern `*.ext`.
        case `extension` = "EXTENSION"
        /// A pattern `/prefix/*`.
        case path = "PATH"
    }

    /// What the wildcard stood for, or the path of an exact match without its slash.
    public var matchValue: String
    /// The `<url-pattern>` that matched.
    public var pattern: String
    /// The `<servlet-name>` chosen.
    public var servletName: String
    /// The kind of match, `nil` if nothing matched.
    public var mappingMatch: Match?

    /// A mapping of the four facts.
    public init(matchValue: String = "", pattern: String = "", servletName: String = "", mappingMatch: Match? = nil) {
        self.matchValue = matchValue
        self.pattern = pattern
        self.servletName = servletName
        self.mappingMatch = mappingMatch
    }
}

/// Why a servlet or filter runs.
///
/// Source: `jakarta.servlet.DispatcherType`.
public enum DispatcherType: String, Sendable, CaseIterable {
    /// A client asked.
    case request = "REQUEST"
    /// Another servlet handed the request over.
    case forward = "FORWARD"
    /// Another servlet wants the output inside its own.
    case include = "INCLUDE"
    /// An asynchronous request was dispatched again.
    case async = "ASYNC"
    /// An error page is wanted.
    case error = "ERROR"
}

/// An authenticated user.
public protocol Principal: Sendable {
    /// The user's name.
    var name: String { get }
}

/// Names with one or more values each, in order of appearance.
public struct Parameters: Sendable, Equatable {
    private var entries: [(name: String, values: [String])] = []
    /// Where a name stands in `entries`; made once there are more than a few.
    private var places: [String: Int] = [:]

    private static let fewNames = 8

    /// No parameters.
    public init() {}

    /// Adds a value behind those the name has.
    public mutating func append(_ name: String, _ value: String) {
        if let place = self.place(of: name) { return self.entries[place].values.append(value) }
        self.entries.append((name, [value]))
        if self.entries.count == Self.fewNames + 1 {
            for (place, entry) in self.entries.enumerated() { self.places[entry.name] = place }
        } else if self.entries.count > Self.fewNames {
            self.places[name] = self.entries.count - 1
        }
    }

    private func place(of name: String) -> Int? {
        guard self.entries.count > Self.fewNames else { return self.entries.firstIndex { $0.name == name } }
        return self.places[name]
    }

    /// The names in order of first appearance.
    public var names: [String] { self.entries.map(\.name) }
    /// Whether there are none.
    public var isEmpty: Bool { self.entries.isEmpty }
    /// The first value of a name.
    public func first(_ name: String) -> String? { self.place(of: name).flatMap { self.entries[$0].values.first } }
    /// Every value of a name; empty if absent.
    public func all(_ name: String) -> [String] { self.place(of: name).map { self.entries[$0].values } ?? [] }

    /// Whether both have the same names with the same values, in the same order.
    public static func == (left: Parameters, right: Parameters) -> Bool {
        left.entries.elementsEqual(right.entries, by: ==)
    }
}
