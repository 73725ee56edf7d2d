import Modeler
import TestSupport
import Testing
import Tribes

@Suite struct MemberTests {
    @Test("host, port and unique id alone say who a member is")
    func identity() {
        var older = Member(host: [127, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 2))
        let younger = older
        older.aliveTime = 5
        older.command = Member.shutdownCommand
        older.domain = [1]
        #expect(older == younger)
        #expect(Set([older, younger]).count == 1)
        #expect(older != Member(host: [127, 0, 0, 1], port: 4001, uniqueID: UniqueID(high: 1, low: 2)))
        #expect(older != Member(host: [127, 0, 0, 2], port: 4000, uniqueID: UniqueID(high: 1, low: 2)))
        #expect(older != Member(host: [127, 0, 0, 1], port: 4000, uniqueID: UniqueID(high: 1, low: 3)))
    }

    @Test("a name shows the address as it was given")
    func names() {
        var member = Member(host: [192, 168, 0, 1], port: 4000, uniqueID: .zero)
        #expect(member.name == "tcp://{-64, -88, 0, 1}:4000")
        member.hostname = "node1"
        #expect(member.name == "tcp://node1:4000")
    }

    @Test(
        "bytes in braces are signed decimal numbers",
        arguments: [
            ("{1,2,-3}", [UInt8(1), 2, 253]), ("{0}", [0]), ("{1, 2}", nil), ("{128}", nil), ("{}", nil), ("{1,}", nil),
            ("1,2", nil), ("{1", nil),
        ] as [(String, [UInt8]?)]
    )
    func decimalBytes(text: String, bytes: [UInt8]?) {
        #expect(DecimalBytes.parse(text) == bytes)
    }

    @Test("a domain is text or bytes")
    func domains() {
        #expect(DecimalBytes.domain("staging") == Array("staging".utf8))
        #expect(DecimalBytes.domain("caf\u{e9}") == [0x63, 0x61, 0x66, 0xe9])
        #expect(DecimalBytes.domain("{1,-1}") == [1, 255])
    }

    @Test("a random id is a UUID of version 4")
    func uniqueIDs() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            let id = UniqueID.random(using: &generator)
            #expect(id.bytes[6] >> 4 == 4)
            #expect(id.bytes[8] >> 6 == 2)
            #expect(UniqueID(bytes: id.bytes) == id)
        }
        #expect(UniqueID(bytes: [1, 2]) == nil)
    }

    @Test("the absolute order is by host, port and id")
    func order() {
        let members = [
            Member(host: [1, 2, 3, 4], port: 5, uniqueID: UniqueID(high: 0, low: 1)),
            Member(host: [1, 2, 3, 4], port: 5, uniqueID: UniqueID(high: 0, low: 0x8000_0000_0000_0000)),
            Member(host: [1, 2, 3, 4], port: 6, uniqueID: .zero),
            Member(host: [200, 2, 3, 4], port: 1, uniqueID: .zero),
            Member(host: [UInt8](repeating: 0, count: 16), port: 1, uniqueID: .zero),
        ]
        #expect(AbsoluteOrder.sorted(members.reversed()) == members)
    }

    @Test(
        "send options are numbers or names",
        arguments: [
            ("8", UInt32(8)), ("6", 6), ("async", 8), ("sync,use_ack", 6), ("asynchronous , use_ack", 10), ("byte", 1),
            ("synchronized_ack, use_ack, udp", 38), ("multicast", 64), ("4294967295", nil), ("fast", nil), ("", nil),
        ] as [(String, UInt32?)]
    )
    func options(text: String, value: UInt32?) {
        #expect((try? SendOptions(attributeText: text))?.rawValue == value)
    }

    @Test("options show their names, the highest first")
    func optionNames() {
        #expect(SendOptions(rawValue: 0x10e).optionNames == "async, sync, use_ack")
        #expect(SendOptions().optionNames.isEmpty)
    }
}
