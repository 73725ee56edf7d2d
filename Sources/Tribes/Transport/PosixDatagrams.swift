import Glibc
package import NIOCore
import NIOPosix

extension PosixNetwork {
    package func openDatagrams(
        _ binding: DatagramBinding,
        on loop: ChannelLoop,
        received: @escaping @Sendable (ByteBuffer, Endpoint) -> Void
    ) -> EventLoopFuture<any DatagramSocket> {
        var places = [binding.endpoint]
        if let group = binding.group, binding.interface != nil {
            places.insert(Endpoint(host: group, port: binding.endpoint.port), at: 0)
        }
        return Self.bind(places[...], binding, on: loop, received: received).flatMap { channel in
            Self.join(channel, binding).map {
                PosixDatagramSocket(channel, requested: binding.endpoint) as any DatagramSocket
            }.flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
        }
    }

    /// Binds to the first place that the system allows.
    private static func bind(
        _ places: ArraySlice<Endpoint>,
        _ binding: DatagramBinding,
        on loop: ChannelLoop,
        received: @escaping @Sendable (ByteBuffer, Endpoint) -> Void
    ) -> EventLoopFuture<any Channel> {
        guard let place = places.first else {
            return loop.failed(ChannelError(.cannotStart, "No address to bind to"))
        }
        let bound = loop.eventLoop.makeCompletedFuture { try place.socketAddress() }.flatMap { address in
            DatagramBootstrap(group: loop.eventLoop)
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DatagramBridge(received: received))
                    }
                }
                .bind(to: address)
        }
        let rest = places.dropFirst()
        guard !rest.isEmpty else { return bound }
        return bound.flatMapError { _ in Self.bind(rest, binding, on: loop, received: received) }
    }

    /// Joins the group, and sends to it through the same interface.
    private static func join(_ channel: any Channel, _ binding: DatagramBinding) -> EventLoopFuture<Void> {
        guard let group = binding.group, let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        guard group.count == 4, binding.interface?.count ?? 4 == 4 else {
            return channel.eventLoop.makeFailedFuture(
                ChannelError(.badConfiguration, "A multicast group and its interface need addresses of IPv4")
            )
        }
        let membership = ip_mreq(
            imr_multiaddr: Self.address(group),
            imr_interface: Self.address(binding.interface ?? HostAddress.any)
        )
        var steps = options.setIPMulticastLoop(binding.isLoopbackEnabled ? 1 : 0)
        if binding.timeToLive >= 0 {
            steps = steps.flatMap { options.setIPMulticastTTL(.init(clamping: binding.timeToLive)) }
        }
        if let interface = binding.interface {
            steps = steps.flatMap { options.setIPMulticastIF(Self.address(interface)) }
        }
        // Not `joinGroup`, which refuses an interface without the MULTICAST flag, as loopback is.
        return steps.flatMap {
            options.unsafeSetSocketOption(level: .ip, name: .init(rawValue: IP_ADD_MEMBERSHIP), value: membership)
        }
    }

    private static func address(_ bytes: [UInt8]) -> in_addr {
        var address = in_addr()
        withUnsafeMutableBytes(of: &address) { $0.copyBytes(from: bytes) }
        return address
    }
}

/// A socket of the system for datagrams.
private final class PosixDatagramSocket: DatagramSocket {
    private let channel: any Channel
    let endpoint: Endpoint

    init(_ channel: any Channel, requested: Endpoint) {
        self.channel = channel
        self.endpoint = Endpoint(host: requested.host, port: channel.localAddress?.port ?? requested.port)
    }

    func send(_ datagram: ByteBuffer, to endpoint: Endpoint) -> EventLoopFuture<Void> {
        do {
            let address = try endpoint.socketAddress()
            return self.channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: datagram))
        } catch {
            return self.channel.eventLoop.makeFailedFuture(error)
        }
    }

    func close() -> EventLoopFuture<Void> { self.channel.close() }
}

/// Carries datagrams to whoever opened the socket.
private final class DatagramBridge: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let received: @Sendable (ByteBuffer, Endpoint) -> Void

    init(received: @escaping @Sendable (ByteBuffer, Endpoint) -> Void) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = Self.unwrapInboundIn(data)
        guard let from = envelope.remoteAddress.endpoint else { return }
        self.received(envelope.data, from)
    }

    /// Such as a refusal of an earlier datagram: the next may pass.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireUserInboundEventTriggered(DatagramFailure(error: error))
    }

    private struct DatagramFailure {
        let error: any Error
    }
}
