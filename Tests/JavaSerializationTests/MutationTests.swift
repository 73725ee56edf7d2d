import NIOCore
import TestSupport
import Testing

@testable import JavaSerialization

/// Recorded streams with bytes changed, cut out, doubled and swapped: nothing may trap.
@Suite struct MutationTests {
    private static let mutationsPerStream = 32
    private static let sizeMaximum = 4_000
    /// Bytes that mean something to the grammar.
    private static let codes: [UInt8] = Array(0x6f...0x7f) + [0x00, 0x01, 0x7e, 0xff]

    private static let streams =
        RecordedStream.all.filter { $0.bytes.count <= Self.sizeMaximum }.map(\.bytes)
        + Vectors.rows("java/streams.jsonl").compactMap { row in
            guard let hex = row["hex"].string, let bytes = try? bytes(hex: hex) else { return nil }
            return bytes.count <= Self.sizeMaximum ? bytes : nil
        }

    private static func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where bytes.count > 8 {
            let index = Int.random(in: 4..<bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1...12, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[index] = Self.codes[Int.random(in: 0..<Self.codes.count, using: &generator)]
            case 2: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 3: bytes.removeSubrange(index..<end)
            case 4: bytes.insert(contentsOf: bytes[index..<end], at: index)
            default: bytes.swapAt(index, Int.random(in: 4..<bytes.count, using: &generator))
            }
        }
        return bytes
    }

    @Test("a mutated stream is refused with an error, or comes out again", arguments: 1...8 as ClosedRange<UInt64>)
    func mutated(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for original in Self.streams {
            for _ in 0..<Self.mutationsPerStream / 8 {
                let bytes = Self.mutate(original, &generator)
                do throws(JavaSerializationError) {
                    let first = try JavaStream(bytes)
                    let again = try JavaStream(first.encoded())
                    #expect(again.graph.nodes.count <= first.graph.nodes.count, "seed \(seed): \(bytes)")
                } catch {
                    Self.expectBounded(error)
                }
                do throws(JavaSerializationError) {
                    for case .value(let value) in try ReadPiece.all(of: bytes) {
                        _ = value.expanded
                        _ = try value.written()
                    }
                } catch {
                    Self.expectBounded(error)
                }
            }
        }
    }

    /// No mutation of a small stream is large.
    private static func expectBounded(_ error: JavaSerializationError) {
        #expect(error != .limitExceeded(.streamSize) && error != .limitExceeded(.handles))
    }
}
