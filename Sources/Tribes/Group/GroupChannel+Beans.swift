import Logging
package import Modeler
import Synchronization

/// The channel and its parts as the management sees them.
///
/// Object names: `ClusterChannel:type=Channel,channel=NAME,component=Channel`, and so on for `Membership`,
/// `Receiver`, `Sender` and each interceptor that has attributes to show.
extension GroupChannel: ChannelPart {
    package static let beanInfo = BeanInfo<GroupChannel>.part(
        type: "Channel",
        writable: ["heartbeat", "heartbeatSleeptime", "optionCheck"],
        hidden: ["jmxEnabled", "jmxDomain", "jmxPrefix", "name"],
        [
            .list("Members", "The other members, the oldest first") { $0.members.map(\.name) },
            .gauge("MemberCount", "Their number") { $0.members.count },
            .text("LocalMember", "This node") { $0.localMember?.name },
            .gauge("PostedSize", "Bytes of messages that wait for the channel's thread") {
                $0.outbox.withLock { $0.backlog.bytes }
            },
            .counter("OverflowCount", "Messages refused: too much waited for the channel's thread") {
                $0.outbox.withLock { $0.backlog.refused }
            },
        ],
        operations: [
            ManagedOperation("hasMembers", "Whether there is another member") { channel, _ in channel.hasMembers },
            ManagedOperation("getLocalMember", takes: ["incAlive"], "This node") { channel, _ in
                channel.localMember?.name
            },
            ManagedOperation("start", takes: ["svc"], "Starts parts of the channel, named by bits") {
                channel,
                arguments in try await channel.start(try arguments.value(0, as: StartLevels.self))
            },
            ManagedOperation("stop", takes: ["svc"], "Stops parts of the channel, named by bits") {
                channel,
                arguments in try await channel.stop(try arguments.value(0, as: StartLevels.self))
            },
        ]
    )

    /// Shows the channel and its parts; to be called once it was started, since defaults are not there before.
    ///
    /// A channel with `jmxEnabled="false"` shows nothing.
    package func registerBeans(in registry: BeanRegistry) {
        guard self.configuration.jmxEnabled else { return }
        self.register("Channel", in: registry) { [self] in RegisteredBean(part: self, as: $0) }
        let parts = self.parts.withLock { ($0.receiver, $0.sender, $0.membership, $0.interceptors) }
        if let receiver = parts.0 as? NioReceiver {
            self.register("Receiver", in: registry) { RegisteredBean(part: receiver, as: $0) }
        }
        if let transmitter = parts.1 as? ReplicationTransmitter {
            self.register("Sender", in: registry) { RegisteredBean(part: transmitter.transport, as: $0) }
        }
        if let service = parts.2 as? any ShownMembershipService {
            self.register("Membership", in: registry) { [self] in service.registeredBean(as: $0, in: self) }
        }
        for case let interceptor as any ManagedInterceptor in parts.3 {
            let component = "Interceptor,interceptorName=\(interceptor.interceptorName)"
            self.register(component, in: registry) { interceptor.registeredBean(as: $0) }
        }
    }

    /// Takes back what ``registerBeans(in:)`` showed.
    package func unregisterBeans(from registry: BeanRegistry) {
        if let pattern = self.objectName("*") { registry.unregister(matching: pattern) }
        if let pattern = self.objectName("*,interceptorName=*") { registry.unregister(matching: pattern) }
    }

    private func register(
        _ component: String,
        in registry: BeanRegistry,
        _ make: @escaping @Sendable (ObjectName) -> RegisteredBean
    ) {
        guard let name = self.objectName(component) else { return }
        registry.register(name) { make(name) }
    }

    /// `ClusterChannel:type=Channel,channel=localhost-Channel,component=Receiver`.
    private func objectName(_ component: String) -> ObjectName? {
        let configuration = self.configuration
        let channel = ObjectName.quoteIfNeeded(self.name)
        let text =
            "\(configuration.jmxDomain):\(configuration.jmxPrefix)type=Channel,channel=\(channel),component=\(component)"
        do {
            return try ObjectName(text)
        } catch {
            self.log.warning(
                "The channel is not shown: jmxDomain and jmxPrefix make no object name",
                metadata: ["name": "\(text)"]
            )
            return nil
        }
    }
}

extension RegisteredBean {
    /// A bean with the Java names of a part's attributes and no others.
    init(part: some ManagedBean, as name: ObjectName) {
        self.init(part, as: name)
    }
}
