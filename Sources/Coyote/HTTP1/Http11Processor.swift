import Modeler
import NIOCore
import Synchronization

/// One HTTP/1.x connection: bytes in, requests to the adapter, answers out, in one handler.
///
/// A request that does not suspend is decoded, answered and encoded within one read; the answers to pipelined
/// requests leave in one write. While a request is suspended nothing but its body is read. An idle connection
/// holds no buffer and no request.
///
/// Isolation: its event loop. The `ActionHook` methods may be called from elsewhere and come here first.
/// Tomcat counterpart: `org.apache.coyote.http11.Http11Processor`.
final class Http11Processor {
    enum State {
        /// Waiting for the first byte of a request.
        case idle
        /// A head is incomplete.
        case head
        /// The adapter has the request.
        case service
        /// The answer is sent; the rest of the body is being dropped so that the connection can go on.
        case draining
        /// The connection is closing: what was written has to leave.
        case flushing
        /// Output is closed; input is dropped for a while, so that the last answer is not lost to a reset.
        case lingering
        case closed
    }

    /// Answers to pipelined requests gathered before they are sent although more could be read.
    static let outputBatchMaximum = 64 * 1024
    /// Bodies up to this size are copied behind their head rather than sent as a buffer of their own.
    static let copiedBodyMaximum = 16 * 1024
    /// Body bytes read ahead of the application.
    static let readAheadMaximum = 64 * 1024
    /// How long a closing connection may still send, in nanoseconds.
    static let lingerTimeout: Int64 = 2_000_000_000
    /// How much of it is read and dropped.
    static let lingerMaximum = 1024 * 1024

    let loop: LoopContext
    private(set) var settings: Http11Settings
    let addresses: SocketAddresses
    let connectionID: UInt64
    /// Place in the loop's list, or -1.
    var place = -1
    /// When something has to happen, on the monotonic clock in nanoseconds.
    var deadline = Int64.max

    var context: ChannelHandlerContext?
    var state = State.idle
    var exchange: Exchange?
    /// Received and not yet used.
    var input = ByteBuffer()
    /// Encoded and not yet given to the channel.
    var output = ByteBuffer()
    /// Whether the channel holds writes that were not flushed.
    var hasUnflushedWrites = false
    /// Whether the handler is inside a read batch, at whose end everything is flushed.
    var isReading = false
    /// What the channel last said of itself.
    var isWritable = true
    /// Whether the channel asked to read while nothing was wanted.
    var isReadPending = false
    var isInputClosed = false
    var requestCount = 0
    /// Body bytes dropped since the answer, or bytes dropped while lingering.
    var dropped = 0
    /// Bytes that the channel held when the deadline for writing was last looked at.
    var unsentAtCheck = 0
    var isKeptAlive = false
    var tls: (any TLSConnection)?
    /// The short way to the socket, where there is one.
    var socket: SocketWriter?

    init(loop: LoopContext, addresses: SocketAddresses, connectionID: UInt64) {
        self.loop = loop
        self.settings = loop.settings
        self.addresses = addresses
        self.connectionID = connectionID
    }
}

/// The TLS layer beneath a connection.
protocol TLSConnection: AnyObject {
    /// Nil before the handshake is complete.
    var sslSupport: SSLSupport? { get }
    /// Whether a request for this host may use the settings that were negotiated.
    func isConsistent(withHost host: String) -> Bool
}

// MARK: - Channel events

