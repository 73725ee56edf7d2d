import Synchronization

/// The acceptors of a connector, one for each event loop, all on one socket: how many connections they may hold
/// together, and which of them listens.
///
/// The one whose loop has the fewest connections listens, takes a connection and passes the turn on. If connections were
/// dealt out in turns, each loop would in the long run answer the same share of requests, however little of a processor
/// it is given: connections would gather where it is behind, and the others would wake up for single requests.
///
/// Isolation: any thread.
/// Tomcat counterpart: `org.apache.tomcat.util.threads.LimitLatch`.
final class AcceptorGroup: Sendable {
    private struct Turn {
        var acceptors: [Acceptor] = []
        var listening = 0
    }

    private let limit: Atomic<Int>
    private let connections = Atomic<Int>(0)
    /// Whether somebody waits for ``release()``.
    private let isFull = Atomic<Bool>(false)
    private let turn = Mutex(Turn())

    init(maximum: Int) { self.limit = Atomic(maximum) }

    /// Connections at a time, negative for any number.
    ///
    /// A lower number closes nobody's connection.
    var maximum: Int {
        get { self.limit.load(ordering: .relaxed) }
        set {
            self.limit.store(newValue, ordering: .sequentiallyConsistent)
            for acceptor in self.acceptors { acceptor.goOnSoon() }
        }
    }

    /// Connections that are open.
    var connectionCount: Int { self.connections.load(ordering: .relaxed) }

    /// The members; none when the connector is unbound.
    var acceptors: [Acceptor] {
        get { self.turn.withLock { $0.acceptors } }
        set { self.turn.withLock { $0 = Turn(acceptors: newValue) } }
    }

    // MARK: The limit

    /// Whether one more connection may be accepted now; if not, the acceptors are told when that changes.
    var hasRoom: Bool {
        let maximum = self.maximum
        guard maximum >= 0 else { return true }
        guard self.connections.load(ordering: .sequentiallyConsistent) >= maximum else { return true }
        self.isFull.store(true, ordering: .sequentiallyConsistent)
        // A connection may have closed between the two steps and found nobody waiting.
        return self.connections.load(ordering: .sequentiallyConsistent) < maximum
    }

    /// Counts one more connection, if there is room for it.
    func take() -> Bool {
        while self.hasRoom {
            let count = self.connections.load(ordering: .sequentiallyConsistent)
            // Another loop may have taken the place between the two steps.
            let maximum = self.maximum
            guard maximum < 0 || count < maximum else { continue }
            let outcome = self.connections.compareExchange(
                expected: count,
                desired: count + 1,
                ordering: .sequentiallyConsistent
            )
            if outcome.exchanged { return true }
        }
        return false
    }

    /// One connection has closed.
    func release() {
        self.connections.subtract(1, ordering: .sequentiallyConsistent)
        guard self.isFull.exchange(false, ordering: .sequentiallyConsistent) else { return }
        for acceptor in self.acceptors { acceptor.goOnSoon() }
    }

    // MARK: The turn

    func isListening(_ acceptor: Acceptor) -> Bool {
        self.turn.withLock { turn in
            turn.acceptors.indices.contains(turn.listening) && turn.acceptors[turn.listening] === acceptor
        }
    }

    /// Passes the turn to the loop with the fewest connections, if that is another.
    func passTurn() {
        let next = self.turn.withLock { turn -> Acceptor? in
            var least = turn.listening
            for (index, acceptor) in turn.acceptors.enumerated()
            where acceptor.connectionCount < turn.acceptors[least].connectionCount {
                least = index
            }
            guard least != turn.listening else { return nil }
            turn.listening = least
            return turn.acceptors[least]
        }
        next?.goOnSoon()
    }
}
