import CatalinaCore
package import Modeler
import Synchronization
import Tribes

extension SimpleTcpCluster: ManagedBean {
    /// What `/manager/jmxproxy` reads and calls, and what the metrics show.
    package static let beanInfo = BeanInfo<SimpleTcpCluster>(
        type: "Cluster",
        attributes: [
            .text("stateName", "Lifecycle state") { $0.state.description },
            .text("name", "The group's name: clusterName, else the container's") { $0.clusterName },
            .text("channelName", "What its channel is called") { $0.channel?.name },
            .text("channelSendOptionsName", "The names of the options") {
                $0.configuration.channelSendOptions.optionNames
            },
            .gauge("memberCount", "Other nodes that are there") { $0.members.count },
            .list("members", "Their names") { $0.members.map(\.name) },
            .counter("sendFailures", "Messages that did not reach every member") { $0.failures.sent },
            .counter("receiveFailures", "Messages that could not be read") { $0.failures.received },
        ],
        operations: [
            ManagedOperation("start", "Starts the cluster") { cluster, _ in try await cluster.start() },
            ManagedOperation("stop", "Stops the cluster") { cluster, _ in try await cluster.stop() },
        ]
    )

    package var beanDescription: String { self.lifecycleName }

    private var beanKeys: [(String, String)] { [("type", "Cluster")] + (self.container?.beanKeys ?? []) }

    func registerBeans() {
        guard let domain = self.container?.beanDomain else { return }
        domain.register(self, as: self.beanKeys)
        if let deployer = self.deployer as? any ClusterDeployer & ConfigurableComponent {
            domain.register(deployer, as: self.beanKeys + [("component", "Deployer")])
        }
        if let local = self.channel?.localMember { self.registerBean(of: local, isLocal: true) }
        for member in self.members { self.registerBean(of: member) }
        self.channel?.registerBeans(in: domain.registry)
    }

    func unregisterBeans() {
        guard let domain = self.container?.beanDomain else { return }
        domain.registry.unregister(domain.objectName(self.beanKeys))
        for component in ["Member", "Deployer"] {
            domain.registry.unregister(matching: domain.pattern(self.beanKeys + [("component", component)]))
        }
        self.channel?.unregisterBeans(from: domain.registry)
    }

    func registerBean(of member: Member, isLocal: Bool = false) {
        guard let domain = self.container?.beanDomain else { return }
        domain.register(
            ClusterMemberBean(member: member, isLocal: isLocal, cluster: self),
            as: self.properties(of: member)
        )
    }

    func unregisterBean(of member: Member) {
        guard let domain = self.container?.beanDomain else { return }
        domain.registry.unregister(domain.objectName(self.properties(of: member)))
    }

    private func properties(of member: Member) -> [(String, String)] {
        self.beanKeys + [("component", "Member"), ("name", ObjectName.quote(member.name))]
    }
}

/// A node of the cluster, as the management sees it.
struct ClusterMemberBean: ManagedBean {
    let member: Member
    let isLocal: Bool
    let cluster: SimpleTcpCluster

    var componentClassName: String {
        "org.apache.catalina.tribes.membership." + (self.member.isStatic ? "StaticMember" : "MemberImpl")
    }

    /// The member as it was last heard of.
    private var current: Member {
        if self.isLocal { return self.cluster.channel?.localMember ?? self.member }
        return self.cluster.members.first { $0 == self.member } ?? self.member
    }
    private var signs: SignsOfLife.Record? { self.cluster.channel?.signsOfLife?[self.member] }
    /// Of listed members only they themselves know.
    private var startTime: Int64 {
        let age = self.current.aliveTime
        return self.member.isStatic || age <= 0 ? 0 : WallClock.milliseconds() - age
    }
    private var isThere: Bool { self.isLocal || self.cluster.members.contains(self.member) }

    static let beanInfo = BeanInfo<ClusterMemberBean>(
        type: "Cluster",
        attributes: [
            .text("name", "The member's name") { $0.member.name },
            .text("hostname", "Its address") { $0.member.hostname ?? $0.member.endpoint.description },
            .gauge("port", "Port of its receiver") { $0.member.port },
            .gauge("securePort", "-1 for none") { $0.member.securePort },
            .gauge("udpPort", "Port for datagrams, -1 for none") { $0.member.udpPort },
            .gauge("memberAliveTime", "Milliseconds since it started, by its own account") { $0.current.aliveTime },
            .value("serviceStartTime", "When it started, by its own account, in milliseconds since 1970; 0 unknown") {
                $0.startTime
            },
            .value("memberSince", "When this node took it in, in milliseconds since 1970; 0 unless it is there") {
                $0.signs?.since ?? 0
            },
            .value("lastHeardTime", "When it was last heard of, in milliseconds since 1970; 0 unless it is there") {
                $0.signs?.lastHeard ?? 0
            },
            .gauge("silence", "Milliseconds since it was last heard of; 0 for this node") { bean in
                bean.signs.map { max(0, WallClock.milliseconds() - $0.lastHeard) } ?? 0
            },
            .counter("msgCount", "Messages that came from it") { $0.signs?.messages ?? 0 },
            .flag("local", "Whether it is this node") { $0.isLocal },
            .flag("ready", "Whether messages reach it") { $0.isThere },
            .flag("suspect", "Whether a message has failed") { !$0.isThere },
            .flag("failing", "Whether messages keep failing") { !$0.isThere },
        ]
    )
}
