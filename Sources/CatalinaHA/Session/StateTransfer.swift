import Tribes

/// A manager's wait for the sessions of other nodes, and what comes meanwhile.
struct StateTransfer {
    /// How the wait for one member ended.
    enum Outcome: Sendable, Equatable {
        case transferred
        /// The member has no such application.
        case noContextManager
        /// The member is gone.
        case lost
        /// The member is starting too and waits for this node.
        case mutual
        /// Nothing came of the member so far: it may be starting too, and wait for another one.
        case silent
        case timedOut
    }

    struct Queued {
        let message: SessionMessage
        let sender: Member
    }

    /// Messages that may come while a node waits; above that the oldest are dropped.
    static let queueMaximum = 1 << 17
    /// Seconds after which another member is asked too if nothing has come: nodes that start at the same time may wait
    /// for each other in a ring.
    static let patienceSeconds: Int64 = 5

    /// Whether messages are kept for later.
    private(set) var isQueueing = false
    private(set) var queue: [Queued] = []
    /// Who was asked and has not said that it has nothing, the last one at the end.
    private var targets: [Member] = []
    private var isReceiving = false
    private var continuation: AsyncStream<Outcome>.Continuation?
    /// When the sessions received were true, by the sender's clock.
    private var stateTime: (sender: Member, time: Int64)?
    private(set) var isTransferred = false
    /// Whether a node that numbers changes has sent sessions.
    var isCounted = false
    private(set) var isContextManagerMissing = false
    private(set) var dropped = 0

    mutating func beginQueueing() {
        self.isQueueing = true
        self.isCounted = false
    }

    /// Begins to wait for a member; the stream yields how that ended.
    mutating func ask(_ target: Member) -> AsyncStream<Outcome> {
        self.targets.removeAll { $0 == target }
        self.targets.append(target)
        let (stream, continuation) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingNewest(4))
        self.continuation = continuation
        return stream
    }

    /// A member that was passed over and has not answered yet.
    var passedOver: Member? { self.targets.last }

    func isWaiting(for member: Member) -> Bool { self.targets.contains(member) }

    /// Sessions came of a member that was asked: no other one needs to be.
    mutating func received(from member: Member) { if self.isWaiting(for: member) { self.isReceiving = true } }

    /// Ends the wait for the member that was asked last, whose answer is still welcome, unless sessions are coming.
    mutating func passOver(_ target: Member) {
        guard self.targets.last == target, !self.isReceiving else { return }
        self.yield(.silent)
    }

    mutating func complete(from sender: Member, at time: Int64?) {
        self.isTransferred = true
        if let time { self.stateTime = (sender, time) }
        self.end(.transferred)
    }

    mutating func missing(_ member: Member) {
        if self.isWaiting(for: member) { self.isContextManagerMissing = true }
        self.lose(member, .noContextManager)
    }

    /// A member has nothing to give, or is gone.
    mutating func lose(_ member: Member, _ outcome: Outcome) {
        guard let index = self.targets.firstIndex(of: member) else { return }
        let isLast = index == self.targets.count - 1
        self.targets.remove(at: index)
        if isLast { self.yield(outcome) }
    }

    /// Ends the wait for all members that were asked.
    mutating func end(_ outcome: Outcome) {
        self.targets = []
        self.isReceiving = false
        self.yield(outcome)
    }

    private mutating func yield(_ outcome: Outcome) {
        self.continuation?.yield(outcome)
        self.continuation?.finish()
        self.continuation = nil
    }

    mutating func append(_ message: SessionMessage, from sender: Member) {
        if self.queue.count >= Self.queueMaximum {
            self.queue.removeFirst(Self.queueMaximum / 8)
            self.dropped += Self.queueMaximum / 8
        }
        self.queue.append(Queued(message: message, sender: sender))
    }

    /// What came meanwhile, in order; if nothing is left messages are no longer kept.
    ///
    /// With `dropsOlder`, messages of the node whose sessions were received are left out if the sessions know of
    /// them; the clocks of other nodes say nothing about that.
    mutating func takeQueue(dropsOlder: Bool) -> [Queued] {
        defer { self.queue.removeAll() }
        if self.queue.isEmpty { self.isQueueing = false }
        guard dropsOlder, let state = self.stateTime else { return self.queue }
        return self.queue.filter { queued in
            guard queued.sender == state.sender, queued.message.event == .delta || queued.message.event == .accessed,
                let time = queued.message.timestamp
            else { return true }
            return time >= state.time
        }
    }
}
