/// One node of the group, as it announces itself.
///
/// Two records denote the same member when host, port and unique id are equal: nothing else takes part in
/// equality, so that a member that grows older stays the key under which something is kept for it.
/// Tomcat counterpart: `org.apache.catalina.tribes.Member`, `MemberImpl` and `StaticMember`.
package struct Member: Sendable {
    /// The command of a member that leaves: ASCII `BABY-ALEX`.
    package static let shutdownCommand = [UInt8]("BABY-ALEX".utf8)

    /// Raw address: 4 bytes for IPv4, 16 for IPv6.
    package var host: [UInt8]
    /// TCP port of the receiver.
    package var port: Int
    /// New at every start of a process, unless an operator fixed it.
    package var uniqueID: UniqueID
    /// Never used by Tomcat itself; -1 when there is none.
    package var securePort = -1
    /// Port for datagrams with a message each; -1 when there is none.
    package var udpPort = -1
    /// Milliseconds since the member started, by its own account; only heartbeats tell it reliably.
    package var aliveTime: Int64 = 0
    /// Empty, or ``shutdownCommand``.
    package var command: [UInt8] = []
    /// The part of the group that the member belongs to, as ISO-8859-1 bytes or any others.
    package var domain: [UInt8] = []
    /// Whatever an application adds; the whole record stays below 65,536 bytes.
    package var payload: [UInt8] = []
    /// The host as an operator wrote it; nil for a member that announced itself.
    package var hostname: String?
    /// Whether an operator listed the member: a static member is asked for again after it was lost.
    package var isStatic = false

    package init(host: [UInt8], port: Int, uniqueID: UniqueID) {
        self.host = host
        self.port = port
        self.uniqueID = uniqueID
    }

    /// Whether the member has announced that it leaves.
    package var isShuttingDown: Bool { self.command == Self.shutdownCommand }

    /// `tcp://127.0.0.1:4000` for a host that an operator wrote, `tcp://{127, 0, 0, 1}:4000` otherwise.
    package var name: String { "tcp://\(self.hostname ?? DecimalBytes.text(self.host)):\(self.port)" }

    /// Where the member's receiver listens.
    package var endpoint: Endpoint { Endpoint(host: self.host, port: self.port) }
}

extension Member: Hashable {
    package static func == (left: Member, right: Member) -> Bool {
        left.uniqueID == right.uniqueID && left.port == right.port && left.host == right.host
    }

    /// The id alone tells members apart well enough.
    package func hash(into hasher: inout Hasher) { hasher.combine(self.uniqueID) }
}

extension Member: CustomStringConvertible {
    package var description: String { "\(self.name) {id=\(self.uniqueID)}" }
}

/// An address and a port.
package struct Endpoint: Hashable, Sendable {
    /// Raw address: 4 bytes for IPv4, 16 for IPv6.
    package let host: [UInt8]
    package let port: Int

    package init(host: [UInt8], port: Int) {
        self.host = host
        self.port = port
    }
}

extension Endpoint: CustomStringConvertible {
    package var description: String {
        self.host.count == 4
            ? self.host.map(String.init).joined(separator: ".") + ":\(self.port)"
            : "[\(Hex.text(self.host))]:\(self.port)"
    }
}
