import Glibc
package import NIOCore
import NIOPosix

/// The machine's sockets.
///
/// Isolation: channel loop, which must be a loop of `NIOPosix`.
package struct PosixNetwork: ChannelNetwork {
    package init() {}

    package var takesAnyLoop: Bool { true }

    package func listen(
        at endpoint: Endpoint,
        options: SocketOptions,
        on loop: ChannelLoop,
        accept: @escaping @Sendable (any NetworkConnection) -> any NetworkConnectionHandler
    ) -> EventLoopFuture<any NetworkListener> {
        loop.eventLoop.makeCompletedFuture { try endpoint.socketAddress() }.flatMap { address in
            ServerBootstrap(group: loop.eventLoop)
                .serverChannelOption(.backlog, value: 128)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: options.isReuseAddress ? 1 : 0)
                .childChannelInitializer { channel in
                    options.apply(to: channel).flatMapThrowing {
                        let connection = PosixConnection(channel, remote: channel.remoteAddress?.endpoint)
                        let handler = PosixBridge(connection: connection, handler: accept(connection))
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .bind(to: address)
                .map { PosixListener($0, requested: endpoint) as any NetworkListener }
        }
    }

    package func connect(
        to endpoint: Endpoint,
        timeout: TimeAmount,
        options: SocketOptions,
        on loop: ChannelLoop,
        handler: any NetworkConnectionHandler
    ) -> EventLoopFuture<any NetworkConnection> {
        let promise = loop.makePromise(of: (any NetworkConnection).self)
        let attempt = loop.eventLoop.makeCompletedFuture { try endpoint.socketAddress() }.flatMap { address in
            ClientBootstrap(group: loop.eventLoop)
                .connectTimeout(timeout)
                .channelInitializer { channel in options.apply(to: channel) }
                .connect(to: address)
        }.flatMapThrowing { channel -> any NetworkConnection in
            let connection = PosixConnection(channel, remote: endpoint)
            let bridge = PosixBridge(connection: connection, handler: handler)
            try channel.pipeline.syncOperations.addHandler(bridge)
            return connection
        }
        attempt.cascade(to: promise)
        return promise.futureResult
    }

    package func ownAddress(on loop: ChannelLoop) -> EventLoopFuture<[UInt8]> {
        NIOThreadPool.singleton.runIfActive(eventLoop: loop.eventLoop) { HostAddress.ownAddress() }
    }

    package func resolve(_ name: String, on loop: ChannelLoop) -> EventLoopFuture<[[UInt8]]> {
        NIOThreadPool.singleton.runIfActive(eventLoop: loop.eventLoop) { HostAddress.resolve(name) }
    }
}

extension Endpoint {
    /// The address for the system's calls.
    func socketAddress() throws -> SocketAddress {
        try SocketAddress(packedIPAddress: ByteBuffer(bytes: self.host), port: max(0, self.port))
    }
}

extension SocketAddress {
    /// Address and port as bytes and number.
    var endpoint: Endpoint? {
        switch self {
        case .v4: Endpoint(host: self.bytes(at: 4..<8), port: self.port ?? 0)
        case .v6: Endpoint(host: self.bytes(at: 8..<24), port: self.port ?? 0)
        case .unixDomainSocket: nil
        }
    }

    /// Part of the system's form of the address: behind family and port, and in IPv6 the flow's label.
    private func bytes(at range: Range<Int>) -> [UInt8] {
        self.withSockAddr { address, size in
            let whole = UnsafeRawBufferPointer(start: UnsafeRawPointer(address), count: size)
            return Array(whole[range])
        }
    }
}

extension SocketOptions {
    /// Sets what is configured; a close never waits, so that lingering has no effect.
    fileprivate func apply(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let options = channel.syncOptions else { return }
            try options.setOption(.socketOption(.so_keepalive), value: self.isKeepAlive ? 1 : 0)
            try options.setOption(.tcpOption(.tcp_nodelay), value: self.isNoDelay ? 1 : 0)
            if let size = self.receiveBufferSize {
                try options.setOption(.socketOption(.so_rcvbuf), value: .init(size))
            }
            if let size = self.sendBufferSize { try options.setOption(.socketOption(.so_sndbuf), value: .init(size)) }
        }
    }
}

/// A connection of the system.
private final class PosixConnection: NetworkConnection {
    private let channel: any Channel
    let remote: Endpoint?
    private let descriptor: NIOBSDSocket.Handle?
    /// Messages that the channel has and may not have written.
    private let waiting: NIOLoopBoundBox<Int>

    init(_ channel: any Channel, remote: Endpoint?) {
        self.channel = channel
        self.remote = remote
        let operations = channel.pipeline.syncOperations
        self.descriptor = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        self.waiting = NIOLoopBoundBox(0, eventLoop: channel.eventLoop)
    }

    var isOpen: Bool { self.channel.isActive }

    var pendingBytes: Int {
        (try? self.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Most messages fit the socket, and go there without what a channel does for those that do not.
    func write(_ bytes: ByteBuffer) -> EventLoopFuture<Void> {
        let rest = self.waiting.value == 0 ? self.writeAtOnce(bytes) : bytes
        guard rest.readableBytes > 0 else { return self.channel.eventLoop.makeSucceededVoidFuture() }
        self.waiting.value += 1
        let written = self.channel.writeAndFlush(rest)
        written.assumeIsolated().whenComplete { _ in self.waiting.value -= 1 }
        return written
    }

    /// What the socket did not take; the channel finds out why.
    private func writeAtOnce(_ bytes: ByteBuffer) -> ByteBuffer {
        // An inactive channel has closed its descriptor, whose number may be another's by now.
        guard let descriptor = self.descriptor, self.channel.isActive else { return bytes }
        let count = bytes.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        var rest = bytes
        rest.moveReaderIndex(forwardBy: max(0, count))
        return rest
    }

    func close() { self.channel.close(mode: .all, promise: nil) }

    func setReading(_ isReading: Bool) {
        self.channel.setOption(.autoRead, value: isReading).whenFailure { _ in self.close() }
    }
}

/// Carries a connection's events to its handler.
private final class PosixBridge: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let connection: PosixConnection
    private let handler: any NetworkConnectionHandler
    private let failure = SetOnce<any Error>()

    init(connection: PosixConnection, handler: any NetworkConnectionHandler) {
        self.connection = connection
        self.handler = handler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.handler.received(Self.unwrapInboundIn(data), on: self.connection)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.failure.set(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.handler.closed(self.connection, error: self.failure.value)
    }
}

/// An open port of the system.
private final class PosixListener: NetworkListener {
    private let channel: any Channel
    let endpoint: Endpoint

    init(_ channel: any Channel, requested: Endpoint) {
        self.channel = channel
        self.endpoint = Endpoint(host: requested.host, port: channel.localAddress?.port ?? requested.port)
    }

    func close() -> EventLoopFuture<Void> { self.channel.close() }
}
