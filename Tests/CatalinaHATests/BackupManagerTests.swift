import CatalinaCore
import JavaSerialization
import NIOCore
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct BackupManagerTests {
    private struct Node {
        let cluster: SimpleTcpCluster
        let manager: BackupManager

        func request(
            _ session: DeltaSession? = nil,
            _ body: (DeltaSession) throws -> Void
        ) async throws
            -> DeltaSession
        {
            let used = try session ?? #require(try self.manager.createSession(nil) as? DeltaSession)
            used.access()
            try body(used)
            await self.manager.requestCompleted(used)
            used.endAccess()
            return used
        }

        func find(_ id: String) async throws -> DeltaSession? {
            try await self.manager.findSession(id) as? DeltaSession
        }

        func stop() async throws {
            try await self.manager.stop()
            try await self.cluster.stop()
        }
    }

    private static func group(_ count: Int, clock: TestNode.Clock = TestNode.Clock()) async throws -> [Node] {
        let place = MeetingPlace()
        var nodes: [Node] = []
        for _ in 0..<count {
            let cluster = TestNode.cluster(place)
            let manager = try BackupManager(configuration: BackupManager.Configuration()) { clock.now }
            manager.support.attach(name: "/app", cluster: cluster)
            try await cluster.start()
            nodes.append(Node(cluster: cluster, manager: manager))
        }
        for node in nodes { try await node.cluster.meets(count - 1) }
        for node in nodes { try await node.manager.start() }
        return nodes
    }

    @Test("a session is held by two nodes, and known to all", arguments: [2, 4])
    func places(count: Int) async throws {
        let nodes = try await Self.group(count)
        let session = try await nodes[0].request { try $0.setAttribute("a", "x") }
        #expect(nodes.map { $0.manager.map?.contains(session.id) } == Array(repeating: true, count: count))
        #expect(nodes.count { $0.manager.map?.peek(session.id) != nil } == 2)
        #expect(nodes.map { $0.manager.isPrimary(session.id) } == [true] + Array(repeating: false, count: count - 1))
        for node in nodes { try await node.stop() }
    }

    @Test("any node serves a session, with all that it holds", arguments: [2, 4])
    func moves(count: Int) async throws {
        let nodes = try await Self.group(count)
        let session = try await nodes[0].request { session in
            try session.setAttribute("n", 0)
            session.maxInactiveInterval = 60
        }
        for round in 1...8 {
            let node = nodes[round % count]
            let found = try #require(try await node.find(session.id))
            #expect(found.isPrimary && found.maxInactiveInterval == 60)
            let number = try #require(try found.attribute("n") as? Int)
            #expect(number == round - 1)
            _ = try await node.request(found) { try $0.setAttribute("n", number + 1) }
        }
        for node in nodes { try await node.stop() }
    }

    @Test("a session outlives the node that served it")
    func outlives() async throws {
        let nodes = try await Self.group(3)
        var ids: [String] = []
        for number in 0..<20 {
            let session = try await nodes[0].request { try $0.setAttribute("n", number) }
            ids.append(session.id)
        }
        try await nodes[0].stop()
        for node in nodes.dropFirst() { try await node.cluster.meets(1) }
        for (number, id) in ids.enumerated() {
            let found = try #require(try await nodes[1 + number % 2].find(id))
            #expect(try found.attribute("n") as? Int == number)
        }
        for node in nodes.dropFirst() { try await node.stop() }
    }

    @Test("a session that ends is forgotten everywhere; with another id it is known under that")
    func endsAndRenames() async throws {
        let nodes = try await Self.group(2)
        let session = try await nodes[0].request { try $0.setAttribute("a", "x") }
        let old = session.id
        nodes[0].manager.changeSessionId(session, to: "new.n1")
        _ = try await nodes[0].request(session) { try $0.setAttribute("b", "y") }
        #expect(try await nodes[1].find(old) == nil)
        let copy = try #require(try await nodes[1].find("new.n1"))
        #expect(try copy.attributeNames.sorted() == ["a", "b"])
        _ = try await nodes[1].request(copy) { try $0.invalidate() }
        #expect(nodes.allSatisfy { $0.manager.map?.contains("new.n1") == false })
        for node in nodes { try await node.stop() }
    }

    @Test("late changes that a primary gets follow on what it has, or stand beside what it did itself")
    func late() throws {
        let manager = try BackupManager(configuration: BackupManager.Configuration())
        manager.support.attach(name: "/app", cluster: nil)
        let times = SessionRecord.Times(creation: 1, lastAccessed: 1, thisAccessed: 1)
        var record = SessionRecord(id: "s", times: times, maxInactiveInterval: 60, isNew: false, isValid: true)
        record.version = 7
        for (isChanged, last) in [(false, 9), (true, 10)] as [(Bool, Int64)] {
            let session = try manager.makeValue(try record.stream(), key: "s")
            session.isPrimary = true
            if isChanged {
                try session.setAttribute("own", "x")
                _ = try session.takeDiff()
            }
            for number in [8, 9] as [Int64] {
                var delta = DeltaRequest(sessionID: "s")
                delta.record(.init(.attribute, "n", .int(Int32(number))))
                try session.mergeDiff(try delta.encoded(number: number))
            }
            #expect(session.lastUsed == last)
            #expect(try session.attribute("n") as? Int32 == 9)
        }
    }

    @Test("what Tomcat backs up is read")
    func recorded() throws {
        let manager = try BackupManager(configuration: BackupManager.Configuration())
        let value = try #require(try Recording("map-backup-full").object.bytes("valuedata"))
        let session = try manager.makeValue(.init(bytes: value), key: "key")
        #expect(session.isValid && !session.isPrimary)
        let diff = try #require(try Recording("map-backup-diff").object.bytes("diffvalue"))
        let delta = try DeltaRequest(diff)
        session.setID(delta.sessionID)
        try session.applyDiff(diff)
        for action in delta.actions where action.subject == .attribute {
            #expect(try session.attribute(action.name) != nil)
        }
    }
}
