import Synchronization
import TestSupport
import Testing
import Tribes

@testable import CatalinaHA

@Suite struct AbsencesTests {
    private static func member(_ number: UInt8) -> Member {
        Member(host: [127, 0, 0, number], port: Int(number), uniqueID: .zero)
    }

    @Test("what a member missed begins with the first thing that did not reach it, and is asked for once")
    func moments() {
        var absences = Absences()
        let member = Self.member(1)
        absences.missed(member, since: 50_000)
        absences.missed(member, since: 40_000)
        absences.missed(member, since: 60_000)
        #expect(absences.oldest == 40_000)
        #expect(absences.members == [member])
        #expect(absences.returned(member, isNew: false, at: 70_000) == 40_000)
        #expect(absences.returned(member, isNew: false, at: 70_000) == nil)
        #expect(absences.oldest == nil)
    }

    @Test("a member that started anew, left in good order or was never there has missed little or nothing")
    func newMembers() {
        var absences = Absences()
        let member = Self.member(1)
        absences.missed(member, since: 40_000)
        #expect(absences.returned(member, isNew: true, at: 70_000) == 70_000 - Absences.startMaximum)
        absences.missed(member, since: 40_000)
        absences.left(member)
        #expect(absences.returned(member, isNew: false, at: 70_000) == nil)
        #expect(absences.returned(Self.member(2), isNew: false, at: 70_000) == nil)
    }

    @Test("a node that was alone asks a member that was away with it, and nobody who is new")
    func isolation() {
        var absences = Absences()
        let member = Self.member(1)
        absences.missed(member, since: 40_000)
        absences.isAlone(since: 40_000)
        absences.isAlone(since: 45_000)
        #expect(absences.returned(member, isNew: false, at: 70_000) == 40_000)
        #expect(absences.takeQuestion(among: [member]) == 40_000)
        #expect(absences.takeQuestion(among: [member]) == nil)

        absences.missed(member, since: 80_000)
        absences.isAlone(since: 80_000)
        #expect(absences.returned(member, isNew: true, at: 90_000) != nil)
        #expect(absences.takeQuestion(among: [member]) == nil)

        absences.missed(member, since: 80_000)
        absences.isAlone(since: 80_000)
        #expect(absences.returned(member, isNew: false, at: 90_000) != nil)
        #expect(absences.takeQuestion(among: []) == nil)
    }

    @Test("as many members are kept as there is room for, the one absent for longest goes first")
    func bound() {
        var absences = Absences()
        for number in 0...UInt8(Absences.countMaximum) { absences.missed(Self.member(number), since: Int64(number)) }
        #expect(absences.members.count == Absences.countMaximum)
        #expect(absences.take(Self.member(0)) == nil)
        #expect(absences.take(Self.member(1)) == 1)
    }
}

/// Nodes that lose each other and go on.
@Suite struct PartitionTests {
    /// Nodes of which nobody verifies who is lost.
    private static func nodes(_ count: Int, _ place: MeetingPlace, _ clock: TestNode.Clock) async throws -> [TestNode] {
        var nodes: [TestNode] = []
        for _ in 0..<count { nodes.append(try await TestNode(place, clock: clock, isVerifying: false)) }
        for node in nodes { try await node.meets(count - 1) }
        for node in nodes { try await node.start() }
        return nodes
    }

    private static func soon(_ comment: Comment, _ condition: () throws -> Bool) async throws {
        #expect(try await eventually(condition), comment)
    }

