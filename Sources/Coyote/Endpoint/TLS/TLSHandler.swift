import COpenSSL
import NIOCore

/// Decrypts what comes and encrypts what goes on one connection.
///
/// The first message is read before the handshake starts, to choose the host's context by the name in it, and to
/// tell a client that speaks plain HTTP so.
///
/// Isolation: its event loop.
/// Tomcat counterpart: `org.apache.tomcat.util.net.SecureNioChannel`.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// The first message is incomplete.
        case hello
        case handshake
        case open
        /// Nothing more may be written.
        case outputClosed
        case closed
    }

    /// Largest plaintext of a record.
    private static let recordMaximum = 16 * 1024
    private static let plainAnswer =
        "HTTP/1.1 400 \r\nContent-Type: text/plain;charset=UTF-8\r\nConnection: close\r\n\r\n"
        + "Bad Request\r\nThis combination of host and port requires TLS.\r\n"

    private let contexts: TLSContexts
    private let loop: LoopContext
    private let buffers: TLSBuffers
    private var state = State.hello
    private var context: TLSContext?
    private var serverName: String?
    private var ssl: OpaquePointer?
    /// Writes whose ciphertext is in the output buffer.
    private var promises: [EventLoopPromise<Void>] = []
    private var support: SSLSupport?
    private var isReading = false

    init(contexts: TLSContexts, loop: LoopContext) {
        self.contexts = contexts
        self.loop = loop
        self.buffers = TLSBuffers { loop.takeOutput() }
    }

    deinit {
        if let ssl = self.ssl { SSL_free(ssl) }
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var received = self.unwrapInboundIn(data)
        if self.buffers.input.readableBytes == 0 {
            self.buffers.input = received
        } else {
            self.buffers.input.writeBuffer(&received)
        }
        self.isReading = true
        if self.state == .hello { self.readHello(context) }
        if self.state == .handshake { self.shakeHands(context) }
        if self.state == .open || self.state == .outputClosed { self.decrypt(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        self.send(context)
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    private func end() {
        self.state = .closed
        self.buffers.input = ByteBuffer()
        self.buffers.output = ByteBuffer()
        for promise in self.promises { promise.fail(ChannelError.ioOnClosedChannel) }
        self.promises.removeAll()
    }

    private func readHello(_ context: ChannelHandlerContext) {
        let hello = self.buffers.input.withUnsafeReadableBytes { ClientHello($0, limit: self.contexts.helloMaximum) }
        switch hello {
        case .incomplete: return
        case .plainText: self.refusePlainText(context)
        case .hello(let serverName):
            self.serverName = serverName
            let host = self.contexts.context(for: serverName)
            self.context = host
            guard let ssl = host.makeConnection(), let bio = self.buffers.makeBIO() else { return self.fail(context) }
            self.ssl = ssl
            SSL_set_bio(ssl, bio, bio)
            SSL_set_accept_state(ssl)
            self.state = .handshake
        }
    }

    private func refusePlainText(_ context: ChannelHandlerContext) {
        self.end()
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: Self.plainAnswer)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        guard let ssl = self.ssl else { return }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            self.state = .open
        } else if SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ {
            self.fail(context)
        }
    }

    /// A handshake or a record that breaks the protocol: the alert is sent, then the connection closed.
    private func fail(_ context: ChannelHandlerContext) {
        ERR_clear_error()
        self.send(context)
        self.end()
        context.close(promise: nil)
    }

    private func decrypt(_ context: ChannelHandlerContext) {
        guard let ssl = self.ssl else { return }
        while self.state == .open || self.state == .outputClosed {
            let room = max(1, min(Self.recordMaximum, self.buffers.input.readableBytes + Int(SSL_pending(ssl))))
            var plain = self.loop.takePlaintext(room)
            ERR_clear_error()
            var result: Int32 = 0
            plain.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
                result = SSL_read(ssl, target.baseAddress, Int32(clamping: target.count))
                return Int(max(0, result))
            }
            guard result > 0 else {
                self.loop.giveBack(plaintext: plain)
                return self.stopDecrypting(context, SSL_get_error(ssl, result))
            }
            context.fireChannelRead(self.wrapInboundOut(plain))
            self.loop.giveBack(plaintext: plain)
        }
    }

    private func stopDecrypting(_ context: ChannelHandlerContext, _ error: Int32) {
        switch error {
        case SSL_ERROR_WANT_READ: return
        case SSL_ERROR_ZERO_RETURN: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        default: self.fail(context)
        }
    }

    // MARK: Outbound

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.state == .open, let ssl = self.ssl else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let plain = self.unwrapOutboundIn(data)
        ERR_clear_error()
        let isWritten = plain.withUnsafeReadableBytes { bytes in
            bytes.isEmpty || SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count)) == Int32(bytes.count)
        }
        guard isWritten else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return self.fail(context)
        }
        if let promise { self.promises.append(promise) }
    }

    func flush(context: ChannelHandlerContext) {
        self.send(context)
        context.flush()
    }

    private func send(_ context: ChannelHandlerContext) {
        let promises = self.promises
        if !promises.isEmpty { self.promises.removeAll(keepingCapacity: true) }
        guard self.buffers.output.readableBytes > 0 || !promises.isEmpty else { return }
        let output = self.buffers.output
        self.buffers.output = ByteBuffer()
        var sent: EventLoopPromise<Void>?
        if let first = promises.first {
            sent = first
            for other in promises.dropFirst() { first.futureResult.cascade(to: other) }
        }
        context.writeAndFlush(self.wrapOutboundOut(output), promise: sent)
        self.loop.giveBack(output)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if self.state == .open || self.state == .outputClosed, let ssl = self.ssl, mode != .input {
            if self.state == .open {
                ERR_clear_error()
                SSL_shutdown(ssl)
            }
            self.send(context)
            self.state = .outputClosed
        }
        context.close(mode: mode, promise: promise)
    }
}

