import ServletAPI

/// Stands for the application of a request that no application serves.
final class NoServletContext: ServletContext {
    static let shared = NoServletContext()

    var contextPath: String { "" }
    var servletContextName: String { "" }
    var serverInfo: String { ServerInfo.name }
    var virtualServerName: String { "" }
    func initParameter(_ name: String) -> String? { nil }
    var initParameterNames: [String] { [] }
    func systemProperty(_ name: String) -> String? { nil }
    func attribute(_ name: String) -> (any Sendable)? { nil }
    func setAttribute(_ name: String, _ value: (any Sendable)?) {}
    var attributeNames: [String] { [] }
    func realPath(_ path: String) -> String? { nil }
    func resourcePaths(_ path: String) -> [String]? { nil }
    func resource(_ path: String) async throws -> [UInt8]? { nil }
    func mimeType(_ file: String) -> String? { nil }
    var temporaryDirectory: String { "" }
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)? { nil }
    func namedDispatcher(_ name: String) -> (any RequestDispatcher)? { nil }
    func context(_ path: String) -> (any ServletContext)? { nil }
    var sessionTimeout: Int {
        get { 0 }
        set { _ = newValue }
    }
    var sessionCookieConfig: SessionCookieConfig { SessionCookieConfig() }
    func log(_ level: LogLevel, _ message: String, _ error: (any Error)?) {}
}
