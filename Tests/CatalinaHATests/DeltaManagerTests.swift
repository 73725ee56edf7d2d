import CatalinaCore
import CatalinaSession
import JavaSerialization
import ServletAPI
import Synchronization
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct DeltaManagerTests {
    @Test("what a request changes is on the other nodes when it ends", arguments: [2, 3])
    func replicates(count: Int) async throws {
        let nodes = try await TestNode.group(count)
        let session = try await nodes[0].request { session in
            try session.setAttribute("a", "x")
            try session.setAttribute("n", 7)
            session.maxInactiveInterval = 60
            session.principal = RealmPrincipal(name: "joe", roles: ["r"])
            session.authType = "BASIC"
        }
        for node in nodes.dropFirst() {
            let copy = try #require(node.manager.session(session.id))
            #expect(try copy.attribute("a") as? String == "x")
            #expect(try copy.attribute("n") as? Int == 7)
            #expect(copy.maxInactiveInterval == 60)
            #expect((copy.principal as? RealmPrincipal)?.roles == ["r"])
            #expect(copy.authType == "BASIC")
            #expect(!copy.isPrimary && session.isPrimary)
            #expect(try copy.creationTime == session.creationTime)
        }
        _ = try await nodes[0].request(session) { try $0.removeAttribute("a") }
        for node in nodes { #expect(try node.manager.session(session.id)?.attributeNames == ["n"]) }
        try await nodes.stop()
    }

    @Test("a session is changed on any node, and the last one is its primary node")
    func changesSides() async throws {
        let nodes = try await TestNode.group(2)
        let session = try await nodes[0].request { try $0.setAttribute("n", 1) }
        let copy = try #require(nodes[1].manager.session(session.id))
        _ = try await nodes[1].request(copy) { try $0.setAttribute("n", try #require($0.attribute("n") as? Int) + 1) }
        #expect(try session.attribute("n") as? Int == 2)
        #expect(copy.isPrimary && !session.isPrimary)
        try await nodes.stop()
    }

    @Test("a session that is invalidated is gone everywhere")
    func invalidates() async throws {
        let nodes = try await TestNode.group(2)
        let session = try await nodes[0].request { try $0.setAttribute("a", "x") }
        let copy = try #require(nodes[1].manager.session(session.id))
        try copy.invalidate()
        // The next message is behind the one that the session has ended.
        _ = try await nodes[1].request()
        let last = try #require(copy.protected.withLock { $0.local.lastSend })
        #expect(await nodes[1].cluster.arrives(last))
        #expect(nodes[0].manager.session(session.id) == nil)
        #expect(!session.isValid)
        #expect(throws: IllegalStateError.self) { try session.attribute("a") }
        try await nodes.stop()
    }

    @Test("a session that gets another id keeps it on all nodes")
    func changesID() async throws {
        let nodes = try await TestNode.group(2)
        let session = try await nodes[0].request { try $0.setAttribute("a", "x") }
        let old = session.id
        nodes[0].manager.changeSessionId(session, to: "new.n1")
        _ = try await nodes[0].request(session) { try $0.setAttribute("b", "y") }
        #expect(nodes[1].manager.session(old) == nil)
        #expect(try nodes[1].manager.session("new.n1")?.attributeNames.sorted() == ["a", "b"])
        try await nodes.stop()
    }

    @Test("a node that starts gets all sessions before it serves", arguments: [true, false])
    func stateTransfer(sendsAll: Bool) async throws {
        let place = MeetingPlace()
        let clock = TestNode.Clock()
        let first = try await TestNode(place, clock: clock) { configuration in
            configuration.sendAllSessions = sendsAll
            configuration.sendAllSessionsSize = 7
            configuration.sendAllSessionsWaitTime = 1
        }
        try await first.start()
        var ids: Set<String> = []
        for number in 0..<50 {
            let session = try await first.request { try $0.setAttribute("n", number) }
            ids.insert(session.id)
        }
        let second = try await TestNode(place, clock: clock)
        try await second.meets(1)
        try await second.start()
        #expect(Set(second.manager.sessions.map(\.idInternal)) == ids)
        // A heartbeat may have sent what the first node changed just before.
        #expect(second.manager.counts.withLock { $0.received[.allSessionData, default: 0] } >= (sendsAll ? 1 : 8))
        for session in second.manager.deltaSessions {
            #expect(try session.attribute("n") as? Int == first.manager.session(session.id)?.attribute("n") as? Int)
            #expect(!session.isPrimary)
        }
        try await [first, second].stop()
    }

    @Test("nodes that start at the same time do not wait for each other")
    func mutualStart() async throws {
        let place = MeetingPlace()
        let clock = TestNode.Clock()
        let nodes = [try await TestNode(place, clock: clock), try await TestNode(place, clock: clock)]
        for node in nodes { try await node.meets(1) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { try await node.start() } }
            try await group.waitForAll()
        }
        let session = try await nodes[0].request()
        #expect(nodes[1].manager.session(session.id) != nil)
        try await nodes.stop()
    }

    @Test("a node without the application says so, and the starting one does not wait")
    func noContextManager() async throws {
        let place = MeetingPlace()
        let clock = TestNode.Clock()
        let other = try await TestNode(place, clock: clock, name: "/other")
        try await other.start()
        let node = try await TestNode(place, clock: clock)
        try await node.meets(1)
        try await node.start()
        #expect(node.manager.protected.withLock { $0.transfer.isContextManagerMissing })
        try await [other, node].stop()
    }

    @Test("a session expires where it is primary; copies wait twice as long and tell nobody")
    func expiry() async throws {
        let clock = TestNode.Clock()
        let nodes = try await TestNode.group(2, clock: clock)
        let session = try await nodes[0].request { $0.maxInactiveInterval = 10 }
        let copy = try #require(nodes[1].manager.session(session.id))
        clock.advance(seconds: 11)
        nodes[1].manager.processExpires()
        #expect(copy.isValid)
        nodes[0].manager.processExpires()
        #expect(await nodes[0].cluster.arrives(session.protected.withLock { $0.local.lastSend }))
        #expect(!copy.isValid && nodes[1].manager.activeSessions == 0)

        let orphan = try await nodes[0].request { $0.maxInactiveInterval = 10 }
        clock.advance(seconds: 21)
        nodes[1].manager.processExpires()
        #expect(nodes[1].manager.activeSessions == 0)
        #expect(nodes[0].manager.session(orphan.id) != nil)
        #expect(nodes[1].manager.counts.withLock { $0.sent[.expired, default: 0] } == 0)
        try await nodes.stop()
    }

    @Test("the end of the application ends sessions elsewhere only if told so", arguments: [true, false])
    func shutdown(expires: Bool) async throws {
        let nodes = try await TestNode.group(2) { $0.expireSessionsOnShutdown = expires }
        let session = try await nodes[0].request()
        try await nodes[0].manager.stop()
        if expires { #expect(await nodes[0].cluster.arrives(session.protected.withLock { $0.local.lastSend })) }
        #expect(nodes[1].manager.activeSessions == (expires ? 0 : 1))
        try await nodes.stop()
    }

    @Test("with queued messages a change arrives after the session it is about")
    func asynchronous() async throws {
        let nodes = try await TestNode.group(2, options: .asynchronous)
        for number in 0..<100 { _ = try await nodes[0].request { try $0.setAttribute("n", number) } }
        let manager = nodes[1].manager
        let isComplete = try await eventually {
            manager.activeSessions == 100 && manager.deltaSessions.allSatisfy { (try? $0.attribute("n")) != nil }
        }
        #expect(isComplete)
        try await nodes.stop()
    }

    @Test("attributes that filters leave out stay on their node")
    func filters() async throws {
        let nodes = try await TestNode.group(2) { configuration in
            configuration.common.base.sessionAttributeNameFilter = "k.*"
            configuration.common.base.sessionAttributeValueClassNameFilter = "java\\.lang\\..*"
        }
        let session = try await nodes[0].request { session in
            try session.setAttribute("keep", "x")
            try session.setAttribute("drop", "x")
            try session.setAttribute("kbytes", [UInt8]([1]))
        }
        #expect(try session.attributeNames.sorted() == ["drop", "kbytes", "keep"])
        #expect(try nodes[1].manager.session(session.id)?.attributeNames == ["keep"])
        #expect(session.record.attributes.map(\.name) == ["keep"])
        try await nodes.stop()
    }

    private struct Unknown: Sendable {}

    @Test("a value that cannot travel is refused")
    func unserializable() async throws {
        let nodes = try await TestNode.group(1)
        let session = try await nodes[0].request()
        #expect(throws: IllegalArgumentError.self) { try session.setAttribute("a", Unknown()) }
        #expect(try session.attribute("a") == nil)
        try await nodes.stop()
    }

    /// Counts how often a session has taken it.
    private final class Bound: HttpSessionBindingListener {
        let count = Atomic(0)
        func valueBound(_ session: any HttpSession, _ name: String) { self.count.add(1, ordering: .relaxed) }
        func valueUnbound(_ session: any HttpSession, _ name: String) {}
    }

    @Test("an object that replaces itself is told so only where configured", arguments: [false, true])
    func unchanged(isTold: Bool) async throws {
        let nodes = try await TestNode.group(1) {
            $0.common.base.notifyBindingListenerOnUnchangedValue = isTold
            $0.common.base.sessionAttributeNameFilter = "k.*"
        }
        let value = Bound()
        _ = try await nodes[0].request { session in
            for _ in 0..<3 { try session.setAttribute("local", value) }
        }
        #expect(value.count.load(ordering: .relaxed) == (isTold ? 3 : 1))
        try await nodes.stop()
    }

    @Test("too many sessions are refused")
    func maxActiveSessions() async throws {
        let nodes = try await TestNode.group(1) { $0.common.base.maxActiveSessions = 1 }
        _ = try await nodes[0].request()
        #expect(throws: IllegalStateError.self) { try nodes[0].manager.createSession(nil) }
        #expect(nodes[0].manager.support.statistics.rejectedSessions == 1)
        try await nodes.stop()
    }
}
