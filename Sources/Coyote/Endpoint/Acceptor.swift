import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Stands before the accept handler of an event loop's listening channel and holds connections back at the limit.
///
/// It listens only while it is its turn in the group. At the limit nothing more is accepted; the system's backlog holds
/// `acceptCount` connections more.
///
/// Isolation: the listening channel's event loop, except ``setAccepting(_:)``, ``goOnSoon()`` and ``connectionCount``.
/// Tomcat counterpart: `org.apache.tomcat.util.net.Acceptor`.
final class Acceptor: ChannelDuplexHandler, Sendable {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// Connections accepted in one go.
    ///
    /// Then it may be another's turn. Between two goes all open connections are served, so that with one at a time the
    /// last of many that come together would wait for long.
    static let acceptBatch = 4
    /// Pauses after a failed accept, in milliseconds: doubled from the first to the last.
    private static let retryDelays = 50...1600

    private struct State {
        var context: ChannelHandlerContext?
        var isAccepting = false
        var isReadPending = false
        /// Accepted, but beyond the limit; at most ``acceptBatch``.
        var waiting: [any Channel] = []
        var retryDelay = 0
    }

    let eventLoop: any EventLoop
    private let group: AcceptorGroup
    private let connections = Atomic<Int>(0)
    private let logger: Logger
    private let state: NIOLoopBoundBox<State>

    init(group: AcceptorGroup, eventLoop: any EventLoop, logger: Logger) {
        self.group = group
        self.eventLoop = eventLoop
        self.logger = logger
        self.state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Connections of this event loop that are open.
    var connectionCount: Int { self.connections.load(ordering: .relaxed) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.state.value.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.state.value.context = nil
        for channel in self.state.value.waiting { channel.close(promise: nil) }
        self.state.value.waiting.removeAll()
    }

    /// Starts or stops accepting.
    ///
    /// Isolation: any thread.
    func setAccepting(_ isAccepting: Bool) {
        self.eventLoop.execute {
            self.state.value.isAccepting = isAccepting
            self.goOn()
        }
    }

    func read(context: ChannelHandlerContext) {
        if self.mayAccept {
            context.read()
        } else {
            self.state.value.isReadPending = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.state.value.retryDelay = 0
        self.state.value.waiting.append(self.unwrapInboundIn(data))
        self.goOn()
        self.group.passTurn()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let last = self.state.value.retryDelay
        let delay = last == 0 ? Self.retryDelays.lowerBound : min(last * 2, Self.retryDelays.upperBound)
        if last == 0 {
            self.logger.error("Socket accept failed", metadata: ["error": "\(SystemReason.text(of: error))"])
        }
        self.state.value.retryDelay = delay
        // The channel still wants to read: without this it would try again at once, and again.
        self.setAutoRead(false)
        self.eventLoop.scheduleTask(in: .milliseconds(Int64(delay))) { self.setAutoRead(true) }
    }

    /// Makes the channel let go of its socket for a while, or go on with the read that failed.
    private func setAutoRead(_ isOn: Bool) {
        do {
            try self.state.value.context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
        } catch {
            // It has closed meanwhile, and nothing is accepted any more.
        }
    }

    private var mayAccept: Bool {
        self.state.value.isAccepting && self.state.value.waiting.isEmpty && self.group.hasRoom
            && self.group.isListening(self)
    }

    private func goOn() {
        guard let context = self.state.value.context else { return }
        while !self.state.value.waiting.isEmpty, self.group.take() {
            let channel = self.state.value.waiting.removeFirst()
            self.connections.add(1, ordering: .relaxed)
            channel.closeFuture.whenComplete { _ in
                self.connections.subtract(1, ordering: .relaxed)
                self.group.release()
            }
            context.fireChannelRead(self.wrapInboundOut(channel))
        }
        if self.state.value.isReadPending, self.mayAccept {
            self.state.value.isReadPending = false
            context.read()
        }
    }

    /// There is room again, or it is this one's turn.
    ///
    /// Isolation: any thread.
    func goOnSoon() {
        self.eventLoop.execute { self.goOn() }
    }
}
