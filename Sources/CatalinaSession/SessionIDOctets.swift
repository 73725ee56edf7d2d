import Glibc

/// How tables of sessions compare and hash ids, or parts of them.
///
/// Ids are random from their first digit on: a part of one is hashed in a fraction of the time that all of it takes. A
/// client cannot choose them to collide, but for those it may bring along, which are as many as it makes sessions.
package enum SessionIDOctets {
    /// Octets that are hashed.
    private static let prefix = 16

    /// Octet by octet: what Unicode takes for the same text is another id.
    package static func areSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count else { return false }
        guard let start = one.baseAddress, let otherStart = other.baseAddress else { return true }
        return memcmp(start, otherStart, one.count) == 0
    }

    package static func hash(_ octets: UnsafeRawBufferPointer, into hasher: inout Hasher) {
        guard octets.count >= Self.prefix else { return hasher.combine(bytes: octets) }
        hasher.combine(octets.loadUnaligned(as: UInt64.self))
        hasher.combine(octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
}
