package import Modeler

/// `<Executor>`: threads that several connectors share for servlets that block.
///
/// Source: `org.apache.catalina.core.StandardThreadExecutor`.
package final class StandardThreadExecutor: ServiceExecutor, ConfigurableComponent {
    package struct Configuration: Sendable {
        package var name = ""
        package var namePrefix = "tomcat-exec-"
        package var maxThreads = 200
        package var minSpareThreads = 25
        package var maxIdleTime = 60_000
        package var maxQueueSize = 2_147_483_647
    }

    package let lifecycle = LifecycleSupport()
    package let configuration: Configuration
    package let workers: WorkerThreads

    package init(configuration: Configuration) {
        self.configuration = configuration
        self.workers = WorkerThreads(maximum: configuration.maxThreads, namePrefix: configuration.namePrefix)
    }

    package static let descriptor = ComponentDescriptor<StandardThreadExecutor>(
        className: "org.apache.catalina.core.StandardThreadExecutor",
        aliases: ["org.apache.catalina.core.StandardVirtualThreadExecutor"],
        kind: .executor,
        "Threads that several connectors share for servlets that block",
        defaults: Configuration(),
        attributes: [
            Attribute("name", \.name, "What a Connector's executor attribute names"),
            Attribute("namePrefix", \.namePrefix, "Prefix of the threads' names"),
            Attribute("maxThreads", \.maxThreads, "Most threads"),
            Attribute(
                "minSpareThreads",
                \.minSpareThreads,
                "Accepted; all threads are made when the first servlet blocks"
            ),
            Attribute("maxIdleTime", \.maxIdleTime, "Accepted; threads end with the Executor"),
            Attribute("maxQueueSize", \.maxQueueSize, "Accepted; as many servlets wait as requests are served"),
            .ignored("threadPriority", "Accepted; threads have the system's priority"),
            .ignored("daemon", "Accepted; the process ends when the server does"),
            .ignored("threadRenewalDelay", "Accepted; threads hold nothing of an application"),
        ]
    )

    package var name: String { self.configuration.name }
    package var lifecycleName: String { "StandardThreadExecutor[\(self.name)]" }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        await self.workers.stop()
    }
}
