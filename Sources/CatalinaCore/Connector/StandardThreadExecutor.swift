package import Modeler
import Synchronization

/// `<Executor>`: threads that several connectors share for servlets that block.
///
/// Source: `org.apache.catalina.core.StandardThreadExecutor`.
package final class StandardThreadExecutor: ServiceExecutor, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// What a Connector's executor attribute names.
        package var name = ""
        /// Prefix of the threads' names.
        package var namePrefix = "tomcat-exec-"
        /// Most threads.
        package var maxThreads = 200
        /// Threads that are kept; none before a servlet blocks.
        package var minSpareThreads = 25
        /// Milliseconds that a further thread waits for work.
        package var maxIdleTime = 60_000
        /// Accepted; as many servlets wait as requests are served.
        package var maxQueueSize = 2_147_483_647

        var limits: WorkerThreads.Limits {
            WorkerThreads.Limits(
                maximum: self.maxThreads,
                spare: self.minSpareThreads,
                idleMilliseconds: self.maxIdleTime
            )
        }
    }

    package let lifecycle = LifecycleSupport()
    package let workers: WorkerThreads
    private let settings: Mutex<Configuration>

    package init(configuration: Configuration) {
        self.settings = Mutex(configuration)
        self.workers = WorkerThreads(limits: configuration.limits, namePrefix: configuration.namePrefix)
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    /// Changes how many threads there are; their names and that of the executor stay.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        self.workers.limits = try self.settings.withLock { configuration in
            var changed = configuration
            try change(&changed)
            guard changed.name == configuration.name, changed.namePrefix == configuration.namePrefix,
                changed.maxQueueSize == configuration.maxQueueSize
            else { throw NotReconfigurable() }
            configuration = changed
            return changed.limits
        }
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
            Attribute("minSpareThreads", \.minSpareThreads, "Threads that are kept; none before a servlet blocks"),
            Attribute("maxIdleTime", \.maxIdleTime, "Milliseconds that a further thread waits for work"),
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
