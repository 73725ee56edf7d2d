/// One web application, as its servlets see it.
///
/// Isolation: any thread.
/// Source: `jakarta.servlet.ServletContext`.
public protocol ServletContext: AnyObject, Sendable {
    /// The path under which the application is deployed; empty for the root application.
    var contextPath: String { get }
    /// The `<display-name>`, or the empty string.
    var servletContextName: String { get }
    /// Name and version of the container.
    var serverInfo: String { get }
    /// Engine and host: `Catalina/localhost`.
    var virtualServerName: String { get }
    /// The value of a `<context-param>` or `<Parameter>`.
    func initParameter(_ name: String) -> String?
    /// The names of all context parameters.
    var initParameterNames: [String] { get }
    /// A system property: `-Dname=value` at start, or an entry of `catalina.properties`.
    func systemProperty(_ name: String) -> String?

    /// A value shared by the whole application.
    func attribute(_ name: String) -> (any Sendable)?
    /// Shares a value; `nil` removes it.
    func setAttribute(_ name: String, _ value: (any Sendable)?)
    /// The names of all attributes.
    var attributeNames: [String] { get }

    /// The file behind a path of the application; `nil` if it is served from an archive or does not exist.
    func realPath(_ path: String) -> String?
    /// The paths directly below a folder, folders with a slash at the end; `nil` if it is none.
    func resourcePaths(_ path: String) -> [String]?
    /// The bytes of a file of the application, `WEB-INF` included; `nil` if there is none.
    func resource(_ path: String) async throws -> [UInt8]?
    /// The media type of a file name, from its extension.
    func mimeType(_ file: String) -> String?
    /// The folder that the application may use for its own files. Jakarta's attribute `jakarta.servlet.context.tempdir`.
    var temporaryDirectory: String { get }

    /// A dispatcher for a path that starts with `/`; `nil` if it leaves the application.
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)?
    /// A dispatcher for a servlet by its name; `nil` if there is none.
    func namedDispatcher(_ name: String) -> (any RequestDispatcher)?
    /// The application that serves a path of the host, if this one may see others (`crossContext`).
    func context(_ path: String) -> (any ServletContext)?

    /// Idle minutes after which a session expires; 0 or less for never.
    var sessionTimeout: Int { get set }
    /// The name, path and flags of the session cookie.
    var sessionCookieConfig: SessionCookieConfig { get }

    /// Writes to the application's log.
    func log(_ level: LogLevel, _ message: String, _ error: (any Error)?)
}

extension ServletContext {
    /// Writes to the application's log at level `info`.
    public func log(_ message: String) { self.log(.info, message, nil) }
    /// Writes a failure to the application's log.
    public func log(_ message: String, _ error: any Error) { self.log(.error, message, error) }
    /// Version of the Jakarta Servlet specification.
    public var majorVersion: Int { 6 }
    /// Version of the Jakarta Servlet specification.
    public var minorVersion: Int { 0 }
}

/// How much a line of the application's log matters.
public enum LogLevel: Sendable {
    /// For finding faults.
    case debug
    /// Worth knowing.
    case info
    /// Needs a look.
    case warning
    /// Failed.
    case error
}

/// Name and flags of an application's session cookie.
///
/// Source: `jakarta.servlet.SessionCookieConfig`.
public struct SessionCookieConfig: Sendable, Equatable {
    /// The name; `nil` for `JSESSIONID`.
    public var name: String?
    /// The domain, `nil` for the host's own.
    public var domain: String?
    /// The path; `nil` for the context path.
    public var path: String?
    /// Whether scripts are kept from reading it.
    public var httpOnly: Bool
    /// Whether it is sent over secure channels only, even if made on an insecure one.
    public var secure: Bool
    /// How long a client keeps it, in seconds; negative for as long as it runs.
    public var maxAge: Int
    /// Further attributes by name.
    public var attributes: [String: String]

    /// The defaults of the specification.
    public init() {
        self.httpOnly = false
        self.secure = false
        self.maxAge = -1
        self.attributes = [:]
    }
}

/// Hands a request to another servlet or file of the application.
///
/// Source: `jakarta.servlet.RequestDispatcher`.
public protocol RequestDispatcher: Sendable {
    /// Lets the target answer instead; drops what is buffered.
    ///
    /// - Throws: ``IllegalStateError`` once committed; whatever the target throws.
    func forward(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
    /// Puts the target's output into this answer; it cannot change status or headers.
    func include(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws
}
