package import Modeler
import Synchronization

/// The whole process: its services and global resources.
///
/// Source: `org.apache.catalina.core.StandardServer`.
package final class StandardServer: Lifecycle, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Where the shutdown command is listened for.
        package var address = "localhost"
        /// Shutdown port; -1 for none, 0 for any free one.
        package var port = 8005
        /// Added to the shutdown port and every connector's.
        package var portOffset = 0
        /// The command that stops the server.
        package var shutdown = "SHUTDOWN"
        /// Accepted; background work needs no threads of its own.
        package var utilityThreads = 2
        /// Accepted; there are no such threads.
        package var utilityThreadsAsDaemon = false
        /// Accepted; there are no periodic events.
        package var periodicEventDelay = 10
    }

    package let lifecycle = LifecycleSupport()
    package let configuration: Configuration
    /// What management clients see of the server and all it contains, while it is initialised.
    package let beans = BeanRegistry()
    private let owned = Mutex<(services: [StandardService], global: GlobalResources)>(([], GlobalResources()))

    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<StandardServer>(
        className: "org.apache.catalina.core.StandardServer",
        kind: .server,
        "The whole process",
        defaults: Configuration(),
        attributes: [
            Attribute("address", \.address, "Where the shutdown command is listened for"),
            Attribute("port", \.port, "Shutdown port; -1 for none, 0 for any free one"),
            Attribute("portOffset", \.portOffset, "Added to the shutdown port and to every connector's"),
            Attribute("shutdown", \.shutdown, "The command that stops the server"),
            Attribute("utilityThreads", \.utilityThreads, "Accepted; background work needs no threads of its own"),
            Attribute("utilityThreadsAsDaemon", \.utilityThreadsAsDaemon, "Accepted; there are no such threads"),
            Attribute("periodicEventDelay", \.periodicEventDelay, "Accepted; there are no periodic events"),
        ]
    )

    package var lifecycleName: String { "StandardServer[\(self.configuration.port)]" }
    /// The shutdown port with the offset.
    package var portWithOffset: Int {
        self.configuration.port > 0 ? self.configuration.port + self.configuration.portOffset : self.configuration.port
    }
    package var services: [StandardService] { self.owned.withLock { $0.services } }

    /// What `<GlobalNamingResources>` defines.
    package var globalResources: GlobalResources {
        get { self.owned.withLock { $0.global } }
        set { self.owned.withLock { $0.global = newValue } }
    }

    package func add(_ service: StandardService) {
        self.owned.withLock { $0.services.append(service) }
        service.server = self
    }

    package func initInternal() async throws {
        self.registerBeans()
        for service in self.services { try await service.initialize() }
    }

    package func startInternal() async throws {
        try await self.fire(.configureStart)
        try await self.enter(.starting)
        for service in self.services { try await service.start() }
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        try await self.fire(.configureStop)
        for service in self.services where service.state.isAvailable { try await service.stop() }
    }

    package func destroyInternal() async throws {
        for service in self.services { try await service.destroy() }
        self.beans.unregisterAll()
    }
}

/// Named objects that the whole server shares.
///
/// Source: `org.apache.catalina.deploy.NamingResourcesImpl`.
package struct GlobalResources: Sendable {
    /// `<Resource>`: name to what its factory made.
    package var objects: [String: any Sendable] = [:]
    /// `<Resource>`: name to type, in the order of the file.
    package var types: [(name: String, type: String)] = []
    /// `<Environment>`: name to (type, value).
    package var environment: [String: (type: String, value: String)] = [:]

    package init() {}
}
