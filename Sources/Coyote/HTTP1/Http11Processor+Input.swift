import Modeler
import NIOCore

// MARK: - Reading bodies

extension Http11Processor {
    func readBody(_ request: Request) async throws(CoyoteError) -> ByteBuffer? {
        guard self.loop.eventLoop.inEventLoop else {
            return try await self.onLoop { () async throws(CoyoteError) in try await self.readBody(request) }
        }
        guard let exchange = self.exchange, exchange.request === request else { throw Self.notConnected }
        self.sendContinue(request)
        while true {
            if let failure = exchange.failure { throw failure }
            if let piece = try self.decodeBody(exchange) { return piece }
            if exchange.body.isComplete { return nil }
            guard !self.isInputClosed else {
                throw self.fail(exchange, CoyoteError(.clientAbort, "The request body ends early"))
            }
            await self.waitForInput(exchange)
        }
    }

    /// The next piece of what has arrived.
    private func decodeBody(_ exchange: Exchange) throws(CoyoteError) -> ByteBuffer? {
        do throws(BodyDecodingError) {
            let piece = try exchange.body.decode(&self.input)
            if let piece {
                exchange.request.bytesRead += Int64(piece.readableBytes)
                self.resumeReading()
            } else if exchange.body.isComplete {
                self.publishTrailers(exchange)
            }
            return piece
        } catch {
            throw self.fail(exchange, CoyoteError(.badRequest, error.message))
        }
    }

    private func publishTrailers(_ exchange: Exchange) {
        guard exchange.request.trailerFields.isEmpty else { return }
        for field in exchange.body.trailerFields where self.settings.allowedTrailers.contains(field.name) {
            exchange.request.trailerFields.append(field)
        }
    }

    private func waitForInput(_ exchange: Exchange) async {
        if !self.isReading { self.flushOutput() }
        self.wait(self.settings.bodyTimeout, from: MonotonicClock.now())
        exchange.isReading = true
        self.resumeReading()
        await exchange.waitForInput()
        self.deadline = .max
    }

    /// Remembers why the body cannot be read: the connection ends with this request.
    private func fail(_ exchange: Exchange, _ error: CoyoteError) -> CoyoteError {
        exchange.failure = error
        exchange.keepsAlive = false
        return error
    }

    func acknowledgeExpectation(_ request: Request) async throws(CoyoteError) {
        guard self.loop.eventLoop.inEventLoop else {
            return try await self.onLoop { () async throws(CoyoteError) in
                try await self.acknowledgeExpectation(request)
            }
        }
        if self.settings.configuration.continueResponseTiming == .immediately { self.sendContinue(request) }
    }

    private func sendContinue(_ request: Request) {
        guard request.expectsContinue, !request.isContinueSent else { return }
        request.isContinueSent = true
        guard let exchange = self.exchange, !exchange.response.isCommitted else { return }
        self.ensureOutput()
        self.output.writeStaticString("HTTP/1.1 100 \r\n\r\n")
        self.flushOutput()
    }
}

// MARK: - Dropping input

extension Http11Processor {
    /// Drops the rest of a body that the application did not read.
    ///
    /// - Returns: whether the next request may come.
    func drain() -> Bool {
        guard let exchange = self.exchange else { return false }
        let limit = self.settings.configuration.maxSwallowSize
        do throws(BodyDecodingError) {
            while let piece = try exchange.body.decode(&self.input) {
                self.dropped += piece.readableBytes
                guard limit < 0 || self.dropped <= limit else { return self.giveUpDraining() }
            }
        } catch {
            return self.giveUpDraining()
        }
        let now = MonotonicClock.now()
        guard exchange.body.isComplete else {
            self.wait(self.settings.bodyTimeout, from: now)
            return false
        }
        self.becomeIdle(now)
        return true
    }

    private func giveUpDraining() -> Bool {
        self.releaseExchange()
        self.closeAfterFlush(lingers: true)
        return false
    }

    func linger() {
        self.dropped += self.input.readableBytes
        self.releaseInput()
        if self.dropped > Self.lingerMaximum { self.close() }
    }
}

// MARK: - Status

extension Http11Processor {
    /// What the connection is doing; nil while it waits for a request.
    func requestInfo(now: Int64) -> RequestInfo? {
        guard let exchange = self.exchange, self.state == .service || self.state == .head else { return nil }
        let ranges = [exchange.decoder.methodRange, exchange.decoder.targetRange, exchange.decoder.queryRange ?? 0..<0]
        let line = (exchange.head ?? ByteBuffer()).withUnsafeReadableBytes { bytes in
            ranges.map { $0.upperBound <= bytes.count ? String(latin1: bytes[$0]) : "" }
        }
        return RequestInfo(
            stage: self.state == .service ? .service : .parse,
            requestProcessingTime: .nanoseconds(now - exchange.request.startTimeNanos),
            requestBytesSent: exchange.response.contentWritten,
            requestBytesReceived: exchange.request.bytesRead,
            contentLength: exchange.request.contentLength,
            requestCount: self.requestCount,
            remoteAddress: self.addresses.remoteAddress,
            serverPort: self.addresses.localPort,
            virtualHost: exchange.host,
            line: RequestInfo.Line(
                method: line[0],
                path: line[1],
                query: exchange.decoder.queryRange == nil ? nil : line[2],
                protocolName: exchange.decoder.isHTTP09 ? "" : "HTTP/1.1"
            )
        )
    }
}
