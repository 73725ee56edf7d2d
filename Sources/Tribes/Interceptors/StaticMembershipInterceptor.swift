import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Adds members that an operator lists to those that the membership service finds.
///
/// It stands below a ``TcpFailureDetector``, which says whether a listed member can be reached; without
/// one every listed member always seems to be there. Where no membership service listens, a frame of
/// somebody who is not listed closes its connection: neither the sender nor its address is that of a member.
/// Isolation: channel loop; members are added before the start.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.StaticMembershipInterceptor`; differs
/// from it in: the start waits until the listed members are probed, so that what starts next sees them.
package final class StaticMembershipInterceptor: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<StaticMembershipInterceptor>(
        className: "org.apache.catalina.tribes.group.interceptors.StaticMembershipInterceptor",
        kind: .interceptor,
        "Adds members that are listed below it",
        defaults: Configuration(),
        attributes: [.optionFlag]
    )

    /// The bodies by which a listed member says that it is there, and that it leaves.
    package static let startNotice = [UInt8]("Local StaticMember Notification Data".utf8)
    package static let stopNotice = [UInt8]("Local StaticMember Shutdown Data".utf8)
    /// Senders that are no members and are remembered so that the log names each of them once.
    package static let reportedMaximum = 64

    private struct Listed {
        var members: [Member] = []
        var local: Member?
    }

    private struct State {
        /// Whether nobody but the listed members can be in the group.
        var isClosed = false
        var reported: Set<Endpoint> = []
    }

    package let settings: InterceptorSettings<Configuration>
    private let listed = Mutex(Listed())
    private let state = LoopConfined(State())

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    // MARK: Configuration

    /// Lists a member.
    package func add(_ member: StaticMember) {
        self.listed.withLock { listed in
            if !listed.members.contains(member.member) { listed.members.append(member.member) }
        }
    }

    /// Says how this node is listed by the others; address and port are those of the receiver.
    package func setLocalMember(_ member: StaticMember) {
        self.listed.withLock { $0.local = member.member }
    }

    /// The listed members without this node.
    package func staticMembers(context: InterceptorContext) -> [Member] {
        let local = self.localMember(context: context)
        return self.listed.withLock { $0.members }.filter { $0 != local }
    }

    // MARK: ChannelInterceptor

    package func members(context: InterceptorContext) -> [Member] {
        let listed = self.staticMembers(context: context)
        guard !listed.isEmpty else { return context.members }
        return AbsoluteOrder.sorted(context.members.filter { !listed.contains($0) } + listed)
    }

    package func localMember(context: InterceptorContext) -> Member? {
        guard let bound = context.localMember else { return nil }
        guard var local = self.listed.withLock({ $0.local }) else { return bound }
        local.host = bound.host
        local.port = bound.port
        local.securePort = bound.securePort
        local.udpPort = bound.udpPort
        local.aliveTime = bound.aliveTime
        return local
    }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.state[context].isClosed = !levels.contains(.membershipReceive)
        let transport = levels.intersection([.receiver, .sender])
        return context.start(transport).flatMap {
            self.warnOfMissingLayers(context)
            return levels.contains(.sender) ? self.announceMembers(context) : context.loop.succeeded()
        }.flatMap {
            context.start(levels.subtracting(transport))
        }
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        let members = context.membersOfChannel
        guard levels.contains(.sender), !members.isEmpty else { return context.stop(levels) }
        return self.notify(members, Self.stopNotice, context: context).thenAlways { context.stop(levels) }
    }

    package func passes(_ options: SendOptions) -> Bool { true }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        try self.requireMember(message.sender, context: context)
        if message.hasBody(Self.startNotice) {
            guard let member = self.listed(message.sender) else { return }
            context.signsOfLife.started(member)
            context.fireMemberAdded(member)
        } else if message.hasBody(Self.stopNotice) {
            guard var member = self.listed(message.sender) else { return }
            member.command = Member.shutdownCommand
            context.fireMemberDisappeared(member)
        } else {
            try context.fireMessageReceived(message)
        }
    }

    // MARK: Steps

    private func listed(_ sender: Member) -> Member? {
        self.listed.withLock { $0.members.first { $0 == sender } }
    }

    /// A member whose id differs from the listed one is let through by its address, as Tomcat's own is that
    /// has no `LocalMember`.
    private func requireMember(_ sender: Member, context: InterceptorContext) throws {
        guard self.state[context].isClosed else { return }
        let listed = self.listed.withLock { $0.members }
        if listed.contains(sender) { return }
        let endpoint = sender.endpoint
        let members = listed + context.members
        if members.isEmpty || members.contains(where: { $0 == sender || $0.endpoint == endpoint }) { return }
        if self.state[context].reported.count < Self.reportedMaximum,
            self.state[context].reported.insert(endpoint).inserted
        {
            self.log(context).warning(
                "Connection closed: the sender is not listed as a member; add a Member element with its address",
                metadata: ["member": "\(sender)"]
            )
        }
        throw ChannelError(.unknownSender, "The sender [\(sender.name)] is no member")
    }

    private func announceMembers(_ context: InterceptorContext) -> EventLoopFuture<Void> {
        let detector = context.firstAbove(TcpFailureDetector.self)
        let announced = self.staticMembers(context: context).map { member in
            context.fireMemberAdded(member)
            let verified = detector.map { $0.layer.verified(member, context: $0.context) } ?? context.loop.succeeded()
            return verified.flatMap {
                context.membersOfChannel.contains(member)
                    ? self.notify([member], Self.startNotice, context: context) : context.loop.succeeded()
            }
        }
        return EventLoopFuture.andAllComplete(announced, on: context.loop.eventLoop)
    }

    /// Sends a notice; that it does not arrive is said in the log and does not fail.
    private func notify(_ members: [Member], _ notice: [UInt8], context: InterceptorContext) -> EventLoopFuture<Void> {
        guard let message = context.makeMessage(self.optionFlag, body: ByteBuffer(bytes: notice)) else {
            return context.loop.succeeded()
        }
        return context.send(message, to: members).flatMapErrorThrowing { error in
            self.log(context).warning(
                "Local member notification failed.",
                metadata: ["members": "\(members.map(\.name))", "error": "\(error)"]
            )
        }
    }

    private func warnOfMissingLayers(_ context: InterceptorContext) {
        guard !self.listed.withLock({ $0.members.isEmpty }) else { return }
        if context.firstAbove(TcpFailureDetector.self) == nil {
            self.log(context).warning(
                """
                There is no TcpFailureDetector. Automatic detection of static members does not work properly. \
                By defining the StaticMembershipInterceptor under the TcpFailureDetector, automatic detection of \
                the static members will work.
                """
            )
        }
        if context.firstAbove(TcpPingInterceptor.self) == nil {
            self.log(context).warning(
                """
                There is no TcpPingInterceptor. The health check of static members does not work properly. \
                By defining the TcpPingInterceptor, the health check of static members will work.
                """
            )
        }
    }

    private func log(_ context: InterceptorContext) -> Logger {
        context.logger("group.interceptors.StaticMembershipInterceptor")
    }
}

extension StaticMembershipInterceptor: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<StaticMembershipInterceptor>.interceptor(
        [
            .list("StaticMembers", "The listed members") { interceptor in
                interceptor.listed.withLock { $0.members.map(\.name) }
            }
        ]
    )
}
