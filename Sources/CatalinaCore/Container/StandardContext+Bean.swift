package import Modeler

extension StandardContext: ManagedBean {
    package static let beanInfo = BeanInfo<StandardContext>(
        type: "WebModule",
        className: "org.apache.catalina.mbeans.ContextMBean",
        attributes: StandardContext.beanAttributes,
        operations: StandardContext.beanOperations
    )

    private static var beanAttributes: [BeanAttribute<StandardContext>] {
        let container: [BeanAttribute<StandardContext>] = .container()
        return container + Self.identityAttributes + Self.lifeAttributes + StandardContext.requestAttributes()
    }

    private static var beanOperations: [ManagedOperation<StandardContext>] {
        let lifecycle: [ManagedOperation<StandardContext>] = .lifecycle()
        return lifecycle + Self.applicationOperations
    }

    private static let applicationOperations: [ManagedOperation<StandardContext>] = [
        ManagedOperation("reload", "Stops and starts the application") { context, _ in
            try await context.reload()
        },
        ManagedOperation("findServletMappings", "The patterns that lead to servlets") { context, _ in
            context.model.servletMappings.map(\.pattern)
        },
        ManagedOperation("findServletMapping", takes: ["pattern"], "The servlet of a pattern") {
            context,
            arguments in
            context.model.servletMappings.first { $0.pattern == arguments[0] }?.servletName
        },
        ManagedOperation("findParameters", "Names of the context parameters") { context, _ in
            context.servletContext.initParameterNames.sorted()
        },
        ManagedOperation("findParameter", takes: ["name"], "A context parameter") { context, arguments in
            context.servletContext.initParameter(arguments[0])
        },
        ManagedOperation("findMimeMapping", takes: ["extension"], "The media type of an extension") {
            context,
            arguments in
            context.model.mimeType(arguments[0])
        },
        ManagedOperation("getServlets", "The servlets") { context, _ in
            BeanValue.objectNames(context.wrappers.compactMap(\.objectName))
        },
    ]

    private static let identityAttributes: [BeanAttribute<StandardContext>] = [
        .value("objectName", "The bean's own name") { $0.objectName },
        .text("path", "Path of the application") { $0.path },
        .text("encodedPath", "The same, percent-encoded") { $0.encodedPath },
        .text("name", "Path and version") { $0.name },
        .text("baseName", "Name of its files") { ContextName(path: $0.path, version: $0.webappVersion).baseName },
        .text("displayName", "Name that its descriptor gives") { $0.displayName },
        .text("docBase", "Its files") { $0.shownDocBase },
        .text("workDir", "Folder for its temporary files") { $0.shownWorkDirectory },
        .flag("distributable", "Whether its sessions may move between nodes") { $0.isDistributable },
        .list("welcomeFiles", "Files that stand for a folder") { $0.model.welcomeFiles },
        .gauge("sessionTimeout", "Minutes after which an idle session ends") { $0.model.session.timeoutMinutes }
            .writable { (context: StandardContext, minutes: Int) in context.setSessionTimeout(minutes: minutes) },
        .text("manager", "The session manager") { $0.manager?.beanDescription },
        .text("loader", "The loader") { context in
            context.loader.map { "\($0.beanDescription)[\(context.lifecycleName)]" }
        },
        .list("modules", "Modules loaded") { $0.loader?.moduleNames ?? [] },
    ]

    private static let lifeAttributes: [BeanAttribute<StandardContext>] = [
        .flag("available", "Whether it serves requests") { $0.state.isAvailable },
        .flag("configured", "Whether its descriptors could be used") { $0.failure == nil },
        .text("failure", "Why the last start failed") { $0.failure },
        .flag("paused", "Whether requests wait because it is being reloaded") { $0.isPaused },
        .value("startTime", "Milliseconds since 1970 of the last start") { $0.startTime },
        .gauge("startupTime", "Milliseconds that the last start took") { $0.startupTime },
        .gauge("tldScanTime", "Always 0; there are no tag libraries") { _ in Int64(0) },
    ]

    /// The folder, from CATALINA_BASE if it lies below.
    private var shownWorkDirectory: String {
        let (folder, base) = (self.setup.workDirectory, SystemProperties.shared["catalina.base"] ?? "")
        return !base.isEmpty && folder.hasPrefix(base + "/") ? String(folder.dropFirst(base.count + 1)) : folder
    }

