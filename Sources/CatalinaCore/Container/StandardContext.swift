import Coyote
package import Modeler
package import ServletAPI
import Synchronization

/// One web application: its descriptor, servlets, filters, listeners, sessions and files.
///
/// At each start the `configure_start` event asks the context configuration for an ``ApplicationModel``; from it the
/// context builds everything else, and forgets it all at stop, so that a reload starts from nothing.
/// Source: `org.apache.catalina.core.StandardContext`.
package final class StandardContext: Container, ConfigurableComponent {
    struct Protected {
        var configuration: Configuration
        var model = ApplicationModel()
        var facts: ContextFacts?
        var mappedVersion: MapperTable.ContextVersion?
        var authenticator: (any Authenticator)?
        var pause: ReloadPause?
        var resources: WebResourceRoot?
        /// That of the application while it runs, and that of its last start, even if it failed.
        var loaders: (current: (any Loader)?, latest: (any Loader)?) = (nil, nil)
        var manager: (any Manager)?
        var instances = Instances()
        var applicationContext: ApplicationContext?
        var lastStart = Start()
    }

    /// How the last start went.
    struct Start {
        /// Milliseconds since 1970.
        var time: Int64 = 0
        /// Milliseconds that it took.
        var duration: Int64 = 0
        /// Why it failed.
        var failure: String?
    }

    /// What surrounds the application and does not change when it is reloaded: filled in before the first start.
    package struct Setup: Sendable {
        /// The session manager of a context, by what the descriptor and `<Manager>` say.
        package var makeManager: (@Sendable (StandardContext) throws -> any Manager)?
        /// Opens what the application brings in `WEB-INF/lib`.
        package var makeLoader: (@Sendable (StandardContext) throws -> any Loader)?
        /// Servlets, filters and listeners that the container itself brings, by class name.
        package var containerClasses = ContainerClasses()
        package var cookieProcessor = CookieProcessor()
        package var resources = WebResourceRoot.Configuration()
        /// What `<Resources>` mounts over and under the folder.
        package var overlays: [ResourceOverlay] = []
        /// `<Parameter>` elements: name to (value, whether web.xml may replace it).
        package var parameters: [String: (value: String, isOverridable: Bool)] = [:]
        package var watchedResources: [String] = []
        /// Folder of the application's files.
        package var documentBase = ""
        /// Folder for temporary files.
        package var workDirectory = ""
        /// Whether it stands in server.xml, so that the manager may not undeploy it.
        package var isDefinedInServerXML = false
        /// Why its descriptor could not be used; such an application is known and never starts.
        package var deploymentFailure: String?

        package init() {}
    }

    /// What the running application consists of.
    package struct Instances: Sendable {
        package var filters = FilterTable()
        package var filterObjects: [(name: String, filter: any Filter)] = []
        package var listeners: [any EventListener] = []
        package var requestListeners: [any ServletRequestListener] = []
        package var requestAttributeListeners: [any ServletRequestAttributeListener] = []
        package var sessionListeners: [any HttpSessionListener] = []
        package var sessionAttributeListeners: [any HttpSessionAttributeListener] = []
    }

    package let base: ContainerBase
    let protected: Mutex<Protected>
    private let surroundings = Mutex(Setup())
    private let hasReportedSessionCookie = Atomic(false)

    package init(configuration: Configuration) {
        self.base = ContainerBase(backgroundProcessorDelay: configuration.backgroundProcessorDelay)
        self.protected = Mutex(Protected(configuration: configuration))
        self.base.name = ContextName(path: configuration.path ?? "", version: configuration.webappVersion).name
        self.pipeline.attach(to: self)
        self.pipeline.setBasic(StandardContextValve())
    }

    /// Logs, once, why the session cookie cannot be made: without it no client keeps its session.
    func reportSessionCookie(_ error: any Error) {
        guard !self.hasReportedSessionCookie.exchange(true, ordering: .relaxed) else { return }
        self.logger.warning(
            "setSessionCookie",
            "The session cookie of context [\(self.path)] cannot be set: \(ExceptionNames.message(of: error))"
        )
    }

    // MARK: Identity

    package var configuration: Configuration { self.protected.withLock { $0.configuration } }
    package var path: String { self.configuration.path ?? "" }
    package var webappVersion: String { self.configuration.webappVersion }
    package var lifecycleName: String {
        "StandardEngine[\(self.parent?.parent?.name ?? "")].StandardHost[\(self.parent?.name ?? "")]"
            + ".StandardContext[\(self.path)]"
    }
    package var host: StandardHost? { self.parent as? StandardHost }
    package var displayName: String { self.model.displayName }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.protected.withLock { try change(&$0.configuration) }
        let configuration = self.configuration
        self.base.name = ContextName(path: configuration.path ?? "", version: configuration.webappVersion).name
        self.base.setBackgroundProcessorDelay(configuration.backgroundProcessorDelay, of: self)
        guard self.state.isAvailable else { return }
        self.publishFacts()
        self.base.treeDidChange()
    }

    /// Changes the idle minutes of sessions to come; 0 or less for no end.
    package func setSessionTimeout(minutes: Int) {
        self.protected.withLock { $0.model.session.timeoutMinutes = minutes }
        self.manager?.attach(to: self)
    }

    /// What surrounds the application; changes take effect at the next start.
    package var setup: Setup {
        get { self.surroundings.withLock { $0 } }
        set { self.surroundings.withLock { $0 = newValue } }
    }

    // MARK: Parts of the running application

    /// What the descriptors say; set at `configure_start`.
    package var model: ApplicationModel {
        get { self.protected.withLock { $0.model } }
        set { self.protected.withLock { $0.model = newValue } }
    }

    /// Whether its sessions may move between nodes.
    package var isDistributable: Bool { self.configuration.distributable || self.model.isDistributable }

    package var facts: ContextFacts? { self.protected.withLock { $0.facts } }

    /// The context's own entry in the mapper's table, for dispatchers.
    package var mappedVersion: MapperTable.ContextVersion? {
        get { self.protected.withLock { $0.mappedVersion } }
        set { self.protected.withLock { $0.mappedVersion = newValue } }
    }

    /// The valve that logs users in; `nil` for an application without protected resources.
    package var authenticator: (any Authenticator)? {
        get { self.protected.withLock { $0.authenticator } }
        set { self.protected.withLock { $0.authenticator = newValue } }
    }

    package var resources: WebResourceRoot? { self.protected.withLock { $0.resources } }
    package var loader: (any Loader)? { self.protected.withLock { $0.loaders.current } }
    /// Whether the application waits for a module: its start failed, or nobody offers the class of one of its servlets.
    package var lacksModules: Bool {
        guard self.state.isAvailable else { return self.failure != nil }
        return self.model.servlets.contains { servlet in
            servlet.isEnabled && !servlet.className.isEmpty && self.loader?.servlet(servlet.className) == nil
                && self.setup.containerClasses.servlets[servlet.className] == nil
        }
    }

    /// Whether the modules are others than at the last start, and have been left alone since a moment, in
    /// milliseconds since 1970; blocks.
    package func hasOtherModules(settledBefore limit: Int64) -> Bool {
        self.protected.withLock { $0.loaders.latest }?.isModified(settledBefore: limit) ?? false
    }

    package var manager: (any Manager)? { self.protected.withLock { $0.manager } }
    package var sessionAttributeListeners: [any HttpSessionAttributeListener] {
        self.protected.withLock { $0.instances.sessionAttributeListeners }
    }
    package var instances: Instances { self.protected.withLock { $0.instances } }
    package var cookieProcessor: CookieProcessor { self.setup.cookieProcessor }
    /// Of all its servlets, as in Tomcat.
    package var statistics: RequestFigures {
        self.wrappers.reduce(into: RequestFigures()) { $0.add($1.statistics) }
    }
    package var wrappers: [StandardWrapper] { self.children.compactMap { $0 as? StandardWrapper } }

    /// Whether requests wait because the application is being reloaded.
    package var isPaused: Bool { self.pause != nil }

    /// What those requests wait for.
    var pause: ReloadPause? {
        get { self.protected.withLock { $0.pause } }
        set { self.protected.withLock { $0.pause = newValue } }
    }

    /// Milliseconds since 1970 of the last start.
    package var startTime: Int64 { self.protected.withLock { $0.lastStart.time } }
    /// Milliseconds that the last start took.
    package var startupTime: Int64 { self.protected.withLock { $0.lastStart.duration } }

    /// Why the last start failed, `nil` if it did not.
    package var failure: String? {
        get { self.protected.withLock { $0.lastStart.failure } }
        set { self.protected.withLock { $0.lastStart.failure = newValue } }
    }

    /// The application's view of itself.
    package var servletContext: ApplicationContext {
        self.protected.withLock { protected in
            if let context = protected.applicationContext { return context }
            let context = ApplicationContext(self)
            protected.applicationContext = context
            return context
        }
    }

    package var encodedPath: String { PercentEncoder.path.encode(self.path) }
    package var mapperContextRootRedirectEnabled: Bool { self.configuration.mapperContextRootRedirectEnabled }
    package var mapperDirectoryRedirectEnabled: Bool { self.configuration.mapperDirectoryRedirectEnabled }

    /// Makes a servlet by its class name: from the application's modules, else from the container.
    package func makeServlet(_ className: String) throws -> any Servlet {
        if let make = self.loader?.servlet(className) { return try make() }
        if let make = self.setup.containerClasses.servlets[className] {
            let servlet = make()
            if servlet is any ContainerServlet, !self.configuration.privileged {
                throw ServletError(
                    "Servlet of class [\(className)] is privileged and cannot be loaded by this web application"
                )
            }
            return servlet
        }
        throw ServletError("No module in WEB-INF/lib offers the servlet class [\(className)]")
    }
}

