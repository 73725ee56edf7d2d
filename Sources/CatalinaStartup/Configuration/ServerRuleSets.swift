import CatalinaCore
import CatalinaHA
import CatalinaSession
import Coyote
import Modeler
import ServerConfig

/// Rules of `server.xml` from the root down to the Engine's children.
///
/// Source: `Catalina.createStartDigester`.
struct ServerRuleSet: RuleSet {
    func addRules(to digester: inout Digester) {
        digester.onRoot("Server", create: StandardServer.descriptor.className) { (_: StandardServer) in }
        digester.on("Server/GlobalNamingResources", create: NamingResources.descriptor.className, isOverridable: false)
        {
            (server: StandardServer, naming: NamingResources) in
            server.globalResources = try GlobalResourceFactories.make(naming)
        }
        digester.add(NamingRuleSet(prefix: "Server/GlobalNamingResources/"))
        digester.on("Server/Listener", allowsOptional: true) {
            (server: StandardServer, listener: any LifecycleListener) in
            server.lifecycle.add(listener)
        }
        digester.on("Server/Service", create: StandardService.descriptor.className) {
            (server: StandardServer, service: StandardService) in server.add(service)
        }
        digester.on("Server/Service/Listener") { (service: StandardService, listener: any LifecycleListener) in
            service.lifecycle.add(listener)
        }
        digester.on("Server/Service/Executor", create: StandardThreadExecutor.descriptor.className) {
            (service: StandardService, executor: any ServiceExecutor) in service.add(executor)
        }
        digester.add(ConnectorRuleSet(prefix: "Server/Service/"))
        digester.add(EngineRuleSet(prefix: "Server/Service/"))
    }
}

/// Rules for the connectors alone, for tools that only want to know where a server answers.
struct ConnectorsAlone: RuleSet {
    func addRules(to digester: inout Digester) {
        digester.onRoot("Server", create: StandardServer.descriptor.className) { (_: StandardServer) in }
        digester.on("Server/Service", create: StandardService.descriptor.className) {
            (server: StandardServer, service: StandardService) in server.add(service)
        }
        digester.add(ConnectorRuleSet(prefix: "Server/Service/"))
    }
}

/// Rules of a Connector and its TLS hosts.
struct ConnectorRuleSet: RuleSet {
    let prefix: String

    func addRules(to digester: inout Digester) {
        let connector = self.prefix + "Connector"
        digester.on(connector, create: Connector.descriptor.className, isOverridable: false) {
            (service: StandardService, connector: Connector) in
            try connector.addFlatTLS()
            service.add(connector)
        }
        digester.on(connector + "/Listener") { (connector: Connector, listener: any LifecycleListener) in
            connector.lifecycle.add(listener)
        }
        digester.inspect(connector + "/UpgradeProtocol")
        digester.add(TLSRuleSet(prefix: connector + "/"))
    }
}

/// Rules of an Engine: its hosts and what all containers may have.
struct EngineRuleSet: RuleSet {
    let prefix: String

    func addRules(to digester: inout Digester) {
        let engine = self.prefix + "Engine"
        digester.on(engine, create: StandardEngine.descriptor.className, ignoring: ["engineConfigClass"]) {
            (service: StandardService, engine: StandardEngine) in service.engine = engine
        }
        digester.add(ContainerRuleSet(prefix: engine + "/"))
        digester.add(ClusterRuleSet(prefix: engine + "/"))
        digester.add(HostRuleSet(prefix: engine + "/"))
    }
}

/// Rules of a Host.
///
/// Source: `org.apache.catalina.startup.HostRuleSet`.
struct HostRuleSet: RuleSet {
    let prefix: String

