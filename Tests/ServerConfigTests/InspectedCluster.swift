import Modeler
import ServerConfig

/// The elements inside a Cluster of which only class names and attributes are checked.
struct ClusterRuleSet: RuleSet {
    func addRules(to digester: inout Digester) {
        let required = [
            "Cluster", "Cluster/Manager", "Cluster/Channel", "Cluster/Channel/Membership",
            "Cluster/Channel/Membership/LocalMember", "Cluster/Channel/Membership/Member",
            "Cluster/Channel/MembershipListener", "Cluster/Channel/Sender", "Cluster/Channel/Sender/Transport",
            "Cluster/Channel/Receiver", "Cluster/Channel/Interceptor", "Cluster/Channel/Interceptor/LocalMember",
            "Cluster/Channel/Interceptor/Member", "Cluster/Channel/ChannelListener", "Cluster/Valve",
            "Cluster/Deployer", "Cluster/Listener", "Cluster/ClusterListener",
        ]
        for pattern in required {
            digester.inspect("*/" + pattern)
        }
        digester.inspect(
            "*/Cluster/Manager/SessionIdGenerator",
            create: "org.apache.catalina.util.StandardSessionIdGenerator"
        )
    }
}
