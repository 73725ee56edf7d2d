package import NIOCore
package import NIOEmbedded
import Synchronization
import TestSupport
package import Tribes

/// A chain of interceptors on an embedded loop, with nothing above and a recording layer below.
///
/// What the layers under test send is kept in ``sent`` and succeeds unless told otherwise; what they hand up
/// is kept in ``received``, ``added`` and ``disappeared``.
package final class ChainHarness: ChannelTop, Sendable {
    package struct Sent: Sendable {
        package let message: ChannelMessage
        package let destinations: [Member]
    }

    private struct State {
        var sent: [Sent] = []
        var received: [ChannelMessage] = []
        var added: [Member] = []
        var disappeared: [Member] = []
        var members: [Member] = []
        var levels: StartLevels = []
        var heartbeats = 0
        var refusal: (any Error)?
        var sendResult: (@Sendable (ChannelMessage, [Member]) -> EventLoopFuture<Void>)?
    }

    package let eventLoop: EmbeddedEventLoop
    package let loop: ChannelLoop
    package let network: EmbeddedNetwork
    package let local: Member
    private let state = Mutex(State())
    private let chainBox = Mutex<InterceptorChain?>(nil)

    /// A chain of these layers, from above to below; the wall clock starts at `epoch` milliseconds.
    package init(
        _ interceptors: [any ChannelInterceptor],
        local: Member = ChainHarness.member(1),
        epoch: Int64 = 1_700_000_000_000,
        seed: UInt64 = 1
    ) {
        let eventLoop = EmbeddedEventLoop()
        self.eventLoop = eventLoop
        self.local = local
        self.network = EmbeddedNetwork(loop: eventLoop, seed: seed)
        self.loop = ChannelLoop(
            eventLoop: eventLoop,
            clock: { epoch + Int64(eventLoop.now.uptimeNanoseconds / 1_000_000) },
            generator: SeededGenerator(seed: seed)
        )
        let chain = InterceptorChain(
            name: "test-Channel",
            loop: self.loop,
            network: self.network.node(local.host),
            interceptors: interceptors + [RecordingLayer(harness: self)],
            top: self
        )
        self.chainBox.withLock { $0 = chain }
    }

    /// Member number `number`: address 10.0.0.number, port 4000.
    package static func member(_ number: UInt8, port: Int = 4000) -> Member {
        Member(
            host: [10, 0, 0, number],
            port: port,
            uniqueID: UniqueID(high: UInt64(number), low: UInt64(port))
        )
    }

    package var chain: InterceptorChain {
        guard let chain = self.chainBox.withLock({ $0 }) else { preconditionFailure("no chain") }
        return chain
    }

    package var sent: [Sent] { self.state.withLock { $0.sent } }
    package var received: [ChannelMessage] { self.state.withLock { $0.received } }
    package var added: [Member] { self.state.withLock { $0.added } }
    package var disappeared: [Member] { self.state.withLock { $0.disappeared } }
    package var levels: StartLevels { self.state.withLock { $0.levels } }
    package var heartbeats: Int { self.state.withLock { $0.heartbeats } }

    /// The members that the layer below reports.
    package var members: [Member] {
        get { self.state.withLock { $0.members } }
        set { self.state.withLock { $0.members = newValue } }
    }

    /// Makes everything above refuse messages with this error.
    package func refuse(with error: (any Error)?) {
        self.state.withLock { $0.refusal = error }
    }

    /// Says what becomes of each message that is sent; it is recorded all the same.
    package func answerSends(
        _ answer: @escaping @Sendable (ChannelMessage, [Member]) -> EventLoopFuture<Void>
    ) {
        self.state.withLock { $0.sendResult = answer }
    }

    /// A message from the application's side, ready to be sent.
    package func makeMessage(_ body: [UInt8], options: SendOptions = [], sender: Member? = nil) -> ChannelMessage {
        ChannelMessage(
            options: options,
            timestamp: self.loop.wallClock,
            uniqueID: self.loop.makeUniqueID(),
            sender: sender ?? self.local,
            body: ByteBuffer(bytes: body)
        )
    }

    /// Sends from above.
    @discardableResult
    package func send(_ message: ChannelMessage, to destinations: [Member]) -> EventLoopFuture<Void> {
        self.chain.send(message, to: destinations)
    }

    /// Hands a message up from below, as the receiver does.
    package func receive(_ message: ChannelMessage) throws {
        try self.bottom.fireMessageReceived(message)
    }

    package func addMember(_ member: Member) {
        self.members.append(member)
        self.bottom.fireMemberAdded(member)
    }

    package func removeMember(_ member: Member) {
        self.members.removeAll { $0 == member }
        self.bottom.fireMemberDisappeared(member)
    }

    /// Forgets what was recorded so far.
    package func clear() {
        self.state.withLock { state in
            state.sent = []
            state.received = []
            state.added = []
            state.disappeared = []
        }
    }

    private var bottom: InterceptorContext {
        guard let found = self.chain.context(at: -1).firstBelow(RecordingLayer.self) else {
            preconditionFailure("no recording layer")
        }
        return found.context
    }

    // MARK: ChannelTop

    package func messageReceived(_ message: ChannelMessage) throws {
        let refusal = self.state.withLock { state in
            state.received.append(message)
            return state.refusal
        }
        if let refusal { throw refusal }
    }

    package func memberAdded(_ member: Member) { self.state.withLock { $0.added.append(member) } }
    package func memberDisappeared(_ member: Member) { self.state.withLock { $0.disappeared.append(member) } }

    // MARK: The recording layer

    fileprivate func record(_ message: ChannelMessage, _ destinations: [Member]) -> EventLoopFuture<Void> {
        let answer = self.state.withLock { state in
            state.sent.append(Sent(message: message, destinations: destinations))
            return state.sendResult
        }
        return answer?(message, destinations) ?? self.loop.succeeded()
    }

    fileprivate func setLevels(_ change: (inout StartLevels) -> Void) {
        self.state.withLock { change(&$0.levels) }
    }

    fileprivate func countHeartbeat() { self.state.withLock { $0.heartbeats += 1 } }
}

/// The lowest layer of a chain under test.
private final class RecordingLayer: ChannelInterceptor {
    private struct Box {
        weak var harness: ChainHarness?
    }

    private let box: Mutex<Box>

    init(harness: ChainHarness) {
        self.box = Mutex(Box(harness: harness))
    }

    private var harness: ChainHarness? { self.box.withLock { $0.harness } }

    func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        context: InterceptorContext
    ) -> EventLoopFuture<Void> {
        self.harness?.record(message, destinations) ?? context.loop.succeeded()
    }

    func heartbeat(context: InterceptorContext) { self.harness?.countHeartbeat() }

    func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.harness?.setLevels { $0.formUnion(levels) }
        return context.loop.succeeded()
    }

    func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.harness?.setLevels { $0.subtract(levels) }
        return context.loop.succeeded()
    }

    func members(context: InterceptorContext) -> [Member] { self.harness?.members ?? [] }
    func localMember(context: InterceptorContext) -> Member? { self.harness?.local }
}
