import CatalinaCore
import CatalinaSession
import Modeler
package import ServerConfig
import Tribes

/// The elements of a Cluster in an Engine or a Host.
///
/// Source: `org.apache.catalina.ha.ClusterRuleSet`.
package struct ClusterRuleSet: RuleSet {
    private let prefix: String

    /// Rules for clusters at `prefix`, as `Server/Service/Engine/`.
    package init(prefix: String) { self.prefix = prefix }

    package func addRules(to digester: inout Digester) {
        let cluster = self.prefix + "Cluster"
        digester.on(cluster) { (container: any Container, cluster: SimpleTcpCluster) in
            cluster.attach(to: container)
            container.base.cluster = cluster
        }
        digester.on(cluster + "/Manager") { (cluster: SimpleTcpCluster, manager: any ClusterManager) in
            cluster.managerTemplate = manager
        }
        digester.on(cluster + "/Manager/SessionIdGenerator", create: StandardSessionIDGenerator.descriptor.className) {
            (manager: any ClusterManager, generator: StandardSessionIDGenerator) in manager.use(generator)
        }
        digester.on(cluster + "/Valve") { (cluster: SimpleTcpCluster, valve: any Valve) in cluster.add(valve) }
        digester.on(cluster + "/Listener") { (cluster: SimpleTcpCluster, listener: any LifecycleListener) in
            cluster.lifecycle.add(listener)
        }
        digester.on(cluster + "/ClusterListener") { (cluster: SimpleTcpCluster, listener: any ClusterListener) in
            cluster.add(listener)
        }
        digester.on(cluster + "/Deployer") { (cluster: SimpleTcpCluster, deployer: any ClusterDeployer) in
            cluster.deployer = deployer
        }
        self.addChannelRules(to: &digester, cluster + "/Channel")
    }

    private func addChannelRules(to digester: inout Digester, _ channel: String) {
        digester.on(channel) { (cluster: SimpleTcpCluster, channel: GroupChannel) in cluster.channel = channel }
        digester.on(channel + "/Membership") { (channel: GroupChannel, membership: any MembershipService) in
            channel.membershipService = membership
        }
        digester.on(channel + "/MembershipListener") { (channel: GroupChannel, listener: any MembershipListener) in
            channel.add(listener)
        }
        digester.on(channel + "/ChannelListener") { (channel: GroupChannel, listener: any ChannelListener) in
            channel.add(listener)
        }
        digester.on(channel + "/Sender") { (channel: GroupChannel, sender: any ChannelSender) in
            channel.sender = sender
        }
        digester.on(channel + "/Sender/Transport") {
            (sender: ReplicationTransmitter, transport: PooledParallelSender) in
            sender.transport = transport
        }
        digester.on(channel + "/Receiver") { (channel: GroupChannel, receiver: any ChannelReceiver) in
            channel.receiver = receiver
        }
        digester.on(channel + "/Interceptor") { (channel: GroupChannel, interceptor: any ChannelInterceptor) in
            channel.add(interceptor)
        }
        for part in ["Membership", "Interceptor"] {
            digester.on("\(channel)/\(part)/Member") { (holder: any StaticMemberHolder, member: StaticMember) in
                holder.add(member)
            }
            digester.on("\(channel)/\(part)/LocalMember") { (holder: any StaticMemberHolder, member: StaticMember) in
                holder.setLocalMember(member)
            }
        }
    }
}
