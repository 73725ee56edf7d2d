package import NIOCore
package import NIOEmbedded
import Synchronization
import TestSupport
package import Tribes

/// Several channels in one process on one embedded loop and one network in memory.
///
/// Time passes when a test lets it: ``run(_:)``.
package final class SimulatedCluster: Sendable {
    package let eventLoop: EmbeddedEventLoop
    package let network: EmbeddedNetwork
    private let epoch: Int64 = 1_700_000_000_000

    package init(seed: UInt64 = 1) {
        self.eventLoop = EmbeddedEventLoop()
        self.network = EmbeddedNetwork(loop: self.eventLoop, seed: seed)
    }

    /// A node at 10.0.0.`number`, not started; its wall clock is `skew` milliseconds off.
    package func node(_ number: UInt8, skew: Int64 = 0, _ configure: (GroupChannel) -> Void = { _ in }) -> SimulatedNode
    {
        let host: [UInt8] = [10, 0, 0, number]
        let (eventLoop, epoch) = (self.eventLoop, self.epoch)
        let loop = ChannelLoop(
            eventLoop: eventLoop,
            clock: { epoch + skew + Int64(eventLoop.now.uptimeNanoseconds / 1_000_000) },
            generator: SeededGenerator(seed: UInt64(number) &* 0x1234_5678_9abc_def1)
        )
        let channel = GroupChannel(configuration: GroupChannel.Configuration())
        channel.name = "test-Channel"
        configure(channel)
        channel.setRuntime(ChannelRuntime(loop: loop, network: self.network.node(host)))
        return SimulatedNode(channel: channel, loop: loop, host: host)
    }

    /// Lets this much time pass.
    package func run(_ time: TimeAmount) {
        self.eventLoop.advanceTime(by: time)
    }
}

/// One node of a simulated cluster, with everything that its application was told.
package final class SimulatedNode: ChannelListener, MembershipListener, Sendable {
    package enum Event: Sendable, Equatable {
        case added(Member)
        case disappeared(Member)
    }

    private struct State {
        var received: [ReceivedMessage] = []
        var events: [Event] = []
        var refusal: (any Error)?
    }

    package let channel: GroupChannel
    package let loop: ChannelLoop
    package let host: [UInt8]
    private let state = Mutex(State())

    init(channel: GroupChannel, loop: ChannelLoop, host: [UInt8]) {
        self.channel = channel
        self.loop = loop
        self.host = host
        channel.add(self as any ChannelListener)
        channel.add(self as any MembershipListener)
    }

    package var received: [ReceivedMessage] { self.state.withLock { $0.received } }
    package var events: [Event] { self.state.withLock { $0.events } }
    /// The bodies received, in order.
    package var bodies: [[UInt8]] { self.received.compactMap(\.rawBytes) }

    package func refuse(with error: (any Error)?) {
        self.state.withLock { $0.refusal = error }
    }

    package func clear() {
        self.state.withLock { $0 = State() }
    }

    /// Starts on the loop; the result is there once enough time has passed.
    @discardableResult
    package func start(_ levels: StartLevels = .all) throws -> Outcome<Void> {
        let chain = try self.channel.assemble()
        return Outcome(self.channel.start(levels, chain: chain))
    }

    @discardableResult
    package func stop(_ levels: StartLevels = .all) throws -> Outcome<Void> {
        let chain = try self.channel.assemble()
        return Outcome(self.channel.stop(levels, chain: chain))
    }

    /// Sends raw bytes.
    @discardableResult
    package func send(_ bytes: [UInt8], to members: [Member], options: SendOptions = []) -> Outcome<UniqueID> {
        Outcome(self.channel.submit(.bytes(ByteBuffer(bytes: bytes)), to: members, options: options))
    }

    package func accepts(_ message: ReceivedMessage) -> Bool { true }

    package func messageReceived(_ message: ReceivedMessage) throws {
        let refusal = self.state.withLock { state in
            state.received.append(message)
            return state.refusal
        }
        if let refusal { throw refusal }
    }

    package func memberAdded(_ member: Member) { self.state.withLock { $0.events.append(.added(member)) } }
    package func memberDisappeared(_ member: Member) { self.state.withLock { $0.events.append(.disappeared(member)) } }
}

/// What became of something that takes virtual time.
package final class Outcome<Value: Sendable>: Sendable {
    private let slot = Mutex<Result<Value, any Error>?>(nil)

    package init(_ future: EventLoopFuture<Value>) {
        future.whenComplete { result in self.slot.withLock { $0 = result } }
    }

    package var result: Result<Value, any Error>? { self.slot.withLock { $0 } }

    package var isPending: Bool { self.result == nil }

    package var isSuccess: Bool {
        if case .success = self.result { true } else { false }
    }

    package var error: Tribes.ChannelError? {
        guard case .failure(let error) = self.result else { return nil }
        return Tribes.ChannelError(wrapping: error)
    }
}

extension ReceivedMessage {
    /// The body of a message that is raw bytes.
    package var rawBytes: [UInt8]? {
        guard case .bytes(let bytes) = self.content else { return nil }
        return Array(bytes.readableBytesView)
    }
}
