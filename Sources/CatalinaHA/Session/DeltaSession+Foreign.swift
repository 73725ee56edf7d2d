import Synchronization

/// Sessions that a node serves which numbers no changes, as Tomcat.
///
/// Nobody tells such a node's change from one that it made in ignorance of others by a number. What is left is the id,
/// which says whom it believes to have served the session before, its own clock, and what this node saw of it.
extension DeltaSession.Protected {
    /// Whether the id names a node.
    var isRouted: Bool { SessionKey(self.id).isRouted }

    /// The last change, if a node made it that numbers none.
    var foreignChange: SessionChange? { self.local.history.isLoose ? self.lastForeign : nil }

    /// What becomes of the version of a node that numbers no changes, if that needs no look at its contents.
    ///
    /// Its times are no measure: it notes as the last use of a copy when it heard of that.
    func judge(_ record: SessionRecord, _ change: SessionChange, heard: Int64?) -> DeltaSession.Merge? {
        if let mine = self.foreignChange, mine.author == change.author {
            return mine.isLater(than: change) ? .same : .taken
        }
        // Of this session only the beginning came.
        if !self.isPrimary, self.version <= 1 { return .taken }
        // Under the route of another node it holds only a copy.
        if record.id == self.id, self.isRouted { return .same }
        // It missed what happened here while it was away.
        if let heard, self.times.thisAccessed > heard { return .kept }
        return nil
    }

    /// Another node's word is the last one that was taken.
    mutating func took(_ change: SessionChange) {
        self.local.history.isLoose = change.number == nil
        self.strayedSince = nil
        guard change.number == nil, self.lastForeign?.isLater(than: change) != true else { return }
        self.lastForeign = change
    }

    /// Whether a node that numbers no changes has not heard that another one took the session over.
    ///
    /// It speaks of another id then. If it goes on for a while, a client is there, and this node has missed something.
    mutating func isStray(_ id: String, at now: Int64) -> Bool {
        guard id != self.id else { return false }
        let age = self.strayedSince.map { now - $0 } ?? .max
        if age > 5 * SessionHistory.strayAge { self.strayedSince = now }
        guard age >= SessionHistory.strayAge, age <= 5 * SessionHistory.strayAge else { return true }
        self.rename(to: id, self.version + 1)
        return false
    }

    /// Before a change of this node's own: other nodes may have counted more changes of a node that numbers none.
    mutating func leaveRoom() {
        self.strayedSince = nil
        guard self.local.history.isLoose else { return }
        self.local.history.isLoose = false
        let step = SessionHistory.looseStep
        self.version = (self.version / step + 1) * step
    }
}

extension DeltaSession {
    /// Whether a member that numbers no changes made the last one that is known here: nobody knows better than it.
    func isServed(by member: MemberKey) -> Bool {
        self.protected.withLock { $0.foreignChange?.author == member }
    }
}
