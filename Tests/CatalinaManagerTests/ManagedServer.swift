import CatalinaCore
import CatalinaSession
import Coyote
import Modeler
import ServletAPI
import Synchronization
import TestSupport

@testable import CatalinaManager

/// A server with one host and the applications of the recordings: `/`, `/t`, `/broken` (which fails to start),
/// `/sx` (of server.xml) and `/manager`.
final class ManagedServer {
    let files: FileTree
    let server: StandardServer
    let host: StandardHost
    let deployer: FolderDeployer
    let manager: StandardContext

    private let connector: Connector?

    /// `isServing` gives it a connector, on a free port of the loopback address.
    init(isServing: Bool = false) async throws {
        TestLog.install()
        self.files = try FileTree("manager")
        self.server = try StandardServer.descriptor.component([("port", "-1")])
        self.server.globalResources = Self.resources
        let service = try StandardService.descriptor.component([("name", "Catalina")])
        let engine = try StandardEngine.descriptor.component([
            ("name", "Catalina"), ("defaultHost", "localhost"), ("backgroundProcessorDelay", "-1"),
        ])
        service.engine = engine
        self.host = try StandardHost.descriptor.component([("name", "localhost")])
        self.deployer = FolderDeployer(self.host, base: self.files.path)
        self.host.lifecycle.add(self.deployer)
        self.server.add(service)
        self.connector =
            isServing ? try Connector.descriptor.component([("port", "0"), ("address", "127.0.0.1")]) : nil
        if let connector { service.add(connector) }
        try engine.attachChild(self.host)
        try self.files.makeDirectory("sx")
        try self.host.attachChild(self.deployer.context("/sx", documentBase: self.files["sx"], isInServerXML: true))
        for name in ["ROOT", "t", "broken", "manager"] { try self.files.makeDirectory("webapps/\(name)") }
        try self.files.makeDirectory("extra/app")
        try await self.server.start()
        for name in ["", "/t", "/broken", "/manager"] { try await self.deployer.check(name) }
        guard let manager = self.host.child(named: "/manager") as? StandardContext else {
            throw LifecycleError("The manager was not deployed")
        }
        self.manager = manager
    }

    var commands: TextCommands { TextCommands(HostManager(host: self.host, own: self.manager)) }

    /// What a command answers, with the test's folder called `BASE`.
    func text(_ command: String, _ parameters: [String: String] = [:]) async throws -> String {
        var given = Parameters()
        for (name, value) in parameters { given.append(name, value.replacing("BASE", with: self.files.path)) }
        let lines = try await self.commands.answer(command, given)
        return lines.map { $0 + "\n" }.joined().replacing(self.files.path, with: "BASE")
    }

    /// Sends one request to the connector, and reads its answer.
    func http(
        _ method: String,
        _ target: String,
        _ fields: [String] = [],
        body: String = ""
    ) async throws -> WireResponse {
        let head = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)"] + fields
        let request = head.map { $0 + "\r\n" }.joined() + "\r\n" + body
        let port = self.connector?.handler.localPort ?? 0
        let answer = try await WireClient.exchange(port: port, [request]) { $0.responses.count == 1 }
        return answer.responses.first ?? WireResponse()
    }

    private static var resources: GlobalResources {
        var resources = GlobalResources()
        resources.types = [("UserDatabase", "org.apache.catalina.UserDatabase")]
        resources.objects["UserDatabase"] = UserDatabase(name: "UserDatabase", pathname: "conf/tomcat-users.xml") {
            var content = UserDatabase.Content()
            content.roles = [.init(name: "manager-gui")]
            content.users = [.init(username: "admin", password: "secret", roles: ["manager-gui"], groups: ["g1"])]
            content.groups = [.init(name: "g1", roles: ["manager-gui"])]
            return content
        }
        resources.environment["simpleValue"] = ("java.lang.Integer", "30")
        return resources
    }
}

/// Deploys folders and archives of `webapps`, without reading what is in them.
final class FolderDeployer: Deployer, LifecycleListener {
    let appBase: String
    let configBase: String
    private unowned let host: StandardHost
    private let protected = Mutex<(deployed: Set<String>, serviced: Set<String>)>(([], []))

    init(_ host: StandardHost, base: String) {
        self.host = host
        self.appBase = base + "/webapps"
        self.configBase = base + "/conf/Catalina/localhost"
    }

    func lifecycleEvent(_ event: LifecycleEvent) async throws {}

