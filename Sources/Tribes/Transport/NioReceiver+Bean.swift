package import Modeler

extension NioReceiver: ChannelPart {
    /// Threads, tasks and buffer pools of Tomcat's have no counterpart.
    private static let unused = [
        "MaxThreads", "MinThreads", "MaxIdleTime", "PoolSize", "ActiveCount", "SelectorTimeout", "SoLingerTime",
    ]

    package static let beanInfo = BeanInfo<NioReceiver>.part(
        type: "Receiver",
        [
            .text("Address", "The address that is listened at") { receiver in
                receiver.address.map { HostAddress.text($0.host) } ?? receiver.configuration.address
            },
            .gauge("Port", "The port that is listened at") { $0.address?.port ?? $0.configuration.port },
            .gauge("UdpPort", "The port for datagrams") { $0.address?.udpPort ?? $0.configuration.udpPort },
            .flag("Listening", "Whether it listens") { $0.address != nil },
            .flag("Direct", "Buffers are managed by themselves") { _ in false },
            .flag("UseBufferPool", "Buffers are managed by themselves") { _ in false },
            .flag("OoBInline", "Urgent data is not sent") { _ in false },
            .flag("SoLingerOn", "A close never waits") { _ in false },
            .counter("TaskCount", "Messages received") { $0.statistics.messages },
            .counter("CompletedTaskCount", "Messages processed") { $0.statistics.messages - $0.statistics.refused },
            .gauge("ConnectionCount", "Open connections of other members") { $0.statistics.connections },
            .counter("ByteCount", "Bytes received") { $0.statistics.bytes },
            .counter("DatagramCount", "Messages that came in datagrams") { $0.statistics.datagrams },
            .counter("RefusedCount", "Messages that the application refused") { $0.statistics.refused },
            .counter("DuplicateCount", "Messages that came a second time") { $0.statistics.duplicates },
            .counter("MalformedCount", "Connections and datagrams given up: no message") { $0.statistics.malformed },
            .counter("OversizedCount", "Connections given up: message too large") { $0.statistics.oversized },
            .counter("UnknownSenderCount", "Messages of somebody who is no member") { $0.statistics.unknownSenders },
            .list("FaultsByPeer", "How often each address gave reason to close a connection") { receiver in
                receiver.statistics.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            },
            .counter("TurnedAwayCount", "Connections turned away: too many") { $0.statistics.turnedAway },
        ] + BeanAttribute.unused(NioReceiver.unused)
    )
}