    func addRules(to digester: inout Digester) {
        let host = self.prefix + "Host"
        digester.on(host, create: StandardHost.descriptor.className) { (engine: StandardEngine, host: StandardHost) in
            host.lifecycle.add(HostConfig(host))
            try engine.attachChild(host)
        }
        // The default files of a Context in server.xml lie in a folder that bears the names of both.
        digester.onBegin(host) { (engine: StandardEngine, host: StandardHost) in host.base.parent = engine }
        digester.onText(host + "/Alias") { (host: StandardHost, alias: String) in host.addAlias(alias) }
        digester.add(ContainerRuleSet(prefix: host + "/"))
        digester.add(ClusterRuleSet(prefix: host + "/"))
        digester.add(ContextRuleSet(prefix: host + "/"))
    }
}

/// Rules that Engine, Host and Context share: listeners, realm, valves.
struct ContainerRuleSet: RuleSet {
    let prefix: String

    func addRules(to digester: inout Digester) {
        digester.on(self.prefix + "Listener") { (container: any Container, listener: any LifecycleListener) in
            container.lifecycle.add(listener)
        }
        digester.on(self.prefix + "Valve") { (container: any Container, valve: any Valve) in
            container.pipeline.add(valve)
        }
        digester.on(self.prefix + "Realm") { (container: any Container, realm: any Realm) in
            UserDatabases.open(for: realm)
            container.base.realm = realm
        }
        var nested = self.prefix + "Realm/"
        for _ in 0..<RealmRules.nestingMaximum {
            digester.on(nested + "Realm") { (outer: any RealmContainer, inner: any Realm) in
                UserDatabases.open(for: inner)
                outer.add(inner)
            }
            digester.on(nested + "CredentialHandler") { (realm: any CredentialUser, handler: any CredentialHandler) in
                realm.use(handler)
            }
            nested += "Realm/"
        }
        digester.on(self.prefix + "Realm/CredentialHandler/CredentialHandler") {
            (outer: any CredentialHandlerContainer, inner: any CredentialHandler) in outer.add(inner)
        }
    }

    private enum RealmRules {
        /// Levels of realms within realms.
        static let nestingMaximum = 3
    }
}

/// Rules of a Context, in server.xml or in a file of its own (empty prefix).
///
/// Source: `org.apache.catalina.startup.ContextRuleSet`.
struct ContextRuleSet: RuleSet {
    let prefix: String

    func addRules(to digester: inout Digester) {
        let context = self.prefix + "Context"
        if self.prefix.isEmpty {
            digester.onRoot(context, create: StandardContext.descriptor.className, ignoring: ["configClass"]) {
                (_: StandardContext) in
            }
        } else {
            digester.on(context, create: StandardContext.descriptor.className, ignoring: ["configClass"]) {
                (host: StandardHost, context: StandardContext) in
                context.setup.isDefinedInServerXML = true
                ServerXMLContext.setPath(of: context)
                ServerXMLContext.requireDefaults(of: context, in: host)
                ContextSetup.prepare(context, in: host)
                try host.attachChild(context)
            }
            digester.underlay(context) { (host: StandardHost, element) in
                ServerXMLContext.defaults(of: element, in: host)
            }
        }
        digester.add(ContainerRuleSet(prefix: context + "/"))
        digester.on(context + "/Manager", create: StandardManager.descriptor.className) {
            (context: StandardContext, manager: any Manager) in context.setup.makeManager = { _ in manager }
        }
        digester.on(context + "/Manager/SessionIdGenerator", create: StandardSessionIDGenerator.descriptor.className) {
            (manager: any Manager, generator: StandardSessionIDGenerator) in
            (manager as? StandardManager)?.use(generator)
            (manager as? any ClusterManager)?.use(generator)
        }
        digester.on(context + "/CookieProcessor", create: CookieProcessor.descriptor.className) {
            (context: StandardContext, processor: CookieProcessor) in context.setup.cookieProcessor = processor
        }
        digester.on(context + "/Loader", create: WebappLoader.descriptor.className) {
            (context: StandardContext, loader: any Loader) in context.setup.makeLoader = { _ in loader }
        }
        digester.on(context + "/Resources", create: StandardRoot.descriptor.className) {
            (context: StandardContext, root: StandardRoot) in
            context.setup.resources = root.configuration
            context.setup.overlays = root.mounted
        }
        let positions: [(String, ResourceOverlay.Position)] = [
            ("PreResources", .pre), ("JarResources", .jar), ("PostResources", .post),
        ]
        for (name, position) in positions {
            digester.on(context + "/Resources/" + name) { (root: StandardRoot, overlay: ResourceOverlay) in
                root.add(overlay.placed(position))
            }
        }
        digester.on(context + "/Parameter", create: ApplicationParameter.descriptor.className, isOverridable: false) {
            (context: StandardContext, parameter: PlainElement<ApplicationParameter>) in
            let settings = parameter.configuration
            context.setup.parameters[settings.name] = (settings.value, settings.override)
        }
        digester.onText(context + "/WatchedResource") { (context: StandardContext, path: String) in
            context.setup.watchedResources.append(path)
        }
        for name in [
            "Environment", "Resource", "ResourceLink", "ResourceEnvRef", "Transaction", "Ejb", "LocalEjb", "ServiceRef",
        ] {
            digester.accept(context + "/" + name)
        }
        for name in ["JarScanner", "WrapperLifecycle", "WrapperListener"] { digester.accept(context + "/" + name) }
    }
}

