import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct ChannelDataTests {
    @Test("a recorded message says what its annotation says", arguments: TribesVector.messages)
    func annotated(vector: TribesVector) throws {
        let message = try Self.message(vector)
        #expect(String(message.options.rawValue) == vector.value("options"))
        #expect(String(message.timestamp) == vector.value("timestamp"))
        #expect(String(message.body.readableBytes) == vector.value("message length"))
        #expect(String(message.sender.aliveTime) == vector.value("memberAliveTime"))
        #expect(String(message.sender.port) == vector.value("TCP port"))
        #expect(String(message.sender.securePort) == vector.value("secure port"))
        #expect(String(message.sender.udpPort) == vector.value("UDP port"))
        #expect(message.sender.host.map(String.init).joined(separator: ".") == vector.value("host address"))
    }

    @Test("a recorded message is written back byte for byte", arguments: TribesVector.messages)
    func roundTrip(vector: TribesVector) throws {
        let message = try Self.message(vector)
        #expect(ChannelData.encode(message) == vector.buffer)
        #expect(ChannelData.packageSize(of: message) == vector.bytes.count)
    }

    @Test("a payload that ends early is refused at every cut")
    func truncated() throws {
        let vector = TribesVector.named("frame-object-use-ack")
        let payload = ByteBuffer(bytes: vector.bytes.dropFirst(11).dropLast(7))
        for size in 0..<payload.readableBytes {
            let part = try #require(payload.getSlice(at: payload.readerIndex, length: size))
            #expect(throws: WireError.self, "\(size) bytes") { try ChannelData.decode(part) }
        }
    }

    @Test(
        "fields that cannot be are refused",
        arguments: [
            (15, UInt8(0x0f), WireError.badValue(field: .uniqueID, 15)),
            (15, 0xff, .badValue(field: .uniqueID, 255)),
            (36, 0x42, .badMemberMark),
            (70, 0x09, .badValue(field: .host, 9)),
        ]
    )
    func rejects(offset: Int, value: UInt8, error: WireError) throws {
        let vector = TribesVector.named("frame-object-use-ack")
        var payload = Array(vector.bytes.dropFirst(11).dropLast(7))
        payload[offset] = value
        #expect(throws: error) { try ChannelData.decode(ByteBuffer(bytes: payload)) }
    }

    @Test("acknowledgements are the recorded bytes")
    func acknowledgements() throws {
        #expect(Acknowledgement.accepted.package == TribesVector.named("frame-ack").buffer)
        #expect(Acknowledgement.failed.package == TribesVector.named("frame-failack").buffer)
        for acknowledgement in Acknowledgement.allCases {
            var package = acknowledgement.package
            let payload = try #require(try PackageDecoder().decode(buffer: &package))
            #expect(Acknowledgement(payload: payload) == acknowledgement)
        }
        #expect(Acknowledgement(payload: ByteBuffer(bytes: [6, 2, 4])) == nil)
    }

    static func message(_ vector: TribesVector) throws -> ChannelMessage {
        var buffer = vector.buffer
        let payload = try #require(try PackageDecoder().decode(buffer: &buffer))
        return try ChannelData.decode(payload)
    }
}
