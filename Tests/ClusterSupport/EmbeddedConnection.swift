import NIOCore
import NIOEmbedded
import Synchronization
import Tribes

/// One end of a connection in memory.
final class EmbeddedConnection: NetworkConnection {
    /// What travels to the other end, in order.
    private enum Event {
        case bytes(ByteBuffer)
        case end(reset: Bool)
    }

    private struct State {
        var handler: (any NetworkConnectionHandler)?
        var isOpen = true
        var isReading = true
        /// Nothing arrives before what was sent earlier.
        var lastArrival = NIODeadline.uptimeNanoseconds(0)
        /// Written while the hosts are cut off from each other.
        var held: [Event] = []
        /// Arrived while nobody reads.
        var unread: [Event] = []
    }

    private static let numbers = Atomic<Int>(0)

    let number = EmbeddedConnection.numbers.add(1, ordering: .relaxed).newValue
    let local: EmbeddedNetwork.Host
    let remote: Endpoint?
    private let network: EmbeddedNetwork
    private let state = Mutex(State())
    private let peer = Mutex<EmbeddedConnection?>(nil)

    private init(network: EmbeddedNetwork, local: EmbeddedNetwork.Host, remote: Endpoint) {
        self.network = network
        self.local = local
        self.remote = remote
    }

    static func pair(
        network: EmbeddedNetwork,
        client: EmbeddedNetwork.Host,
        server: Endpoint
    ) -> (EmbeddedConnection, EmbeddedConnection) {
        let near = EmbeddedConnection(network: network, local: client, remote: server)
        let far = EmbeddedConnection(network: network, local: server.host, remote: Endpoint(host: client, port: 0))
        near.peer.withLock { $0 = far }
        far.peer.withLock { $0 = near }
        network.state.withLock { state in
            state.connections[ObjectIdentifier(near)] = near
            state.connections[ObjectIdentifier(far)] = far
        }
        return (near, far)
    }

    var isOpen: Bool { self.state.withLock { $0.isOpen } }
    var pendingBytes: Int { 0 }

    func setHandler(_ handler: any NetworkConnectionHandler) {
        self.state.withLock { $0.handler = handler }
    }

    func write(_ bytes: ByteBuffer) -> EventLoopFuture<Void> {
        guard self.isOpen else { return self.network.loop.makeFailedFuture(EmbeddedNetworkError.closed) }
        if let remote = self.remote { self.network.countWrite(from: self.local, to: remote.host) }
        if self.network.chance({ $0.connectionLoss }) {
            if self.network.chance({ _ in 0.5 }) { self.transmit(.bytes(bytes)) }
            self.transmit(.end(reset: true))
            self.network.loop.execute { self.network.reach(self.local) { self.ended(EmbeddedNetworkError.reset) } }
        } else {
            self.transmit(.bytes(bytes))
        }
        return self.network.loop.makeSucceededVoidFuture()
    }

    func close() {
        guard self.isOpen else { return }
        self.transmit(.end(reset: false))
        self.network.loop.execute { self.ended(nil) }
    }

    func setReading(_ isReading: Bool) {
        let events = self.state.withLock { state in
            state.isReading = isReading
            defer { if isReading { state.unread = [] } }
            return isReading ? state.unread : []
        }
        for event in events { self.arrived(event) }
    }

    /// The process at this end is gone.
    func breakOff() {
        self.transmit(.end(reset: true))
        self.state.withLock { state in
            state.isOpen = false
            state.handler = nil
        }
        self.forget()
    }

    /// The cut between the hosts healed.
    func flushHeld() {
        let events = self.state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for event in events { self.transmit(event) }
    }

    private func transmit(_ event: Event) {
        guard let peer = self.peer.withLock({ $0 }) else { return }
        if self.network.isCut(self.local, peer.local) {
            self.state.withLock { $0.held.append(event) }
            return
        }
        let earliest = self.network.loop.now + self.network.delay()
        let arrival = self.state.withLock { state in
            state.lastArrival = max(state.lastArrival, earliest)
            return state.lastArrival
        }
        self.network.loop.scheduleTask(deadline: arrival) {
            self.network.reach(peer.local) { peer.arrived(event) }
        }
    }

    private func arrived(_ event: Event) {
        let handler: (any NetworkConnectionHandler)? = self.state.withLock { state in
            guard state.isOpen else { return nil }
            if !state.isReading {
                state.unread.append(event)
                return nil
            }
            return state.handler
        }
        guard let handler else { return }
        switch event {
        case .bytes(let bytes): handler.received(bytes, on: self)
        case .end(let reset): self.ended(reset ? EmbeddedNetworkError.reset : nil)
        }
    }

    private func ended(_ error: (any Error)?) {
        let handler: (any NetworkConnectionHandler)? = self.state.withLock { state in
            guard state.isOpen else { return nil }
            state.isOpen = false
            defer { state.handler = nil }
            return state.handler
        }
        handler?.closed(self, error: error)
        self.forget()
    }

    private func forget() {
        _ = self.network.state.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(self)) }
    }
}
