import Synchronization

/// When each member of the group was last heard of, and how many messages came from it.
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
        /// Whether the member said that it has started: it was not merely out of reach before.
        package fileprivate(set) var isNew = false
    }

    private struct State {
        var records: [Member: Record] = [:]
        /// Members that said so and are not there yet.
        var started: Set<Member> = []
    }

    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())

    /// `clock` is the wall clock in milliseconds.
    package init(clock: @escaping @Sendable () -> Int64) { self.clock = clock }

    /// nil for somebody who is no member.
    package subscript(member: Member) -> Record? { self.state.withLock { $0.records[member] } }

    /// Milliseconds since a member was last heard of; nil for somebody who is no member.
    package func silence(of member: Member) -> Int64? {
        let now = self.clock()
        return self.state.withLock { $0.records[member] }.map { max(0, now - $0.lastHeard) }
    }

    func appeared(_ member: Member) {
        let now = self.clock()
        self.state.withLock { state in
            let isNew = state.started.remove(member) != nil
            state.records[member] = Record(since: now, lastHeard: now, isNew: isNew)
        }
    }

    func disappeared(_ member: Member) {
        _ = self.state.withLock { $0.records.removeValue(forKey: member) }
    }

    /// A member said that it has started; it may be taken in only after that.
    func started(_ member: Member) {
        self.state.withLock { state in
            if state.records[member] != nil {
                state.records[member]?.isNew = true
            } else if state.started.count < MembershipTable.countMaximum {
                state.started.insert(member)
            }
        }
    }

    func heard(from member: Member) {
        let now = self.clock()
        self.state.withLock { $0.records[member]?.lastHeard = now }
    }

    func received(from member: Member) {
        let now = self.clock()
        self.state.withLock { state in
            guard let place = state.records.index(forKey: member) else { return }
            state.records.values[place].lastHeard = now
            state.records.values[place].messages += 1
        }
    }
}
