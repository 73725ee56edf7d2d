package import CatalinaCore
package import Modeler
import NIOCore
import Synchronization
package import Tribes

/// Lets a client that has logged in to one application use the others too, on every node of a cluster.
///
/// The sign-ons stand in a replicated map, and their sessions tell it on every node what becomes of them.
/// The answer of a request ends when the other nodes have heard what it changed, unless messages are only queued.
/// Source: `org.apache.catalina.ha.authenticator.ClusterSingleSignOn`; differs from it in: a lookup sends no message,
/// nor does a request that changes nothing; what a node forgets when its application stops stays known to the others.
package final class ClusterSingleSignOn: SingleSignOnValve, ClusterValve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// What single sign-on is elsewhere too.
        package var base = SingleSignOnConfiguration()
        /// How sign-ons go to the other nodes.
        package var mapSendOptions: SendOptions = .synchronous
        /// Milliseconds to wait for an answer of another node.
        package var rpcTimeout: Int64 = 15_000
        /// Milliseconds after which a node that does not answer is no longer asked.
        package var accessTimeout: Int64 = 5_000
        /// Whether the valve does not start where the other nodes cannot be asked.
        package var terminateOnStartFailure = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<ClusterSingleSignOn>(
        className: "org.apache.catalina.ha.authenticator.ClusterSingleSignOn",
        kind: .valve,
        "Single sign-on that all nodes of a cluster share",
        defaults: Configuration(),
        attributes: SingleSignOnConfiguration.attributes.nested(in: \.base) + [
            Attribute(
                "mapSendOptions",
                \.mapSendOptions,
                "How sign-ons go to the other nodes: 6 acknowledged, 8 queued"
            ),
            Attribute("rpcTimeout", \.rpcTimeout, "Milliseconds to wait for an answer of another node"),
            Attribute(
                "accessTimeout",
                \.accessTimeout,
                "Milliseconds after which a node that does not answer is no longer asked"
            ),
            Attribute(
                "terminateOnStartFailure",
                \.terminateOnStartFailure,
                "Whether the valve does not start where the other nodes cannot be asked"
            ),
        ]
    )

    package let lifecycle = LifecycleSupport()
    package let support: SingleSignOnSupport
    private let signOns = ReplicatedSignOns()
    private let live: LiveSettings<Configuration, Void>
    private let owner = Mutex(Owner())

    private struct Owner: Sendable { weak var cluster: SimpleTcpCluster? }

    package init(configuration: Configuration) {
        let live = LiveSettings<Configuration, Void>(configuration)
        self.live = live
        self.support = SingleSignOnSupport(cache: self.signOns) { live.value.base }
    }

    package var configuration: Configuration { self.live.value }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }

    package func attach(to cluster: SimpleTcpCluster) { self.owner.withLock { $0.cluster = cluster } }

    package var lifecycleName: String { "ClusterSingleSignOn[\(self.support.containerName)]" }
    /// What the map of the sign-ons is called on all nodes; nil while the valve does not run.
    package var mapName: String? { self.signOns.map?.configuration.name }
    /// Sign-ons known here.
    package var count: Int { self.signOns.map?.count ?? 0 }
    package var mapMembers: [Member] { self.signOns.map?.mapMembers ?? [] }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        try self.support.identify(request, response)
        do {
            try await next.invoke(request, response)
        } catch {
            await self.finish()
            throw error
        }
        await self.finish()
    }

    /// Lets a client that goes on to another node find there what its request changed here.
    func finish() async {
        guard await self.signOns.finish() else { return }
        for manager in self.usedCluster?.managers ?? [] { await manager.finishEnds() }
    }

    private var usedCluster: SimpleTcpCluster? {
        self.owner.withLock { $0.cluster } ?? self.support.container?.cluster as? SimpleTcpCluster
    }

    package func startInternal() async throws {
        guard let cluster = self.usedCluster, let channel = cluster.channel else {
            throw LifecycleError("There is no Cluster for ClusterSingleSignOn")
        }
        let configuration = self.configuration
        var map = ReplicatedMapConfiguration(name: cluster.clusterName + "-SSO-cache", kind: .copies)
        map.sendOptions = configuration.mapSendOptions
        map.rpcTimeout = .milliseconds(configuration.rpcTimeout)
        map.accessTimeout = .milliseconds(configuration.accessTimeout)
        map.terminateOnStartFailure = configuration.terminateOnStartFailure
        do {
            try await self.signOns.start(map, on: channel)
        } catch {
            throw LifecycleError("ClusterSingleSignOn exception during clusterLoad", cause: error)
        }
        self.support.warnOfRealms()
        try await self.enter(.starting)
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        await self.signOns.stop()
    }
}

extension ClusterSingleSignOn {
    package static let beanInfo = BeanInfo<ClusterSingleSignOn>(
        type: "Valve",
        attributes: commonBeanAttributes + [
            .text("mapName", "What the map of the sign-ons is called on all nodes") { $0.mapName },
            .gauge("signOns", "Sign-ons known") { $0.count },
            .list("mapMembers", "Nodes that share them") { $0.mapMembers.map(\.name) },
        ]
    )
}
