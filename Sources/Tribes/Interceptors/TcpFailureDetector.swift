import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Verifies by TCP what is reported of members, and hides those that cannot be reached.
///
/// A member that is said to have come or gone is probed: one that takes a connection is alive, whatever
/// the membership service lost. A send that failed raises the same suspicion. Interceptors that change
/// bodies stand above, as probes do not pass them.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.TcpFailureDetector`; differs from it
/// in: no thread waits for a probe.
package final class TcpFailureDetector: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []
        /// Milliseconds in which a probe must be connected.
        package var connectTimeout: Int64 = 1000
        /// Whether a probe writes a frame once it is connected.
        package var performSendTest = true
        /// Whether a probe also waits for an answer.
        package var performReadTest = false
        /// Milliseconds that it waits.
        package var readTestTimeout: Int64 = 5000
        /// Seconds for which a member is probed at every heartbeat that was reported gone and is alive; 0 and
        /// below for ever.
        package var removeSuspectsTimeout = 300

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<TcpFailureDetector>(
        className: "org.apache.catalina.tribes.group.interceptors.TcpFailureDetector",
        kind: .interceptor,
        "Verifies by TCP what is reported of members",
        defaults: Configuration(),
        attributes: [
            .optionFlag,
            Attribute("connectTimeout", \.connectTimeout, "Milliseconds in which a probe must be connected"),
            Attribute("performSendTest", \.performSendTest, "Whether a probe writes a frame"),
            Attribute("performReadTest", \.performReadTest, "Whether a probe waits for an answer"),
            Attribute("readTestTimeout", \.readTestTimeout, "Milliseconds that it waits"),
            Attribute(
                "removeSuspectsTimeout",
                \.removeSuspectsTimeout,
                "Seconds for which a member is probed again that was reported gone and is alive"
            ),
        ]
    )

    /// The body of a probe's frame.
    package static let probeBody: [UInt8] = [
        0x4f, 0xa7, 0x73, 0x48, 0x79, 0x82, 0x43, 0xc9, 0x9f, 0x6f, 0x89, 0x80, 0xa1, 0x5b, 0x07, 0x14,
        0x7d, 0xd9, 0x52, 0x5b, 0xeb, 0xf1, 0x43, 0x9a, 0xb7, 0x7e, 0xbe, 0x8f, 0x81, 0x67, 0x1e, 0xb6,
        0x37, 0x15, 0xbe, 0x87, 0x45, 0x7e, 0x4c, 0xa8, 0xbf, 0x0a, 0x4d, 0x13, 0x53, 0x38, 0x15, 0x32,
        0x55, 0xf6, 0x94, 0xb7, 0x3a, 0xfa, 0x40, 0x78, 0x91, 0x04, 0x7d, 0xd7, 0x72, 0x84, 0xc0, 0xd5,
    ]

    private struct State {
        var verification = MemberVerification()
        /// Who waits until a member is verified.
        var waiting: [Member: [EventLoopPromise<Void>]] = [:]
        /// Whether members that are there below and gone here are about to be looked for.
        var isLooking = false
    }

    /// How soon a member that was found gone is looked for while the membership still hears of it.
    private static let lookInterval = TimeAmount.milliseconds(500)

    package let settings: InterceptorSettings<Configuration>
    private let state = LoopConfined(State())
    /// The layer's place while the channel runs: the management asks for checks from other threads.
    private let place = Mutex<InterceptorContext?>(nil)

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    // MARK: ChannelInterceptor

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.place.withLock { $0 = context }
        return context.start(levels)
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        guard levels.contains(.receiver) else { return context.stop(levels) }
        self.place.withLock { $0 = nil }
        // The layers below still tell the members that this node leaves.
        return context.stop(levels).always { _ in
            let waiting = self.state[context].waiting.values.flatMap { $0 }
            self.state[context] = State()
            for promise in waiting { promise.succeed() }
        }
    }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        let sent = context.send(message, to: destinations)
        sent.whenFailure { self.sendFailed(ChannelError(wrapping: $0), context: context) }
        return sent
    }

    package func passes(_ options: SendOptions) -> Bool { true }

    package func sendFailed(_ error: ChannelError, context: InterceptorContext) {
        for faulty in error.faultyMembers where !faulty.isRemoteFailure {
            self.memberDisappeared(faulty.member, context: context)
        }
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        if self.works(on: message.options), message.hasBody(Self.probeBody) { return }
        try context.fireMessageReceived(message)
    }

    package func memberAdded(_ member: Member, context: InterceptorContext) {
        self.perform(self.state[context].verification.memberAdded(member), context: context)
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        let actions = self.state[context].verification.memberDisappeared(member)
        if actions.contains(where: { if case .probe = $0 { true } else { false } }) {
            self.log(context).info("Received memberDisappeared[\(member.name)] message. Will verify.")
        }
        self.perform(actions, context: context)
        if member.isShuttingDown { self.wakeWaiting(for: member, context: context) }
    }

    package func members(context: InterceptorContext) -> [Member] {
        self.state[context].verification.members
    }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
        self.checkMembers(isForced: false, context: context)
    }

    // MARK: For other layers

    /// Probes suspects and members that are new below, or all members.
    package func checkMembers(isForced: Bool, context: InterceptorContext) {
        let below = context.members
        let now = context.loop.now
        let actions =
            isForced
            ? self.state[context].verification.checkAll(below: below)
            : self.state[context].verification.check(below: below, at: now)
        self.perform(actions, context: context)
    }

    /// Fulfilled when no probe of the member is under way; it does not fail.
    package func verified(_ member: Member, context: InterceptorContext) -> EventLoopFuture<Void> {
        guard self.state[context].verification.isProbing(member) else { return context.loop.succeeded() }
        let promise = context.loop.makePromise(of: Void.self)
        self.state[context].waiting[member, default: []].append(promise)
        return promise.futureResult
    }

    /// Checks the members for the management.
    ///
    /// Isolation: any thread.
    func checkMembers(isForced: Bool) {
        guard let context = self.place.withLock({ $0 }) else { return }
        context.loop.eventLoop.execute { self.checkMembers(isForced: isForced, context: context) }
    }

    // MARK: Acting

    private func perform(_ actions: [MemberVerification.Action], context: InterceptorContext) {
        for action in actions {
            switch action {
            case .probe(let member, let number): self.probe(member, number: number, context: context)
            case .announceAdded(let member, let reason):
                if reason == .heartbeat {
                    self.log(context).warning("Member added, even though we weren't notified:[\(member.name)]")
                } else if reason == .addSuspect {
                    self.log(context).info("Suspect member, confirmed alive.[\(member.name)]")
                }
                context.fireMemberAdded(member)
            case .announceDisappeared(let member, let reason):
                self.logDisappeared(member, reason, context: context)
                context.fireMemberDisappeared(member)
                if reason != nil { self.lookSoon(context: context) }
            case .stillAlive(let member, let reason):
                let line =
                    reason == .disappeared
                    ? "Verification complete. Member still alive" : "Suspect member, confirmed alive."
                self.log(context).info("\(line)[\(member.name)]")
            }
        }
    }

    /// A member may be back before the membership has noticed that it was gone: then nobody tells of it.
    private func lookSoon(context: InterceptorContext) {
        guard !self.state[context].isLooking else { return }
        self.state[context].isLooking = true
        context.loop.schedule(after: Self.lookInterval) { [weak self] in
            guard let self, self.place.withLock({ $0 }) != nil else { return }
            self.state[context].isLooking = false
            let missing = self.state[context].verification.missing(of: context.members)
            guard !missing.isEmpty else { return }
            self.perform(self.state[context].verification.look(for: missing), context: context)
            self.lookSoon(context: context)
        }
    }

    private func logDisappeared(_ member: Member, _ reason: MemberVerification.Reason?, context: InterceptorContext) {
        switch reason {
        case nil: break
        case .removeSuspect, .forced: self.log(context).info("Suspect member, confirmed dead.[\(member.name)]")
        default: self.log(context).info("Verification complete. Member disappeared[\(member.name)]")
        }
    }

    private func probe(_ member: Member, number: Int, context: InterceptorContext) {
        let configuration = self.configuration
        guard !member.isShuttingDown else {
            return self.probed(member, number: number, isAlive: false, context: context)
        }
        var probe = MemberProbe(connectTimeout: .milliseconds(configuration.connectTimeout))
        if configuration.performSendTest { probe.frame = self.frame(configuration, context: context) }
        if configuration.performReadTest { probe.readTimeout = .milliseconds(configuration.readTestTimeout) }
        context.probe(member, probe).whenComplete { result in
            let isAlive = if case .success(true) = result { true } else { false }
            self.probed(member, number: number, isAlive: isAlive, context: context)
        }
    }

    private func frame(_ configuration: Configuration, context: InterceptorContext) -> ByteBuffer? {
        var options = configuration.optionFlag.union(.byteMessage)
        if configuration.performReadTest { options.insert(.useAck) }
        return context.makeMessage(options, body: ByteBuffer(bytes: Self.probeBody)).map(ChannelData.encode)
    }

    private func probed(_ member: Member, number: Int, isAlive: Bool, context: InterceptorContext) {
        let timeout = self.configuration.removeSuspectsTimeout
        let now = context.loop.now
        if isAlive { context.signsOfLife.heard(from: member) }
        let actions = self.state[context].verification.probed(
            member,
            number: number,
            isAlive: isAlive,
            at: now,
            suspectTimeout: timeout > 0 ? .seconds(Int64(timeout)) : nil
        )
        self.perform(actions, context: context)
        self.wakeWaiting(for: member, context: context)
    }

    private func wakeWaiting(for member: Member, context: InterceptorContext) {
        guard !self.state[context].verification.isProbing(member) else { return }
        let waiting = self.state[context].waiting.removeValue(forKey: member) ?? []
        for promise in waiting { promise.succeed() }
    }

    private func log(_ context: InterceptorContext) -> Logger {
        context.logger("group.interceptors.TcpFailureDetector")
    }
}

extension TcpFailureDetector: ManagedInterceptor, ChannelPart {
    package static let beanInfo = BeanInfo<TcpFailureDetector>.interceptor(
        writable: [
            "connectTimeout", "performSendTest", "performReadTest", "readTestTimeout", "removeSuspectsTimeout",
        ],
        operations: [
            ManagedOperation("checkMembers", takes: ["checkAll"], "Probes suspects, or all members") {
                detector,
                arguments in detector.checkMembers(isForced: try arguments.value(0, as: Bool.self))
            }
        ]
    )
}
