package import CatalinaCore
package import Modeler
import ServletAPI
import Synchronization
import Tribes

/// Tells other nodes, at the end of each request, what it changed in its session.
///
/// With options that wait for acknowledgements the answer ends when every member has the change.
/// Source: `org.apache.catalina.ha.tcp.ReplicationValve`.
package final class ReplicationValve: ClusterValve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Paths whose requests change no sessions.
        package var filter: String?
        /// Whether requests learn if this node is their session's primary one.
        package var primaryIndicator = false
        /// Name of the attribute that tells them.
        package var primaryIndicatorName = "org.apache.catalina.ha.tcp.isPrimarySession"
        /// Whether requests are counted.
        package var statistics = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<ReplicationValve>(
        className: "org.apache.catalina.ha.tcp.ReplicationValve",
        kind: .valve,
        "Tells other nodes what a request changed in its session",
        defaults: Configuration(),
        attributes: [
            Attribute("filter", \.filter, "Regular expression of paths whose requests change no sessions"),
            Attribute(
                "primaryIndicator",
                \.primaryIndicator,
                "Whether requests learn if this node is their session's primary one"
            ),
            Attribute("primaryIndicatorName", \.primaryIndicatorName, "Name of the attribute that tells them"),
            Attribute("statistics", \.statistics, "Whether requests are counted"),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    /// What the valve did, since it was made or reset.
    package struct Statistics: Sendable, Equatable {
        package var requests = 0
        /// Requests that had something to send or found that they had not.
        package var sends = 0
        package var filtered = 0
        /// Milliseconds.
        package var requestTime: Int64 = 0
        package var sendTime: Int64 = 0
        package var lastSendTime: Int64 = 0
    }

    private let settings: Mutex<Configuration>
    private let pattern: WholePattern?
    private let counts = Mutex(Statistics())

    /// - Throws: `WholePattern.Fault` for a filter that is no regular expression.
    package init(configuration: Configuration) throws {
        self.settings = Mutex(configuration)
        self.pattern = try WholePattern.optional(configuration.filter, attribute: "filter")
    }

    private init() {
        self.settings = Mutex(Configuration())
        self.pattern = nil
    }

    /// The valve of a cluster that names none.
    package static func withDefaults() -> ReplicationValve { ReplicationValve() }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    package var statistics: Statistics { self.counts.withLock { $0 } }
    package func resetStatistics() { self.counts.withLock { $0 = Statistics() } }

    package func attach(to cluster: SimpleTcpCluster) {}

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        guard let manager = request.facts?.manager.flatMap(Self.clusterManager) else {
            return try await next.invoke(request, response)
        }
        let configuration = self.configuration
        if configuration.primaryIndicator, let id = request.requestedSessionId, let isPrimary = manager.isPrimary(id) {
            request.setAttribute(configuration.primaryIndicatorName, isPrimary)
        }
        let begin = configuration.statistics ? MonotonicClock.now() : 0
        do {
            try await next.invoke(request, response)
        } catch {
            await self.replicate(request, manager, configuration, since: begin)
            throw error
        }
        await self.replicate(request, manager, configuration, since: begin)
    }

    /// Asks for the usual classes first: whether any other conforms is looked up in tables.
    private static func clusterManager(_ manager: any Manager) -> (any ClusterManager)? {
        if let delta = manager as? DeltaManager { return delta }
        if let backup = manager as? BackupManager { return backup }
        return manager as? any ClusterManager
    }

    private func replicate(
        _ request: Request,
        _ manager: any ClusterManager,
        _ configuration: Configuration,
        since begin: Int64
    ) async {
        let isFiltered = self.pattern?.matches(request.decodedPath) ?? false
        let sendBegin = configuration.statistics ? MonotonicClock.now() : 0
        var isSent = false
        if !isFiltered, let session = request.sessionIfPresent {
            await manager.requestCompleted(session, of: request)
            isSent = true
        }
        guard configuration.statistics else { return }
        let end = MonotonicClock.now()
        let now = WallClock.milliseconds()
        self.counts.withLock { counts in
            counts.requests += 1
            counts.requestTime += (end - begin) / 1_000_000
            if isFiltered { counts.filtered += 1 }
            guard isSent else { return }
            counts.sends += 1
            counts.sendTime += (end - sendBegin) / 1_000_000
            counts.lastSendTime = now
        }
    }
}

extension ReplicationValve {
    package static let beanInfo = BeanInfo<ReplicationValve>(
        type: "Valve",
        attributes: commonBeanAttributes + [
            .flag("doProcessingStats", "Whether requests are counted") { $0.configuration.statistics },
            .counter("nrOfRequests", "Requests that passed") { $0.statistics.requests },
            .counter("nrOfSendRequests", "Of them, those of a session") { $0.statistics.sends },
            .counter("nrOfFilterRequests", "Of them, those that the filter left out") { $0.statistics.filtered },
            .counter("nrOfCrossContextSendRequests", "Always 0: a request has one session") { _ in 0 },
            .counter("totalRequestTime", "Milliseconds spent on requests") { $0.statistics.requestTime },
            .counter("totalSendTime", "Of them, spent on telling other nodes") { $0.statistics.sendTime },
            .value("lastSendTime", "When something was last sent, in milliseconds since 1970") {
                $0.statistics.lastSendTime
            },
        ],
        operations: [
            ManagedOperation("resetStatistics", "Counts from 0 again") { valve, _ in valve.resetStatistics() }
        ]
    )
}
