import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Stands before the accept handler of a listening socket and holds connections back at the limit.
///
/// At the limit nothing more is accepted; what was accepted already waits here unread, at most
/// ``acceptBatch`` connections. The system's backlog holds `acceptCount` more.
///
/// Isolation: the listening channel's event loop, except ``release()``.
/// Tomcat counterpart: `org.apache.tomcat.util.net.Acceptor` with `LimitLatch`.
final class Acceptor: ChannelDuplexHandler, Sendable {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// Connections accepted in one go.
    static let acceptBatch = 16
    /// Pauses after a failed accept, in milliseconds: doubled from the first to the last.
    private static let retryDelays = 50...1600

    private struct State {
        var context: ChannelHandlerContext?
        var isAccepting = false
        var isReadPending = false
        var waiting: [any Channel] = []
        var retryDelay = 0
    }

    let limit: Int
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let count = Atomic<Int>(0)
    /// Whether somebody waits for ``release()``.
    private let isAtLimit = Atomic<Bool>(false)
    private let state: NIOLoopBoundBox<State>

    init(limit: Int, eventLoop: any EventLoop, logger: Logger) {
        self.limit = limit
        self.eventLoop = eventLoop
        self.logger = logger
        self.state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Connections that are open.
    var connectionCount: Int { self.count.load(ordering: .relaxed) }

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
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let last = self.state.value.retryDelay
        let delay = last == 0 ? Self.retryDelays.lowerBound : min(last * 2, Self.retryDelays.upperBound)
        if last == 0 {
            self.logger.error("Socket accept failed", metadata: ["error": "\(SystemReason.text(of: error))"])
        }
        self.state.value.retryDelay = delay
        self.state.value.isAccepting = false
        self.eventLoop.scheduleTask(in: .milliseconds(Int64(delay))) { self.setAccepting(true) }
    }

    private var mayAccept: Bool {
        self.state.value.isAccepting && self.state.value.waiting.isEmpty && self.hasRoom
    }

    private var hasRoom: Bool {
        guard self.limit >= 0 else { return true }
        guard self.count.load(ordering: .sequentiallyConsistent) >= self.limit else { return true }
        self.isAtLimit.store(true, ordering: .sequentiallyConsistent)
        // A connection may have closed between the two steps and found nobody waiting.
        return self.count.load(ordering: .sequentiallyConsistent) < self.limit
    }

    private func goOn() {
        guard let context = self.state.value.context else { return }
        while !self.state.value.waiting.isEmpty, self.hasRoom {
            let channel = self.state.value.waiting.removeFirst()
            self.count.add(1, ordering: .sequentiallyConsistent)
            channel.closeFuture.whenComplete { _ in self.release() }
            context.fireChannelRead(self.wrapInboundOut(channel))
        }
        if self.state.value.isReadPending, self.mayAccept {
            self.state.value.isReadPending = false
            context.read()
        }
    }

    /// One connection has closed.
    ///
    /// Isolation: any thread.
    private func release() {
        self.count.subtract(1, ordering: .sequentiallyConsistent)
        guard self.isAtLimit.exchange(false, ordering: .sequentiallyConsistent) else { return }
        self.eventLoop.execute { self.goOn() }
    }
}
