import Glibc

/// A session's id as a place in a table.
///
/// Ids are random from their first digit on: a part of one is hashed in a fraction of the time that all of it takes. A
/// client cannot choose them to collide, but for those it may bring along, which are as many as it makes sessions.
struct HashedSessionID: Hashable {
    /// Octets that are hashed.
    private static let prefix = 16

    let id: String

    init(_ id: String) { self.id = id }

    /// Octet by octet: what Unicode takes for the same text is another id.
    static func == (one: HashedSessionID, other: HashedSessionID) -> Bool {
        let (one, other) = (one.id.utf8.span, other.id.utf8.span)
        guard one.count == other.count else { return false }
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                guard let start = one.baseAddress, let otherStart = other.baseAddress else { return true }
                return memcmp(start, otherStart, one.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        let words = self.id.utf8.withContiguousStorageIfAvailable { octets -> (UInt64, UInt64)? in
            guard octets.count >= Self.prefix else { return nil }
            let octets = UnsafeRawBufferPointer(octets)
            return (octets.loadUnaligned(as: UInt64.self), octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        if let words = words ?? nil {
            hasher.combine(words.0)
            hasher.combine(words.1)
        } else {
            hasher.combine(self.id)
        }
    }
}
