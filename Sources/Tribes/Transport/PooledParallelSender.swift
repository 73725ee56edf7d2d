import Logging
import Modeler
import NIOCore
import Synchronization

/// Brings each message to all of its destinations at once, over connections that it keeps.
///
/// Per destination there is one connection that keeps order, for messages that nobody waits for, and a pool
/// for the others; differs from Tomcat in that order, which its pool does not keep, and in that a message
/// refused by the receiving application is not sent a second time.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.transport.nio.PooledParallelSender`.
package final class PooledParallelSender: ConfigurableComponent, Sendable {
    /// What went out, since the sender was made.
    package struct Statistics: Sendable, Equatable {
        package var messages: Int64 = 0
        package var bytes: Int64 = 0
        /// Messages that some member did not get.
        package var failures: Int64 = 0
        /// Messages refused because a member's queue was full.
        package var overflows: Int64 = 0
        package var destinations = 0
        /// Bytes that wait for members.
        package var queuedBytes = 0
        package var inPoolSize = 0
        package var inUsePoolSize = 0

        mutating func add(_ other: Statistics) {
            self.messages += other.messages
            self.bytes += other.bytes
            self.failures += other.failures
            self.overflows += other.overflows
            self.destinations = max(self.destinations, other.destinations)
            self.queuedBytes += other.queuedBytes
            self.inPoolSize += other.inPoolSize
            self.inUsePoolSize += other.inUsePoolSize
        }
    }

    private struct State {
        var environment: ChannelEnvironment?
        var members: [Member: MemberSender] = [:]
        var record = SenderRecord()
        /// Members that left and still have messages under way.
        var departed: Set<Member> = []
        var datagrams: DatagramSender?
        var sweeper: Scheduled<Void>?
    }

    /// A sender for messages of another event loop, with connections there.
    struct Lane: Sendable {
        let sender: PooledParallelSender
        let loop: ChannelLoop

        func send(_ message: ChannelMessage, to destinations: [Member]) -> EventLoopFuture<Void> {
            self.sender.send(message, to: destinations, loop: self.loop)
        }

        /// Has the lane's loop do something later.
        func later(_ body: @escaping @Sendable (PooledParallelSender, ChannelLoop) -> Void) {
            self.loop.eventLoop.execute { body(self.sender, self.loop) }
        }
    }

    /// What new lanes are made of, and those there are; nil while the channel's sender is not started.
    private struct Lanes {
        let environment: ChannelEnvironment
        var byLoop: [ObjectIdentifier: Lane] = [:]
    }

    private let settings: Mutex<Configuration>
    private let counts = Mutex(Statistics())
    private let state = LoopConfined(State())
    private let lanes = Mutex<Lanes?>(nil)
    private let log = Logger(label: "org.apache.catalina.tribes.transport.nio.PooledParallelSender")

    package init(configuration: Configuration) {
        self.settings = Mutex(configuration)
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package var statistics: Statistics {
        self.openLanes.reduce(into: self.counts.withLock { $0 }) { $0.add($1.sender.statistics) }
    }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        let configuration = try self.settings.withLock { settings in
            try change(&settings)
            return settings
        }
        for lane in self.openLanes { lane.sender.settings.withLock { $0 = configuration } }
    }

    func start(in environment: ChannelEnvironment) -> EventLoopFuture<Void> {
        self.state[environment.loop].environment = environment
        if environment.network.takesAnyLoop { self.lanes.withLock { $0 = Lanes(environment: environment) } }
        return environment.loop.succeeded()
    }

    /// The sender of another event loop; nil if there can be none.
    ///
    /// Isolation: that event loop.
    func lane(on eventLoop: any EventLoop) -> Lane? {
        let key = ObjectIdentifier(eventLoop)
        return self.lanes.withLock { lanes in
            if let lane = lanes?.byLoop[key] { return lane }
            guard let environment = lanes?.environment else { return nil }
            let new = Lane(
                sender: PooledParallelSender(configuration: self.configuration),
                loop: environment.loop.beside(eventLoop)
            )
            new.sender.open(environment.moved(to: new.loop))
            lanes?.byLoop[key] = new
            return new
        }
    }

    private func open(_ environment: ChannelEnvironment) { self.state[environment.loop].environment = environment }

    private var openLanes: [Lane] { self.lanes.withLock { $0.map { Array($0.byLoop.values) } ?? [] } }

    /// Stops this sender and those of other loops.
    func stop(_ loop: ChannelLoop) -> EventLoopFuture<Void> {
        let lanes = self.lanes.withLock { lanes in
            defer { lanes = nil }
            return lanes.map { Array($0.byLoop.values) } ?? []
        }
        let stopping = lanes.map { lane in
            lane.loop.eventLoop.flatSubmit { lane.sender.stopAlone(lane.loop) }.hop(to: loop.eventLoop)
        }
        return EventLoopFuture.andAllSucceed(stopping + [self.stopAlone(loop)], on: loop.eventLoop)
    }

    private func stopAlone(_ loop: ChannelLoop) -> EventLoopFuture<Void> {
        let state = self.state[loop]
        self.state[loop] = State()
        state.sweeper?.cancel()
        let error = ChannelError(.stopped, "The channel was stopped")
        for sender in state.members.values { sender.stop(error) }
        return state.datagrams?.stop(error) ?? loop.succeeded()
    }

    func send(_ message: ChannelMessage, to destinations: [Member], loop: ChannelLoop) -> EventLoopFuture<Void> {
        guard let environment = self.state[loop].environment else {
            return loop.failed(ChannelError(.notStarted, "The sender is not started"))
        }
        let package = ChannelData.encode(message, sender: self.state[loop].record.of(message.sender))
        self.counts.withLock { counts in
            counts.messages += Int64(destinations.count)
            counts.bytes += Int64(package.readableBytes * destinations.count)
        }
        let fanOut = FanOut(of: self, to: destinations, loop: loop)
        for place in destinations.indices {
            if message.options.contains(.udp), destinations[place].udpPort > 0 {
                let sender = self.datagrams(environment)
                sender.send(package, options: message.options, for: fanOut.destination(place))
            } else {
                let sender = self.sender(for: destinations[place], environment)
                sender.send(package, options: message.options, for: fanOut.destination(place))
            }
        }
        self.startSweeper(loop)
        return fanOut.result
    }

    /// Forgets a member as soon as nothing is under way to it: a suspicion may be wrong.
    func remove(_ member: Member, loop: ChannelLoop) {
        for lane in self.openLanes { lane.later { $0.remove(member, loop: $1) } }
        guard self.state[loop].members[member] != nil else { return }
        self.state[loop].departed.insert(member)
        self.dropDeparted(loop)
    }

    /// Forgets a member at once; what is under way to it fails.
    func abandon(_ member: Member, loop: ChannelLoop) {
        for lane in self.openLanes { lane.later { $0.abandon(member, loop: $1) } }
        self.state[loop].departed.remove(member)
        self.state[loop].members.removeValue(forKey: member)?.stop(ChannelError(.sendFailed, "The member was lost"))
    }

    func heartbeat(_ loop: ChannelLoop) {
        for lane in self.openLanes { lane.later { $0.heartbeat($1) } }
        let now = loop.now
        for sender in Array(self.state[loop].members.values) { sender.sweep(now) }
        self.dropDeparted(loop)
        self.renewCounts(loop)
    }

    private func dropDeparted(_ loop: ChannelLoop) {
        for member in self.state[loop].departed where self.state[loop].members[member]?.isIdle ?? true {
            self.state[loop].departed.remove(member)
            self.state[loop].members.removeValue(forKey: member)?.stop(ChannelError(.sendFailed, "The member left"))
        }
    }

    private func sender(for member: Member, _ environment: ChannelEnvironment) -> MemberSender {
        let loop = environment.loop
        if let sender = self.state[loop].members[member] {
            if !self.state[loop].departed.isEmpty { self.state[loop].departed.remove(member) }
            return sender
        }
        let configuration = self.configuration
        let sender = MemberSender(
            settings: configuration.connectionSettings(to: member),
            limits: MemberSender.Limits(
                poolSize: configuration.poolSize,
                poolWait: .milliseconds(configuration.maxWait),
                laneBytesMaximum: configuration.maximumQueueSize
            ),
            environment: environment
        )
        sender.whenDoubted { environment.doubts(member) }
        self.state[loop].members[member] = sender
        return sender
    }

    private func datagrams(_ environment: ChannelEnvironment) -> DatagramSender {
        if let sender = self.state[environment.loop].datagrams { return sender }
        let configuration = self.configuration
        let sender = DatagramSender(
            environment: environment,
            timeout: .milliseconds(configuration.timeout),
            retriesMaximum: configuration.maxRetryAttempts
        )
        self.state[environment.loop].datagrams = sender
        return sender
    }

    /// Counts a message that a member did not get.
    func failed(_ error: any Error) {
        let isOverflow = (error as? ChannelError)?.code == .queueFull
        let overflows = self.counts.withLock { counts in
            counts.failures += 1
            counts.overflows += isOverflow ? 1 : 0
            return counts.overflows
        }
        guard isOverflow, overflows == 1 || overflows.isMultiple(of: 1000) else { return }
        self.log.warning("A member's queue is full, messages to it are lost", metadata: ["lost": "\(overflows)"])
    }

    /// A message of another event loop's sender did not get through.
    func sendFailed(_ error: ChannelError, loop: ChannelLoop) {
        guard let environment = self.state[loop].environment, environment.isBeside else { return }
        environment.failed(error)
    }

    /// Looks for what is overdue as long as anything is under way: one timer for all messages.
    private func startSweeper(_ loop: ChannelLoop) {
        guard self.state[loop].sweeper == nil else { return }
        let interval = TimeAmount.milliseconds(max(10, self.configuration.timeout / 12))
        self.state[loop].sweeper = loop.schedule(after: interval) { [weak self] in
            guard let self else { return }
            self.state[loop].sweeper = nil
            let now = loop.now
            let senders = Array(self.state[loop].members.values)
            for sender in senders { sender.sweep(now) }
            if senders.contains(where: { !$0.isIdle }) { self.startSweeper(loop) }
        }
    }

    private func renewCounts(_ loop: ChannelLoop) {
        let senders = self.state[loop].members.values
        let use = senders.map(\.poolUse)
        let queued = senders.reduce(0) { $0 + $1.laneBytes }
        self.counts.withLock { counts in
            counts.destinations = senders.count
            counts.queuedBytes = queued
            counts.inUsePoolSize = use.reduce(0) { $0 + $1.busy }
            counts.inPoolSize = use.reduce(0) { $0 + $1.all - $1.busy }
        }
    }
}
