import ServletAPI
import Synchronization

/// A request to the repository as a container would hand it over.
final class StubRequest: HttpServletRequest {
    var method: String
    var requestURI: String
    var servletPath = ""
    var pathInfo: String?
    var queryString: String?
    var allHeaders: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var formParts: [StubPart] = []
    var attributes: [String: Any] = [:]
    var isSecure = true
    var localAddr = "192.0.2.1"
    var remoteAddr = "192.0.2.2"
    let context: any ServletContext

    let contextPath = "/repository"
    let protocolName = "HTTP/1.1"
    var requestURL: String { "https://h" + self.requestURI }
    let pathTranslated: String? = nil
    let httpServletMapping = HttpServletMapping()
    let scheme = "https"
    let serverName = "h"
    let serverPort = 443
    let remoteHost = "h"
    let remotePort = 1
    let localName = "h"
    let localPort = 443
    let requestId = "1"
    let cookies: [Cookie] = []
    let locales = ["en"]
    let characterEncoding: String? = nil
    let trailerFields: [String: String] = [:]
    let requestedSessionId: String? = nil
    let isRequestedSessionIdValid = false
    let isRequestedSessionIdFromCookie = false
    let isRequestedSessionIdFromURL = false
    let authType: String? = nil
    let remoteUser: String? = nil
    let userPrincipal: (any Principal)? = nil
    let dispatcherType = DispatcherType.request
    let isAsyncStarted = false
    let isAsyncSupported = false
    let asyncContext: (any AsyncContext)? = nil

    init(_ method: String, _ target: String, context: any ServletContext) {
        self.method = method
        self.context = context
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.requestURI = self.contextPath + parts[0]
        self.queryString = parts.count > 1 ? parts[1] : nil
    }

    var contentLength: Int64 { Int64(self.body.count) }
    var contentType: String? { self.header("Content-Type") }
    func header(_ name: String) -> String? { self.headers(name).first }
    func headers(_ name: String) -> [String] {
        self.allHeaders.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
    var headerNames: [String] { self.allHeaders.map { $0.name.lowercased() } }
    func intHeader(_ name: String) throws -> Int { -1 }
    func dateHeader(_ name: String) throws -> Int64 { -1 }
    func setCharacterEncoding(_ name: String) throws {}
    func inputStream() throws -> any ServletInputStream { StubInput(self.body) }
    func reader() throws -> ServletReader { throw IllegalStateError("not here") }

    func parameters() async -> Parameters {
        var parameters = Parameters()
        let isForm = self.contentType?.hasPrefix("application/x-www-form-urlencoded") ?? false
        let form = isForm && self.method == "POST"
        for text in [self.queryString ?? "", form ? String(decoding: self.body, as: UTF8.self) : ""] {
            for pair in text.split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? parts[1] : ""
                parameters.append(Self.decoded(parts[0]), Self.decoded(value))
            }
        }
        return parameters
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0x3f)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func parts() async throws -> [any Part] { self.formParts }
    func attribute(_ name: String) -> Any? { self.attributes[name] }
    func setAttribute(_ name: String, _ value: Any?) { self.attributes[name] = value }
    var attributeNames: [String] { Array(self.attributes.keys) }
    func session(create: Bool) async throws -> (any HttpSession)? { nil }
    func changeSessionId() async throws -> String { throw IllegalStateError("no session") }
    func isUserInRole(_ role: String) -> Bool { false }
    func authenticate(_ response: any HttpServletResponse) async throws -> Bool { false }
    func login(_ username: String, _ password: String) async throws {}
    func logout() async throws {}
    var servletContext: any ServletContext { self.context }
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)? { nil }
    func startAsync() throws -> any AsyncContext { throw IllegalStateError("not supported") }
}

final class StubInput: ServletInputStream {
    private var rest: [UInt8]
    init(_ bytes: [UInt8]) { self.rest = bytes }
    var isFinished: Bool { self.rest.isEmpty }
    func read(upTo maximum: Int) async throws -> [UInt8]? {
        guard !self.rest.isEmpty else { return nil }
        defer { self.rest.removeFirst(min(maximum, self.rest.count)) }
        return Array(self.rest.prefix(maximum))
    }
}

final class StubPart: Part {
    let name: String
    let submittedFileName: String?
    let contentType: String?
    let content: [UInt8]

