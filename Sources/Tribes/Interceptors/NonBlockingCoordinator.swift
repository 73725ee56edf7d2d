import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Lets the members agree on one view of the group and on its coordinator, by messages in a ring.
///
/// It starts every level of the channel, whatever was asked for, and needs no configuration.
/// Isolation: channel loop; the view any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.NonBlockingCoordinator`; differs from it
/// in: no thread waits for a token, and the start does not wait for a view.
package final class NonBlockingCoordinator: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<NonBlockingCoordinator>(
        className: "org.apache.catalina.tribes.group.interceptors.NonBlockingCoordinator",
        kind: .interceptor,
        "Lets the members elect a coordinator",
        defaults: Configuration(),
        attributes: [.optionFlag]
    )

    /// How long a node waits for a token before it sends one itself.
    package static let waitTime = TimeAmount.seconds(15)
    /// How long a member that only a token names has to take a connection.
    package static let probeTime = TimeAmount.seconds(1)
    /// Messages that wait while members of another are probed; those above it are refused.
    package static let pendingMaximum = 64
    /// What a body begins with that only says that its sender is alive.
    package static let aliveMark: [UInt8] = [
        0x4f, 0x87, 0xe7, 0xf1, 0xc5, 0x05, 0x40, 0x5e, 0xb3, 0x71, 0x89, 0xa8, 0x34, 0x72, 0xc8, 0xd2,
        0xee, 0x66, 0x0a, 0x22, 0x81, 0xf7, 0x47, 0x73, 0xba, 0x48, 0x9b, 0x58, 0x48, 0x84, 0x7f, 0x6f,
        0x4a, 0x4c, 0x8c, 0x32, 0x6f, 0x67, 0x41, 0x03, 0xb3, 0x33, 0xdd, 0x00, 0x77, 0x75, 0x09, 0xe6,
        0x77, 0x32, 0xb5, 0x97, 0x9a, 0x24, 0x4f, 0x25, 0xbc, 0xac, 0x85, 0x0f, 0xea, 0x93, 0x6a, 0xc9,
    ]

    private struct State {
        var election: CoordinatorElection?
        var pending = CircularBuffer<CoordinationMessage>()
        var isProbing = false
        var isStarted = false
        /// One wait at a time: for a token of others, or for the own one to come back.
        var timer: Scheduled<Void>?
    }

    package let settings: InterceptorSettings<Configuration>
    private let state = LoopConfined(State())
    private let current = Mutex<(view: [Member], isCoordinator: Bool)>(([], false))

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    /// The members of the view in their order, this node included; empty before the first view.
    package var view: [Member] { self.current.withLock { $0.view } }
    package var coordinator: Member? { self.view.first }
    package var isCoordinator: Bool { self.current.withLock { $0.isCoordinator } }

    // MARK: ChannelInterceptor

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        context.start(.all).map {
            self.state[context].isStarted = true
            self.update(context) { $0.elect(newID: context.loop.makeUniqueID()) }
        }
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.state[context].timer?.cancel()
        self.state[context] = State()
        self.current.withLock { $0 = ([], false) }
        return context.stop(levels)
    }

    package func memberAdded(_ member: Member, context: InterceptorContext) {
        guard self.prepare(context) else { return context.fireMemberAdded(member) }
        let isNew = self.state[context].election?.known.contains(member) == false
        if isNew { context.fireMemberAdded(member) }
        self.update(context) { $0.memberAdded(member, newID: context.loop.makeUniqueID()) }
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        context.fireMemberDisappeared(member)
        self.update(context) { $0.memberDisappeared(member, newID: context.loop.makeUniqueID()) }
    }

    package func members(context: InterceptorContext) -> [Member] {
        self.state[context].election?.known ?? AbsoluteOrder.sorted(context.members)
    }

    package func heartbeat(context: InterceptorContext) {
        context.heartbeat()
        guard self.state[context].isStarted, let election = self.state[context].election else { return }
        let below = context.members
        for member in election.known where !below.contains(member) {
            // Only a token named it, so nobody else finds out that it is gone.
            self.probe(member, context: context).whenSuccess { isAlive in
                if !isAlive { self.memberDisappeared(member, context: context) }
            }
        }
        self.update(context) { $0.check(newID: context.loop.makeUniqueID()) }
    }

    package func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
        if message.body.readableBytesView.starts(with: Self.aliveMark) { return }
        guard CoordinationMessage.isMessage(message.body) else { return try context.fireMessageReceived(message) }
        let coordination = try CoordinationMessage(message.body)
        guard self.prepare(context) else { return }
        guard self.state[context].pending.count < Self.pendingMaximum else {
            throw ChannelError(.queueFull, "Too many messages of elections wait for probes")
        }
        self.state[context].pending.append(coordination)
        self.processNext(context)
    }

    // MARK: Messages, one after the other

    private func processNext(_ context: InterceptorContext) {
        guard !self.state[context].isProbing, let message = self.state[context].pending.popFirst() else { return }
        let unknown = self.state[context].election?.unknown(in: message) ?? []
        guard !unknown.isEmpty else {
            self.process(message, reachable: [], context: context)
            return self.processNext(context)
        }
        self.state[context].isProbing = true
        let probes = unknown.map { member in self.probe(member, context: context).map { $0 ? member : nil } }
        EventLoopFuture.whenAllSucceed(probes, on: context.loop.eventLoop).whenSuccess { found in
            self.state[context].isProbing = false
            self.process(message, reachable: found.compactMap { $0 }, context: context)
            self.processNext(context)
        }
    }

    private func process(_ message: CoordinationMessage, reachable: [Member], context: InterceptorContext) {
        for member in reachable where self.state[context].election?.known.contains(member) == false {
            context.fireMemberAdded(member)
        }
        self.update(context) { $0.received(message, reachable: reachable, newID: context.loop.makeUniqueID()) }
    }

    private func probe(_ member: Member, context: InterceptorContext) -> EventLoopFuture<Bool> {
        context.probe(member, MemberProbe(connectTimeout: Self.probeTime))
    }

    // MARK: Acting

    /// Whether this node knows its own place, without which there is no election.
    private func prepare(_ context: InterceptorContext) -> Bool {
        if self.state[context].election != nil { return true }
        guard let local = context.localMember else { return false }
        self.state[context].election = CoordinatorElection(local: local)
        return true
    }

    private func update(
        _ context: InterceptorContext,
        _ event: (inout CoordinatorElection) -> [CoordinatorElection.Action]
    ) {
        guard self.prepare(context), var election = self.state[context].election else { return }
        let actions = event(&election)
        self.state[context].election = election
        for action in actions {
            switch action {
            case .pass(let token, let members): self.pass(token, to: members[...], context: context)
            case .confirm(let view, let members): self.send(view, to: members, context: context)
            case .wait(let id): self.wait(for: id, context: context)
            case .installed: self.install(election, context: context)
            }
        }
    }

    private func install(_ election: CoordinatorElection, context: InterceptorContext) {
        self.current.withLock { $0 = (election.view, election.isCoordinator) }
        self.log(context).debug(
            "View changed",
            metadata: ["members": "\(election.view.map(\.name))"]
        )
    }

    private func wait(for id: UniqueID, context: InterceptorContext) {
        self.state[context].timer?.cancel()
        self.state[context].timer = context.loop.schedule(after: Self.waitTime) {
            guard self.state[context].isStarted else { return }
            self.update(context) { $0.timedOut(id, newID: context.loop.makeUniqueID()) }
        }
    }

    private func pass(_ token: CoordinationMessage, to members: ArraySlice<Member>, context: InterceptorContext) {
        guard let next = members.first,
            let message = context.makeMessage(.useAck, body: token.encoded)
        else {
            self.state[context].election?.failed(token.id)
            return
        }
        context.send(message, to: [next]).whenFailure { error in
            self.log(context).debug(
                "A token goes past a member that does not take it",
                metadata: ["member": "\(next.name)", "error": "\(error)"]
            )
            self.pass(token, to: members.dropFirst(), context: context)
        }
    }

    private func send(_ view: CoordinationMessage, to members: [Member], context: InterceptorContext) {
        guard !members.isEmpty, let message = context.makeMessage(.useAck, body: view.encoded) else { return }
        context.send(message, to: members).whenFailure { error in
            self.log(context).warning("A view did not reach every member", metadata: ["error": "\(error)"])
        }
    }

    private func log(_ context: InterceptorContext) -> Logger {
        context.logger("group.interceptors.NonBlockingCoordinator")
    }
}
