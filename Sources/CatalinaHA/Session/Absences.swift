import Tribes

/// Members that may have missed what was said about sessions, and since when; times are milliseconds since 1970.
///
/// A member that was cut off, or that a message did not reach, is told what it has missed when it can be reached
/// again. What is kept for it is one moment, however much it misses.
struct Absences {
    /// Members that are kept; those absent for longest are forgotten first.
    static let countMaximum = 64
    /// How far before the last sign of life of a member something may have got lost, in milliseconds.
    static let margin: Int64 = 2_000
    /// How long after a member has started this node may not have known of it, in milliseconds.
    static let startMaximum: Int64 = 10_000

    private var moments: [Member: Int64] = [:]
    /// Since when this node has been alone.
    private var isolation: Int64?
    /// Whom this node is going to ask for what it has missed while it was alone.
    private var question: (member: Member, since: Int64)?

    /// The longest absence.
    var oldest: Int64? { self.moments.values.min() }
    var members: [Member] { Array(self.moments.keys) }

    /// Something said at that moment, or after it, did not reach the member.
    mutating func missed(_ member: Member, since moment: Int64) {
        if let known = self.moments[member] {
            self.moments[member] = min(known, moment)
            return
        }
        if self.moments.count >= Self.countMaximum, let first = self.moments.min(by: { $0.value < $1.value }) {
            self.moments[first.key] = nil
        }
        self.moments[member] = moment
    }

    /// Nobody else is there.
    mutating func isAlone(since moment: Int64) { self.isolation = min(self.isolation ?? moment, moment) }

    /// A member has left in good order.
    mutating func left(_ member: Member) { self.moments[member] = nil }

    /// A member is there: since when it has missed something, if it is known to have been there before.
    ///
    /// One that has started anew fetches the sessions itself; it may have missed what was said while this node did not
    /// know of it.
    mutating func returned(_ member: Member, isNew: Bool, at now: Int64) -> Int64? {
        let isolation = self.isolation
        self.isolation = nil
        guard let moment = self.moments.removeValue(forKey: member) else { return nil }
        if isNew { return max(moment, now - Self.startMaximum) }
        if let isolation { self.question = (member, isolation) }
        return moment
    }

    /// Since when a member that is there has missed something.
    mutating func take(_ member: Member) -> Int64? { self.moments.removeValue(forKey: member) }

    /// Since when this node may have missed something that one of the members given knows; it is asked once.
    mutating func takeQuestion(among members: [Member]) -> Int64? {
        guard let question = self.question else { return nil }
        self.question = nil
        return members.contains(question.member) ? question.since : nil
    }
}
