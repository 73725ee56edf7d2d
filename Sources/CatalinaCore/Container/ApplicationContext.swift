import Logging
import Modeler
import NIOCore
package import ServletAPI
import Synchronization

/// What the servlets of an application see of it.
///
/// Source: `org.apache.catalina.core.ApplicationContext`.
package final class ApplicationContext: ContainerServletContext {
    private struct Protected {
        var attributes: [String: any Sendable] = [:]
        /// Who keeps attributes that other nodes have too.
        weak var shared: (any SharedAttributes)?
        var parameters: [String: String] = [:]
        var temporaryDirectory = ""
        var sessionSettings = SessionSettings()
    }

    /// The container behind it; for the container's own servlets.
    ///
    /// A cycle until the application stops: the context then lets go of this object.
    package let standardContext: StandardContext
    private let protected = Mutex(Protected())

    init(_ context: StandardContext) {
        self.standardContext = context
    }

    func open(parameters: [String: String], temporaryDirectory: String, sessionSettings: SessionSettings) {
        self.protected.withLock { protected in
            protected.parameters = parameters
            protected.temporaryDirectory = temporaryDirectory
            protected.sessionSettings = sessionSettings
        }
    }

    package var contextPath: String { self.standardContext.path }
    package var servletContextName: String { self.standardContext.displayName }
    package var serverInfo: String { ServerInfo.name }
    package var resources: WebResourceRoot? { self.standardContext.resources }

    package var virtualServerName: String {
        let host = self.standardContext.parent
        return (host?.parent?.name ?? "") + "/" + (host?.name ?? "")
    }

    package func initParameter(_ name: String) -> String? { self.protected.withLock { $0.parameters[name] } }
    package var initParameterNames: [String] { self.protected.withLock { Array($0.parameters.keys) } }
    package func systemProperty(_ name: String) -> String? { SystemProperties.shared[name] }

    // MARK: Attributes

    package func attribute(_ name: String) -> (any Sendable)? {
        if name == "jakarta.servlet.context.tempdir" { return self.temporaryDirectory }
        let (own, shared) = self.protected.withLock { ($0.attributes[name], $0.shared) }
        return own ?? shared?.value(name)
    }

    package func setAttribute(_ name: String, _ value: (any Sendable)?) {
        let shared = self.protected.withLock { $0.shared }
        let sharedOld = shared?.value(name)
        let isShared = value.map { shared?.set(name, $0) ?? false } ?? false
        if value == nil { shared?.remove(name) }
        let own = self.protected.withLock { protected in
            defer { protected.attributes[name] = isShared ? nil : value }
            return protected.attributes[name]
        }
        guard let (change, shown) = AttributeChange.between(own ?? sharedOld, value) else { return }
        for case let listener as any ServletContextAttributeListener in self.standardContext.instances.listeners {
            listener.attributeChanged(change, self, name, shown)
        }
    }

    package var attributeNames: [String] {
        let (own, shared) = self.protected.withLock { ($0.attributes.keys, $0.shared) }
        guard let shared else { return Array(own) }
        return Array(Set(own).union(shared.names))
    }

    /// Has attributes that are set from now on kept by somebody who gives them to other nodes too.
    package func share(_ attributes: any SharedAttributes) { self.protected.withLock { $0.shared = attributes } }

    // MARK: Files

    package var temporaryDirectory: String { self.protected.withLock { $0.temporaryDirectory } }

    package func realPath(_ path: String) -> String? {
        self.resources?.realPath(path.hasPrefix("/") ? path : "/" + path)
    }

    package func resourcePaths(_ path: String) -> [String]? { self.resources?.resourcePaths(path) }

    package func resource(_ path: String) async throws -> [UInt8]? {
        guard let resources = self.resources else { return nil }
        return try await resources.bytes(path.hasPrefix("/") ? path : "/" + path).map { Array($0.readableBytesView) }
    }

    package func mimeType(_ file: String) -> String? {
        guard let dot = file.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let name = String(file[file.index(after: dot)...])
        return name.isEmpty ? nil : self.standardContext.model.mimeType(name)
    }

    // MARK: Dispatch

    package func requestDispatcher(_ path: String) -> (any RequestDispatcher)? {
        ApplicationDispatcher(path: path, in: self.standardContext)
    }

    package func namedDispatcher(_ name: String) -> (any RequestDispatcher)? {
        guard let wrapper = self.standardContext.child(named: name) as? StandardWrapper else { return nil }
        return ApplicationDispatcher(named: wrapper, in: self.standardContext)
    }

    package func context(_ path: String) -> (any ServletContext)? {
        guard path.hasPrefix("/"), let host = self.standardContext.host else { return nil }
        let found = host.contexts
            .filter { $0.state.isAvailable && ($0.path.isEmpty || path == $0.path || path.hasPrefix($0.path + "/")) }
            .max { $0.path.utf8.count < $1.path.utf8.count }
        guard let found else { return nil }
        if found === self.standardContext { return self }
        return self.standardContext.configuration.crossContext ? found.servletContext : nil
    }

    // MARK: Sessions

    package var sessionTimeout: Int {
        get { self.protected.withLock { $0.sessionSettings.timeoutMinutes } }
        set { self.protected.withLock { $0.sessionSettings.timeoutMinutes = Int(Int32(clamping: newValue)) } }
    }

    package var sessionCookieConfig: SessionCookieConfig { self.protected.withLock { $0.sessionSettings.cookie } }

    package func log(_ level: LogLevel, _ message: String, _ error: (any Error)?) {
        let severity: Logger.Level =
            switch level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        self.standardContext.logger.log(severity, "log", message, error)
    }
}
