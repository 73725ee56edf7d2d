package import Modeler
import Synchronization

/// One virtual host and the applications it deploys.
///
/// Source: `org.apache.catalina.core.StandardHost`.
package final class StandardHost: Container, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Name of the host; `*.x` stands for one label before x.
        package var name = ""
        /// Folder of the applications, relative to CATALINA_BASE.
        package var appBase = "webapps"
        /// Accepted; there is no Java EE code to convert.
        package var legacyAppBase = "webapps-javaee"
        /// Folder of the context descriptors.
        package var xmlBase: String?
        /// Folder for the applications' temporary files.
        package var workDir: String?
        /// Whether appBase and xmlBase are made at start.
        package var createDirs = true
        /// Whether new and changed applications are deployed while running.
        package var autoDeploy = true
        /// Whether applications are deployed at start.
        package var deployOnStartup = true
        /// Regular expression of names in appBase that are left alone.
        package var deployIgnore: String?
        /// Whether META-INF/context.xml is read.
        package var deployXML = true
        /// Whether META-INF/context.xml is copied to xmlBase.
        package var copyXML = false
        /// Whether a WAR is unpacked in appBase.
        package var unpackWARs = true
        /// Whether old versions without sessions are removed.
        package var undeployOldVersions = false
        /// Whether an application fails when a servlet loaded at start fails.
        package var failCtxIfServletStartFails = false
        /// Applications started at the same time.
        package var startStopThreads = 1
        /// Seconds between rounds of background work.
        package var backgroundProcessorDelay = -1
        /// Valve that writes error pages; empty for none.
        package var errorReportValveClass = "org.apache.catalina.valves.ErrorReportValve"
        /// Accepted; there is one context class.
        package var contextClass = "org.apache.catalina.core.StandardContext"
        /// Accepted; there is one configuration class.
        package var configClass = "org.apache.catalina.startup.ContextConfig"
        /// Accepted; there is one deployer.
        package var hostConfigClass = "org.apache.catalina.startup.HostConfig"
    }

    package let base: ContainerBase
    private let settings: Mutex<Configuration>
    private let aliasTable = Mutex<[String]>([])

    package init(configuration: Configuration) {
        self.base = ContainerBase(
            name: configuration.name.lowercased(),
            backgroundProcessorDelay: configuration.backgroundProcessorDelay
        )
        self.settings = Mutex(configuration)
        self.pipeline.attach(to: self)
        self.pipeline.setBasic(StandardHostValve())
    }

    package static let descriptor = ComponentDescriptor<StandardHost>(
        className: "org.apache.catalina.core.StandardHost",
        kind: .host,
        "One virtual host and the applications it deploys",
        defaults: Configuration(),
        attributes: [
            Attribute("name", \.name, "Name of the host; `*.x` stands for one label before x"),
            Attribute("appBase", \.appBase, "Folder of the applications, relative to CATALINA_BASE"),
            Attribute("legacyAppBase", \.legacyAppBase, "Accepted; there is no Java EE code to convert"),
            Attribute("xmlBase", \.xmlBase, "Folder of the context descriptors"),
            Attribute("workDir", \.workDir, "Folder for the applications' temporary files"),
            Attribute("createDirs", \.createDirs, "Whether appBase and xmlBase are made at start"),
            Attribute("autoDeploy", \.autoDeploy, "Whether new and changed applications are deployed while running"),
            Attribute("deployOnStartup", \.deployOnStartup, "Whether applications are deployed at start"),
            Attribute("deployIgnore", \.deployIgnore, "Regular expression of names in appBase that are left alone"),
            Attribute("deployXML", \.deployXML, "Whether META-INF/context.xml is read"),
            Attribute("copyXML", \.copyXML, "Whether META-INF/context.xml is copied to xmlBase"),
            Attribute("unpackWARs", \.unpackWARs, "Whether a WAR is unpacked in appBase"),
            Attribute(
                "undeployOldVersions",
                \.undeployOldVersions,
                "Whether old versions without sessions are removed"
            ),
            Attribute(
                "failCtxIfServletStartFails",
                \.failCtxIfServletStartFails,
                "Whether an application fails when a servlet loaded at start fails"
            ),
            Attribute("startStopThreads", \.startStopThreads, "Applications started at the same time"),
            Attribute(
                "backgroundProcessorDelay",
                \.backgroundProcessorDelay,
                "Seconds between rounds of background work"
            ),
            Attribute(
                "errorReportValveClass",
                \.errorReportValveClass,
                "Valve that writes error pages; empty for none"
            ),
            Attribute("contextClass", \.contextClass, "Accepted; there is one context class"),
            Attribute("configClass", \.configClass, "Accepted; there is one configuration class"),
            Attribute("hostConfigClass", \.hostConfigClass, "Accepted; there is one deployer"),
        ]
    )

    package var configuration: Configuration { self.settings.withLock { $0 } }
    package var lifecycleName: String { "StandardEngine[\(self.parent?.name ?? "")].StandardHost[\(self.name)]" }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
        self.base.setBackgroundProcessorDelay(self.configuration.backgroundProcessorDelay, of: self)
    }

    package var startStopThreads: Int { self.configuration.startStopThreads }

    /// Further names, in lower case.
    package var aliases: [String] { self.aliasTable.withLock { $0 } }

    package func addAlias(_ alias: String) {
        self.aliasTable.withLock { aliases in
            if !aliases.contains(alias.lowercased()) { aliases.append(alias.lowercased()) }
        }
        self.base.treeDidChange()
    }

    package func removeAlias(_ alias: String) {
        self.aliasTable.withLock { $0.removeAll { $0 == alias.lowercased() } }
        self.base.treeDidChange()
    }

    package var contexts: [StandardContext] { self.children.compactMap { $0 as? StandardContext } }

    package var engine: StandardEngine? { self.parent as? StandardEngine }

    package func startInternal() async throws {
        self.addErrorReportValve()
        try await self.startParts()
        self.registerParts()
        try await self.enter(.starting)
        self.base.startBackground(of: self)
    }

    /// Adds the valve that writes error pages as the innermost one, unless the configuration brings one.
    private func addErrorReportValve() {
        let className = self.configuration.errorReportValveClass
        guard !className.isEmpty, !self.pipeline.valves.contains(where: { $0 is any ErrorReporter }) else { return }
        switch className {
        case ErrorReportValve.descriptor.className:
            self.pipeline.add(ErrorReportValve(configuration: ErrorReportValve.Configuration()))
        case JsonErrorReportValve.descriptor.className:
            self.pipeline.add(JsonErrorReportValve(configuration: JsonErrorReportValve.Configuration()))
        default:
            CategoryLogger("org.apache.catalina.core.StandardHost").error(
                "startInternal",
                "Couldn't load specified error report valve class: [\(className)]"
            )
        }
    }

    package func stopInternal() async throws {
        self.base.stopBackground()
        try await self.enter(.stopping)
        try await self.stopParts()
    }

    package func destroyInternal() async throws { try await self.destroyParts() }

    /// Lets the host's error reporters say what went wrong.
    package func writeReport(_ request: Request, _ response: Response) async throws {
        for case let reporter as any ErrorReporter in self.pipeline.valves {
            try await reporter.report(request, response)
        }
    }

    /// Writes the error page of an answer whose request has left the pipeline already.
    package func report(_ request: Request, _ response: Response) async {
        do {
            if let context = request.context {
                try await ErrorPageDispatcher.handle(request, response, in: context)
            }
            try await self.writeReport(request, response)
        } catch {
            self.logger.error("report", "Exception processing an error page", error)
        }
    }
}
