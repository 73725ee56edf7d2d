import Synchronization

/// When each member of the group was last heard of, and how many messages came from it; for the management.
///
/// A heartbeat, a message and a probe that was answered are signs of life. Only members that are there are kept.
/// Isolation: any thread.
package final class SignsOfLife: Sendable {
    /// What is known of one member; times are milliseconds since 1970 by this node's clock.
    package struct Record: Sendable, Equatable {
        /// When this node took the member in.
        package let since: Int64
        package fileprivate(set) var lastHeard: Int64
        package fileprivate(set) var messages: Int64 = 0
    }

    private let records = Mutex<[Member: Record]>([:])

    package init() {}

    /// nil for somebody who is no member.
    package subscript(member: Member) -> Record? { self.records.withLock { $0[member] } }

    func appeared(_ member: Member, at now: Int64) {
        self.records.withLock { $0[member] = Record(since: now, lastHeard: now) }
    }

    func disappeared(_ member: Member) {
        _ = self.records.withLock { $0.removeValue(forKey: member) }
    }

    func heard(from member: Member, at now: Int64) {
        self.records.withLock { $0[member]?.lastHeard = now }
    }

    func received(from member: Member, at now: Int64) {
        self.records.withLock { records in
            records[member]?.lastHeard = now
            records[member]?.messages += 1
        }
    }
}
