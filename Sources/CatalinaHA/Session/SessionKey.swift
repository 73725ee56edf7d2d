import CatalinaSession
import Glibc

/// Which session an id names: what stands before the route.
///
/// A session whose node failed gets the route of the next one, and may get its first id back (`S.a`, `S.b`, `S.a`);
/// nodes that heard of that and nodes that did not still speak of the same session. The key of a table is the session's
/// own id, so that it takes no room of its own.
struct SessionKey: Hashable, Sendable {
    private let id: String

    init(_ id: String) { self.id = id }

    /// Whether the id names a node.
    var isRouted: Bool { self.withOctets { $0.count } != self.id.utf8.count }

    /// What stands before the route.
    var text: String {
        self.isRouted ? self.withOctets { String(decoding: $0, as: UTF8.self) } : self.id
    }

    static func == (one: SessionKey, other: SessionKey) -> Bool {
        one.withOctets { one in other.withOctets { SessionIDOctets.areSame(one, $0) } }
    }

    func hash(into hasher: inout Hasher) {
        self.withOctets { SessionIDOctets.hash($0, into: &hasher) }
    }

    /// What stands before the first dot; a dot at the beginning is part of the id.
    private func withOctets<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        self.id.utf8.span.withUnsafeBytes { octets in
            guard let start = octets.baseAddress,
                let dot = memchr(start, Int32(UInt8(ascii: ".")), octets.count),
                dot > start
            else { return body(octets) }
            return body(UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(dot) - start))
        }
    }
}

extension SessionKey: Comparable {
    static func < (one: SessionKey, other: SessionKey) -> Bool { one.text < other.text }
}
