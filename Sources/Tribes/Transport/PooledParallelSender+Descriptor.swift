package import Modeler
import NIOCore

extension PooledParallelSender {
    package struct Configuration: Sendable, Equatable {
        /// Connections per member for messages that are waited for.
        package var poolSize = 25
        /// Milliseconds that a message may wait for one of them.
        package var maxWait: Int64 = 3000
        /// Receive buffer of a connection in bytes.
        package var rxBufSize = 25_188
        /// Send buffer of a connection in bytes.
        package var txBufSize = 65_536
        /// Receive buffer for datagrams in bytes.
        package var udpRxBufSize = 25_188
        /// Send buffer for datagrams in bytes.
        package var udpTxBufSize = 65_536
        /// Milliseconds for a message to reach all members and be acknowledged, connecting included.
        package var timeout: Int64 = 3000
        /// Messages after which a connection is closed; negative for none.
        package var keepAliveCount = -1
        /// Milliseconds after which a connection is closed; negative for none.
        package var keepAliveTime: Int64 = -1
        /// How often a message is sent again over a new connection.
        package var maxRetryAttempts = 1
        /// Whether a message that the receiving application refused counts as not delivered.
        package var throwOnFailedAck = true
        /// Whether the system probes idle connections.
        package var soKeepAlive = false
        /// Whether an address may be taken again at once.
        package var soReuseAddress = true
        /// Whether small writes leave at once.
        package var tcpNoDelay = true
        /// Bytes that may wait for one member, where Tomcat has no limit; a message above that fails.
        package var maximumQueueSize = 64 << 20

        package init() {}

        func connectionSettings(to member: Member) -> SenderConnection.Settings {
            var options = SocketOptions()
            options.receiveBufferSize = self.rxBufSize
            options.sendBufferSize = self.txBufSize
            options.isNoDelay = self.tcpNoDelay
            options.isKeepAlive = self.soKeepAlive
            options.isReuseAddress = self.soReuseAddress
            return SenderConnection.Settings(
                endpoint: member.endpoint,
                socketOptions: options,
                timeout: .milliseconds(self.timeout),
                retriesMaximum: self.maxRetryAttempts,
                failsOnFailedAcknowledgement: self.throwOnFailedAck,
                messagesMaximum: self.keepAliveCount,
                ageMaximum: self.keepAliveTime < 0 ? nil : .milliseconds(self.keepAliveTime)
            )
        }
    }

    package static let descriptor = ComponentDescriptor<PooledParallelSender>(
        className: "org.apache.catalina.tribes.transport.nio.PooledParallelSender",
        aliases: ["org.apache.catalina.tribes.transport.bio.PooledMultiSender"],
        kind: .transport,
        "Brings messages to other members over connections that are kept",
        defaults: Configuration(),
        attributes: [
            Attribute("poolSize", \.poolSize, "Connections per member for messages that are waited for"),
            Attribute("maxWait", \.maxWait, "Milliseconds that a message may wait for one of them"),
            Attribute("rxBufSize", \.rxBufSize, "Receive buffer of a connection in bytes"),
            Attribute("txBufSize", \.txBufSize, "Send buffer of a connection in bytes"),
            Attribute("udpRxBufSize", \.udpRxBufSize, "Receive buffer for datagrams in bytes"),
            Attribute("udpTxBufSize", \.udpTxBufSize, "Send buffer for datagrams in bytes"),
            Attribute("timeout", \.timeout, "Milliseconds for a message to reach all members"),
            Attribute("keepAliveCount", \.keepAliveCount, "Messages after which a connection is closed"),
            Attribute("keepAliveTime", \.keepAliveTime, "Milliseconds after which a connection is closed"),
            Attribute("maxRetryAttempts", \.maxRetryAttempts, "How often a message is sent again"),
            Attribute("throwOnFailedAck", \.throwOnFailedAck, "Whether a refused message counts as not delivered"),
            Attribute("soKeepAlive", \.soKeepAlive, "Whether the system probes idle connections"),
            Attribute("soReuseAddress", \.soReuseAddress, "Whether an address may be taken again at once"),
            Attribute("tcpNoDelay", \.tcpNoDelay, "Whether small writes leave at once"),
            Attribute("maximumQueueSize", \.maximumQueueSize, "Bytes that may wait for one member"),
            .ignored("directBuffer", "Accepted; buffers are managed by themselves", type: .bool),
            .ignored("ooBInline", "Accepted; urgent data is not sent", type: .bool),
            .ignored("soLingerOn", "Accepted; a close never waits", type: .bool),
            .ignored("soLingerTime", "Accepted; a close never waits", type: .int),
            .ignored("soTrafficClass", "Accepted; the system's class is kept", type: .int),
        ]
    )
}