extension Http11Processor: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if self.tls == nil { self.socket = SocketWriter(context.channel) }
        self.loop.add(self)
        self.wait(self.settings.connectionTimeout, from: MonotonicClock.now())
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.connectionLost(CoyoteError(.clientAbort, "The connection was closed"))
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connectionLost(CoyoteError(.clientAbort, "The connection was closed"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.connectionLost(CoyoteError(.clientAbort, "The connection broke", cause: error))
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var received = self.unwrapInboundIn(data)
        self.isReading = true
        if self.input.readableBytes == 0 {
            self.input = received
        } else {
            self.input.writeBuffer(&received)
        }
        self.process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        if self.output.readableBytes > 0 || self.hasUnflushedWrites { self.loop.flushLater(self) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isWritable = context.channel.isWritable
        guard self.isWritable else { return }
        self.exchange?.resumeWriter()
        if self.state == .idle { self.goOn() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { self.inputClosed() }
        context.fireUserInboundEventTriggered(event)
    }

    func read(context: ChannelHandlerContext) {
        if self.wantsInput {
            context.read()
        } else {
            self.isReadPending = true
        }
    }

    private var wantsInput: Bool {
        switch self.state {
        case .idle: return self.input.readableBytes == 0  // or it waits until answers have left
        case .head, .draining, .lingering: return true
        case .flushing, .closed: return false
        case .service:
            guard let exchange = self.exchange else { return false }
            // To stop reading and to begin again would be two calls of the system for each request that waits.
            if exchange.body.isComplete { return self.input.readableBytes == 0 }
            return exchange.isReading || self.input.readableBytes < Self.readAheadMaximum
        }
    }

    func resumeReading() {
        guard self.isReadPending, self.wantsInput else { return }
        self.isReadPending = false
        self.context?.read()
    }

    /// The client sends nothing more, and may have left or still wait for its answer.
    ///
    /// Until something is sent to it the two are not to be told apart: a request gets its answer, as from Tomcat, if that
    /// takes no longer than the client itself may take.
    private func inputClosed() {
        self.isInputClosed = true
        switch self.state {
        case .idle, .head, .draining, .lingering: self.close()
        case .service:
            self.exchange?.resumeReader()
            if self.deadline == .max { self.wait(self.settings.connectionTimeout, from: MonotonicClock.now()) }
        case .flushing, .closed: break
        }
    }

    /// Part of a graceful stop: a connection between requests has nothing to lose.
    func closeIfIdle() {
        if self.state == .idle { self.close() }
    }

    /// Ends whatever is going on: a running request learns of it by cancellation and by its next read or write.
    func connectionLost(_ error: CoyoteError) {
        guard self.state != .closed || self.place >= 0 else { return }
        let wasServing = self.state == .service
        self.state = .closed
        self.socket = nil
        self.deadline = .max
        self.input = ByteBuffer()
        self.output = ByteBuffer()
        self.setKeptAlive(false)
        self.loop.remove(self)
        guard let exchange = self.exchange else { return }
        guard wasServing else { return self.releaseExchange() }
        exchange.failure = error
        exchange.request.isAborted = true
        exchange.cancel()
        exchange.resumeReader()
        exchange.resumeWriter()
    }
}

// MARK: - Requests

extension Http11Processor {
    /// Goes as far as the received bytes allow.
    func process() {
        while true {
            switch self.state {
            case .idle:
                guard self.input.readableBytes > 0 else { return self.releaseInput() }
                guard self.output.readableBytes < Self.outputBatchMaximum || self.drainBatch() else { return }
                let exchange = self.beginRequest()
                guard self.decodeHead(exchange) else { return }
                self.startService(exchange)
            case .head:
                guard let exchange = self.exchange, self.decodeHead(exchange) else { return }
                self.startService(exchange)
            case .service:
                guard let exchange = self.exchange else { return }
                exchange.resumeReader()
                return
            case .draining:
                guard self.drain() else { return }
            case .lingering:
                self.linger()
                return
            case .flushing, .closed:
                return self.releaseInput()
            }
        }
    }

    func releaseInput() {
        if self.input.capacity > self.loop.nothing.capacity { self.input = self.loop.nothing }
    }

    /// Sends the gathered answers; false when the client does not take them and reading on has to wait.
    private func drainBatch() -> Bool {
        self.flushOutput()
        return self.isWritable
    }

    private func beginRequest() -> Exchange {
        if self.settings !== self.loop.settings { self.settings = self.loop.settings }
        let exchange = self.loop.takeExchange()
        let now = MonotonicClock.now()
        exchange.request.startTimeNanos = now
        self.exchange = exchange
        self.state = .head
        self.setKeptAlive(false)
        self.wait(self.settings.connectionTimeout, from: now)
        return exchange
    }

    /// - Returns: whether the head is complete or refused.
    private func decodeHead(_ exchange: Exchange) -> Bool {
        var failure: Http11DecodingError?
        let isComplete = self.input.withUnsafeReadableBytes { bytes in
            do throws(Http11DecodingError) {
                return try exchange.decoder.decode(bytes, into: exchange.request.headers)
            } catch {
                failure = error
                return true
            }
        }
        guard isComplete else {
            self.wait(self.settings.connectionTimeout, from: MonotonicClock.now())
            return false
        }
        let head = self.takeInput(exchange.decoder.position)
        exchange.request.headers.head = head
        exchange.head = head
        exchange.request.rejection = failure?.rejection
        return true
    }

    /// Cuts bytes off the input; all there are, in most cases.
    private func takeInput(_ count: Int) -> ByteBuffer {
        guard count == self.input.readableBytes else { return self.input.readSlice(length: count) ?? self.loop.nothing }
        defer { self.input = self.loop.nothing }
        return self.input
    }

    /// Hands the request to the adapter, in a task that starts here and now.
    private func startService(_ exchange: Exchange) {
        self.prepare(exchange)
        self.state = .service
        self.deadline = .max
        self.requestCount += 1
        self.loop.statistics.addBusy(1)
        exchange.serve(self)
        guard self.state == .service, self.exchange === exchange else { return }
        exchange.isSuspended = true
        exchange.request.stage = .service
    }

    private func prepare(_ exchange: Exchange) {
        let request = exchange.request
        request.addresses = self.addresses
        request.peerAddress = self.addresses.remoteAddress
        request.connectionID = self.connectionID
        request.requestID = self.loop.nextRequestID()
        request.hook = self
        exchange.response.hook = self
        self.applyScheme(request)
        if request.rejection != nil {
            exchange.isFaulty = true
            request.protocolVersion = exchange.decoder.isHTTP09 ? .http09 : .http11
            self.copyPartialLine(exchange)
            return
        }
        var preparation = RequestPreparation(settings: self.settings)
        preparation.prepare(
            request,
            exchange.decoder,
            hosts: &self.loop.hostCache,
            restricted: self.loop.restrictedUserAgents
        )
        exchange.host = request.serverName
        self.checkState(request)
        exchange.body = preparation.body
        exchange.keepsAlive = preparation.keepsAlive && self.mayKeepAlive
        exchange.asksForKeepAlive = preparation.asksForKeepAlive
        exchange.isFaulty = request.rejection != nil
    }

    private func applyScheme(_ request: Request) {
        let configuration = self.settings.configuration
        if let tls = self.tls {
            request.scheme = "https"
            request.isSecure = true
            request.sslSupport = tls.sslSupport
        } else {
            request.scheme = configuration.scheme
            request.isSecure = configuration.secure
        }
    }

    /// What is known of a refused request line goes to the access log.
    private func copyPartialLine(_ exchange: Exchange) {
        exchange.request.method = ""
        exchange.request.headers.head.withUnsafeReadableBytes { bytes in
            let method = exchange.decoder.methodRange
            if method.upperBound <= bytes.count { exchange.request.method = String(latin1: bytes[method]) }
        }
        exchange.request.targetRange = exchange.decoder.targetRange
        exchange.request.queryRange = exchange.decoder.queryRange
        exchange.request.serverPort = self.addresses.localPort
    }

    private func checkState(_ request: Request) {
        if self.settings.phase.isPaused.load(ordering: .relaxed) { request.rejection = Rejection(status: 503) }
        if let tls = self.tls, !tls.isConsistent(withHost: request.serverName) { request.rejection = .badRequest }
    }

    private var mayKeepAlive: Bool {
        let limit = self.settings.configuration.maxKeepAliveRequests
        return (limit < 0 || self.requestCount + 1 < limit) && !self.settings.phase.isStopping.load(ordering: .relaxed)
    }

    /// Ends the response after the adapter is done with the request, and decides what becomes of the connection.
    func serviceEnded(_ exchange: Exchange) {
        self.loop.eventLoop.preconditionInEventLoop()
        self.finishResponse(exchange)
        let ended = exchange.request.endTimeNanos
        let now = ended > 0 ? ended : MonotonicClock.now()
        self.loop.statistics.addBusy(-1)
        self.loop.statistics.recordRequest(
            nanos: now - exchange.request.startTimeNanos,
            isError: exchange.response.status >= 400,
            received: exchange.request.bytesRead,
            sent: exchange.response.contentWritten
        )
        exchange.request.stage = .ended
        let wasSuspended = exchange.isSuspended
        guard self.state == .service else { return self.releaseExchange() }
        if exchange.keepsAlive && !exchange.isFaulty && exchange.failure == nil && !self.isInputClosed {
            self.dropped = 0
            self.state = .draining
            if exchange.body.isComplete {
                self.becomeIdle(now)
            } else {
                self.wait(self.settings.bodyTimeout, from: now)
            }
            // In another turn: the task has to come to its end before the next request may use it.
            if wasSuspended { self.loop.eventLoop.assumeIsolated().execute { self.goOn() } }
        } else {
            let mayHaveUnread = exchange.isFaulty || !exchange.body.isComplete
            self.releaseExchange()
            self.closeAfterFlush(lingers: mayHaveUnread && !self.isInputClosed)
        }
    }

    /// After a request that was suspended nobody loops in ``process()``: this does.
    private func goOn() {
        self.flushOutput()
        self.process()
        self.flushOutput()
        self.resumeReading()
    }

    func becomeIdle(_ now: Int64) {
        self.releaseExchange()
        self.state = .idle
        self.setKeptAlive(true)
        self.wait(self.settings.keepAliveTimeout, from: now)
    }

    func releaseExchange() {
        guard let exchange = self.exchange else { return }
        self.exchange = nil
        self.loop.giveBack(exchange)
    }

    func setKeptAlive(_ isKeptAlive: Bool) {
        guard self.isKeptAlive != isKeptAlive else { return }
        self.isKeptAlive = isKeptAlive
        self.loop.statistics.addKeptAlive(isKeptAlive ? 1 : -1)
    }
}

// MARK: - Time

extension Http11Processor {
    func wait(_ timeout: Int64?, from now: Int64) {
        guard let timeout else {
            self.deadline = .max
            return
        }
        self.deadline = now + timeout
        self.loop.arm(self.deadline)
    }

    /// Nothing came or went in time.
    func deadlinePassed(now: Int64) {
        self.deadline = .max
        switch self.state {
        case .idle, .head, .draining, .lingering: self.close()
        case .flushing:
            if !self.isSending(now) { self.close() }
        case .service:
            guard let exchange = self.exchange else { return }
            if exchange.isReading {
                exchange.failure = CoyoteError(.readTimeout, "The client did not send the request body in time")
                exchange.resumeReader()
            } else if self.isInputClosed, self.unsentBytes == 0 {
                exchange.request.isAborted = true
                exchange.cancel()
            } else if !self.isSending(now) {
                self.connectionLost(CoyoteError(.writeTimeout, "The client did not read the response in time"))
                self.context?.close(promise: nil)
            }
        case .closed: break
        }
    }

    /// Whether the client took bytes since the last look; then it gets as long again.
    private func isSending(_ now: Int64) -> Bool {
        let unsent = self.unsentBytes
        defer { self.unsentAtCheck = unsent }
        guard unsent < self.unsentAtCheck else { return false }
        self.wait(self.settings.connectionTimeout, from: now)
        return true
    }

    var unsentBytes: Int {
        guard let options = self.context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }
}
