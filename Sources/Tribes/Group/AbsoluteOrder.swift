/// An order of members that every node computes alike: by host, then port, then unique id.
///
/// A shorter host comes first, then unsigned bytes decide.
/// Source: `org.apache.catalina.tribes.group.AbsoluteOrder`.
package enum AbsoluteOrder {
    package static func isBefore(_ left: Member, _ right: Member) -> Bool {
        if left.host != right.host {
            if left.host.count != right.host.count { return left.host.count < right.host.count }
            return left.host.lexicographicallyPrecedes(right.host)
        }
        if left.port != right.port { return left.port < right.port }
        return (left.uniqueID.high, left.uniqueID.low) < (right.uniqueID.high, right.uniqueID.low)
    }

    package static func sorted(_ members: some Sequence<Member>) -> [Member] {
        members.sorted(by: Self.isBefore)
    }
}
