import Modeler
import TestSupport
import Testing

@testable import CatalinaManager

/// The page about clusters, from beans that a cluster would register.
@Suite struct ClusterReportTests {
    private static let now: Int64 = 1_700_000_100_000

    private static func register(_ name: String, _ values: [(String, BeanValue)], in beans: BeanRegistry) throws {
        let name = try ObjectName(name)
        beans.register(name) {
            values.reduce(RegisteredBean(Bean(), as: name)) { $0.adding($1.0, "", $1.1) }
        }
    }

    /// A node of the cluster of host `localhost` with one other member, and another host with a cluster alone.
    private static func beans() throws -> BeanRegistry {
        let beans = BeanRegistry()
        let group = "Catalina:type=Cluster,host=localhost"
        let channel = "ClusterChannel:type=Channel,channel=localhost-Channel,component="
        try self.register(
            group,
            [
                ("name", .string("localhost")), ("channelName", .string("localhost-Channel")),
                ("stateName", .string("STARTED")), ("memberCount", .int(1)), ("sendFailures", .long(17)),
            ],
            in: beans
        )
        try self.register(
            group + ",component=Member,name=\"tcp://127.0.0.1:4000\"",
            [("name", .string("tcp://127.0.0.1:4000")), ("local", .bool(true)), ("ready", .bool(true))],
            in: beans
        )
        try self.register(
            group + ",component=Member,name=\"tcp://127.0.0.1:4001\"",
            [
                ("name", .string("tcp://127.0.0.1:4001")), ("local", .bool(false)), ("ready", .bool(true)),
                ("serviceStartTime", .long(self.now - 3_661_000)), ("memberSince", .long(self.now - 61_000)),
                ("lastHeardTime", .long(self.now - 1_400)), ("msgCount", .long(42)),
            ],
            in: beans
        )
        try self.register(channel + "Receiver", [("TaskCount", .long(43)), ("MalformedCount", .long(5))], in: beans)
        try self.register(channel + "Sender", [("MessageCount", .long(44)), ("QueuedSize", .int(4711))], in: beans)
        let interceptor = try ObjectName(channel + "Interceptor,interceptorName=MessageDispatchInterceptor")
        beans.register(InterceptorBean(), as: interceptor)
        try self.register(
            "Catalina:type=Manager,host=localhost,context=/shop",
            [
                ("className", .string("org.apache.catalina.ha.session.BackupManager")), ("activeSessions", .int(9)),
                ("primarySessions", .int(6)), ("backupSessions", .int(2)), ("proxySessions", .int(1)),
            ],
            in: beans
        )
        try self.register(
            "Catalina:type=Manager,host=localhost,context=/alone",
            [("className", .string("org.apache.catalina.session.StandardManager"))],
            in: beans
        )
        try self.register(
            "Catalina:type=Cluster,host=other",
            [("name", .string("other")), ("channelName", .string("other-Channel"))],
            in: beans
        )
        return beans
    }

    @Test("each cluster has its own members, applications and channel")
    func groups() async throws {
        let report = await ClusterReport.read(from: try Self.beans(), now: Self.now)
        #expect(report.groups.map(\.name) == ["localhost", "other"])
        let (first, second) = (report.groups[0], report.groups[1])
        #expect(first.members.map { $0.text("name") } == ["tcp://127.0.0.1:4000", "tcp://127.0.0.1:4001"])
        #expect(first.applications.map(\.name) == ["localhost/shop"])
        #expect(first.receiver.number("TaskCount") == 43)
        #expect(first.interceptors.map(\.name) == ["MessageDispatchInterceptor"])
        #expect(second.members.isEmpty && second.applications.isEmpty && second.interceptors.isEmpty)
    }

    @Test("the page shows members, sessions by role, messages, queues and failures")
    func page() async throws {
        let report = await ClusterReport.read(from: try Self.beans(), now: Self.now)
        let html = report.html(in: ManagerFrame(root: "/manager", hasCluster: true))
        for row in [
            "<td>tcp:&#47;&#47;127.0.0.1:4000</td><td>this node</td>",
            "<td>tcp:&#47;&#47;127.0.0.1:4001</td><td>ready</td><td class=\"number\">01:01:01</td>"
                + "<td class=\"number\">00:01:01</td><td class=\"number\">1.4 s ago</td><td class=\"number\">42</td>",
            "<td>localhost&#47;shop</td><td>BackupManager</td><td class=\"number\">9</td>"
                + "<td class=\"number\">6</td><td class=\"number\">2</td><td class=\"number\">1</td>",
            "<dt>Messages received</dt><dd>43</dd>", "<dt>Messages sent</dt><dd>44</dd>",
            "<dt>Bytes waiting for members</dt><dd>4711</dd>", "<dt>Queued messages</dt><dd>3</dd>",
            "<dt>Session messages not sent</dt><dd>17</dd>", "<dt>Malformed</dt><dd>5</dd>",
            "<td>MessageDispatchInterceptor</td><td>ActiveCount 3, TaskCount 12</td>",
            "<a href=\"&#47;manager/cluster\">Cluster</a>",
        ] {
            #expect(html.contains(row), "\(row)")
        }
    }

    @Test("without a cluster the page says so, and no page leads to it")
    func alone() async throws {
        let report = await ClusterReport.read(from: BeanRegistry(), now: Self.now)
        let html = report.html(in: ManagerFrame(root: "/manager"))
        #expect(html.contains("belongs to no cluster"))
        #expect(!html.contains("/cluster\""))
    }
}

private struct Bean: ManagedBean {
    static let beanInfo = BeanInfo<Bean>(type: "Cluster")
}

private struct InterceptorBean: ManagedBean {
    static let beanInfo = BeanInfo<InterceptorBean>(
        type: "Interceptor",
        attributes: [
            .gauge("ActiveCount", "") { _ in 3 },
            .counter("TaskCount", "") { _ in 12 },
            BeanAttribute("MaxQueueSize", "", metric: .gauge, isSetting: true, read: { _ in .long(1) }),
        ]
    )
}
