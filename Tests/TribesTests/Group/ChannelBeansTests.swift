import ClusterSupport
import Modeler
import NIOCore
import Testing
import Tribes

@Suite struct ChannelBeansTests {
    /// Attributes of Tomcat's interfaces, by component.
    static let parts: [(component: String, names: String)] = [
        ("Channel", "Heartbeat HeartbeatSleeptime OptionCheck Members"),
        (
            "Membership",
            "Address Bind Domain DropTime Frequency LocalLoopbackDisabled LocalMemberName MembersByName Port "
                + "Properties RecoveryCounter RecoveryEnabled RecoverySleepTime SoTimeout Ttl"
        ),
        (
            "Receiver",
            "Address Port SecurePort UdpPort AutoBind Direct Listening MaxThreads MinThreads MaxIdleTime PoolSize "
                + "ActiveCount TaskCount CompletedTaskCount RxBufSize TxBufSize UdpRxBufSize UdpTxBufSize OoBInline "
                + "SoKeepAlive SoLingerOn SoLingerTime SoReuseAddress SelectorTimeout TcpNoDelay Timeout UseBufferPool"
        ),
        (
            "Sender",
            "PoolSize MaxWait RxBufSize TxBufSize UdpRxBufSize UdpTxBufSize DirectBuffer Timeout KeepAliveCount "
                + "KeepAliveTime MaxRetryAttempts ThrowOnFailedAck OoBInline SoKeepAlive SoLingerOn SoLingerTime "
                + "SoReuseAddress SoTrafficClass TcpNoDelay Connected InPoolSize InUsePoolSize"
        ),
        (
            "Interceptor,interceptorName=MessageDispatchInterceptor",
            "AlwaysSend CurrentSize MaxQueueSize KeepAliveTime MaxThreads MaxSpareThreads PoolSize ActiveCount "
                + "TaskCount CompletedTaskCount OptionFlag"
        ),
        (
            "Interceptor,interceptorName=TcpFailureDetector",
            "ConnectTimeout PerformSendTest PerformReadTest ReadTestTimeout RemoveSuspectsTimeout"
        ),
        ("Interceptor,interceptorName=TcpPingInterceptor", "Interval StaticOnly UseThread"),
        (
            "Interceptor,interceptorName=GzipInterceptor",
            "Count CountCompressedTX CountCompressedRX CountUncompressedTX CountUncompressedRX SizeTX SizeRX "
                + "CompressedSizeTX CompressedSizeRX UncompressedSizeTX UncompressedSizeRX CompressionMinSize Interval "
                + "StatsEnabled OptionFlag"
        ),
        ("Interceptor,interceptorName=FragmentationInterceptor", "MaxSize Expire"),
        (
            "Interceptor,interceptorName=EncryptInterceptor",
            "EncryptionAlgorithm ReplayWindowTime ReplayWindowMessageCount OptionFlag"
        ),
        (
            "Interceptor,interceptorName=ThroughputInterceptor",
            "Interval LastCnt MbTx MbAppTx MbRx MsgTxCnt MsgRxCnt MsgTxErr RxStart TxStart TimeTx"
        ),
        ("Interceptor,interceptorName=DomainFilterInterceptor", "Domain LogInterval OptionFlag"),
        ("Interceptor,interceptorName=StaticMembershipInterceptor", "OptionFlag"),
    ]

    static let prefix = "ClusterChannel:type=Channel,channel=test-Channel,component="

    /// A started node with every interceptor that is shown, and some that are not.
    static func node(_ cluster: SimulatedCluster) throws -> SimulatedNode {
        var encryption = EncryptInterceptor.Configuration()
        encryption.encryptionKey = EncryptionKey(Array(0..<16))
        let node = cluster.node(1) { channel in
            let layers: [any ChannelInterceptor] = [
                TcpPingInterceptor(configuration: TcpPingInterceptor.Configuration()),
                GzipInterceptor(configuration: GzipInterceptor.Configuration()),
                FragmentationInterceptor(configuration: FragmentationInterceptor.Configuration()),
                EncryptInterceptor(configuration: encryption),
                OrderInterceptor(configuration: OrderInterceptor.Configuration()),
                ThroughputInterceptor(configuration: ThroughputInterceptor.Configuration()),
                DomainFilterInterceptor(configuration: DomainFilterInterceptor.Configuration()),
            ]
            for layer in layers + GroupChannel.defaultInterceptors() { channel.add(layer) }
            channel.add(StaticMembershipInterceptor(configuration: StaticMembershipInterceptor.Configuration()))
        }
        try node.start()
        cluster.run(.seconds(3))
        return node
    }

