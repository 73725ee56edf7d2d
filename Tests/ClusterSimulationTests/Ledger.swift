import Synchronization
import Tribes

/// What the clients did and were told, and what must not be so.
final class Ledger: Sendable {
    /// One client with one session at a time.
    struct Client: Sendable {
        var id: String?
        var generation = 0
        /// The last value that it asked to be written.
        var value = 0
        /// The last of which it was told that every holder has it.
        var acknowledged = 0
        var isBusy = false
        /// The process that serves it.
        var server: ObjectIdentifier?
        /// Whether any other process has served this session.
        var hasMoved = false
    }

    /// A session that must not be seen again as long as somebody is there who knows that it has ended.
    struct End: Sendable {
        let id: String
        let witnesses: [Member]
    }

    private struct State {
        var clients: [Client]
        var ends: [End] = []
        var violations: [String] = []
        var requests = 0
        var acknowledged = 0
        var checked = 0
    }

    private let state: Mutex<State>

    init(clients: Int) {
        self.state = Mutex(State(clients: Array(repeating: Client(), count: clients)))
    }

    var clients: [Client] { self.state.withLock { $0.clients } }
    var ends: [End] { self.state.withLock { $0.ends } }
    var violations: [String] { self.state.withLock { $0.violations } }
    var counts: (requests: Int, acknowledged: Int, checked: Int) {
        self.state.withLock { ($0.requests, $0.acknowledged, $0.checked) }
    }

    func change(_ number: Int, _ body: (inout Client) -> Void) {
        self.state.withLock { body(&$0.clients[number]) }
    }

    func violated(_ text: String) { self.state.withLock { $0.violations.append(text) } }
    func ended(_ id: String, witnesses: [Member]) {
        self.state.withLock { $0.ends.append(End(id: id, witnesses: witnesses)) }
    }
    func countRequest(isAcknowledged: Bool) {
        self.state.withLock { state in
            state.requests += 1
            if isAcknowledged { state.acknowledged += 1 }
        }
    }
    func countCheck() { self.state.withLock { $0.checked += 1 } }
}