    init(_ name: String, _ content: String, filename: String? = nil, type: String? = nil) {
        self.name = name
        self.content = Array(content.utf8)
        self.submittedFileName = filename
        self.contentType = type
    }

    var size: Int64 { Int64(self.content.count) }
    func header(_ name: String) -> String? { nil }
    func headers(_ name: String) -> [String] { [] }
    let headerNames: [String] = []
    func inputStream() throws -> any ServletInputStream { StubInput(self.content) }
    func write(to file: String) async throws {
        throw ServletError("The part could not be written to [\(file)]", rootCause: IllegalStateError("no room"))
    }
    func delete() throws {}
}

/// A response that remembers what was said to it.
final class StubResponse: HttpServletResponse, ServletOutputStream, ServletWriter {
    var status = 200
    var allHeaders: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var trailerFields: (@Sendable () -> [(name: String, value: String)])?
    var contentType: String?
    var characterEncoding = "UTF-8"
    var locale: String?
    var bufferSize = 8192
    var isCommitted = false

    func sendError(_ status: Int, _ message: String?) async throws { self.status = status }
    func sendRedirect(_ location: String, status: Int) async throws { self.status = status }
    func setHeader(_ name: String, _ value: String) {
        self.removeHeader(name)
        self.addHeader(name, value)
    }
    func addHeader(_ name: String, _ value: String) { self.allHeaders.append((name, value)) }
    func removeHeader(_ name: String) { self.allHeaders.removeAll { $0.name.lowercased() == name.lowercased() } }
    func header(_ name: String) -> String? { self.headers(name).first }
    func headers(_ name: String) -> [String] {
        self.allHeaders.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
    var headerNames: [String] { self.allHeaders.map(\.name) }
    func setDateHeader(_ name: String, _ milliseconds: Int64) {}
    func addCookie(_ cookie: Cookie) throws {}
    func setCharacterEncoding(_ name: String) {}
    func setContentLength(_ length: Int64) { self.setHeader("Content-Length", "\(length)") }
    func outputStream() throws -> any ServletOutputStream { self }
    func writer() throws -> any ServletWriter { self }
    func sendFile(_ path: String, offset: Int64, length: Int64) async throws {}
    func flushBuffer() async throws { self.isCommitted = true }
    func resetBuffer() throws { self.body = [] }
    func reset() throws { self.body = [] }
    func encodeURL(_ url: String) -> String { url }
    func encodeRedirectURL(_ url: String) -> String { url }
    func write(_ bytes: [UInt8]) async throws { self.body += bytes }
    func write(_ text: String) async throws { self.body += Array(text.utf8) }
    func flush() async throws {}

    var text: String { String(decoding: self.body, as: UTF8.self) }
}

/// An application that remembers what was logged.
final class StubContext: ServletContext {
    let logged = Mutex<[String]>([])
    let properties: [String: String]

    init(_ properties: [String: String] = [:]) { self.properties = properties }

    let contextPath = "/repository"
    let servletContextName = "Repository"
    let serverInfo = "stub"
    let virtualServerName = "Catalina/localhost"
    func initParameter(_ name: String) -> String? { nil }
    let initParameterNames: [String] = []
    func systemProperty(_ name: String) -> String? { self.properties[name] }
    func attribute(_ name: String) -> (any Sendable)? { nil }
    func setAttribute(_ name: String, _ value: (any Sendable)?) {}
    let attributeNames: [String] = []
    func realPath(_ path: String) -> String? { nil }
    func resourcePaths(_ path: String) -> [String]? { nil }
    func resource(_ path: String) async throws -> [UInt8]? { nil }
    func mimeType(_ file: String) -> String? { nil }
    let temporaryDirectory = "/nonexistent"
    func requestDispatcher(_ path: String) -> (any RequestDispatcher)? { nil }
    func namedDispatcher(_ name: String) -> (any RequestDispatcher)? { nil }
    func context(_ path: String) -> (any ServletContext)? { nil }
    var sessionTimeout: Int {
        get { 30 }
        set { _ = newValue }
    }
    var sessionCookieConfig: SessionCookieConfig {
        get { SessionCookieConfig() }
        set { _ = newValue }
    }
    func log(_ level: LogLevel, _ message: String, _ error: (any Error)?) {
        self.logged.withLock { $0.append("\(level) \(message)") }
    }
}