    @Test("each part has the attributes of its Java interface", arguments: parts)
    func attributes(component: String, names: String) async throws {
        let node = try Self.node(SimulatedCluster())
        let registry = BeanRegistry()
        node.channel.registerBeans(in: registry)
        let bean = try await registry.bean(named: Self.prefix + component)
        let shown = Set(bean.attributes.map(\.name))
        #expect(names.split(separator: " ").map(String.init).filter { !shown.contains($0) } == [])
        #expect(shown.allSatisfy { $0.first?.isUppercase == true || $0 == "modelerType" })
        #expect(shown.count == bean.attributes.count)
        for name in shown { #expect(throws: Never.self) { try bean.get(name) } }
    }

    @Test("values are those of the running channel, and the key is shown to nobody")
    func values() async throws {
        let cluster = SimulatedCluster()
        let node = try Self.node(cluster)
        let registry = BeanRegistry()
        node.channel.registerBeans(in: registry)
        #expect(registry.count == Self.parts.count)
        let receiver = try await registry.bean(named: Self.prefix + "Receiver")
        #expect(try receiver.get("Port").text == "4000")
        #expect(try receiver.get("Address").text == "10.0.0.1")
        #expect(try receiver.get("Listening").text == "true")
        let membership = try await registry.bean(named: Self.prefix + "Membership")
        #expect(try membership.get("LocalMemberName").text == "tcp://{10, 0, 0, 1}:4000")
        #expect(try await membership.invoke("hasMembers").text == "false")
        let other = cluster.node(2)
        try other.start()
        cluster.run(.seconds(6))
        #expect(try membership.get("MembersByName").text == "[tcp://{10, 0, 0, 2}:4000]")
        #expect(try await membership.invoke("findMemberByName", ["tcp://{10, 0, 0, 2}:4000"]).text != "null")
        let name = Self.prefix + "Interceptor,interceptorName=EncryptInterceptor"
        #expect(try await !registry.bean(named: name).attributes.contains { $0.name == "EncryptionKey" })
        node.channel.unregisterBeans(from: registry)
        #expect(registry.count == 0)
    }

    @Test("attributes that may change while the channel runs can be set, others cannot")
    func settings() async throws {
        let node = try Self.node(SimulatedCluster())
        let registry = BeanRegistry()
        node.channel.registerBeans(in: registry)
        let sender = try await registry.bean(named: Self.prefix + "Sender")
        try sender.set("Timeout", to: "1234")
        #expect((node.channel.sender as? ReplicationTransmitter)?.transport.configuration.timeout == 1234)
        let receiver = try await registry.bean(named: Self.prefix + "Receiver")
        #expect(throws: BeanError.self) { try receiver.set("Port", to: "1") }
    }

    @Test("jmxEnabled, jmxDomain and jmxPrefix say whether and under which names")
    func names() async throws {
        let cluster = SimulatedCluster()
        let node = cluster.node(1)
        try node.start()
        cluster.run(.seconds(3))
        let registry = BeanRegistry()
        try node.channel.reconfigure { $0.jmxEnabled = false }
        node.channel.registerBeans(in: registry)
        #expect(registry.count == 0)
        try node.channel.reconfigure { configuration in
            configuration.jmxEnabled = true
            configuration.jmxDomain = "Mine"
            configuration.jmxPrefix = "group=a,"
        }
        node.channel.registerBeans(in: registry)
        #expect(registry.count == 6)
        _ = try await registry.bean(named: "Mine:group=a,type=Channel,channel=test-Channel,component=Sender")
    }
}
