import NIOCore
import NIOEmbedded
import Synchronization
import Tribes

/// The network in memory as one host sees it.
struct EmbeddedNode: ChannelNetwork {
    let network: EmbeddedNetwork
    let host: EmbeddedNetwork.Host
    let life: Int

    private var isAlive: Bool { self.network.life(of: self.host) == self.life }

    func listen(
        at endpoint: Endpoint,
        options: SocketOptions,
        on loop: ChannelLoop,
        accept: @escaping @Sendable (any NetworkConnection) -> any NetworkConnectionHandler
    ) -> EventLoopFuture<any NetworkListener> {
        let bound: EmbeddedListener? = self.network.state.withLock { state in
            var place = Endpoint(host: self.host, port: endpoint.port)
            if endpoint.port == 0 {
                state.nextPort += 1
                place = Endpoint(host: self.host, port: state.nextPort)
            }
            guard state.listeners[place] == nil else { return nil }
            let listener = EmbeddedListener(endpoint: place, network: self.network, accept: accept)
            state.listeners[place] = listener
            return listener
        }
        guard let bound else { return loop.eventLoop.makeFailedFuture(EmbeddedNetworkError.portInUse(endpoint)) }
        return loop.eventLoop.makeSucceededFuture(bound as any NetworkListener)
    }

    func connect(
        to endpoint: Endpoint,
        timeout: TimeAmount,
        options: SocketOptions,
        on loop: ChannelLoop,
        handler: any NetworkConnectionHandler
    ) -> EventLoopFuture<any NetworkConnection> {
        let promise = loop.makePromise(of: (any NetworkConnection).self)
        guard self.isAlive else {
            promise.fail(EmbeddedNetworkError.closed)
            return promise.futureResult
        }
        let isCut = self.network.isCut(self.host, endpoint.host) || self.network.isCut(endpoint.host, self.host)
        let delay = self.network.delay() + self.network.delay()
        if isCut || delay > timeout {
            loop.schedule(after: timeout) { promise.fail(EmbeddedNetworkError.timedOut(endpoint)) }
            return promise.futureResult
        }
        loop.schedule(after: delay) {
            guard self.isAlive, let listener = self.network.state.withLock({ $0.listeners[endpoint] }) else {
                promise.fail(EmbeddedNetworkError.refused(endpoint))
                return
            }
            let (near, far) = EmbeddedConnection.pair(network: self.network, client: self.host, server: endpoint)
            near.setHandler(handler)
            self.network.reach(endpoint.host) { far.setHandler(listener.accept(far)) }
            promise.succeed(near)
        }
        return promise.futureResult
    }

    func openDatagrams(
        _ binding: DatagramBinding,
        on loop: ChannelLoop,
        received: @escaping @Sendable (ByteBuffer, Endpoint) -> Void
    ) -> EventLoopFuture<any DatagramSocket> {
        let socket = EmbeddedDatagramSocket(
            network: self.network,
            endpoint: Endpoint(host: self.host, port: binding.endpoint.port),
            binding: binding,
            received: received
        )
        self.network.state.withLock { $0.sockets.append(socket) }
        return loop.eventLoop.makeSucceededFuture(socket as any DatagramSocket)
    }

    func ownAddress(on loop: ChannelLoop) -> EventLoopFuture<[UInt8]> {
        loop.eventLoop.makeSucceededFuture(self.host)
    }

    func resolve(_ name: String, on loop: ChannelLoop) -> EventLoopFuture<[[UInt8]]> {
        guard let hosts = self.network.state.withLock({ $0.names[name] }) else {
            return loop.eventLoop.makeFailedFuture(EmbeddedNetworkError.unknownName(name))
        }
        return loop.eventLoop.makeSucceededFuture(hosts)
    }
}

/// An open port in memory.
final class EmbeddedListener: NetworkListener {
    let endpoint: Endpoint
    let network: EmbeddedNetwork
    let accept: @Sendable (any NetworkConnection) -> any NetworkConnectionHandler

    init(
        endpoint: Endpoint,
        network: EmbeddedNetwork,
        accept: @escaping @Sendable (any NetworkConnection) -> any NetworkConnectionHandler
    ) {
        self.endpoint = endpoint
        self.network = network
        self.accept = accept
    }

    func close() -> EventLoopFuture<Void> {
        self.network.state.withLock { state in
            if state.listeners[self.endpoint] === self { state.listeners[self.endpoint] = nil }
        }
        return self.network.loop.makeSucceededVoidFuture()
    }
}

/// A socket for datagrams in memory.
final class EmbeddedDatagramSocket: DatagramSocket {
    let network: EmbeddedNetwork
    let endpoint: Endpoint
    let binding: DatagramBinding
    let received: @Sendable (ByteBuffer, Endpoint) -> Void

    init(
        network: EmbeddedNetwork,
        endpoint: Endpoint,
        binding: DatagramBinding,
        received: @escaping @Sendable (ByteBuffer, Endpoint) -> Void
    ) {
        self.network = network
        self.endpoint = endpoint
        self.binding = binding
        self.received = received
    }

    func send(_ datagram: ByteBuffer, to endpoint: Endpoint) -> EventLoopFuture<Void> {
        let targets = self.network.state.withLock { state in
            guard state.sockets.contains(where: { $0 === self }) else { return [EmbeddedDatagramSocket]() }
            return state.sockets.filter {
                $0.endpoint == endpoint || ($0.binding.group == endpoint.host && $0.endpoint.port == endpoint.port)
            }
        }
        for target in targets where !self.network.isCut(self.endpoint.host, target.endpoint.host) {
            if self.network.chance({ $0.datagramLoss }) { continue }
            let copies = self.network.chance { $0.datagramDuplication } ? 2 : 1
            for _ in 0..<copies {
                self.network.loop.scheduleTask(in: self.network.delay()) {
                    self.network.reach(target.endpoint.host) {
                        guard self.network.state.withLock({ $0.sockets.contains { $0 === target } }) else { return }
                        target.received(datagram, self.endpoint)
                    }
                }
            }
        }
        return self.network.loop.makeSucceededVoidFuture()
    }

    func close() -> EventLoopFuture<Void> {
        self.network.state.withLock { $0.sockets.removeAll { $0 === self } }
        return self.network.loop.makeSucceededVoidFuture()
    }
}
