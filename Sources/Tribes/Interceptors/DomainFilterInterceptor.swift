import Logging
package import Modeler
import Synchronization

/// Hides the members of other domains, and drops what they send.
///
/// Isolation: channel loop; statistics any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.DomainFilterInterceptor`; differs from
/// it in: the members are those of the layer below, filtered, rather than a table of its own.
package final class DomainFilterInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// The domain of this node's part of the group; the membership service's must be the same.
        package var domain: [UInt8] = []
        /// Messages of other domains between two lines in the log.
        package var logInterval = 100

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<DomainFilterInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.DomainFilterInterceptor",
        kind: .interceptor,
        "Hides the members of other domains",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute(
                "domain",
                \.domain,
                "Text or {signed,decimal,bytes}: the domain of the members that are let through",
                show: { .string(DecimalBytes.text($0)) },
                convert: { text throws(ConversionError) in DecimalBytes.domain(text) }
            ),
            Attribute("logInterval", \.logInterval, "Messages of other domains between two lines in the log"),
        ]
    )

    package let settings: InterceptorSettings<Configuration>
    private let dropped = Mutex<Int64>(0)

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    /// Messages of other domains.
    package var droppedMessages: Int64 { self.dropped.withLock { $0 } }

    package func passes(_ options: SendOptions) -> Bool { true }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        let configuration = self.configuration
        guard message.sender.domain != configuration.domain else {
            return try context.fireMessageReceived(message)
        }
        let count = self.dropped.withLock { count in
            count += 1
            return count
        }
        guard configuration.logInterval <= 1 || count % Int64(configuration.logInterval) == 1 else { return }
        context.logger("group.interceptors.DomainFilterInterceptor").warning(
            "Received message from different cluster domain",
            metadata: ["member": "\(message.sender.name)", "messages": "\(count)"]
        )
    }

    package func memberAdded(_ member: Member, context: InterceptorContext) {
        guard self.isLetThrough(member) else {
            context.logger("group.interceptors.DomainFilterInterceptor").info(
                "Member was refused to join cluster",
                metadata: ["member": "\(member.name)", "domain": "\(DecimalBytes.text(member.domain))"]
            )
            return
        }
        context.fireMemberAdded(member)
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        if self.isLetThrough(member) { context.fireMemberDisappeared(member) }
    }

    package func members(context: InterceptorContext) -> [Member] {
        context.members.filter(self.isLetThrough)
    }

    private func isLetThrough(_ member: Member) -> Bool { member.domain == self.configuration.domain }
}

extension DomainFilterInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<DomainFilterInterceptor>.interceptor(
        writable: ["logInterval"],
        [.counter("DroppedCount", "Messages of other domains") { $0.droppedMessages }]
    )
}