    @Test("nodes that were apart tell each other what they missed: changes, new ids, ends, and new sessions")
    func partition() async throws {
        let (place, clock) = (MeetingPlace(), TestNode.Clock())
        let nodes = try await Self.nodes(3, place, clock)
        let services = try nodes.map { try #require($0.cluster.channel?.membershipService as? MeetingService) }
        let changed = try await nodes[0].request { try $0.setAttribute("a", "1") }.idInternal
        let renamed = try await nodes[0].request { try $0.setAttribute("a", "1") }.idInternal
        let ended = try await nodes[0].request().idInternal
        clock.advance(seconds: 10)

        place.part([services[0]], from: Array(services[1...]))
        try await nodes[0].meets(0)
        try await nodes[1].meets(1)
        try await nodes[2].meets(1)
        _ = try await nodes[1].request(nodes[1].manager.session(changed)) { try $0.setAttribute("a", "2") }
        let moved = try #require(nodes[1].manager.session(renamed))
        nodes[1].manager.changeSessionId(moved, to: "new")
        _ = try await nodes[1].request(moved) { try $0.setAttribute("a", "3") }
        try #require(nodes[2].manager.session(ended)).invalidate()
        let alone = try await nodes[0].request { try $0.setAttribute("b", "4") }.idInternal
        clock.advance(seconds: 10)

        place.join([services[0]], with: Array(services[1...]))
        for node in nodes { try await node.meets(2) }
        for (index, node) in nodes.enumerated() {
            try await Self.soon("node \(index) holds what was changed") {
                try node.manager.session(changed)?.attribute("a") as? String == "2"
            }
            try await Self.soon("node \(index) holds the session under its new id") {
                try node.manager.session("new")?.attribute("a") as? String == "3"
                    && node.manager.session(renamed) == nil
            }
            try await Self.soon("node \(index) forgets the session that ended") { node.manager.session(ended) == nil }
            try await Self.soon("node \(index) holds what was made on the node that was alone") {
                try node.manager.session(alone)?.attribute("b") as? String == "4"
            }
        }
        #expect(nodes.map { $0.manager.isPrimary(changed) } == [false, true, false])
        #expect(nodes.map { $0.manager.isPrimary(alone) } == [true, false, false])
        try await nodes.stop()
    }

    @Test("of a session that two nodes served apart the one used last is kept everywhere")
    func conflict() async throws {
        let (place, clock) = (MeetingPlace(), TestNode.Clock())
        let nodes = try await Self.nodes(2, place, clock)
        let services = try nodes.map { try #require($0.cluster.channel?.membershipService as? MeetingService) }
        let id = try await nodes[0].request { try $0.setAttribute("a", "1") }.idInternal
        clock.advance(seconds: 10)
        place.part([services[0]], from: [services[1]])
        for node in nodes { try await node.meets(0) }
        for (node, value) in zip(nodes, ["earlier", "later"]) {
            _ = try await node.request(node.manager.session(id)) { try $0.setAttribute("a", value) }
            clock.advance(seconds: 10)
        }
        place.join([services[0]], with: [services[1]])
        for node in nodes {
            try await Self.soon("the later one is kept") {
                try node.manager.session(id)?.attribute("a") as? String == "later"
            }
        }
        #expect(nodes.map { $0.manager.isPrimary(id) } == [false, true])
        try await nodes.stop()
    }

    @Test("a node that was alone asks for what nobody tells it, and keeps what it serves")
    func question() async throws {
        let (place, clock) = (MeetingPlace(), TestNode.Clock())
        let nodes = try await Self.nodes(2, place, clock)
        let services = try nodes.map { try #require($0.cluster.channel?.membershipService as? MeetingService) }
        let own = try await nodes[0].request { try $0.setAttribute("a", "1") }.idInternal
        clock.advance(seconds: 10)
        place.part([services[0]], from: [services[1]])
        for node in nodes { try await node.meets(0) }
        let other = try await nodes[1].request { try $0.setAttribute("a", "2") }.idInternal
        // As a node of Tomcat's: it has forgotten who was away.
        nodes[1].manager.absences.withLock { $0 = Absences() }
        place.join([services[0]], with: [services[1]])
        for node in nodes { try await node.meets(1) }
        #expect(nodes[0].manager.session(other) == nil)
        await nodes[0].manager.backgroundProcess()
        try await Self.soon("it holds the session") {
            try nodes[0].manager.session(other)?.attribute("a") as? String == "2"
        }
        #expect(nodes[0].manager.isPrimary(own) == true)
        try await nodes.stop()
    }

    @Test("a member that did not get a change is sent the session")
    func failure() async throws {
        let (place, clock) = (MeetingPlace(), TestNode.Clock())
        let nodes = try await Self.nodes(2, place, clock)
        let id = try await nodes[0].request { try $0.setAttribute("a", "1") }.idInternal
        // The change is lost on its way.
        nodes[1].manager.session(id)?.restore(
            SessionRecord(
                id: id,
                times: .init(creation: clock.now, lastAccessed: clock.now, thisAccessed: clock.now),
                maxInactiveInterval: 60,
                isNew: false,
                isValid: true
            )
        )
        let member = try #require(nodes[0].cluster.members.first)
        clock.advance(seconds: 1)
        nodes[0].manager.messageFailed([member])
        await nodes[0].manager.backgroundProcess()
        try await Self.soon("it holds what was changed") {
            try nodes[1].manager.session(id)?.attribute("a") as? String == "1"
        }
        try await nodes.stop()
    }
}
