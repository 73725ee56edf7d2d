package import Modeler
import Synchronization

/// Connectors and the engine that answers what they accept.
///
/// Source: `org.apache.catalina.core.StandardService`.
package final class StandardService: Lifecycle, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Shown in log lines.
        package var name = ""
        /// Milliseconds to wait for open connections at stop.
        package var gracefulStopAwaitMillis: Int64 = 0
    }

    private struct Protected {
        var connectors: [Connector] = []
        var executors: [any ServiceExecutor] = []
        var engine: StandardEngine?
        weak var server: StandardServer?
    }

    package let lifecycle = LifecycleSupport()
    package let configuration: Configuration
    private let protected = Mutex(Protected())
    private static let log = CategoryLogger("org.apache.catalina.core.StandardService")

    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<StandardService>(
        className: "org.apache.catalina.core.StandardService",
        kind: .service,
        "Connectors and the engine that answers what they accept",
        defaults: Configuration(),
        attributes: [
            Attribute("name", \.name, "Name shown in log lines"),
            Attribute(
                "gracefulStopAwaitMillis",
                \.gracefulStopAwaitMillis,
                "Milliseconds to wait for open connections at stop"
            ),
        ]
    )

    package var name: String { self.configuration.name }
    package var lifecycleName: String { "StandardService[\(self.name)]" }
    package var connectors: [Connector] { self.protected.withLock { $0.connectors } }
    package var executors: [any ServiceExecutor] { self.protected.withLock { $0.executors } }

    package var engine: StandardEngine? {
        get { self.protected.withLock { $0.engine } }
        set {
            self.protected.withLock { $0.engine = newValue }
            newValue?.service = self
        }
    }

    package var server: StandardServer? {
        get { self.protected.withLock { $0.server } }
        set { self.protected.withLock { $0.server = newValue } }
    }

    package func add(_ connector: Connector) { self.protected.withLock { $0.connectors.append(connector) } }
    package func add(_ executor: any ServiceExecutor) { self.protected.withLock { $0.executors.append(executor) } }

    package func initInternal() async throws {
        for connector in self.connectors { try connector.addPortOffset(self.server?.configuration.portOffset ?? 0) }
        self.registerBeans()
        try await self.engine?.initialize()
        for connector in self.connectors {
            await self.attempt(connector, "initialize") { try await connector.initialize() }
        }
    }

    package func startInternal() async throws {
        Self.log.info("startInternal", "Starting service [\(self.name)]")
        try await self.enter(.starting)
        for executor in self.executors { try await executor.start() }
        self.assignExecutors()
        try await self.engine?.start()
        self.connectMapper()
        for connector in self.connectors where connector.state != .failed {
            await self.attempt(connector, "start") { try await connector.start() }
        }
    }

    package func stopInternal() async throws {
        for connector in self.connectors where connector.state.isAvailable { connector.pause() }
        await self.awaitConnections()
        Self.log.info("stopInternal", "Stopping service [\(self.name)]")
        try await self.enter(.stopping)
        for connector in self.connectors where connector.state.isAvailable {
            await self.attempt(connector, "stop") { try await connector.stop() }
        }
        try await self.engine?.stop()
        for connector in self.connectors { connector.facts.mapper.replace { MapperTable() } }
        for executor in self.executors { try await executor.stop() }
    }

    package func destroyInternal() async throws {
        for connector in self.connectors { await self.attempt(connector, "destroy") { try await connector.destroy() } }
        try await self.engine?.destroy()
        self.engine?.base.onTreeChange(nil)
    }

    /// Lets the mapper's table follow the tree from now on.
    private func connectMapper() {
        guard let engine = self.engine else { return }
        let mappers = self.connectors.map(\.facts.mapper)
        let rebuild: @Sendable () -> Void = { [weak engine] in
            guard let engine else { return }
            for mapper in mappers { mapper.replace { MapperTable.of(engine) } }
        }
        engine.base.onTreeChange(rebuild)
        rebuild()
        if !engine.hasDefaultHost {
            CategoryLogger("org.apache.catalina.mapper.MapperListener").error(
                "findDefaultHost",
                "Unknown default host [\(engine.defaultHost)] for service [\(self.lifecycleName)]. "
                    + "Tomcat will not be able process HTTP/1.0 requests that do not specify a host name."
            )
        }
    }

    /// Gives each connector the executor that it names.
    private func assignExecutors() {
        for connector in self.connectors {
            guard let name = connector.configuration.executor else { continue }
            if let executor = self.executors.first(where: { $0.name == name }) {
                connector.facts.workers.use(executor.workers)
            } else {
                CategoryLogger("org.apache.catalina.startup.ConnectorCreateRule")
                    .warning(
                        "setExecutor",
                        "No executor found with name [\(name)]; the connector uses threads of its own"
                    )
            }
        }
    }

    private func awaitConnections() async {
        var left = self.configuration.gracefulStopAwaitMillis
        let step: Int64 = 50
        while left > 0, self.connectors.contains(where: { $0.openConnections > 0 }) {
            do { try await Task.sleep(for: .milliseconds(step)) } catch { return }
            left -= step
        }
    }

    /// A connector that fails does not keep the others from working.
    private func attempt(_ connector: Connector, _ verb: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            let cause = (error as? LifecycleError)?.rootCause ?? error
            CategoryLogger("org.apache.catalina.util.LifecycleBase").error(
                "handleSubClassException",
                "Failed to \(verb) component [\(connector.lifecycleName)]",
                cause
            )
            connector.initializationFailure = "\(cause)"
        }
    }
}

/// Threads shared by the connectors of a service.
///
/// Source: `org.apache.catalina.Executor`.
package protocol ServiceExecutor: Lifecycle, ManagedBean {
    /// What a Connector's `executor` attribute names.
    var name: String { get }
    /// Where servlets that block run.
    var workers: WorkerThreads { get }
}
