import Glibc
import NIOCore

/// Writes to a connection's socket past its channel: most answers fit the socket, and need none of what a channel does
/// for those that do not.
///
/// Whatever the socket does not take goes through the channel, which then also finds out why. Only for connections
/// without TLS, and only while the channel has nothing waiting.
/// Isolation: the connection's event loop.
struct SocketWriter {
    private let channel: any Channel
    private let descriptor: NIOBSDSocket.Handle
    /// Whether something went through the channel and may not have left it.
    private var isChannelUsed = false

    /// Fails for channels that have no socket.
    init?(_ channel: any Channel) {
        let operations = channel.pipeline.syncOperations
        let descriptor = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        guard let descriptor else { return nil }
        self.channel = channel
        self.descriptor = descriptor
    }

    mutating func channelWillWrite() { self.isChannelUsed = true }

    /// Sends what the socket takes at once.
    ///
    /// - Returns: how many bytes that were; the channel has to send the others.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        // A channel closes its descriptor when it becomes inactive: the number may belong to another connection then.
        guard self.channel.isActive, self.isChannelEmpty() else { return 0 }
        return max(0, send(self.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)))
    }

    private mutating func isChannelEmpty() -> Bool {
        guard self.isChannelUsed else { return true }
        guard (try? self.channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0 else { return false }
        self.isChannelUsed = false
        return true
    }
}