    func context(_ name: String, documentBase: String, isInServerXML: Bool = false) -> StandardContext {
        let name = ContextName(fileName: name, strippingExtension: false)
        var configuration = StandardContext.Configuration()
        configuration.path = name.path
        configuration.webappVersion = name.version
        configuration.privileged = name.path == "/manager"
        if isInServerXML { configuration.docBase = documentBase }
        let context = StandardContext(configuration: configuration)
        context.setup.documentBase = documentBase
        context.setup.workDirectory = self.appBase + "/../work/\(name.baseName)"
        context.setup.isDefinedInServerXML = isInServerXML
        context.setup.containerClasses = ManagerApplication.classes
        context.setup.makeManager = { _ in StandardManager.withDefaults() }
        context.lifecycle.add(DescriptorListener())
        return context
    }

    func check(_ contextName: String) async throws {
        let name = ContextName(fileName: contextName, strippingExtension: false)
        let folder = "\(self.appBase)/\(name.baseName)"
        guard self.host.child(named: name.name) == nil,
            FileStatus(folder) != nil || FileStatus(folder + ".war") != nil
        else { return }
        try FileIO.makeDirectories(folder)
        _ = self.protected.withLock { $0.deployed.insert(name.name) }
        try await self.host.addChild(self.context(contextName, documentBase: folder))
    }

    func unmanage(_ contextName: String) async throws {
        guard let context = self.host.child(named: contextName) else { return }
        try await self.host.removeChild(context)
        let base = ContextName(fileName: contextName, strippingExtension: false).baseName
        try FileIO.removeTree("\(self.appBase)/\(base)")
        try FileIO.removeTree("\(self.appBase)/\(base).war")
        _ = self.protected.withLock { $0.deployed.remove(contextName) }
    }

    func tryAddServiced(_ contextName: String) -> Bool {
        self.protected.withLock { $0.serviced.insert(contextName).inserted }
    }

    func removeServiced(_ contextName: String) { _ = self.protected.withLock { $0.serviced.remove(contextName) } }
    func isServiced(_ contextName: String) -> Bool { self.protected.withLock { $0.serviced.contains(contextName) } }
    func isDeployed(_ contextName: String) -> Bool { self.protected.withLock { $0.deployed.contains(contextName) } }
}

/// Plays the context configuration: `/t` has a time-out of five minutes, `/broken` a listener that nobody has.
private final class DescriptorListener: LifecycleListener {
    func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard event.kind == .configureStart, let context = event.lifecycle as? StandardContext else { return }
        var model = ApplicationModel()
        switch context.path {
        case "/t":
            model.displayName = "T"
            model.session.timeoutMinutes = 5
            model.servlets = [ServletDefinition(name: "default", className: "no.such.Servlet")]
            model.servletMappings = [("/", "default")]
        case "/broken": model.listeners = ["no.such.L"]
        case "/manager": ManagerApplication.describe(&model)
        default: break
        }
        context.model = model
    }
}

/// What the descriptor of the manager application says, without who may use it.
private enum ManagerApplication {
    private static let servlets: [(pattern: String, className: String, make: @Sendable () -> any Servlet)] = [
        ("", IndexServlet.className, { IndexServlet() }),
        ("/text/*", ManagerServlet.className, { ManagerServlet() }),
        ("/html/*", HTMLManagerServlet.className, { HTMLManagerServlet() }),
        ("/status/*", StatusManagerServlet.className, { StatusManagerServlet() }),
        ("/jmxproxy/*", JMXProxyServlet.className, { JMXProxyServlet() }),
        ("/metrics", MetricsServlet.className, { MetricsServlet() }),
        ("/cluster", ClusterServlet.className, { ClusterServlet() }),
    ]

    static var classes: ContainerClasses {
        var classes = ContainerClasses()
        for servlet in self.servlets { classes.servlets[servlet.className] = servlet.make }
        classes.filters[CsrfPreventionFilter.className] = { CsrfPreventionFilter() }
        return classes
    }

    static func describe(_ model: inout ApplicationModel) {
        model.servlets = self.servlets.map { servlet in
            var definition = ServletDefinition(name: servlet.className, className: servlet.className)
            definition.multipart = MultipartConfiguration()
            return definition
        }
        model.servletMappings = self.servlets.map { ($0.pattern, $0.className) }
        var filter = FilterDefinition(name: "CSRF", className: CsrfPreventionFilter.className)
        filter.initParameters["entryPoints"] = "/html,/html/,/html/list"
        model.filters = [filter]
        var map = FilterMap(filterName: "CSRF")
        map.servletNames = [HTMLManagerServlet.className]
        model.filterMaps = [map]
    }
}
