import Logging
package import NIOCore

/// The lowest layer: it joins receiver, sender and membership service into one channel.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.ChannelCoordinator`.
package final class ChannelCoordinator: ChannelInterceptor {
    private let receiver: any ChannelReceiver
    private let sender: any ChannelSender
    private let membership: any MembershipService
    private let started = LoopConfined<StartLevels>([])
    private let reports: MembershipReports

    package init(receiver: any ChannelReceiver, sender: any ChannelSender, membership: any MembershipService) {
        self.receiver = receiver
        self.sender = sender
        self.membership = membership
        self.reports = MembershipReports(sender: sender)
    }

    /// The bits that acknowledgements and bodies need, so that no interceptor may take them.
    package var optionFlag: SendOptions { [.byteMessage, .useAck, .synchronizedAck] }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        let running = self.started[context]
        if levels.isEmpty || running == .all { return context.loop.succeeded() }
        guard !levels.isSubset(of: running) else {
            return context.loop.failed(
                ChannelError(.alreadyStarted, "Channel already started for level: [\(levels.rawValue)]")
            )
        }
        guard levels.isSubset(of: .all) else {
            return context.loop.failed(
                ChannelError(
                    .cannotStart,
                    "Invalid start level, valid levels are: 1 (receiver), 2 (sender), 4 (membership listening), "
                        + "8 (membership sending)"
                )
            )
        }
        let environment = ChannelEnvironment(
            channelName: context.channelName,
            loop: context.loop,
            network: context.chain.network,
            knows: { [weak self] in self?.knows($0, context: context) ?? true },
            doubts: { context.chain.messagesMayBeLost(to: $0) },
            failed: { error in context.loop.eventLoop.execute { context.chain.sendFailed(error) } }
        )
        if self.reports.attach(context) { self.membership.attach(to: self.reports, environment: environment) }
        let steps: [(StartLevels, () -> EventLoopFuture<Void>)] = [
            (.receiver, { self.startReceiver(in: environment, context: context) }),
            (.sender, { self.sender.start(in: environment) }),
            (.membershipReceive, { self.membership.start(.membershipReceive) }),
            (.membershipSend, { self.membership.start(.membershipSend) }),
        ]
        return self.run(steps.filter { levels.contains($0.0) && !running.contains($0.0) }, context: context) {
            self.started[context].insert($0)
        }
    }

    /// Stops in the opposite order; what fails to stop does not keep the rest running.
    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        let running = self.started[context].intersection(levels)
        let steps: [(StartLevels, () -> EventLoopFuture<Void>)] = [
            (.membershipSend, { self.membership.stop(.membershipSend) }),
            (.membershipReceive, { self.membership.stop(.membershipReceive) }),
            (.sender, { self.sender.stop() }),
            (.receiver, { self.receiver.stop() }),
        ]
        return self.run(steps.filter { running.contains($0.0) }, context: context) {
            self.started[context].remove($0)
        }
    }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        if message.options.contains(.multicast) { return self.membership.broadcast(message) }
        guard !destinations.isEmpty else {
            return context.loop.failed(ChannelError(.noDestination, "No destination given"))
        }
        guard self.started[context].contains(.sender) else {
            return context.loop.failed(
                ChannelError(
                    .notStarted,
                    "The channel's sender is not started",
                    destinations: destinations,
                    cause: ChannelError(.notStarted, "Not started")
                )
            )
        }
        return self.sender.send(message, to: destinations)
    }

    /// The sender takes messages on other loops where it can.
    package func passes(_ options: SendOptions) -> Bool { true }

    package func heartbeat(context: InterceptorContext) {
        if !self.started[context].isDisjoint(with: .membership) { self.membership.heartbeat() }
        if self.started[context].contains(.sender) { self.sender.heartbeat() }
        if self.started[context].contains(.receiver) { self.receiver.heartbeat() }
    }

    package func members(context: InterceptorContext) -> [Member] { self.membership.members }

    package func localMember(context: InterceptorContext) -> Member? { self.membership.localMember }

    /// Whether a sender is a member, or nothing tells.
    ///
    /// What is below a filter or above the membership service counts too: a member of another domain is known, and so is
    /// one that is listed, or that a failure detector reaches while heartbeats are lost.
    private func knows(_ sender: Member, context: InterceptorContext) -> Bool {
        guard self.started[context].contains(.membershipReceive), self.membership.announcesMembers else { return true }
        func isSender(_ member: Member) -> Bool { member == sender || member.endpoint == sender.endpoint }
        return self.membership.members.contains(where: isSender) || context.membersOfChannel.contains(where: isSender)
            || self.membership.localMember.map(isSender) == true
    }

    private func startReceiver(
        in environment: ChannelEnvironment,
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        self.receiver.start(in: environment) { message in
            context.signsOfLife.received(from: message.sender)
            try context.fireMessageReceived(message)
        }.map { self.membership.setLocalMember(at: $0) }
    }

    private func run(
        _ steps: [(StartLevels, () -> EventLoopFuture<Void>)],
        context: InterceptorContext,
        done: @escaping @Sendable (StartLevels) -> Void
    ) -> EventLoopFuture<Void> {
        guard let (level, step) = steps.first else { return context.loop.succeeded() }
        return step().assumeIsolated().flatMap { _ in
            done(level)
            return self.run(Array(steps.dropFirst()), context: context, done: done)
        }.nonisolated()
    }
}

/// Carries what the membership service reports to the layer above the coordinator.
///
/// Isolation: channel loop.
private final class MembershipReports: MembershipServiceListener {
    private let sender: any ChannelSender
    private let context: SetOnce<InterceptorContext>

    init(sender: any ChannelSender) {
        self.sender = sender
        self.context = SetOnce()
    }

    /// Whether this was the first time.
    func attach(_ context: InterceptorContext) -> Bool { self.context.set(context) }

    func memberAdded(_ member: Member) {
        self.context.value?.fireMemberAdded(member)
    }

    func memberHeard(_ member: Member) {
        self.context.value?.signsOfLife.heard(from: member)
    }

    func memberStarted(_ member: Member) {
        self.context.value?.signsOfLife.started(member)
    }

    func memberDisappeared(_ member: Member) {
        self.sender.remove(member)
        self.context.value?.fireMemberDisappeared(member)
    }

    func messageReceived(_ message: ChannelMessage) {
        guard let context = self.context.value else { return }
        do {
            try context.fireMessageReceived(message)
        } catch {
            context.logger("group.ChannelCoordinator").warning(
                "Error receiving message:",
                metadata: ["member": "\(message.sender.name)", "error": "\(error)"]
            )
        }
    }
}
