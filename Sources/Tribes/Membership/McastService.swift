import Logging
import Modeler
package import NIOCore
import Synchronization

/// Finds the members by multicast: every node sends its record to a group every half second.
///
/// Differs from Tomcat in: a socket that cannot be opened does not fail the start but is tried again, unless
/// recovery is switched off; one log line says what to do.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.membership.McastService`, `McastServiceImpl`.
package final class McastService: MembershipService, ConfigurableComponent {
    private struct State {
        var levels: StartLevels = []
        var table = MembershipTable()
        var local: Member?
        var startTime = NIODeadline.uptimeNanoseconds(0)
        var socket: (any DatagramSocket)?
        var sending: RepeatedTask?
        var expiring: RepeatedTask?
        var recovering: Scheduled<Void>?
        var failures = 0
        var hasWarned = false
    }

    private let settings: Mutex<Configuration>
    private let state = LoopConfined(State())
    private let attachment = MembershipAttachment()
    private let log = Logger(label: "org.apache.catalina.tribes.membership.McastService")

    package init(configuration: Configuration) {
        self.settings = Mutex(configuration)
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    package func attach(to listener: any MembershipServiceListener, environment: ChannelEnvironment) {
        self.attachment.set(listener, environment)
    }

    package func setLocalMember(at address: ReceiverAddress) {
        let loop = self.loop
        var member = Member(
            host: address.host,
            port: address.port,
            uniqueID: self.state[loop].local?.uniqueID ?? loop.makeUniqueID()
        )
        member.securePort = address.securePort
        member.udpPort = address.udpPort
        member.domain = DecimalBytes.domain(self.configuration.domain)
        self.state[loop].local = member
        self.state[loop].startTime = loop.now
    }

    package var members: [Member] { self.state[self.loop].table.members }

    package var announcesMembers: Bool { true }

    package var localMember: Member? {
        guard let environment = self.attachment.environment, var member = self.state[environment.loop].local else {
            return nil
        }
        member.aliveTime = (environment.loop.now - self.state[environment.loop].startTime).milliseconds
        return member
    }

    // MARK: Start and stop

    /// Starts listening or announcing, and waits for two heartbeats so that the members are known.
    package func start(_ levels: StartLevels) -> EventLoopFuture<Void> {
        let loop = self.loop
        guard self.state[loop].local != nil else {
            return loop.failed(
                ChannelError(.cannotStart, "The membership service needs the receiver, which is not started")
            )
        }
        let isFirst = self.state[loop].levels.isDisjoint(with: .membership)
        self.state[loop].levels.formUnion(levels)
        let ready = isFirst ? self.open() : loop.succeeded()
        return ready.flatMap {
            if levels.contains(.membershipReceive) { self.startExpiring() }
            if levels.contains(.membershipSend) { self.startSending() }
            let promise = loop.makePromise(of: Void.self)
            loop.schedule(after: .nanoseconds(2 * self.period.nanoseconds)) { promise.succeed() }
            return promise.futureResult
        }
    }

    /// Stops; when nothing is left running, the group is told that this node leaves.
    package func stop(_ levels: StartLevels) -> EventLoopFuture<Void> {
        let loop = self.loop
        self.state[loop].levels.subtract(levels)
        if levels.contains(.membershipSend) {
            self.state[loop].sending?.cancel()
            self.state[loop].sending = nil
        }
        if levels.contains(.membershipReceive) {
            self.state[loop].expiring?.cancel()
            self.state[loop].expiring = nil
        }
        guard self.state[loop].levels.isDisjoint(with: .membership) else { return loop.succeeded() }
        self.state[loop].recovering?.cancel()
        self.state[loop].recovering = nil
        self.state[loop].hasWarned = false
        self.state[loop].table.removeAll()
        guard let socket = self.state[loop].socket, var leaving = self.localMember else { return loop.succeeded() }
        self.state[loop].socket = nil
        leaving.command = Member.shutdownCommand
        return socket.send(MemberRecord.encode(leaving), to: self.group)
            .thenAlways { socket.close() }
    }

    package func broadcast(_ message: ChannelMessage) -> EventLoopFuture<Void> {
        guard let socket = self.state[self.loop].socket else {
            return self.loop.failed(ChannelError(.notStarted, "The multicast socket is not open"))
        }
        let package = ChannelData.encode(message)
        guard package.readableBytes <= DatagramSender.sizeMaximum else {
            return self.loop.failed(ChannelError(.badMessage, "The message is too large for a datagram"))
        }
        return socket.send(package, to: self.group)
    }

    // MARK: The socket

    private var loop: ChannelLoop { self.attachment.running.loop }

    private var group: Endpoint {
        let configuration = self.configuration
        return Endpoint(host: HostAddress.parse(configuration.address) ?? [228, 0, 0, 4], port: configuration.port)
    }

    private func open() -> EventLoopFuture<Void> {
        let loop = self.loop
        let opened = self.openSocket()
        return opened.map { self.state[loop].socket = $0 }.flatMapError { error in
            self.warn(error)
            guard self.configuration.recoveryEnabled else {
                return loop.failed(ChannelError(.cannotStart, "The multicast socket cannot be opened", cause: error))
            }
            self.recover()
            return loop.succeeded()
        }
    }

    private func openSocket() -> EventLoopFuture<any DatagramSocket> {
        let configuration = self.configuration
        let environment = self.attachment.running
        guard HostAddress.parse(configuration.address) != nil else {
            return self.loop.failed(
                ChannelError(.badConfiguration, "[\(configuration.address)] is no address of a multicast group")
            )
        }
        var binding = DatagramBinding(endpoint: Endpoint(host: HostAddress.any, port: configuration.port))
        binding.group = self.group.host
        binding.timeToLive = configuration.ttl
        binding.isLoopbackEnabled = !configuration.localLoopbackDisabled
        let received: @Sendable (ByteBuffer, Endpoint) -> Void = { [weak self] datagram, _ in self?.received(datagram) }
        guard let bind = configuration.bind else {
            return environment.network.openDatagrams(binding, on: self.loop, received: received)
        }
        let address = HostAddress.parse(bind).map { self.loop.eventLoop.makeSucceededFuture([$0]) }
        let chosen = binding
        return (address ?? environment.network.resolve(bind, on: self.loop)).flatMap { hosts in
            var binding = chosen
            binding.interface = hosts.first
            return environment.network.openDatagrams(binding, on: self.loop, received: received)
        }
    }

    /// Says once, until it works again, what is wrong and what helps.
    private func warn(_ error: any Error) {
        if self.state[self.loop].hasWarned { return }
        self.state[self.loop].hasWarned = true
        let configuration = self.configuration
        let remedy =
            configuration.bind.map {
                "check that the attribute bind=\"\($0)\" of <Membership> is the address of an interface of this machine"
            }
            ?? "set bind on <Membership> to the address of the interface to use, or add a route: "
            + "ip route add 224.0.0.0/4 dev INTERFACE"
        self.log.error(
            "Multicast does not work, no member will be found: \(remedy)",
            metadata: ["group": "\(self.group)", "error": "\(error)"]
        )
    }

    private func failed(_ error: any Error) {
        self.warn(error)
        self.state[self.loop].failures += 1
        let configuration = self.configuration
        guard configuration.recoveryEnabled, self.state[self.loop].failures >= configuration.recoveryCounter else {
            return
        }
        self.recover()
    }

    /// Opens the socket anew, again and again until it works.
    private func recover() {
        let loop = self.loop
        guard self.state[loop].recovering == nil else { return }
        let old = self.state[loop].socket
        self.state[loop].socket = nil
        old?.close().whenFailure { self.log.debug("Socket was not closed", metadata: ["error": "\($0)"]) }
        let pause = TimeAmount.milliseconds(self.configuration.recoverySleepTime)
        self.state[loop].recovering = loop.schedule(after: pause) { [weak self] in
            guard let self, !self.state[loop].levels.isDisjoint(with: .membership) else { return }
            self.openSocket().whenComplete { result in
                self.state[loop].recovering = nil
                switch result {
                case .failure: self.recover()
                case .success(let socket) where self.state[loop].levels.isDisjoint(with: .membership):
                    socket.close().whenFailure { self.log.debug("Socket was not closed", metadata: ["error": "\($0)"]) }
                case .success(let socket):
                    self.state[loop].socket = socket
                    self.state[loop].failures = 0
                    self.state[loop].hasWarned = false
                    self.log.info("Membership recovery was successful.")
                }
            }
        }
    }

    // MARK: Heartbeats

    /// Between two heartbeats, which a bad configuration can neither make a flood nor put off for ever.
    private var period: TimeAmount {
        .milliseconds(min(max(Self.periodMinimum, self.configuration.frequency), Self.periodMaximum))
    }

    /// Bounds of the time between two heartbeats, in milliseconds: from a hundred a second to one a day.
    private static let periodMinimum: Int64 = 10
    private static let periodMaximum: Int64 = 86_400_000

    private func startSending() {
        self.sendHeartbeat()
        let task = self.loop.repeat(every: self.period) { [weak self] in
            self?.sendHeartbeat()
            self?.expire()
        }
        self.state[self.loop].sending = task
    }

    private func startExpiring() {
        self.state[self.loop].expiring = self.loop.repeat(every: self.period) {
            [weak self] in self?.expire()
        }
    }

    private func sendHeartbeat() {
        guard let socket = self.state[self.loop].socket, let member = self.localMember else { return }
        socket.send(MemberRecord.encode(member), to: self.group).whenComplete { result in
            switch result {
            case .success: self.state[self.loop].failures = 0
            case .failure(let error): self.failed(error)
            }
        }
    }

    private func received(_ datagram: ByteBuffer) {
        guard self.state[self.loop].levels.contains(.membershipReceive) else { return }
        do {
            if MemberRecord.isRecord(datagram) {
                self.heard(from: try MemberRecord.decode(datagram))
            } else {
                try self.receivedPackage(datagram)
            }
        } catch {
            self.log.debug("Datagram to the group is no member and no message", metadata: ["error": "\(error)"])
        }
        self.expire()
    }

    private func receivedPackage(_ datagram: ByteBuffer) throws(WireError) {
        var buffer = datagram
        guard let payload = try PackageDecoder().decode(buffer: &buffer) else { throw .truncated(field: .body) }
        let message = try ChannelData.decode(payload)
        if message.sender == self.state[self.loop].local { return }
        self.attachment.listener?.messageReceived(message)
    }

    private func heard(from member: Member) {
        if member == self.state[self.loop].local { return }
        if member.isShuttingDown {
            guard self.state[self.loop].table.remove(member) != nil else { return }
            self.attachment.listener?.memberDisappeared(member)
            return
        }
        let isNew = self.state[self.loop].table.heard(from: member, at: self.loop.now)
        if isNew {
            self.removePredecessors(of: member)
            self.attachment.listener?.memberAdded(member)
        }
        self.attachment.listener?.memberHeard(member)
    }

    /// Whoever listened where a new member does is gone.
    private func removePredecessors(of member: Member) {
        for var predecessor in self.state[self.loop].table.members(at: member.endpoint) where predecessor != member {
            self.state[self.loop].table.remove(predecessor)
            predecessor.command = []
            self.attachment.listener?.memberDisappeared(predecessor)
        }
    }

    private func expire() {
        let limit = TimeAmount.milliseconds(self.configuration.dropTime)
        let lost = self.state[self.loop].table.expire(olderThan: limit, at: self.loop.now)
        for var member in lost {
            member.command = []
            self.attachment.listener?.memberDisappeared(member)
        }
    }
}
