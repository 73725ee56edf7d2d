package import Modeler

extension PooledParallelSender: ChannelPart {
    package static let beanInfo = BeanInfo<PooledParallelSender>.part(
        type: "Sender",
        writable: ["timeout", "keepAliveCount", "keepAliveTime", "maxRetryAttempts", "throwOnFailedAck", "maxWait"],
        [
            .flag("Connected", "Whether there is a connection to any member") { $0.statistics.destinations > 0 },
            .gauge("InPoolSize", "Connections that may take a message") { $0.statistics.inPoolSize },
            .gauge("InUsePoolSize", "Connections with a message under way") { $0.statistics.inUsePoolSize },
            .flag("DirectBuffer", "Buffers are managed by themselves") { _ in false },
            .flag("OoBInline", "Urgent data is not sent") { _ in false },
            .flag("SoLingerOn", "A close never waits") { _ in false },
            .gauge("DestinationCount", "Members that messages were sent to") { $0.statistics.destinations },
            .gauge("QueuedSize", "Bytes that wait for members") { $0.statistics.queuedBytes },
            .counter("MessageCount", "Messages sent") { $0.statistics.messages },
            .counter("ByteCount", "Bytes sent") { $0.statistics.bytes },
            .counter("FailureCount", "Messages that some member did not get") { $0.statistics.failures },
            .counter("OverflowCount", "Messages refused: a member's queue was full") { $0.statistics.overflows },
        ] + BeanAttribute.unused(["SoLingerTime", "SoTrafficClass"])
    )
}
