import NIOCore
import TestSupport
import Testing
import Tribes

@Suite struct PackageDecoderTests {
    static let streams = [
        ("464c5432303032 00000000 544c4632303033", [""]),
        ("464c5432303032 00000001 01 544c4632303033  464c5432303032 00000001 02 544c4632303033", ["01", "02"]),
    ]

    @Test("every cut of the stream yields the same payloads", arguments: streams)
    func cuts(stream: String, payloads: [String]) throws {
        let expected = try payloads.map { ByteBuffer(bytes: try bytes(hex: $0)) }
        let stream = try bytes(hex: stream)
        for cut in 0...stream.count {
            #expect(try Self.decode(stream, cutAt: cut) == expected, "cut at byte \(cut)")
        }
    }

    @Test("every recorded frame is one package, wherever it is cut", arguments: TribesVector.frames)
    func recorded(vector: TribesVector) throws {
        let payload = ByteBuffer(bytes: vector.bytes.dropFirst(11).dropLast(7))
        let count = vector.bytes.count
        let cuts =
            Array(0...min(12, count)) + stride(from: 13, to: count - 8, by: max(1, count / 30)) + (count - 8...count)
        for cut in cuts {
            #expect(try Self.decode(vector.bytes, cutAt: cut) == [payload], "cut at byte \(cut)")
        }
    }

    @Test(
        "what is no package is refused as early as that shows",
        arguments: [
            ("464c5432303033 00000000 544c4632303033", WireError.badHeader),
            ("47", .badHeader),
            ("464c5432303032 ffffffff", .oversizedPayload(size: 0xffff_ffff)),
            ("464c5432303032 00000011", .oversizedPayload(size: 17)),
            ("464c5432303032 00000001 01 544c4632303032", .badFooter),
            ("464c5432303032 00000001 01 55", .badFooter),
        ]
    )
    func rejects(stream: String, error: WireError) throws {
        var buffer = ByteBuffer(bytes: try bytes(hex: stream))
        #expect(throws: error) {
            try PackageDecoder(maximumPayloadSize: 16).decode(buffer: &buffer)
        }
    }

    @Test("mutated streams are decoded or refused, never more")
    func mutations() throws {
        var generator = SeededGenerator(seed: 3)
        let stream = TribesVector.named("frame-bytemessage").bytes + TribesVector.named("frame-ack").bytes
        for _ in 0..<5000 {
            var mutated = stream
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                mutated[Int.random(in: 0..<mutated.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let cut = Int.random(in: 0...mutated.count, using: &generator)
            do {
                for payload in try Self.decode(mutated, cutAt: cut) where Acknowledgement(payload: payload) == nil {
                    let message = try ChannelData.decode(payload)
                    #expect(ChannelData.encode(message).readableBytes <= mutated.count)
                }
            } catch let error as WireError {
                #expect(error != .trailingBytes(0))
            }
        }
    }

    static func decode(_ bytes: [UInt8], cutAt cut: Int) throws -> [ByteBuffer] {
        let decoder = PackageDecoder(maximumPayloadSize: 1 << 20)
        var buffer = ByteBuffer()
        var payloads: [ByteBuffer] = []
        for part in [bytes[..<cut], bytes[cut...]] {
            buffer.writeBytes(part)
            while buffer.readableBytes > 0, let payload = try decoder.decode(buffer: &buffer) {
                payloads.append(payload)
            }
        }
        return payloads
    }
}
