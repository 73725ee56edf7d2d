/// How the members of a group agree, by a token that goes round a ring, on one view of the group.
///
/// The first member of the view in ``AbsoluteOrder`` is the coordinator. A value: the owner sends what the
/// actions say, keeps the time, and finds out whether members that only a token names can be reached.
/// Source: `org.apache.catalina.tribes.group.interceptors.NonBlockingCoordinator`; differs from it in: a token
/// whose source is gone ends, and an election that comes to nothing does not keep the next from starting.
package struct CoordinatorElection: Sendable {
    package enum Action: Sendable, Equatable {
        /// Send the token to the first of these that takes it.
        case pass(CoordinationMessage, to: [Member])
        /// Send the new view to all of these.
        case confirm(CoordinationMessage, to: [Member])
        /// Wait for a token; if none comes, say ``CoordinatorElection/timedOut(_:newID:)``.
        case wait(UniqueID)
        /// There is a new view.
        case installed
    }

    private struct Suggestion {
        let id: UniqueID
        let view: [Member]
    }

    package let local: Member
    /// The other members in their order.
    package private(set) var known: [Member] = []
    /// All members that agreed, in their order; empty before the first view.
    package private(set) var view: [Member] = []
    package private(set) var viewID: UniqueID?
    private var suggestion: Suggestion?
    /// Under which id somebody waits for a token.
    private var waiting: UniqueID?

    package init(local: Member) {
        self.local = local
    }

    package var isCoordinator: Bool { self.view.first == self.local }
    package var isElecting: Bool { self.suggestion != nil || self.waiting != nil }

    private var isHighest: Bool { self.known.first.map { AbsoluteOrder.isBefore(self.local, $0) } ?? true }
    private var everybody: [Member] { AbsoluteOrder.sorted(self.known + [self.local]) }

    // MARK: Events

    package mutating func memberAdded(_ member: Member, newID: UniqueID) -> [Action] {
        guard self.insert(member) else { return [] }
        return self.elect(newID: newID)
    }

    package mutating func memberDisappeared(_ member: Member, newID: UniqueID) -> [Action] {
        guard let index = self.known.firstIndex(of: member) else { return [] }
        self.known.remove(at: index)
        if self.suggestion?.view.contains(member) == true { self.suggestion = nil }
        guard !self.view.isEmpty, self.isCoordinator || self.isHighest else { return [] }
        return self.elect(isForced: true, newID: newID)
    }

    /// The view no longer is what is known: the highest member begins anew.
    package mutating func check(newID: UniqueID) -> [Action] {
        guard !self.view.isEmpty, Set(self.view) != Set(self.everybody), self.isHighest else { return [] }
        return self.elect(isForced: true, newID: newID)
    }

    /// No token came, or an own one did not come back.
    package mutating func timedOut(_ id: UniqueID, newID: UniqueID) -> [Action] {
        guard self.waiting == id || self.suggestion?.id == id else { return [] }
        self.waiting = nil
        self.suggestion = nil
        return self.elect(isForced: true, newID: newID)
    }

    /// Nobody took a token.
    package mutating func failed(_ id: UniqueID) {
        if self.suggestion?.id == id { self.suggestion = nil }
    }

    /// Members of a message that are not known here.
    package func unknown(in message: CoordinationMessage) -> [Member] {
        message.view.filter { $0 != self.local && !self.known.contains($0) }
    }

    /// A token or a view came; `reachable` are those of its unknown members that can be reached.
    package mutating func received(
        _ message: CoordinationMessage,
        reachable: [Member],
        newID: UniqueID
    ) -> [Action] {
        self.waiting = nil
        for member in reachable { self.insert(member) }
        let merged = self.everybody
        switch message.kind {
        case .confirmation: return self.confirmed(message, merged: merged, newID: newID)
        case .request where message.source == self.local: return self.cameBack(message, merged: merged)
        case .request:
            guard merged.contains(message.source) else { return self.elect(newID: newID) }
            // The leader's own token is on its way, or begins its way now.
            if message.leader == self.local { return self.elect(newID: newID) }
            return self.pass(message, view: merged)
        }
    }

    // MARK: Steps

    /// Begins an election unless there is nothing to agree upon or one is under way.
    package mutating func elect(isForced: Bool = false, newID: UniqueID) -> [Action] {
        guard let first = self.known.first else {
            self.suggestion = nil
            self.waiting = nil
            return self.install([self.local], id: newID)
        }
        if let suggestion = self.suggestion {
            if Set(suggestion.view) == Set(self.view) { self.suggestion = nil }
            return []
        }
        if !isForced, self.waiting != nil || Set(self.view) == Set(self.everybody) { return [] }
        guard self.isHighest || isForced else {
            self.waiting = newID
            return [.wait(newID)]
        }
        self.waiting = nil
        let view = self.everybody
        let leader = self.isHighest ? self.local : first
        let token = CoordinationMessage(.request, leader: leader, source: self.local, view: view, id: newID)
        self.suggestion = Suggestion(id: newID, view: view)
        return [.pass(token, to: self.known), .wait(newID)]
    }

    /// The own token went round.
    private mutating func cameBack(_ message: CoordinationMessage, merged: [Member]) -> [Action] {
        guard message.leader == self.local else {
            self.suggestion = nil
            return self.pass(message, view: merged)
        }
        guard Set(message.view) == Set(merged) else {
            self.suggestion = Suggestion(id: message.id, view: merged)
            return self.pass(message, view: merged)
        }
        var confirmation = message
        confirmation.kind = .confirmation
        return [.confirm(confirmation, to: message.view.filter { $0 != self.local })]
            + self.install(message.view, id: message.id)
    }

    private mutating func confirmed(
        _ message: CoordinationMessage,
        merged: [Member],
        newID: UniqueID
    ) -> [Action] {
        guard message.view.contains(self.local) else { return [] }
        let actions = self.install(message.view, id: message.id)
        guard !actions.isEmpty, merged.first != self.view.first else { return actions }
        return actions + self.elect(newID: newID)
    }

    private mutating func install(_ view: [Member], id: UniqueID) -> [Action] {
        if self.viewID == id { return [] }
        self.view = AbsoluteOrder.sorted(view)
        self.viewID = id
        if self.suggestion?.id == id { self.suggestion = nil }
        return [.installed]
    }

    /// The token goes to the next in the ring, or to those after it.
    private mutating func pass(_ message: CoordinationMessage, view: [Member]) -> [Action] {
        guard let place = view.firstIndex(of: self.local), view.count > 1 else {
            self.suggestion = nil
            return self.install([self.local], id: message.id)
        }
        var token = message
        token.view = view
        token.leader = view[0]
        return [.pass(token, to: Array(view[(place + 1)...] + view[..<place]))]
    }

    @discardableResult
    private mutating func insert(_ member: Member) -> Bool {
        guard member != self.local, !self.known.contains(member) else { return false }
        self.known = AbsoluteOrder.sorted(self.known + [member])
        return true
    }
}
