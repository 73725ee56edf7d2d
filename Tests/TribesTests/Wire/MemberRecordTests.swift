import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct MemberRecordTests {
    static let records = ["member-plain", "member-full", "member-ipv6", "mcast-heartbeat", "mcast-shutdown"]

    @Test("a recorded member says what its annotation says, and is written back byte for byte", arguments: records)
    func recorded(name: String) throws {
        let vector = TribesVector.named(name)
        let member = try MemberRecord.decode(vector.buffer)
        #expect(String(member.aliveTime) == vector.value("memberAliveTime"))
        #expect(String(member.port) == vector.value("TCP port"))
        #expect(String(member.securePort) == vector.value("secure port"))
        #expect(String(member.udpPort) == vector.value("UDP port"))
        #expect(String(member.command.count) == vector.value("command length"))
        #expect(String(member.domain.count) == vector.value("domain length"))
        #expect(String(member.payload.count) == vector.value("payload length"))
        #expect(member.host.map(String.init).joined(separator: ".") == vector.value("host address"))
        #expect(MemberRecord.encode(member) == vector.buffer)
        #expect(MemberRecord.size(of: member) == vector.bytes.count)
    }

    @Test("a member that leaves says so")
    func shutdown() throws {
        #expect(try MemberRecord.decode(TribesVector.named("mcast-shutdown").buffer).isShuttingDown)
        #expect(try !MemberRecord.decode(TribesVector.named("mcast-heartbeat").buffer).isShuttingDown)
    }

    @Test("every record cut short is refused", arguments: records)
    func truncated(name: String) throws {
        let bytes = TribesVector.named(name).bytes
        for size in 0..<bytes.count {
            #expect(throws: WireError.self) { try MemberRecord.decode(ByteBuffer(bytes: bytes.prefix(size))) }
        }
        #expect(throws: WireError.trailingBytes(1)) { try MemberRecord.decode(ByteBuffer(bytes: bytes + [0])) }
    }

    @Test(
        "values that no member has are refused",
        arguments: [
            (0, [UInt8(0x55)], WireError.badMemberMark),
            (10, [0, 0, 0, 52], .badMemberMark),
            (22, [0, 1, 0, 0], .badValue(field: .port, 65_536)),
            (26, [0xff, 0xff, 0xff, 0xfe], .badValue(field: .securePort, -2)),
            (34, [5], .badValue(field: .host, 5)),
            (39, [0, 0, 0, 200], .truncated(field: .command)),
            (63, [0, 0, 0, 1], .truncated(field: .payload)),
            (76, [1], .badMemberMark),
        ]
    )
    func rejects(offset: Int, value: [UInt8], error: WireError) {
        var bytes = TribesVector.named("member-plain").bytes
        bytes.replaceSubrange(offset..<offset + value.count, with: value)
        #expect(throws: error) { try MemberRecord.decode(ByteBuffer(bytes: bytes)) }
    }

    @Test("mutated records are read or refused, never more")
    func mutations() throws {
        var generator = SeededGenerator(seed: 7)
        let vectors = Self.records.map { TribesVector.named($0).bytes }
        for round in 0..<10_000 {
            var bytes = vectors[round % vectors.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let member = try? MemberRecord.decode(ByteBuffer(bytes: bytes)) else { continue }
            #expect(MemberRecord.encode(member) == ByteBuffer(bytes: bytes))
        }
    }
}
