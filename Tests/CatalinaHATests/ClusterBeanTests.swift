import CatalinaCore
import Modeler
import Testing
import Tribes

@testable import CatalinaHA

/// What the management sees of a cluster.
@Suite struct ClusterBeanTests {
    @Test("a member is heard of when it comes and with each message, and forgotten when it goes")
    func signsOfLife() async throws {
        let nodes = try await TestNode.group(2)
        let member = try #require(nodes[1].cluster.members.first)
        let signs = try #require(nodes[1].cluster.channel?.signsOfLife)
        let before = try #require(signs[member])
        #expect(before.since > 0 && before.lastHeard >= before.since)
        _ = try await nodes[0].request { try $0.setAttribute("a", "1") }
        let after = try #require(signs[member])
        // The session was announced, and then its change.
        #expect(after.messages >= before.messages + 2)
        #expect(after.since == before.since && after.lastHeard >= before.lastHeard)
        try await nodes[0].stop()
        try await nodes[1].meets(0)
        #expect(signs[member] == nil)
        try await nodes[1].stop()
    }

    @Test("a member's bean says since when it is there and when it was last heard of")
    func memberBean() async throws {
        let nodes = try await TestNode.group(2)
        let member = try #require(nodes[1].cluster.members.first)
        let bean = RegisteredBean(
            ClusterMemberBean(member: member, isLocal: false, cluster: nodes[1].cluster),
            as: try ObjectName("Catalina:type=Cluster,component=Member")
        )
        let since = try bean.get("memberSince").number ?? 0
        #expect(since > 0)
        #expect(try bean.get("lastHeardTime").number ?? 0 >= since)
        #expect(try bean.get("silence").number ?? -1 >= 0)
        #expect(try bean.get("msgCount").number != nil)
        #expect(try bean.get("ready") == .bool(true))
        try await nodes.stop()
        #expect(try bean.get("memberSince") == .long(0))
        #expect(try bean.get("ready") == .bool(false))
    }

    @Test("a manager tells its own sessions from copies of others'")
    func roles() async throws {
        let nodes = try await TestNode.group(2)
        let session = try await nodes[0].request { try $0.setAttribute("a", "1") }
        _ = try await nodes[0].request()
        _ = try await nodes[1].request()
        let name = try ObjectName("Catalina:type=Manager")
        let beans = nodes.map { RegisteredBean($0.manager, as: name) }
        #expect(try beans.map { try $0.get("primarySessions").number } == [2, 1])
        #expect(try beans.map { try $0.get("backupSessions").number } == [1, 2])
        var answers: [BeanValue] = []
        for bean in beans { answers.append(try await bean.invoke("isPrimarySession", [session.idInternal])) }
        #expect(answers == [.bool(true), .bool(false)])
        #expect(try await beans[0].invoke("isPrimarySession", ["nobody"]) == .null)
        try await nodes.stop()
    }
}
