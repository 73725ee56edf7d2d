import Logging
import Modeler
package import NIOCore
import Synchronization

/// Finds the members by a name that the resolver knows: each of its addresses is one.
///
/// All members listen at the same port. A member's id follows from its address, so that every node computes
/// the same. Whoever sends a message without being known joins too.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.membership.cloud.CloudMembershipService` with
/// `DNSMembershipProvider`; differs from it in: the name can be an attribute; Kubernetes' own interface is not asked.
package final class CloudMembershipService: ChannelMembershipService, ConfigurableComponent {
    private struct State {
        var levels: StartLevels = []
        var table = MembershipTable()
        var local: Member?
        var startTime = NIODeadline.uptimeNanoseconds(0)
        var isRunning = false
        var isLookingUp = false
        var hasWarned = false
    }

    private struct Channel {
        weak var channel: GroupChannel?
    }

    /// Variables that name the service, in Tomcat's order, and the name if none is set.
    private static let variables = [
        "DNS_MEMBERSHIP_SERVICE_NAME", "OPENSHIFT_KUBE_PING_NAMESPACE", "KUBERNETES_NAMESPACE",
    ]
    private static let standardName = "tomcat"
    private static let providers = ["dns", "org.apache.catalina.tribes.membership.cloud.DNSMembershipProvider"]

    private let settings: Mutex<Configuration>
    private let variable: @Sendable (String) -> String?
    private let channel = Mutex(Channel())
    private let state = LoopConfined(State())
    private let attachment = MembershipAttachment()
    private let log = Logger(label: "org.apache.catalina.tribes.membership.cloud.CloudMembershipService")

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration) { Environment[$0] }
    }

    /// A service that reads variables of the environment with `variable`.
    package init(configuration: Configuration, variable: @escaping @Sendable (String) -> String?) {
        self.settings = Mutex(configuration)
        self.variable = variable
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    /// The name whose addresses are the members.
    package var serviceName: String {
        let configured = self.configuration.dnsServiceName
        if !configured.isEmpty { return configured }
        return Self.variables.lazy.compactMap(self.variable).first { !$0.isEmpty } ?? Self.standardName
    }

    package func attach(to channel: GroupChannel) {
        self.channel.withLock { $0.channel = channel }
    }

    package func attach(to listener: any MembershipServiceListener, environment: ChannelEnvironment) {
        self.attachment.set(listener, environment)
    }

    // MARK: MembershipService

    package func setLocalMember(at address: ReceiverAddress) {
        let loop = self.loop
        var member = Self.member(host: address.host, port: address.port)
        member.securePort = address.securePort
        member.udpPort = address.udpPort
        self.state[loop].local = member
        self.state[loop].startTime = loop.now
    }

    package var members: [Member] { self.state[self.loop].table.members }

    package var localMember: Member? {
        guard let loop = self.attachment.environment?.loop, var member = self.state[loop].local else { return nil }
        member.aliveTime = (loop.now - self.state[loop].startTime).milliseconds
        return member
    }

    package func start(_ levels: StartLevels) -> EventLoopFuture<Void> {
        let loop = self.loop
        guard Self.providers.contains(self.configuration.membershipProviderClassName) else {
            return loop.failed(
                ChannelError(
                    .badConfiguration,
                    "CloudMembershipService needs membershipProviderClassName=\"dns\"; there is no other provider"
                )
            )
        }
        guard let channel = self.channel.withLock({ $0.channel }), self.state[loop].local != nil else {
            return loop.failed(
                ChannelError(.cannotStart, "The membership service needs the receiver, which is not started")
            )
        }
        self.state[loop].levels.formUnion(levels)
        guard self.state[loop].levels.isSuperset(of: .membership), !self.state[loop].isRunning else {
            return loop.succeeded()
        }
        self.state[loop].isRunning = true
        channel.add(self as any ChannelListener)
        return self.lookUp()
    }

    package func stop(_ levels: StartLevels) -> EventLoopFuture<Void> {
        let loop = self.loop
        self.state[loop].levels.subtract(levels)
        guard self.state[loop].levels.isDisjoint(with: .membership) else { return loop.succeeded() }
        self.state[loop].isRunning = false
        self.state[loop].table.removeAll()
        self.channel.withLock { $0.channel }?.remove(self as any ChannelListener)
        return loop.succeeded()
    }

    package func broadcast(_ message: ChannelMessage) -> EventLoopFuture<Void> {
        self.loop.failed(ChannelError(.badMessage, "CloudMembershipService has no multicast group"))
    }

    package func heartbeat() {
        self.lookUp().whenComplete { _ in self.expire() }
    }

    // MARK: Looking up

    private var loop: ChannelLoop { self.attachment.running.loop }

    private func lookUp() -> EventLoopFuture<Void> {
        let loop = self.loop
        guard let environment = self.attachment.environment, let local = self.state[loop].local,
            self.state[loop].isRunning, !self.state[loop].isLookingUp
        else { return loop.succeeded() }
        let name = self.serviceName
        self.state[loop].isLookingUp = true
        return environment.network.resolve(name, on: loop).map { hosts in
            self.state[loop].isLookingUp = false
            guard self.state[loop].isRunning else { return }
            if hosts.isEmpty { return self.warn(name, nil) }
            self.state[loop].hasWarned = false
            for host in hosts where host != local.host { self.heard(from: Self.member(host: host, port: local.port)) }
        }.flatMapErrorThrowing { error in
            self.state[loop].isLookingUp = false
            self.warn(name, error)
        }
    }

    /// Says once, until it works again, that there are no addresses.
    private func warn(_ name: String, _ error: (any Error)?) {
        if self.state[self.loop].hasWarned { return }
        self.state[self.loop].hasWarned = true
        self.log.error(
            "The name of the cluster's members has no addresses: set dnsServiceName or DNS_MEMBERSHIP_SERVICE_NAME",
            metadata: ["name": "\(name)", "error": "\(error.map { "\($0)" } ?? "none")"]
        )
    }

    private static func member(host: [UInt8], port: Int) -> Member {
        var member = Member(host: host, port: port, uniqueID: UniqueID(digestOf: HostAddress.javaText(host)))
        member.aliveTime = -1
        return member
    }

    private func heard(from member: Member) {
        if member == self.state[self.loop].local { return }
        let isNew = self.state[self.loop].table.heard(from: member, at: self.loop.now)
        if isNew { self.attachment.listener?.memberAdded(member) }
    }

    private func expire() {
        let limit = TimeAmount.milliseconds(self.configuration.expirationTime)
        let expired = self.state[self.loop].table.expire(olderThan: limit, at: self.loop.now)
        for member in expired { self.attachment.listener?.memberDisappeared(member) }
    }
}

extension CloudMembershipService: ChannelListener {
    /// Takes note of the sender, and leaves the message to others.
    package func accepts(_ message: ReceivedMessage) -> Bool {
        let (sender, loop) = (message.sender, self.loop)
        if self.state[loop].isRunning, !self.state[loop].table.contains(sender) { self.heard(from: sender) }
        return false
    }

    package func messageReceived(_ message: ReceivedMessage) {}
}
