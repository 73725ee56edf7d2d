import CatalinaCore
import Modeler

/// Everything that `/manager/cluster` shows, read from the beans at one moment.
///
/// Nothing is counted here: what the page shows, `jmxproxy` and the metrics show under the same names.
struct ClusterReport: Sendable {
    typealias Facts = StatusReport.Facts

    /// One Cluster element of server.xml.
    struct Group: Sendable {
        /// The container's name, or what the configuration says.
        let name: String
        let cluster: Facts
        let membership: Facts
        let receiver: Facts
        let sender: Facts
        let dispatch: Facts
        /// This node first.
        let members: [Facts]
        let interceptors: [Interceptor]
        let applications: [Application]
    }

    /// What a layer counted, in the order of its bean.
    struct Interceptor: Sendable {
        let name: String
        let counts: [(name: String, value: String)]
    }

    struct Application: Sendable {
        /// Host and path: `localhost/app`.
        let name: String
        let facts: Facts
    }

    /// Milliseconds since 1970.
    let now: Int64
    let groups: [Group]

    private static let managers: Set<String> = [
        "org.apache.catalina.ha.session.DeltaManager", "org.apache.catalina.ha.session.BackupManager",
    ]

    static func read(from beans: BeanRegistry, now: Int64) async -> ClusterReport {
        var groups: [Group] = []
        for bean in await self.query(beans, "*:type=Cluster,*") where bean.name["component"] == nil {
            groups.append(await self.group(bean, beans))
        }
        return ClusterReport(now: now, groups: groups)
    }

    private static func group(_ bean: RegisteredBean, _ beans: BeanRegistry) async -> Group {
        let domain = bean.name.domain
        let host = bean.name["host"].map { ",host=\($0)" } ?? ""
        let cluster = Facts(bean, bean.attributes.map(\.name))
        let channel = cluster.text("channelName").map(ObjectName.quoteIfNeeded) ?? "*"
        let parts = await self.query(beans, "*:type=Channel,channel=\(channel),*")
        let members = await self.query(beans, "\(domain):type=Cluster\(host),component=Member,*")
        let managers = await self.query(beans, "\(domain):type=Manager\(host),*")
        return Group(
            name: cluster.text("name") ?? "",
            cluster: cluster,
            membership: self.part("Membership", of: parts),
            receiver: self.part("Receiver", of: parts),
            sender: self.part("Sender", of: parts),
            dispatch: self.facts(parts.first { $0.name["interceptorName"] == "MessageDispatchInterceptor" }),
            members: members.filter { $0.name["host"] == bean.name["host"] }.map(self.facts),
            interceptors: parts.compactMap(self.interceptor),
            applications: managers.compactMap(self.application)
        )
    }

    private static func part(_ component: String, of parts: [RegisteredBean]) -> Facts {
        self.facts(parts.first { $0.name["component"] == component })
    }

    private static func interceptor(_ bean: RegisteredBean) -> Interceptor? {
        guard let name = bean.name["interceptorName"] else { return nil }
        let counts = bean.attributes.filter { $0.metric == .counter || $0.metric == .gauge && !$0.isSetting }
        let facts = self.facts(bean)
        return Interceptor(
            name: name,
            counts: counts.compactMap { attribute in facts.text(attribute.name).map { (attribute.name, $0) } }
        )
    }

    private static func application(_ bean: RegisteredBean) -> Application? {
        let facts = self.facts(bean)
        guard self.managers.contains(facts.text("className") ?? "") else { return nil }
        return Application(name: (bean.name["host"] ?? "") + (bean.name["context"] ?? ""), facts: facts)
    }

    private static func facts(_ bean: RegisteredBean?) -> Facts { Facts(bean, bean?.attributes.map(\.name) ?? []) }

    private static func query(_ beans: BeanRegistry, _ pattern: String) async -> [RegisteredBean] {
        guard let name = try? ObjectName(pattern) else { return [] }
        return await beans.query(name)
    }
}
