import Glibc
import NIOCore
import NIOPosix

/// Opens the socket that a connector's attributes describe.
struct Listener {
    /// First descriptor that systemd hands over, as sd_listen_fds(3) says.
    private static let inheritedDescriptor: CInt = 3
    /// Bytes first offered to a read of a new connection; grows with use.
    private static let receiveBufferInitial = 2048
    private static let receiveBufferMaximum = 64 * 1024

    let configuration: Http11Protocol.Configuration
    /// The attributes in force when a connection is accepted.
    var current: (@Sendable () -> Http11Protocol.Configuration)?

    /// One listening channel for each acceptor's event loop, all on one socket.
    ///
    /// - Throws: ``CoyoteError`` `bind`.
    func open(
        _ acceptors: [Acceptor],
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws(CoyoteError) -> [any Channel] {
        var channels: [any Channel] = []
        do {
            for acceptor in acceptors {
                let bootstrap = self.bootstrap(acceptor, initializer)
                if let first = channels.first {
                    channels.append(try await self.share(first, bootstrap))
                } else {
                    channels.append(try await self.openFirst(bootstrap))
                }
            }
            return channels
        } catch {
            for channel in channels { channel.close(promise: nil) }
            throw (error as? CoyoteError)
                ?? CoyoteError(.bind, "Cannot listen on \(self.description): \(SystemReason.text(of: error))")
        }
    }

    /// Listens on the socket of another channel, too.
    private func share(_ channel: any Channel, _ bootstrap: ServerBootstrap) async throws -> any Channel {
        let descriptor = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
                let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
                guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "dup") }
                return copy
            }
        }.get()
        guard let descriptor else { throw CoyoteError(.bind, "Cannot listen on \(self.description): it is no socket") }
        return try await bootstrap.withBoundSocket(descriptor).get()
    }

    private func openFirst(_ bootstrap: ServerBootstrap) async throws -> any Channel {
        if self.configuration.useInheritedChannel {
            return try await bootstrap.withBoundSocket(Self.inheritedDescriptor).get()
        }
        if let path = self.configuration.unixDomainSocketPath {
            return try await self.openUnixSocket(path, bootstrap)
        }
        return try await self.openPort(bootstrap)
    }

    /// Removes the file of a Unix domain socket.
    func cleanUp() {
        guard let path = self.configuration.unixDomainSocketPath else { return }
        unlink(path)
    }

    private var description: String {
        if self.configuration.useInheritedChannel { return "the inherited descriptor \(Self.inheritedDescriptor)" }
        if let path = self.configuration.unixDomainSocketPath { return "the Unix domain socket [\(path)]" }
        return "address [\(self.configuration.address ?? "*")] and port [\(self.configuration.port)]"
    }

    private func openPort(_ bootstrap: ServerBootstrap) async throws -> any Channel {
        let port = self.configuration.port
        guard (0...65535).contains(port) else {
            throw CoyoteError(.configuration, "port=\"\(port)\" is not between 0 and 65535")
        }
        if let address = self.configuration.address {
            return try await bootstrap.bind(host: address, port: port).get()
        }
        do {
            return try await bootstrap.bind(host: "::", port: port).get()
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL {
            return try await bootstrap.bind(host: "0.0.0.0", port: port).get()
        }
    }

    /// A file that a dead server left is removed; one that somebody answers on is not.
    private func openUnixSocket(_ path: String, _ bootstrap: ServerBootstrap) async throws -> any Channel {
        if await self.isAnswered(path) {
            throw CoyoteError(.bind, "The Unix domain socket [\(path)] is in use")
        }
        let channel = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        if let text = self.configuration.unixDomainSocketPathPermissions {
            guard let mode = UnixSocketPermissions.parse(text) else {
                throw CoyoteError(
                    .configuration,
                    "unixDomainSocketPathPermissions=\"\(text)\" is not of the form rw-rw-rw-"
                )
            }
            chmod(path, mode)
        }
        return channel
    }

    private func isAnswered(_ path: String) async -> Bool {
        do {
            let probe = try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
                .connect(unixDomainSocketPath: path).get()
            probe.close(promise: nil)
            return true
        } catch {
            return false
        }
    }

    private func bootstrap(
        _ acceptor: Acceptor,
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> ServerBootstrap {
        let configuration = self.configuration
        let current = self.current ?? { configuration }
        let isTCP = configuration.unixDomainSocketPath == nil && !configuration.useInheritedChannel
        var bootstrap = ServerBootstrap(group: acceptor.eventLoop)
            .serverChannelOption(.backlog, value: CInt(clamping: configuration.acceptCount))
            .serverChannelOption(.maxMessagesPerRead, value: UInt(Acceptor.acceptBatch))
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(acceptor) }
            }
            .childChannelInitializer { channel in
                Self.setSocketOptions(of: channel, isTCP: isTCP, current()).flatMap { initializer(channel) }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 512,
                    initial: Self.receiveBufferInitial,
                    maximum: Self.receiveBufferMaximum
                )
            )
        if isTCP {
            bootstrap = bootstrap.serverChannelOption(
                .socketOption(.so_reuseaddr),
                value: configuration.soReuseAddress ? 1 : 0
            )
        }
        return self.applyOptional(bootstrap)
    }

    /// Sets what may change while the connector runs.
    private static func setSocketOptions(
        of channel: any Channel,
        isTCP: Bool,
        _ configuration: Http11Protocol.Configuration
    ) -> EventLoopFuture<Void> {
        let delay = isTCP ? channel.setOption(.tcpOption(.tcp_nodelay), value: configuration.tcpNoDelay ? 1 : 0) : nil
        let done = delay ?? channel.eventLoop.makeSucceededVoidFuture()
        guard configuration.connectionLinger >= 0 else { return done }
        let linger = linger(l_onoff: 1, l_linger: CInt(clamping: configuration.connectionLinger))
        return done.flatMap { (channel as? any SocketOptionProvider)?.setSoLinger(linger) ?? done }
    }

    private func applyOptional(_ bootstrap: ServerBootstrap) -> ServerBootstrap {
        var bootstrap = bootstrap
        let configuration = self.configuration
        if configuration.soKeepAlive {
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_keepalive), value: 1)
        }
        if configuration.rxBufSize > 0 {
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: configuration.rxBufSize)
        }
        if configuration.txBufSize > 0 {
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: configuration.txBufSize)
        }
        return bootstrap
    }
}
