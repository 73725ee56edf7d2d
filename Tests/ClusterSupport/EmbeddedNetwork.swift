import NIOCore
package import NIOEmbedded
import Synchronization
import TestSupport
package import Tribes

/// A network in memory on one embedded loop: delay, loss and cuts on virtual time, from one seed.
///
/// Each node sees it through its own ``node(_:)``, which is where its connections come from. Connections
/// keep order and lose nothing; between hosts that are cut off from each other they hold what was written
/// until the cut heals. Datagrams may be lost, doubled and overtake each other.
/// Isolation: the embedded loop's thread.
package final class EmbeddedNetwork: Sendable {
    package typealias Host = [UInt8]

    /// How the network treats what is sent.
    package struct Conditions: Sendable {
        /// Time that anything takes from host to host, in milliseconds.
        package var delay: ClosedRange<Int64> = 1...1
        /// Chance that a datagram is lost, and that one is doubled.
        package var datagramLoss = 0.0
        package var datagramDuplication = 0.0
        /// Chance that a connection breaks when something is written, with or without what was written.
        package var connectionLoss = 0.0

        package init() {}
    }

    struct State {
        var conditions = Conditions()
        var listeners: [Endpoint: EmbeddedListener] = [:]
        var sockets: [EmbeddedDatagramSocket] = []
        var connections: [ObjectIdentifier: EmbeddedConnection] = [:]
        var cuts: Set<Cut> = []
        var generator: SeededGenerator
        var nextPort = 30_000
        var names: [String: [Host]] = [:]
        /// How often the process of a host was killed: what earlier ones still do has no effect.
        var deaths: [Host: Int] = [:]
        /// What reaches a host whose process is paused, in order.
        var paused: [Host: [@Sendable () -> Void]] = [:]
        /// How often something was written to a connection, by who wrote to whom.
        var writes: [Cut: Int] = [:]
    }

    /// A direction.
    struct Cut: Hashable {
        let from: Host
        let to: Host
    }

    package let loop: EmbeddedEventLoop
    let state: Mutex<State>

    package init(loop: EmbeddedEventLoop, seed: UInt64 = 1) {
        self.loop = loop
        self.state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    /// The network as a host sees it.
    package func node(_ host: Host) -> any ChannelNetwork {
        EmbeddedNode(network: self, host: host, life: self.life(of: host))
    }

    /// Which of the host's processes runs now.
    func life(of host: Host) -> Int { self.state.withLock { $0.deaths[host, default: 0] } }

    package func setConditions(_ conditions: Conditions) {
        self.state.withLock { $0.conditions = conditions }
    }

    /// What a name resolves to from now on.
    package func setAddresses(_ hosts: [Host], for name: String) {
        self.state.withLock { $0.names[name] = hosts }
    }

    /// Cuts the hosts of both sides off from each other, in both directions.
    package func cut(_ left: [Host], from right: [Host]) {
        self.state.withLock { state in
            for one in left {
                for other in right {
                    state.cuts.insert(Cut(from: one, to: other))
                    state.cuts.insert(Cut(from: other, to: one))
                }
            }
        }
    }

    /// Lets everything through again; what connections hold goes on its way.
    package func heal() {
        let held = self.state.withLock { state in
            state.cuts = []
            return state.connections.values.sorted { $0.number < $1.number }
        }
        for connection in held { connection.flushHeld() }
    }

    /// A process stops reading: what reaches it waits for it.
    package func pause(_ host: Host) {
        self.state.withLock { if $0.paused[host] == nil { $0.paused[host] = [] } }
    }

    /// A process goes on, and reads what has come.
    package func resume(_ host: Host) {
        let waiting = self.state.withLock { $0.paused.removeValue(forKey: host) }
        for body in waiting ?? [] { self.loop.execute { self.reach(host, body) } }
    }

    /// Does what an arrival at a host does, as soon as its process runs.
    func reach(_ host: Host, _ body: @escaping @Sendable () -> Void) {
        let waits = self.state.withLock { state in
            guard state.paused[host] != nil else { return false }
            state.paused[host]?.append(body)
            return true
        }
        if !waits { body() }
    }

    /// A process ends: its ports close, and its connections break at the other end.
    package func kill(_ host: Host) {
        let connections = self.state.withLock { state in
            state.deaths[host, default: 0] += 1
            state.paused[host] = nil
            state.sockets.removeAll { $0.endpoint.host == host }
            state.listeners = state.listeners.filter { $0.key.host != host }
            let connections = state.connections.values.filter { $0.local == host }
            return connections.sorted { $0.number < $1.number }
        }
        for connection in connections { connection.breakOff() }
    }

    /// Whether nothing gets from one host to another.
    package func isCut(_ from: Host, _ to: Host) -> Bool {
        self.state.withLock { $0.cuts.contains(Cut(from: from, to: to)) }
    }

    /// How often a host wrote to its connections with another one: not how many messages.
    package func writes(from: Host, to: Host) -> Int {
        self.state.withLock { $0.writes[Cut(from: from, to: to), default: 0] }
    }

    func countWrite(from: Host, to: Host) {
        self.state.withLock { $0.writes[Cut(from: from, to: to), default: 0] += 1 }
    }

    /// The time that one hop takes now.
    func delay() -> TimeAmount {
        self.state.withLock { state in
            .milliseconds(Int64.random(in: state.conditions.delay, using: &state.generator))
        }
    }

    func chance(_ probability: (Conditions) -> Double) -> Bool {
        self.state.withLock { state in
            let limit = probability(state.conditions)
            return limit > 0 && Double.random(in: 0..<1, using: &state.generator) < limit
        }
    }
}

/// Why the network in memory refuses something.
package enum EmbeddedNetworkError: Error, Equatable {
    case portInUse(Endpoint)
    case refused(Endpoint)
    case timedOut(Endpoint)
    case closed
    case reset
    case unknownName(String)
}