/// Servlets, filters and listeners that the container itself brings, by class name.
package struct ContainerClasses: Sendable {
    package var servlets: [String: @Sendable () -> any Servlet] = [:]
    package var filters: [String: @Sendable () -> any Filter] = [:]
    package var listeners: [String: @Sendable () -> any EventListener] = [:]

    package init() {}
}

/// Opens the modules of an application.
///
/// Source: `org.apache.catalina.Loader`.
package protocol Loader: AnyObject, ManagedBean {
    /// Loads every module of an application's folder, at each start anew; blocking, called off the event loops.
    ///
    /// `workDirectory` is a folder of the application's own that outlives the process.
    /// - Throws: why a module cannot be used; the application then does not start.
    func load(documentBase: String, workDirectory: String) throws
    func servlet(_ className: String) -> (@Sendable () throws -> any Servlet)?
    func filter(_ className: String) -> (@Sendable () throws -> any Filter)?
    func listener(_ className: String) -> (@Sendable () throws -> any EventListener)?
    /// Whether something changed since the modules were loaded, and was last written before a moment, in milliseconds
    /// since 1970.
    func isModified(settledBefore limit: Int64) -> Bool
    /// Names of the modules loaded.
    var moduleNames: [String] { get }
    /// Folder of the copies that were opened; `nil` if nothing was.
    var imageFolder: String? { get }
}

extension Loader {
    package var imageFolder: String? { nil }
    /// Whether something changed since the modules were loaded.
    package func isModified() -> Bool { self.isModified(settledBefore: .max) }
}

/// Deploys and removes applications on behalf of the manager.
///
/// Source: `org.apache.catalina.startup.HostConfig` as the manager calls it.
package protocol Deployer: ManagedBean {
    /// Looks at one name in appBase and xmlBase and deploys, redeploys or undeploys it.
    func check(_ contextName: String) async throws
    /// Removes an application and its files.
    func unmanage(_ contextName: String) async throws
    /// Marks an application as being worked on; `false` if it is already.
    func tryAddServiced(_ contextName: String) -> Bool
    func removeServiced(_ contextName: String)
    func isServiced(_ contextName: String) -> Bool
    func isDeployed(_ contextName: String) -> Bool
    /// Folder of the applications.
    var appBase: String { get }
    /// Folder of the context descriptors.
    var configBase: String { get }
}
