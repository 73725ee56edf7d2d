package import JavaSerialization
import Logging
import Modeler
package import NIOCore
import Synchronization

/// Finds the members among those that an operator lists, by asking each of them.
///
/// Nodes say over the channel itself that they start, are there, or leave; peers need the same channel name.
/// A node that another one lists is taken even if it is not listed here, as by Tomcat.
/// Isolation: channel loop; members are added before the start.
/// Tomcat counterpart: `org.apache.catalina.tribes.membership.StaticMembershipService`,
/// `StaticMembershipProvider`; differs from it in: one round of questions ends before the next begins.
package final class StaticMembershipService: ChannelMembershipService, ConfigurableComponent {
    private struct Listed {
        var members: [Member] = []
        var local: Member?
        weak var channel: GroupChannel?
    }

    private struct State {
        var levels: StartLevels = []
        var table = MembershipTable()
        var local: Member?
        var startTime = NIODeadline.uptimeNanoseconds(0)
        var rpc: RpcChannel?
        var timer: RepeatedTask?
        var isAsking = false
    }

    private let settings: Mutex<Configuration>
    private let listed = Mutex(Listed())
    private let state = LoopConfined(State())
    private let attachment = MembershipAttachment()
    private let log = Logger(label: "org.apache.catalina.tribes.membership.StaticMembershipService")

    package init(configuration: Configuration) {
        self.settings = Mutex(configuration)
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    // MARK: Configuration

    /// Lists a member.
    package func add(_ member: StaticMember) {
        self.listed.withLock { $0.members.append(member.member) }
    }

    /// Says how this node is listed by the others; address and port are those of the receiver.
    package func setLocalMember(_ member: StaticMember) {
        self.listed.withLock { $0.local = member.member }
    }

    package func attach(to channel: GroupChannel) {
        self.listed.withLock { $0.channel = channel }
    }

    package func attach(to listener: any MembershipServiceListener, environment: ChannelEnvironment) {
        self.attachment.set(listener, environment)
    }

    // MARK: MembershipService

    /// Without a `LocalMember`, this node is the listed member with the receiver's address and port.
    package func setLocalMember(at address: ReceiverAddress) {
        let loop = self.loop
        let endpoint = Endpoint(host: address.host, port: address.port)
        var local = self.listed.withLock { listed in
            listed.local ?? listed.members.first { $0.endpoint == endpoint }
        }
        local?.host = address.host
        local?.port = address.port
        local?.securePort = address.securePort
        local?.udpPort = address.udpPort
        self.state[loop].local = local
        self.state[loop].startTime = loop.now
        if local == nil { self.log.error("No listed member is this node", metadata: ["address": "\(endpoint)"]) }
    }

    package var members: [Member] { self.state[self.loop].table.members }

    package var localMember: Member? {
        guard let loop = self.attachment.environment?.loop, var member = self.state[loop].local else { return nil }
        member.aliveTime = (loop.now - self.state[loop].startTime).milliseconds
        return member
    }

    package func start(_ levels: StartLevels) -> EventLoopFuture<Void> {
        let loop = self.loop
        guard let channel = self.listed.withLock({ $0.channel }), self.state[loop].local != nil else {
            return loop.failed(
                ChannelError(
                    .cannotStart,
                    "StaticMembershipService needs a LocalMember, or a Member with the receiver's address and port"
                )
            )
        }
        self.state[loop].levels.formUnion(levels)
        guard self.state[loop].levels.isSuperset(of: .membership), self.state[loop].rpc == nil else {
            return loop.succeeded()
        }
        self.state[loop].rpc = RpcChannel(id: self.membershipID, channel: channel, callback: self)
        channel.add(self as any ChannelListener)
        let configuration = self.configuration
        if configuration.useThread, configuration.pingInterval > 0 {
            self.state[loop].timer = loop.repeat(every: .milliseconds(configuration.pingInterval)) { [weak self] in
                self?.ask(.ping)
            }
        }
        return self.ask(.start)
    }

    /// Stops; when nothing is left running, the members are told that this node leaves.
    package func stop(_ levels: StartLevels) -> EventLoopFuture<Void> {
        let loop = self.loop
        self.state[loop].levels.subtract(levels)
        guard self.state[loop].levels.isDisjoint(with: .membership), let rpc = self.state[loop].rpc else {
            return loop.succeeded()
        }
        self.state[loop].timer?.cancel()
        rpc.breakdown(loop)
        let members = self.members
        self.state[loop].rpc = nil
        self.state[loop].table.removeAll()
        guard let channel = self.listed.withLock({ $0.channel }) else { return loop.succeeded() }
        channel.remove(self as any ChannelListener)
        guard !members.isEmpty, var local = self.localMember else { return loop.succeeded() }
        local.command = Member.shutdownCommand
        let id = self.membershipID
        do {
            let sends = try self.versions.groups(of: members).map { version, members in
                let farewell = MemberMessage(.stop, member: local, membershipID: id, memberVersion: version)
                // Not asynchronous, as Tomcat's is: the sender stops next.
                return channel.submit(try .object(farewell), to: members, options: [])
            }
            return loop.all(sends).map { _ in }
                .flatMapErrorThrowing { self.log.debug("A farewell was not sent", metadata: ["error": "\($0)"]) }
        } catch {
            return loop.failed(ChannelError(wrapping: error))
        }
    }

    package func broadcast(_ message: ChannelMessage) -> EventLoopFuture<Void> {
        self.loop.failed(ChannelError(.badMessage, "StaticMembershipService has no multicast group"))
    }

    package func heartbeat() {
        if !self.configuration.useThread { self.ask(.ping) }
    }

    // MARK: Questions

    private var loop: ChannelLoop { self.attachment.running.loop }

    /// How members write members.
    private var versions: MemberVersions {
        self.listed.withLock { $0.channel }?.memberVersions[self.loop] ?? MemberVersions()
    }

    private func noteVersion(_ message: MemberMessage, of sender: Member) {
        self.listed.withLock { $0.channel }?.changeVersions(self.loop) { $0.note(message.memberVersion, of: sender) }
    }

    /// The same on all nodes of the group: it follows from the channel's name.
    private var membershipID: [UInt8] {
        DecimalBytes.domain((self.attachment.environment?.channelName ?? "") + "-StaticMembership")
    }

    /// Asks all listed members that take a connection, then forgets who was silent for too long.
    @discardableResult
    private func ask(_ kind: MemberMessage.Kind) -> EventLoopFuture<Void> {
        let loop = self.loop
        guard let environment = self.attachment.environment, let local = self.localMember, !self.state[loop].isAsking,
            self.state[loop].rpc != nil
        else { return loop.succeeded() }
        self.state[loop].isAsking = true
        let probe = MemberProbe(connectTimeout: .milliseconds(self.configuration.connectTimeout))
        let others = self.listed.withLock { $0.members }.filter { $0 != local && $0.endpoint != local.endpoint }
        let probes = others.map { member in
            environment.network.probe(member.endpoint, probe, on: loop).map { $0 ? member : nil }
        }
        return EventLoopFuture.whenAllSucceed(probes, on: loop.eventLoop)
            .flatMap { self.ask(kind, $0.compactMap { $0 }) }
            .map {
                self.state[loop].isAsking = false
                self.expire()
            }
    }

    private func ask(_ kind: MemberMessage.Kind, _ members: [Member]) -> EventLoopFuture<Void> {
        let loop = self.loop
        guard let rpc = self.state[loop].rpc, let local = self.localMember, !members.isEmpty else {
            return loop.succeeded()
        }
        let (id, timeout) = (self.membershipID, TimeAmount.milliseconds(self.configuration.rpcTimeout))
        let calls = self.versions.groups(of: members).map { version, members in
            rpc.submit(
                MemberMessage(kind, member: local, membershipID: id, memberVersion: version),
                to: members,
                mode: .allReplies,
                options: .asynchronous,
                timeout: timeout
            )
        }
        let heard: @Sendable ([RpcResponse]) -> Void = { replies in
            for reply in replies { self.heard(from: reply.message, sender: reply.source) }
        }
        return loop.all(calls, orElse: heard).map { for replies in $0 { heard(replies) } }.flatMapErrorThrowing {
            error in
            for faulty in ChannelError(wrapping: error).faultyMembers { self.lost(faulty.member) }
            self.log.debug("Not every member could be asked", metadata: ["error": "\(error)"])
        }
    }

    private func heard(from reply: JavaValue, sender: Member) {
        do {
            guard let message = try MemberMessage(reply) else { return }
            self.noteVersion(message, of: sender)
            self.heard(from: message.member)
        } catch {
            self.log.warning(
                "A reply of a member cannot be read",
                metadata: ["member": "\(sender.name)", "error": "\(error)"]
            )
        }
    }

    private func heard(from member: Member) {
        if member == self.state[self.loop].local { return }
        let isNew = self.state[self.loop].table.heard(from: member, at: self.loop.now)
        if isNew { self.attachment.listener?.memberAdded(member) }
        self.attachment.listener?.memberHeard(member)
    }

    private func lost(_ member: Member) {
        if let known = self.state[self.loop].table.remove(member) { self.attachment.listener?.memberDisappeared(known) }
    }

    private func expire() {
        let limit = TimeAmount.milliseconds(self.configuration.expirationTime)
        let expired = self.state[self.loop].table.expire(olderThan: limit, at: self.loop.now)
        for member in expired { self.attachment.listener?.memberDisappeared(member) }
    }
}

extension StaticMembershipService: RpcCallback {
    /// Takes note of who asks, and answers with this node.
    package func reply(to request: JavaValue, from sender: Member) throws -> RpcReply {
        guard let message = try MemberMessage(request), message.kind != .stop, let local = self.localMember else {
            return RpcReply(nil)
        }
        self.noteVersion(message, of: sender)
        if message.kind == .start { self.attachment.listener?.memberStarted(message.member) }
        self.heard(from: message.member)
        return RpcReply(
            MemberMessage(
                message.kind,
                member: local,
                membershipID: self.membershipID,
                memberVersion: message.memberVersion
            )
        )
    }

    /// A reply that came late is a sign of life all the same.
    package func leftOver(_ reply: JavaValue, from sender: Member) {
        self.heard(from: reply, sender: sender)
    }
}

extension StaticMembershipService: ChannelListener {
    package func accepts(_ message: ReceivedMessage) -> Bool {
        message.rpc == nil && message.object?.object?.className == MemberMessage.className
    }

    /// Only farewells come outside of the RPC channel.
    package func messageReceived(_ message: ReceivedMessage) throws {
        guard let farewell = try message.object.flatMap({ try MemberMessage($0) }), farewell.kind == .stop,
            farewell.membershipID == self.membershipID
        else { return }
        var member = farewell.member
        member.command = Member.shutdownCommand
        guard self.state[self.loop].table.remove(member) != nil else { return }
        self.attachment.listener?.memberDisappeared(member)
    }
}
