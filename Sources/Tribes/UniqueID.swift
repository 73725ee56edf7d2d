package import NIOCore
import Synchronization

/// The 16 bytes that tell one process start, or one message, from every other.
///
/// Shape: two big-endian halves; a random one has the bit pattern of a UUID of version 4.
/// Source: `org.apache.catalina.tribes.util.UUIDGenerator`.
package struct UniqueID: Hashable, Sendable {
    package static let byteCount = 16
    package static let zero = UniqueID(high: 0, low: 0)

    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id with these bytes; nil unless there are sixteen.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A new id: random but for the six bits that mark version and variant.
    package static func random(using generator: inout some RandomNumberGenerator) -> UniqueID {
        UniqueID(
            high: generator.next() & 0xffff_ffff_ffff_0fff | 0x4000,
            low: generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        )
    }

    package var bytes: [UInt8] {
        [self.high, self.low].flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
        }
    }
}

/// Ids of messages for several threads at once; nobody needs them to be unpredictable.
///
/// The generator is SplitMix64, whose state is a count, from a random beginning.
/// Isolation: any thread.
final class UniqueIDSource: Sendable {
    private struct Generator: RandomNumberGenerator {
        static let step: UInt64 = 0x9e37_79b9_7f4a_7c15
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= Self.step
            var mixed = self.state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    private let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    func next() -> UniqueID {
        // An id takes two steps.
        var generator = Generator(state: self.state.wrappingAdd(2 &* Generator.step, ordering: .relaxed).oldValue)
        return UniqueID.random(using: &generator)
    }
}

extension UniqueID: CustomStringConvertible {
    /// 32 hexadecimal digits.
    package var description: String { Hex.text(self.bytes) }
}

extension ByteBuffer {
    package mutating func readUniqueID() -> UniqueID? {
        guard let halves = self.readMultipleIntegers(as: (UInt64, UInt64).self) else { return nil }
        return UniqueID(high: halves.0, low: halves.1)
    }

    package mutating func writeUniqueID(_ id: UniqueID) {
        self.writeMultipleIntegers(id.high, id.low)
    }
}