    /// The docBase as configured, else the base name: what the manager's list shows.
    package var shownDocBase: String {
        self.configuration.docBase ?? ContextName(path: self.path, version: self.webappVersion).baseName
    }

    /// `/`, `/app`, `/app##2`: how names of beans call the application.
    package var beanContextName: String { self.name.hasPrefix("/") ? self.name : "/" + self.name }

    /// `//localhost/app`.
    var webModuleName: String { "//\(self.host?.name ?? "")\(self.beanContextName)" }

    var webModuleProperties: [(String, String)] {
        [("j2eeType", "WebModule"), ("name", self.webModuleName)] + Self.j2eeProperties
    }

    static let j2eeProperties = [("J2EEApplication", "none"), ("J2EEServer", "none")]

    package func initInternal() async throws { self.beanDomain?.register(self, as: self.webModuleProperties) }

    /// Registers what the application consists of once it runs.
    func registerRunningParts() {
        self.registerParts()
        guard let domain = self.beanDomain else { return }
        let keys = self.beanKeys
        for (definition, filter) in zip(self.model.filters, self.instances.filterObjects) {
            let properties = [("j2eeType", "Filter"), ("WebModule", self.webModuleName), ("name", filter.name)]
            domain.register(FilterBean(definition: definition), as: properties + Self.j2eeProperties)
        }
        if let manager = self.manager {
            let properties = [("type", "Manager")] + keys
            if let configurable = manager as? any Manager & ConfigurableComponent {
                domain.register(configurable, as: properties)
            } else {
                domain.register(manager, as: properties)
            }
        }
        domain.register(NamingResourcesBean(container: self.lifecycleName), as: [("type", "NamingResources")] + keys)
        if let loader = self.loader { domain.register(loader, as: [("type", "Loader")] + keys) }
        if let resources = self.resources {
            domain.register(resources, as: [("type", "WebResourceRoot")] + keys)
            domain.register(
                ResourceCacheBean(root: resources),
                as: [("type", "WebResourceRoot")] + keys + [("name", "Cache")]
            )
        }
    }

    /// Forgets what ``registerRunningParts()`` and the servlets registered.
    func unregisterRunningParts() {
        guard let domain = self.beanDomain else { return }
        domain.registry.unregister(matching: domain.pattern(self.beanKeys))
        domain.registry.unregister(matching: domain.pattern([("WebModule", self.webModuleName)]))
    }
}

extension BeanAttribute where Bean: RequestCounting {
    fileprivate static var all: [Self] {
        [
            .counter("requestCount", "Requests served") { $0.statistics.requestCount },
            .counter("errorCount", "Of them, those answered with an error") { $0.statistics.errorCount },
            .counter("processingTime", "Milliseconds spent on them") { $0.statistics.processingTime },
            .gauge("maxTime", "Milliseconds of the longest") { $0.statistics.maxTime },
            .gauge("minTime", "Milliseconds of the shortest") { $0.statistics.minTime },
        ]
    }
}

/// A container that counts requests.
package protocol RequestCounting: Container, ManagedBean {
    var statistics: RequestFigures { get }
}

extension RequestCounting {
    static func requestAttributes() -> [BeanAttribute<Self>] { BeanAttribute<Self>.all }
}

extension StandardContext: RequestCounting {}
extension StandardWrapper: RequestCounting {}

/// One filter of a running application.
///
/// Source: `org.apache.catalina.core.ApplicationFilterConfig`.
struct FilterBean: ManagedBean {
    let definition: FilterDefinition

    static let beanInfo = BeanInfo<FilterBean>(
        type: "Filter",
        attributes: [
            .text("filterName", "Name in the descriptor") { $0.definition.name },
            .text("filterClass", "Class in the descriptor") { $0.definition.className },
            .value("filterInitParameterMap", "Its parameters") { bean in
                let parameters = bean.definition.initParameters.sorted { $0.key < $1.key }
                return BeanValue.composite(parameters.map { BeanValue.Item($0.key, .string($0.value)) })
            },
        ]
    )

    let componentClassName = "org.apache.catalina.core.ApplicationFilterConfig"
}
