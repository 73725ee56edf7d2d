package import NIOCore

/// The members that one layer knows, the oldest first, with the time each was last heard of.
///
/// A value: the owner says what time it is, and announces what changed.
/// Source: `org.apache.catalina.tribes.membership.Membership`.
package struct MembershipTable: Sendable {
    private struct Entry {
        var member: Member
        var lastHeard: NIODeadline
    }

    /// Members that are kept; whoever announces himself above that is passed over until others leave.
    package static let countMaximum = 1024

    /// By descending age; equal ages in the order in which they came.
    private var entries: [Entry] = []

    package init() {}

    package var members: [Member] { self.entries.map(\.member) }
    package var isEmpty: Bool { self.entries.isEmpty }
    package var count: Int { self.entries.count }

    package func contains(_ member: Member) -> Bool { self.entries.contains { $0.member == member } }

    /// The member as it is known here.
    package func known(_ member: Member) -> Member? { self.entries.first { $0.member == member }?.member }

    /// The members that listen there: more than one only until those before the last are known to be gone.
    package func members(at endpoint: Endpoint) -> [Member] {
        self.entries.lazy.map(\.member).filter { $0.endpoint == endpoint }
    }

    /// Takes note of a sign of life.
    ///
    /// A known member's age, command and payload are brought up to date.
    /// - Returns: whether the member is new, and was taken.
    package mutating func heard(from member: Member, at now: NIODeadline) -> Bool {
        guard let index = self.entries.firstIndex(where: { $0.member == member }) else {
            guard self.entries.count < Self.countMaximum else { return false }
            self.entries.append(Entry(member: member, lastHeard: now))
            self.rank(self.entries.count - 1)
            return true
        }
        self.entries[index].lastHeard = now
        if self.entries[index].member.aliveTime != member.aliveTime {
            self.entries[index].member.aliveTime = member.aliveTime
            self.entries[index].member.command = member.command
            self.entries[index].member.payload = member.payload
            self.rank(index)
        }
        return false
    }

    /// Forgets a member, and says how it was known.
    @discardableResult
    package mutating func remove(_ member: Member) -> Member? {
        guard let index = self.entries.firstIndex(where: { $0.member == member }) else { return nil }
        return self.entries.remove(at: index).member
    }

    package mutating func removeAll() {
        self.entries = []
    }

    /// Forgets and returns the members not heard of for longer than `age`.
    package mutating func expire(olderThan age: TimeAmount, at now: NIODeadline) -> [Member] {
        guard self.entries.contains(where: { now - $0.lastHeard > age }) else { return [] }
        let expired = self.entries.filter { now - $0.lastHeard > age }.map(\.member)
        self.entries.removeAll { now - $0.lastHeard > age }
        return expired
    }

    /// Moves an entry whose age has changed to where it belongs, past those that are younger or older only.
    private mutating func rank(_ index: Int) {
        var index = index
        while index > 0, self.age(index - 1) < self.age(index) {
            self.entries.swapAt(index - 1, index)
            index -= 1
        }
        while index + 1 < self.entries.count, self.age(index + 1) > self.age(index) {
            self.entries.swapAt(index, index + 1)
            index += 1
        }
    }

    private func age(_ index: Int) -> Int64 { self.entries[index].member.aliveTime }
}
