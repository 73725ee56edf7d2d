package import Modeler

extension NioReceiver {
    package struct Configuration: Sendable, Equatable {
        /// Address to listen at, also told to other members; `auto` is this machine's own.
        package var address = "auto"
        /// First port to try.
        package var port = 4000
        /// How many ports to try, from ``port`` on.
        package var autoBind = 100
        /// Told to other members, and unused.
        package var securePort = -1
        /// Port for datagrams with a message each; below 1 there is none.
        package var udpPort = -1
        /// Receive buffer of a connection in bytes.
        package var rxBufSize = 65_536
        /// Send buffer of a connection in bytes.
        package var txBufSize = 25_188
        /// Receive buffer for datagrams in bytes.
        package var udpRxBufSize = 65_536
        /// Send buffer for datagrams in bytes.
        package var udpTxBufSize = 25_188
        /// Whether the system probes idle connections.
        package var soKeepAlive = false
        /// Whether a port may be taken again at once.
        package var soReuseAddress = true
        /// Whether small writes leave at once.
        package var tcpNoDelay = true
        /// Milliseconds; shown and unused, since no connection waits for its next message.
        package var timeout = 3000
        /// Largest message in bytes, where Tomcat has no limit; a larger one closes its connection.
        package var maximumMessageSize = PackageDecoder.defaultMaximumPayloadSize

        package init() {}

        /// What every socket is set to.
        var socketOptions: SocketOptions {
            var options = SocketOptions()
            options.receiveBufferSize = self.rxBufSize
            options.sendBufferSize = self.txBufSize
            options.isNoDelay = self.tcpNoDelay
            options.isKeepAlive = self.soKeepAlive
            options.isReuseAddress = self.soReuseAddress
            return options
        }
    }

    package static let descriptor = ComponentDescriptor<NioReceiver>(
        className: "org.apache.catalina.tribes.transport.nio.NioReceiver",
        aliases: ["org.apache.catalina.tribes.transport.bio.BioReceiver"],
        kind: .receiver,
        "Listens for the messages of other members",
        defaults: Configuration(),
        attributes: [
            Attribute("address", \.address, "Address to listen at; auto is this machine's own", aliases: ["host"]),
            Attribute("port", \.port, "First port to try"),
            Attribute("autoBind", \.autoBind, "How many ports to try"),
            Attribute("securePort", \.securePort, "Told to other members, and unused"),
            Attribute("udpPort", \.udpPort, "Port for datagrams; below 1 there is none"),
            Attribute("rxBufSize", \.rxBufSize, "Receive buffer of a connection in bytes"),
            Attribute("txBufSize", \.txBufSize, "Send buffer of a connection in bytes"),
            Attribute("udpRxBufSize", \.udpRxBufSize, "Receive buffer for datagrams in bytes"),
            Attribute("udpTxBufSize", \.udpTxBufSize, "Send buffer for datagrams in bytes"),
            Attribute("soKeepAlive", \.soKeepAlive, "Whether the system probes idle connections"),
            Attribute("soReuseAddress", \.soReuseAddress, "Whether a port may be taken again at once"),
            Attribute("tcpNoDelay", \.tcpNoDelay, "Whether small writes leave at once"),
            Attribute("timeout", \.timeout, "Accepted; connections do not time out"),
            Attribute("maximumMessageSize", \.maximumMessageSize, "Largest message accepted, in bytes"),
        ] + NioReceiver.threadAttributes
    )

    /// What Tomcat's threads, selectors and buffers need, and one loop does not.
    private static let threadAttributes: [Attribute<Configuration>] = [
        .ignored("selectorTimeout", "Accepted; nothing is polled", type: .int),
        .ignored("tcpSelectorTimeout", "Accepted; nothing is polled", type: .int),
        .ignored("maxThreads", "Accepted; messages are processed on the channel's loop", type: .int),
        .ignored("minThreads", "Accepted; messages are processed on the channel's loop", type: .int),
        .ignored("maxIdleTime", "Accepted; there is no pool of threads", type: .int),
        .ignored("daemon", "Accepted; there is no pool of threads", type: .bool),
        .ignored("maxTasks", "Accepted; there is no pool of tasks", type: .int),
        .ignored("minTasks", "Accepted; there is no pool of tasks", type: .int),
        .ignored("direct", "Accepted; buffers are managed by themselves", type: .bool),
        .ignored("useBufferPool", "Accepted; buffers are managed by themselves", type: .bool),
        .ignored("ooBInline", "Accepted; urgent data is not sent", type: .bool),
        .ignored("soLingerOn", "Accepted; a close never waits", type: .bool),
        .ignored("soLingerTime", "Accepted; a close never waits", type: .int),
        .ignored("soTrafficClass", "Accepted; the system's class is kept", type: .int),
    ]
}
