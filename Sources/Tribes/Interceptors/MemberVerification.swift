package import NIOCore

/// Which members can be reached, and which only seem to have gone or come.
///
/// What is reported of a member is verified by a probe before it counts. A value: the owner probes and
/// announces what the actions say, and brings the answers back.
/// Source: `org.apache.catalina.tribes.group.interceptors.TcpFailureDetector`.
package struct MemberVerification: Sendable {
    /// Why a member is probed; a later reason of higher value takes the place of an earlier one.
    package enum Reason: Int, Sendable, Comparable {
        /// The layer below knows a member that this one does not.
        case heartbeat
        /// A listed member was not reachable so far.
        case addSuspect
        /// A member was reported gone and then found alive.
        case removeSuspect
        /// Somebody wants to know.
        case forced
        case added
        case disappeared

        package static func < (left: Reason, right: Reason) -> Bool { left.rawValue < right.rawValue }
    }

    package enum Action: Sendable, Equatable {
        case probe(Member, number: Int)
        case announceAdded(Member, Reason)
        /// The member is gone; nil when it said so itself.
        case announceDisappeared(Member, Reason?)
        /// A member that was reported gone can be reached.
        case stillAlive(Member, Reason)
    }

    private struct Probe {
        let number: Int
        var reason: Reason
    }

    private var table = MembershipTable()
    private var probes: [Member: Probe] = [:]
    /// Members that were reported gone and are alive, with the time of that.
    private var removeSuspects: [Member: NIODeadline] = [:]
    /// Listed members that cannot be reached now.
    private var addSuspects: [Member] = []
    private var nextNumber = 1

    package init() {}

    /// The members that can be reached, the oldest first.
    package var members: [Member] { self.table.members }
    package var suspects: (toRemove: [Member], toAdd: [Member]) {
        (Array(self.removeSuspects.keys), self.addSuspects)
    }

    package func contains(_ member: Member) -> Bool { self.table.contains(member) }
    package func isProbing(_ member: Member) -> Bool { self.probes[member] != nil }

    // MARK: Reports

    package mutating func memberAdded(_ member: Member) -> [Action] {
        if self.removeSuspects.removeValue(forKey: member) != nil { return [] }
        if self.table.contains(member) { return [] }
        return self.probe(member, .added)
    }

    package mutating func memberDisappeared(_ member: Member) -> [Action] {
        guard member.isShuttingDown else {
            // one that goes while its coming is verified is not taken when that succeeds
            let isKnown = self.table.contains(member) || self.probes[member] != nil
            return isKnown ? self.probe(member, .disappeared) : []
        }
        self.probes[member] = nil
        guard let known = self.remove(member) else { return [] }
        var announced = known
        announced.command = member.command
        return [.announceDisappeared(announced, nil)]
    }

    /// The regular check: members below that are not known here, and all suspects.
    package mutating func check(below: [Member], at now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        for member in below {
            if self.table.contains(member) {
                _ = self.table.heard(from: member, at: now)
            } else if !self.addSuspects.contains(member) {
                actions += self.probe(member, .heartbeat)
            }
        }
        for member in self.removeSuspects.keys { actions += self.probe(member, .removeSuspect) }
        for member in self.addSuspects { actions += self.probe(member, .addSuspect) }
        return actions
    }

    /// Members that are there below and not here, but for listed ones, which are suspects.
    func missing(of below: [Member]) -> [Member] {
        below.filter { !self.table.contains($0) && !self.addSuspects.contains($0) }
    }

    /// Probes members that are there below and not here.
    mutating func look(for missing: [Member]) -> [Action] { missing.flatMap { self.probe($0, .heartbeat) } }

    /// Probes every member of the layer below.
    package mutating func checkAll(below: [Member]) -> [Action] {
        below.flatMap { self.probe($0, .forced) }
    }

    // MARK: Answers

    /// The answer to a probe; one that is no longer wanted changes nothing.
    ///
    /// A member that was reported gone and is alive is probed again and again for `suspectTimeout`; nil is for ever.
    package mutating func probed(
        _ member: Member,
        number: Int,
        isAlive: Bool,
        at now: NIODeadline,
        suspectTimeout: TimeAmount?
    ) -> [Action] {
        guard let probe = self.probes[member], probe.number == number else { return [] }
        self.probes[member] = nil
        return isAlive && !self.isSucceeded(member, probe.reason)
            ? self.found(member, probe.reason, at: now, suspectTimeout: suspectTimeout)
            : self.lost(member, probe.reason)
    }

    /// Whether it is another process that answers where a member was that is said to be gone.
    private func isSucceeded(_ member: Member, _ reason: Reason) -> Bool {
        guard !member.isStatic, reason == .disappeared || reason == .removeSuspect || reason == .forced else {
            return false
        }
        let isProbed = self.probes.contains { other, probe in
            let isNew = probe.reason == .added || probe.reason == .heartbeat
            return isNew && other != member && other.endpoint == member.endpoint
        }
        return isProbed || self.table.members(at: member.endpoint).contains { $0 != member }
    }

    private mutating func found(
        _ member: Member,
        _ reason: Reason,
        at now: NIODeadline,
        suspectTimeout: TimeAmount?
    ) -> [Action] {
        self.addSuspects.removeAll { $0 == member }
        guard self.table.contains(member) else {
            // A suspect that has gone meanwhile is not taken back by its own check.
            if reason == .disappeared || reason == .removeSuspect { return [] }
            _ = self.table.heard(from: member, at: now)
            return [.announceAdded(member, reason)]
        }
        switch reason {
        case .disappeared:
            self.removeSuspects[member] = now
            return [.stillAlive(member, reason)]
        case .removeSuspect:
            if let since = self.removeSuspects[member], let suspectTimeout, now - since > suspectTimeout {
                self.removeSuspects[member] = nil
            }
            return [.stillAlive(member, reason)]
        case .added, .forced, .heartbeat, .addSuspect: return []
        }
    }

    private mutating func lost(_ member: Member, _ reason: Reason) -> [Action] {
        if let known = self.remove(member) { return [.announceDisappeared(known, reason)] }
        if reason == .added, member.isStatic, !self.addSuspects.contains(member) { self.addSuspects.append(member) }
        return []
    }

    /// Forgets a member, and says how it was known; a listed one is looked for again.
    private mutating func remove(_ member: Member) -> Member? {
        guard let known = self.table.remove(member) else { return nil }
        self.removeSuspects[member] = nil
        if member.isStatic || known.isStatic, !self.addSuspects.contains(member) { self.addSuspects.append(member) }
        return known
    }

    private mutating func probe(_ member: Member, _ reason: Reason) -> [Action] {
        if var running = self.probes[member] {
            running.reason = max(running.reason, reason)
            self.probes[member] = running
            return []
        }
        let number = self.nextNumber
        self.nextNumber += 1
        self.probes[member] = Probe(number: number, reason: reason)
        return [.probe(member, number: number)]
    }
}