// MARK: - What the connection is

extension TLSHandler: TLSConnection {
    var sslSupport: SSLSupport? {
        if let support = self.support { return support }
        guard let ssl = self.ssl, self.state == .open, let cipher = SSL_get_current_cipher(ssl) else { return nil }
        var support = SSLSupport(
            protocolName: String(cString: SSL_get_version(ssl)),
            cipherSuite: SSL_CIPHER_standard_name(cipher).map { String(cString: $0) } ?? "",
            keySize: Int(SSL_CIPHER_get_bits(cipher, nil)),
            sessionID: Self.sessionID(ssl),
            peerCertificates: Self.peerCertificates(ssl)
        )
        support.serverName = self.serverName
        support.applicationProtocol = Self.applicationProtocol(ssl)
        self.support = support
        return support
    }

    func isConsistent(withHost host: String) -> Bool {
        !self.contexts.isStrict || self.contexts.context(for: host) === self.context
    }

    private static func sessionID(_ ssl: OpaquePointer) -> String {
        var count: UInt32 = 0
        guard let session = SSL_get_session(ssl), let bytes = SSL_SESSION_get_id(session, &count) else { return "" }
        return UnsafeBufferPointer(start: bytes, count: Int(count)).map { byte in
            (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// DER, the client's own certificate first.
    private static func peerCertificates(_ ssl: OpaquePointer) -> [[UInt8]] {
        guard let own = SSL_get1_peer_certificate(ssl) else { return [] }
        defer { X509_free(own) }
        var certificates = [Self.der(own)]
        if let chain = SSL_get_peer_cert_chain(ssl) {
            for index in 0..<shim_sk_X509_num(chain) {
                if let certificate = shim_sk_X509_value(chain, index) { certificates.append(Self.der(certificate)) }
            }
        }
        return certificates
    }

    private static func der(_ certificate: OpaquePointer) -> [UInt8] {
        let count = Int(i2d_X509(certificate, nil))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
            var target = bytes.baseAddress
            written = Int(max(0, i2d_X509(certificate, &target)))
        }
    }

    private static func applicationProtocol(_ ssl: OpaquePointer) -> String? {
        var bytes: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &bytes, &count)
        guard let bytes, count > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }
}
