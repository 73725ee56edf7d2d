package import NIOCore

/// The network as a channel sees it: sockets in production, a table with delays and cuts in a simulation.
///
/// Every callback runs on the loop that was given, which is the channel's.
/// Isolation: channel loop.
package protocol ChannelNetwork: Sendable {
    /// Whether connections may be opened on other loops than the channel's.
    var takesAnyLoop: Bool { get }

    /// Opens a port; each connection that comes in gets the handler that `accept` returns.
    ///
    /// The result fails at once if the port is taken.
    func listen(
        at endpoint: Endpoint,
        options: SocketOptions,
        on loop: ChannelLoop,
        accept: @escaping @Sendable (any NetworkConnection) -> any NetworkConnectionHandler
    ) -> EventLoopFuture<any NetworkListener>

    /// Opens a connection; the result fails when it is refused, or not there in time.
    func connect(
        to endpoint: Endpoint,
        timeout: TimeAmount,
        options: SocketOptions,
        on loop: ChannelLoop,
        handler: any NetworkConnectionHandler
    ) -> EventLoopFuture<any NetworkConnection>

    /// Opens a socket for datagrams.
    func openDatagrams(
        _ binding: DatagramBinding,
        on loop: ChannelLoop,
        received: @escaping @Sendable (_ datagram: ByteBuffer, _ from: Endpoint) -> Void
    ) -> EventLoopFuture<any DatagramSocket>

    /// This machine's own address, as others reach it.
    func ownAddress(on loop: ChannelLoop) -> EventLoopFuture<[UInt8]>

    /// The addresses that a name stands for, in the resolver's order.
    func resolve(_ name: String, on loop: ChannelLoop) -> EventLoopFuture<[[UInt8]]>
}

extension ChannelNetwork {
    package var takesAnyLoop: Bool { false }
}

/// One open connection.
///
/// Isolation: channel loop.
package protocol NetworkConnection: AnyObject, Sendable {
    var isOpen: Bool { get }
    /// The other end; nil when the system no longer knows it.
    var remote: Endpoint? { get }
    /// Bytes handed over for writing and not yet written.
    var pendingBytes: Int { get }
    /// Writes; the result is fulfilled when the system took the last byte.
    func write(_ bytes: ByteBuffer) -> EventLoopFuture<Void>
    /// Closes; the handler is told once, as for any other end.
    func close()
    /// Stops or resumes reading, for back-pressure.
    func setReading(_ isReading: Bool)
}

/// What happens on a connection.
///
/// Isolation: channel loop.
package protocol NetworkConnectionHandler: AnyObject, Sendable {
    func received(_ bytes: ByteBuffer, on connection: any NetworkConnection)
    /// The connection ended, by either side or by an error; called once.
    func closed(_ connection: any NetworkConnection, error: (any Error)?)
}

/// An open port.
package protocol NetworkListener: AnyObject, Sendable {
    /// The address and port in fact bound.
    var endpoint: Endpoint { get }
    /// Stops accepting; connections stay open.
    func close() -> EventLoopFuture<Void>
}

/// An open socket for datagrams.
package protocol DatagramSocket: AnyObject, Sendable {
    var endpoint: Endpoint { get }
    func send(_ datagram: ByteBuffer, to endpoint: Endpoint) -> EventLoopFuture<Void>
    func close() -> EventLoopFuture<Void>
}

/// Where a socket for datagrams is bound, and which group it joins.
package struct DatagramBinding: Sendable, Equatable {
    package var endpoint: Endpoint
    /// The multicast group to join; nil for a plain socket.
    package var group: [UInt8]?
    /// The address of the interface through which the group is reached; nil leaves it to the system.
    package var interface: [UInt8]?
    /// Hops a datagram may make; negative leaves it to the system.
    package var timeToLive = -1
    /// Whether other nodes of this machine get what this one sends.
    package var isLoopbackEnabled = true
    package var receiveBufferSize: Int?
    package var sendBufferSize: Int?

    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }
}

/// Settings of a socket, as the configuration names them.
package struct SocketOptions: Sendable, Equatable {
    /// Bytes; nil leaves it to the system.
    package var receiveBufferSize: Int?
    package var sendBufferSize: Int?
    package var isNoDelay = true
    package var isKeepAlive = false
    package var isReuseAddress = true
    package var isOutOfBandInline = true
    /// Seconds to linger at close; nil not to.
    package var linger: Int?
    /// The type-of-service byte; nil leaves it to the system.
    package var trafficClass: Int?

    package init() {}
}

/// How to ask whether a receiver can be reached.
package struct MemberProbe: Sendable {
    package var connectTimeout: TimeAmount
    /// Bytes to write once connected; nil only connects.
    package var frame: ByteBuffer?
    /// How long to wait for any byte in answer; nil does not wait.
    package var readTimeout: TimeAmount?

    package init(connectTimeout: TimeAmount, frame: ByteBuffer? = nil, readTimeout: TimeAmount? = nil) {
        self.connectTimeout = connectTimeout
        self.frame = frame
        self.readTimeout = readTimeout
    }
}
