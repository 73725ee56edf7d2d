import ClusterSupport
import JavaSerialization
import NIOCore
import Testing

@testable import Tribes

/// Members are written to each node in the version of their class that it was seen to use, and to nobody else.
@Suite struct MemberVersionsTests {
    static let old: UInt64 = 0x5355_28fd_0496_59fe

    private static func member(_ number: Int) -> Member {
        Member(host: [10, 0, 0, 1], port: number, uniqueID: UniqueID(high: 0, low: UInt64(number)))
    }

    @Test("members are grouped by their version, the standard one first")
    func groups() {
        var versions = MemberVersions()
        let members = (1...4).map(Self.member)
        versions.note(MemberObject.standardVersion, of: members[0])
        #expect(versions.areStandard)
        versions.note(Self.old, of: members[1])
        versions.note(1, of: members[3])
        #expect(!versions.areStandard)
        let groups = versions.groups(of: members)
        #expect(groups.map(\.version) == [MemberObject.standardVersion, 1, Self.old])
        #expect(groups.map(\.members) == [[members[0], members[2]], [members[3]], [members[1]]])
        versions.note(MemberObject.standardVersion, of: members[1])
        versions.note(MemberObject.standardVersion, of: members[3])
        #expect(versions.areStandard)
    }

    @Test("of many members some are forgotten, never the last one")
    func bound() {
        var versions = MemberVersions()
        for number in 1...(2 * MemberVersions.countMaximum) {
            versions.note(Self.old, of: Self.member(number))
            #expect(versions.version(of: Self.member(number)) == Self.old)
        }
        let members = (1...(2 * MemberVersions.countMaximum)).map(Self.member)
        let known = members.filter { versions.version(of: $0) == Self.old }
        #expect(known.count == MemberVersions.countMaximum)
    }

    @Test("a message is read and written in another version, and changes no other message")
    func message() throws {
        var message = MapMessage(
            .proxy,
            mapID: [1],
            primary: FlatMapMessageTests.members[1],
            nodes: [FlatMapMessageTests.members[0]]
        )
        let standard = try message.stream()
        message.memberVersion = Self.old
        let body = try message.stream()
        #expect(body != standard)
        #expect(try body == FlatMapMessageTests.general(message))
        let read = try MapMessage(try MapMessageTests.object(body))
        #expect(read == message && read.seenMemberVersion == Self.old)
        #expect(try read.stream() == body)
        message.memberVersion = MemberObject.standardVersion
        #expect(try message.stream() == standard)
        #expect(try MapMessage(try MapMessageTests.object(standard)).seenMemberVersion == MemberObject.standardVersion)
        #expect(MapMessage(.ping, mapID: [1]).seenMemberVersion == nil)
    }

    @Test("a map's node that uses another version gets that one, the others do not")
    func map() throws {
        let cluster = try MapCluster(3)
        // The second node speaks first, as one of another version would.
        let second = cluster[2].node
        second.channel.memberVersions[second.loop].note(Self.old, of: cluster[1].member)
        cluster.put("first", on: 2)
        cluster.run(50)
        for number in 1...3 as ClosedRange<UInt8> { cluster[number].node.clear() }
        for index in 0..<6 { cluster.put("s\(index)", ["a": "1"], on: 1) }
        cluster.change("s0", "a", "2", on: 1)
        cluster.settle()
        #expect(cluster.faults() == [])
        // What comes in the standard version the maps take before anybody else sees it.
        func versions(_ number: UInt8) throws -> Set<UInt64> {
            let values = cluster[number].node.received.filter { $0.sender == cluster[1].member }.compactMap {
                $0.object ?? $0.rpc?.payload as? JavaValue
            }
            return Set(
                try values.filter { $0.className == MapMessage.className }.compactMap {
                    try MapMessage($0).seenMemberVersion
                }
            )
        }
        #expect(try versions(2) == [Self.old])
        #expect(try versions(3).isSubset(of: [MemberObject.standardVersion]))
        #expect((0..<6).allSatisfy { cluster[2].map.peek("s\($0)") != nil || cluster[3].map.peek("s\($0)") != nil })
    }

    @Test("nodes that list each other ask and answer in the version of the other one")
    func membership() throws {
        let cluster = SimulatedCluster()
        let nodes = try (1...3 as ClosedRange<UInt8>).map {
            try StaticMembershipServiceTests.node(cluster, $0, listed: 1...3)
        }
        for node in nodes { try node.start() }
        cluster.run(.seconds(2))
        let (one, two) = (nodes[0], nodes[1])
        one.channel.memberVersions[one.loop].note(Self.old, of: try #require(two.channel.localMember))
        for node in nodes { node.clear() }
        cluster.run(.seconds(5))
        func versions(_ node: SimulatedNode) throws -> Set<UInt64> {
            let sender = one.channel.localMember
            return Set(
                try node.received.filter { $0.sender == sender }.compactMap {
                    try ($0.rpc?.payload as? JavaValue).flatMap { try MemberMessage($0) }?.memberVersion
                }
            )
        }
        #expect(try versions(two).contains(Self.old))
        #expect(try versions(nodes[2]) == [MemberObject.standardVersion])
        #expect(nodes.allSatisfy { $0.channel.members.count == 2 })
    }
}
