import Logging
import Modeler
package import NIOCore
import Synchronization

/// Listens for the messages of other members, on TCP and, if configured, in datagrams.
///
/// Each connection's packages are processed in order, on the channel's loop: Tomcat's tasks and threads have
/// no counterpart. What is no package closes its connection and is counted.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.transport.nio.NioReceiver`.
package final class NioReceiver: ChannelReceiver, ConfigurableComponent {
    /// What came in, since the receiver was made.
    package struct Statistics: Sendable, Equatable {
        package var messages: Int64 = 0
        package var bytes: Int64 = 0
        package var datagrams: Int64 = 0
        /// Messages that the application refused.
        package var refused: Int64 = 0
        /// Connections and datagrams given up because of bytes that are no message.
        package var malformed: Int64 = 0
        /// Connections given up because a message was too large.
        package var oversized: Int64 = 0
        /// Messages that came a second time: acknowledged again, not processed again.
        package var duplicates: Int64 = 0
        /// Messages of somebody who is no member; their connections were closed.
        package var unknownSenders: Int64 = 0
        /// How often each address gave reason to close a connection or drop a datagram.
        package var faults: [String: Int64] = [:]
        /// Connections turned away because there were too many.
        package var turnedAway: Int64 = 0
        package var connections = 0
    }

    private struct Open {
        var listener: (any NetworkListener)?
        var datagrams: (any DatagramSocket)?
        /// With the order in which they came.
        var connections: [ObjectIdentifier: (number: Int, connection: any NetworkConnection)] = [:]
        var lastNumber = 0
    }

    /// Open connections at a time; a connection above that is closed at once.
    package static let connectionsMaximum = 4096
    /// How long a message waits, with its connection, for its sender to become known: a member that has just begun
    /// sends before its heartbeat is heard.
    package static let acquaintanceTime = TimeAmount.seconds(5)
    /// Addresses whose faults are counted one by one.
    package static let faultyPeersMaximum = 256

    private let settings: Mutex<Configuration>
    private let counts = Mutex(Statistics())
    private let open = LoopConfined(Open())
    private let processed = LoopConfined(DuplicateFilter())
    private let bound = Mutex<ReceiverAddress?>(nil)
    private let environment = Mutex<ChannelEnvironment?>(nil)
    let log = Logger(label: "org.apache.catalina.tribes.transport.nio.NioReceiver")

    package init(configuration: Configuration) {
        self.settings = Mutex(configuration)
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }
    package var statistics: Statistics { self.counts.withLock { $0 } }
    /// Where it listens; nil while it does not.
    package var address: ReceiverAddress? { self.bound.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    package func start(
        in environment: ChannelEnvironment,
        deliver: @escaping @Sendable (ChannelMessage) throws -> Void
    ) -> EventLoopFuture<ReceiverAddress> {
        let configuration = self.configuration
        let loop = environment.loop
        self.environment.withLock { $0 = environment }
        return self.host(configuration, environment).flatMap { host in
            self.listen(on: host, offset: 0, environment, deliver).flatMap { listener in
                self.open[loop].listener = listener
                return self.openDatagrams(on: host, offset: 0, environment, deliver).map { socket in
                    self.open[loop].datagrams = socket
                    var address = ReceiverAddress(host: host, port: listener.endpoint.port)
                    address.securePort = configuration.securePort
                    address.udpPort = socket?.endpoint.port ?? configuration.udpPort
                    self.listens(at: address)
                    return address
                }
            }
        }
    }

    private func listens(at address: ReceiverAddress) {
        self.bound.withLock { $0 = address }
        let endpoint = Endpoint(host: address.host, port: address.port)
        self.log.info("Receiver Server Socket bound to:", metadata: ["address": "\(endpoint)"])
    }

    package func stop() -> EventLoopFuture<Void> {
        self.bound.withLock { $0 = nil }
        guard let loop = self.environment.withLock({ $0?.loop }) else {
            preconditionFailure("a receiver is stopped that was never started")
        }
        let open = self.open[loop]
        self.open[loop] = Open()
        for entry in open.connections.values.sorted(by: { $0.number < $1.number }) { entry.connection.close() }
        let closing = [open.listener?.close(), open.datagrams?.close()].compactMap { $0 }
        return EventLoopFuture.andAllSucceed(closing, on: loop.eventLoop)
    }

    package func heartbeat() {}

    // MARK: Ports

    private func host(
        _ configuration: Configuration,
        _ environment: ChannelEnvironment
    ) -> EventLoopFuture<[UInt8]> {
        let name = configuration.address
        if name == "auto" { return environment.network.ownAddress(on: environment.loop) }
        if let host = HostAddress.parse(name) { return environment.loop.eventLoop.makeSucceededFuture(host) }
        return environment.network.resolve(name, on: environment.loop).flatMapThrowing { hosts in
            guard let host = hosts.first else {
                throw ChannelError(.cannotStart, "The receiver's address [\(name)] is not known")
            }
            return host
        }
    }

    /// Takes the first port that is free.
    private func listen(
        on host: [UInt8],
        offset: Int,
        _ environment: ChannelEnvironment,
        _ deliver: @escaping @Sendable (ChannelMessage) throws -> Void
    ) -> EventLoopFuture<any NetworkListener> {
        let configuration = self.configuration
        let endpoint = Endpoint(host: host, port: configuration.port + offset)
        return environment.network.listen(
            at: endpoint,
            options: configuration.socketOptions,
            on: environment.loop
        ) { connection in
            self.accept(connection, environment, deliver)
        }.flatMapError { error in
            guard offset + 1 < configuration.autoBind, endpoint.port < 65_535 else {
                return environment.loop.failed(
                    ChannelError(
                        .cannotStart,
                        "Unable to bind server socket to: \(endpoint) throwing error.",
                        cause: error
                    )
                )
            }
            self.log.debug("Port is taken, trying the next", metadata: ["address": "\(endpoint)"])
            return self.listen(on: host, offset: offset + 1, environment, deliver)
        }
    }

    private func openDatagrams(
        on host: [UInt8],
        offset: Int,
        _ environment: ChannelEnvironment,
        _ deliver: @escaping @Sendable (ChannelMessage) throws -> Void
    ) -> EventLoopFuture<(any DatagramSocket)?> {
        let configuration = self.configuration
        guard configuration.udpPort > 0 else { return environment.loop.eventLoop.makeSucceededFuture(nil) }
        var binding = DatagramBinding(endpoint: Endpoint(host: host, port: configuration.udpPort + offset))
        binding.receiveBufferSize = configuration.udpRxBufSize
        binding.sendBufferSize = configuration.udpTxBufSize
        let place = binding.endpoint
        return environment.network.openDatagrams(binding, on: environment.loop) { datagram, from in
            self.received(datagram, from: from, loop: environment.loop, deliver)
        }.map { $0 }.flatMapError { error in
            guard offset + 1 < configuration.autoBind else {
                return environment.loop.failed(
                    ChannelError(.cannotStart, "Unable to bind UDP socket to: \(place)", cause: error)
                )
            }
            return self.openDatagrams(on: host, offset: offset + 1, environment, deliver)
        }
    }

    // MARK: What comes in

    private func accept(
        _ connection: any NetworkConnection,
        _ environment: ChannelEnvironment,
        _ deliver: @escaping @Sendable (ChannelMessage) throws -> Void
    ) -> any NetworkConnectionHandler {
        let handler = ReceiverConnection(receiver: self, loop: environment.loop, deliver: deliver)
        if self.open[environment.loop].connections.count >= Self.connectionsMaximum {
            self.count { $0.turnedAway += 1 }
            connection.close()
            return handler
        }
        self.open[environment.loop].lastNumber += 1
        let number = self.open[environment.loop].lastNumber
        self.open[environment.loop].connections[ObjectIdentifier(connection)] = (number, connection)
        self.count { $0.connections += 1 }
        return handler
    }

    func forget(_ connection: any NetworkConnection, loop: ChannelLoop) {
        guard self.open[loop].connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        self.count { $0.connections -= 1 }
    }

    func count(_ change: (inout Statistics) -> Void) {
        self.counts.withLock { change(&$0) }
    }

    /// Counts what a peer did that no member does; those above the bound together.
    func countFault(of peer: Endpoint?) {
        let name = peer.map { HostAddress.text($0.host) } ?? "unknown"
        self.count { statistics in
            let isCounted = statistics.faults.count < Self.faultyPeersMaximum || statistics.faults[name] != nil
            statistics.faults[isCounted ? name : "others", default: 0] += 1
        }
    }

    /// Whether messages of this sender are delivered now.
    func isKnown(_ sender: Member) -> Bool { self.environment.withLock { $0?.knows(sender) } ?? true }

    private func received(
        _ datagram: ByteBuffer,
        from: Endpoint,
        loop: ChannelLoop,
        _ deliver: @Sendable (ChannelMessage) throws -> Void
    ) {
        var buffer = datagram
        let message: ChannelMessage
        do {
            guard let payload = try PackageDecoder().decode(buffer: &buffer) else {
                self.count { $0.malformed += 1 }
                return
            }
            message = try ChannelData.decode(payload)
        } catch {
            self.count { $0.malformed += 1 }
            self.countFault(of: from)
            self.log.debug("Datagram is no message", metadata: ["from": "\(from)", "error": "\(error)"])
            return
        }
        guard self.isKnown(message.sender) else {
            self.count { $0.unknownSenders += 1 }
            self.countFault(of: from)
            return
        }
        self.count { statistics in
            statistics.datagrams += 1
            statistics.messages += 1
            statistics.bytes += Int64(datagram.readableBytes)
        }
        let socket = self.open[loop].datagrams
        _ = self.process(message, loop: loop, deliver: deliver) { acknowledgement in
            socket?.send(acknowledgement.package, to: from).whenFailure { error in
                self.log.debug("Acknowledgement was not sent", metadata: ["to": "\(from)", "error": "\(error)"])
            }
        }
    }

    /// A sender did not become known in time.
    func refuse(_ sender: Member, from peer: Endpoint?) {
        self.countFault(of: peer)
        let count = self.counts.withLock { counts in
            counts.unknownSenders += 1
            return counts.unknownSenders
        }
        guard count == 1 || count.isMultiple(of: 100) else { return }
        self.log.warning(
            "Connection closed: its sender is no member, no heartbeat of it is heard",
            metadata: ["member": "\(sender)", "from": "\(peer.map { HostAddress.text($0.host) } ?? "unknown")"]
        )
    }

    /// Delivers a message and answers it as its options ask; one that was processed before is answered alone.
    ///
    /// - Returns: false if its sender is no member, and its connection is to be closed.
    func process(
        _ message: ChannelMessage,
        loop: ChannelLoop,
        deliver: @Sendable (ChannelMessage) throws -> Void,
        answer: (Acknowledgement) -> Void
    ) -> Bool {
        let time = message.options.acknowledgement
        let key = DuplicateFilter.Key(message)
        if self.processed[loop].contains(key) {
            self.count { $0.duplicates += 1 }
            if time != .none { answer(.accepted) }
            return true
        }
        if time == .onReceipt { answer(.accepted) }
        do {
            try deliver(message)
            self.processed[loop].insert(key)
            if time == .afterProcessing { answer(.accepted) }
            return true
        } catch let error as ChannelError where error.code == .unknownSender {
            self.count { $0.unknownSenders += 1 }
            return false
        } catch {
            self.count { $0.refused += 1 }
            self.log.debug("Message was refused", metadata: ["member": "\(message.sender.name)", "error": "\(error)"])
            if time == .afterProcessing { answer(.failed) }
            return true
        }
    }
}
