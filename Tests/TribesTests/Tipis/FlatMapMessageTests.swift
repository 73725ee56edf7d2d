import ClusterSupport
import JavaSerialization
import NIOCore
import TestSupport
import Testing

@testable import Tribes

/// Messages that are written and read field by field, beside those of the object streams.
@Suite struct FlatMapMessageTests {
    static let recorded: [String] = MapMessageTests.plain.map(\.0) + ["map-access-body"]

    /// A node and the others in a message: what was announced, what an operator listed, with and without extras.
    static let members: [Member] = (0..<6).map { number in
        var member = Member(
            host: number == 3 ? [UInt8](repeating: 7, count: 16) : [127, 0, 0, UInt8(number)],
            port: 4000 + number,
            uniqueID: UniqueID(high: UInt64(number), low: 1)
        )
        member.isStatic = number.isMultiple(of: 2)
        member.aliveTime = Int64(number) * 1000
        if number == 4 { member.domain = Array("delta".utf8) }
        return member
    }

    static func flat(_ body: ByteBuffer) -> MapMessage? {
        var members = MemberCache()
        return MapMessage(body, &members)
    }

    static func general(_ message: MapMessage) throws -> ByteBuffer {
        var stream = JavaObjectOutputStream()
        try message.write(to: &stream)
        return stream.finish()
    }

    @Test("what Tomcat writes is read and written field by field as by way of objects", arguments: recorded)
    func recordings(name: String) throws {
        let body = try MapMessageTests.body(name)
        let message = try MapMessage(try MapMessageTests.object(body))
        // Tomcat refers back to a member that a message names twice
        if let flat = Self.flat(body) { #expect(flat == message) }
        #expect(message.flat() == body)
    }

    @Test("most recordings need no objects")
    func coverage() throws {
        let flat = try Self.recorded.filter { Self.flat(try MapMessageTests.body($0)) != nil }
        #expect(flat.contains("map-backup-diff") && flat.contains("map-access-body") && flat.contains("map-proxy"))
    }

    @Test("no beginning of a message is one, nor is one with more behind it", arguments: recorded)
    func cuts(name: String) throws {
        let body = try MapMessageTests.body(name)
        for size in 0..<body.readableBytes {
            #expect(Self.flat(try #require(body.getSlice(at: body.readerIndex, length: size))) == nil, "\(size) bytes")
        }
        var longer = body
        longer.writeInteger(UInt8(0x70))
        #expect(Self.flat(longer) == nil)
    }

    @Test("other recordings are read as no message", arguments: TribesVector.all.filter { !$0.isFrame }.map(\.name))
    func others(name: String) throws {
        let body = TribesVector.named(name).buffer
        guard let flat = Self.flat(body) else { return }
        #expect(flat == (try MapMessage(try MapMessageTests.object(body))))
    }

    @Test("any message is written and read as by way of objects", arguments: 1...300 as ClosedRange<UInt64>)
    func any(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func bytes() -> [UInt8]? {
            let count = [-1, 0, 1, 60, 70_000].randomElement(using: &generator) ?? 0
            return count < 0 ? nil : (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        }
        func members() -> [Member]? {
            let count = Int.random(in: -1...4, using: &generator)
            return count < 0 ? nil : (0..<count).compactMap { _ in Self.members.randomElement(using: &generator) }
        }
        var message = MapMessage(
            try #require(MapMessage.Kind.allCases.randomElement(using: &generator)),
            mapID: bytes() ?? [],
            key: bytes(),
            primary: members()?.first,
            nodes: members()
        )
        message.value = bytes()
        message.diff = bytes()
        message.isDiff = Bool.random(using: &generator)
        let body = try Self.general(message)
        #expect(message.flat() == body)
        let read = Self.flat(body)
        #expect(read == message)
        #expect(read?.nodes?.map(\.isStatic) == message.nodes?.map(\.isStatic))
        #expect(read?.primary?.domain == message.primary?.domain)
        var members = MemberCache()
        #expect(MapMessage(body, of: message.mapID, &members) == message)
        #expect(MapMessage(body, of: message.mapID + [1], &members) == nil)
    }

    @Test("changed bytes are read as by way of objects, or not at all", arguments: 1...400 as ClosedRange<UInt64>)
    func mutated(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let name = try #require(Self.recorded.randomElement(using: &generator))
        var bytes = Array(try MapMessageTests.body(name).readableBytesView)
        for _ in 0...(seed % 3) {
            let index = Int.random(in: 4..<bytes.count, using: &generator)
            bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
        }
        guard let flat = Self.flat(ByteBuffer(bytes: bytes)) else { return }
        #expect(flat == (try MapMessage(try MapMessageTests.object(ByteBuffer(bytes: bytes)))))
    }

    @Test("a member whose record is long is written by way of objects")
    func longRecord() throws {
        var member = Self.members[0]
        member.payload = [UInt8](repeating: 1, count: 300)
        let message = MapMessage(.proxy, mapID: [1], key: MapMessage.key("k"), primary: member, nodes: [member])
        #expect(message.flat() == nil)
        #expect(try message.stream() == Self.general(message))
        #expect(try MapMessage(try MapMessageTests.object(try message.stream())) == message)
    }

    @Test("members of another version of their class are read by way of objects")
    func otherVersion() throws {
        let message = MapMessage(.proxy, mapID: [1], primary: Self.members[1], nodes: [Self.members[0]])
        var bytes = Array(try Self.general(message).readableBytesView)
        let standard = withUnsafeBytes(of: MemberObject.standardVersion.bigEndian) { Array($0) }
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: standard) })
        bytes[place] ^= 1
        #expect(Self.flat(ByteBuffer(bytes: bytes)) == nil)
    }

    @Test(
        "keys are texts of any kind",
        arguments: ["", "ID.n1", "\u{e9}", "a\u{0}b", String(repeating: "k", count: 70_000)]
    )
    func keys(text: String) throws {
        var stream = JavaObjectOutputStream()
        stream.writeString(text)
        let key = MapMessage.key(text)
        #expect(key == Array(stream.finish().readableBytesView))
        #expect(try MapMessage(.proxy, mapID: [], key: key).keyText() == text)
    }

    @Test("members are remembered, and the oldest forgotten")
    func cache() {
        var cache = MemberCache()
        for number in 0..<(2 * MemberCache.countMaximum) {
            var member = Self.members[0]
            member.port = number
            let record = MemberRecord.encode(member)
            for isStatic in [true, false, true] {
                let read = cache.member(record, isStatic: isStatic)
                #expect(read == member && read?.isStatic == isStatic)
            }
        }
        let none = cache.member(ByteBuffer(bytes: [1]), isStatic: false)
        #expect(none == nil)
    }
}
