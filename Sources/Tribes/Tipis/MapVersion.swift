/// How far a value of a replicated map has come: of two statements about it the one with the smaller version is older.
///
/// Shape on the wire, in place of the changes of a message that has none: both numbers, eight bytes each, big-endian.
/// Tomcat writes none and does not look.
package struct MapVersion: Comparable, Sendable {
    static let size = 16

    /// The value's own number, which grows with every change.
    package let changes: Int64
    /// How often another node became its primary, as far as that is known.
    package let takeovers: Int64

    /// What a value's end counts: more than all changes that anybody may have made who did not hear of it.
    static let end: Int64 = 1 << 40

    package init(changes: Int64, takeovers: Int64 = 0) {
        self.changes = changes
        self.takeovers = takeovers
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
            Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
        }
        self.init(changes: number(bytes[..<8]), takeovers: number(bytes[8...]))
    }

    var bytes: [UInt8] {
        [self.changes, self.takeovers].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> Int64(56 - 8 * $0)) }
        }
    }

    package static func < (one: MapVersion, other: MapVersion) -> Bool {
        (one.changes, one.takeovers) < (other.changes, other.takeovers)
    }
}
