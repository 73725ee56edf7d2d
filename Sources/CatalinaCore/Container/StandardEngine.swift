package import Modeler
import ServletAPI
import Synchronization

/// The top of the tree: all virtual hosts of a service.
///
/// Source: `org.apache.catalina.core.StandardEngine`.
package final class StandardEngine: Container, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Domain of the MBeans, name of the work and configuration folders.
        package var name = ""
        /// The host that serves requests for names no host has.
        package var defaultHost = ""
        /// Appended to session ids as `.route`, for sticky balancing.
        package var jvmRoute: String?
        /// Seconds between rounds of background work; hosts and contexts without a delay of their own share it.
        package var backgroundProcessorDelay = 10
        /// Hosts started at the same time; 0 for as many as there are cores.
        package var startStopThreads = 1
    }

    package let base: ContainerBase
    private let settings: Mutex<Configuration>
    private let owner = Mutex<WeakService>(WeakService())

    private struct WeakService: Sendable { weak var service: StandardService? }

    package init(configuration: Configuration) {
        self.base = ContainerBase(
            name: configuration.name,
            backgroundProcessorDelay: configuration.backgroundProcessorDelay
        )
        self.settings = Mutex(configuration)
        self.pipeline.attach(to: self)
        self.pipeline.setBasic(StandardEngineValve())
    }

    package static let descriptor = ComponentDescriptor<StandardEngine>(
        className: "org.apache.catalina.core.StandardEngine",
        kind: .engine,
        "All virtual hosts of a service",
        defaults: Configuration(),
        attributes: [
            Attribute("name", \.name, "Domain of the MBeans, name of the work and configuration folders"),
            Attribute("defaultHost", \.defaultHost, "Host that serves requests for names no host has"),
            Attribute("jvmRoute", \.jvmRoute, "Appended to session ids, for sticky balancing"),
            Attribute(
                "backgroundProcessorDelay",
                \.backgroundProcessorDelay,
                "Seconds between rounds of background work"
            ),
            Attribute("startStopThreads", \.startStopThreads, "Hosts started at the same time"),
        ]
    )

    package var configuration: Configuration { self.settings.withLock { $0 } }

    /// Changes attributes; the engine's name stays.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        let (before, after) = try self.settings.withLock { configuration in
            let before = configuration
            var changed = configuration
            try change(&changed)
            guard changed.name == before.name else { throw NotReconfigurable() }
            configuration = changed
            return (before, changed)
        }
        self.base.setBackgroundProcessorDelay(after.backgroundProcessorDelay, of: self)
        if after.defaultHost != before.defaultHost { self.base.treeDidChange() }
        if after.jvmRoute != before.jvmRoute {
            for context in self.hosts.flatMap(\.contexts) { context.manager?.attach(to: context) }
        }
    }

    package var startStopThreads: Int { self.configuration.startStopThreads }
    package var defaultHost: String { self.configuration.defaultHost }
    package var jvmRoute: String? { self.configuration.jvmRoute ?? SystemProperties.shared["jvmRoute"] }
    package var lifecycleName: String { "StandardEngine[\(self.name)]" }

    /// The service that the engine belongs to.
    package var service: StandardService? {
        get { self.owner.withLock { $0.service } }
        set { self.owner.withLock { $0.service = newValue } }
    }

    package var hosts: [StandardHost] { self.children.compactMap { $0 as? StandardHost } }
    /// Whether one of the hosts is the default host, by its name or an alias.
    package var hasDefaultHost: Bool {
        let name = self.defaultHost.lowercased()
        return self.hosts.contains { $0.name == name || $0.aliases.contains(name) }
    }

    package func startInternal() async throws {
        CategoryLogger("org.apache.catalina.core.StandardEngine")
            .info("startInternal", "Starting Servlet engine: [\(ServerInfo.name)]")
        try self.attachRealms(below: self)
        try await self.startParts()
        self.registerParts()
        try await self.enter(.starting)
        self.base.startBackground(of: self)
    }

    /// A realm of the configuration file that cannot know anybody keeps the whole server from starting.
    private func attachRealms(below container: any Container) throws {
        for child in container.children {
            try child.base.realm?.attach(to: child)
            try self.attachRealms(below: child)
        }
    }

    package func stopInternal() async throws {
        self.base.stopBackground()
        try await self.enter(.stopping)
        try await self.stopParts()
    }

    package func destroyInternal() async throws { try await self.destroyParts() }
}