/// What a Context in server.xml must say itself, since no file name says it, and the default files under it.
private enum ServerXMLContext {
    /// The default context files; none if one of them cannot be used.
    static func defaults(of element: XMLElement, in host: StandardHost) -> [XMLDocument] {
        guard element["override"]?.lowercased() != "true" else { return [] }
        return ContextDigest(rules: DeploymentRules(host)).usableDefaults().documents
    }

    /// Keeps a context whose default files cannot be used from starting; the server goes on without it.
    static func requireDefaults(of context: StandardContext, in host: StandardHost) {
        guard !context.configuration.override else { return }
        guard let problem = ContextDigest(rules: DeploymentRules(host)).usableDefaults().problem else { return }
        Problems.log(problem)
        context.setup.deploymentFailure = problem.description
    }

    /// Makes the path one: from `docBase` if it is missing, with a slash before and none behind.
    static func setPath(of context: StandardContext) {
        let configuration = context.configuration
        guard let given = configuration.path else {
            let name = ContextName(fileName: configuration.docBase ?? "", strippingExtension: true)
            context.update { $0.path = name.path }
            return
        }
        var path = given == "/" ? "" : given
        if !path.isEmpty, !path.hasPrefix("/") { path = "/" + path }
        while path.hasSuffix("/") { path.removeLast() }
        guard path != given else { return }
        if given != "/" {
            CategoryLogger("org.apache.catalina.core.StandardContext").warning(
                "setPath",
                "A context path must either be an empty string or start with a '/' and do not end with a '/'. The path "
                    + "[\(given)] does not meet these criteria and has been changed to [\(path)]"
            )
        }
        context.update { $0.path = path }
    }
}

/// Rules of `<Resource>` and its kin.
struct NamingRuleSet: RuleSet {
    let prefix: String

    func addRules(to digester: inout Digester) {
        digester.on(self.prefix + "Resource", create: ContextResource.descriptor.className, isOverridable: false) {
            (naming: NamingResources, resource: PlainElement<ContextResource>) in
            naming.resources.append(resource.configuration)
        }
        digester.on(self.prefix + "Environment", create: ContextEnvironment.descriptor.className, isOverridable: false)
        {
            (naming: NamingResources, entry: PlainElement<ContextEnvironment>) in
            naming.environment.append(entry.configuration)
        }
        for name in ["ResourceLink", "ResourceEnvRef", "Transaction", "Ejb", "LocalEjb", "ServiceRef"] {
            digester.accept(self.prefix + name)
        }
    }
}
