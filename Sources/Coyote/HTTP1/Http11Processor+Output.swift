import Modeler
import NIOCore
import NIOPosix

// MARK: - Writing responses

extension Http11Processor: ActionHook {
    static let notConnected = CoyoteError(.closed, "The response is finished")

    /// Longest part of a file handed to the system at once, so that a stalled client is noticed.
    private static let sendfilePieceMaximum: Int64 = 1024 * 1024
    /// Longest part of a file read into memory at once.
    private static let filePieceMaximum: Int64 = 64 * 1024

    func write(_ buffer: ByteBuffer, _ response: Response) async throws(CoyoteError) {
        guard self.loop.eventLoop.inEventLoop else {
            return try await self.onLoop { () async throws(CoyoteError) in try await self.write(buffer, response) }
        }
        let exchange = try self.exchange(of: response)
        try self.commit(exchange)
        self.append(buffer, response)
        try await self.relieve(exchange)
    }

    func writeAtOnce(_ buffer: ByteBuffer, _ response: Response) -> Bool {
        // Within a read batch, at whose end everything is sent, a piece that is copied makes nobody wait.
        guard self.loop.eventLoop.inEventLoop, self.isReading, self.isWritable,
            buffer.readableBytes <= Self.copiedBodyMaximum, self.output.readableBytes < Self.outputBatchMaximum
        else { return false }
        do throws(CoyoteError) {
            let exchange = try self.exchange(of: response)
            try self.commit(exchange)
            self.append(buffer, response)
            return true
        } catch {
            // The head cannot be sent: `write` meets the same and says so.
            return false
        }
    }

    func flush(_ response: Response) async throws(CoyoteError) {
        guard self.loop.eventLoop.inEventLoop else {
            return try await self.onLoop { () async throws(CoyoteError) in try await self.flush(response) }
        }
        let exchange = try self.exchange(of: response)
        try self.commit(exchange)
        self.flushOutput()
        try await self.relieve(exchange)
    }

    func sendInformational(status: Int, _ response: Response) async throws(CoyoteError) {
        guard self.loop.eventLoop.inEventLoop else {
            return try await self.onLoop { () async throws(CoyoteError) in
                try await self.sendInformational(status: status, response)
            }
        }
        let exchange = try self.exchange(of: response)
        guard !response.isCommitted, exchange.request.protocolVersion == .http11 else { return }
        self.ensureOutput()
        Http11Encoder.encodeInformational(status: status, response.headers, into: &self.output)
        self.flushOutput()
    }

    func finish(_ response: Response) async {
        guard self.loop.eventLoop.inEventLoop else {
            await self.hop { await self.finish(response) }
            return
        }
        guard let exchange = self.exchange, exchange.response === response else { return }
        self.finishResponse(exchange)
        if !self.isReading { self.flushOutput() }
    }

    func finishAtOnce(_ last: ByteBuffer, _ response: Response) -> Bool {
        guard self.loop.eventLoop.inEventLoop, self.isWritable else { return false }
        do throws(CoyoteError) {
            let exchange = try self.exchange(of: response)
            try self.commit(exchange, isEnd: true)
            self.append(last, response)
            self.finishResponse(exchange)
            if !self.isReading || self.output.readableBytes >= Self.outputBatchMaximum { self.flushOutput() }
            return true
        } catch {
            // The head cannot be sent: `write` meets the same and says so.
            return false
        }
    }

    func abort() {
        guard self.loop.eventLoop.inEventLoop else {
            // SAFETY: only passed on to the event loop.
            nonisolated(unsafe) let processor = self
            self.loop.eventLoop.execute { processor.abort() }
            return
        }
        self.connectionLost(CoyoteError(.closed, "The connection was aborted"))
        self.context?.close(promise: nil)
    }

    func writeFile(
        _ file: NIOFileHandle,
        offset: Int64,
        length: Int64,
        _ response: Response
    ) async throws(CoyoteError) {
        guard self.loop.eventLoop.inEventLoop else {
            return try await self.onLoop { () async throws(CoyoteError) in
                try await self.writeFile(file, offset: offset, length: length, response)
            }
        }
        let exchange = try self.exchange(of: response)
        try self.commit(exchange)
        let length = self.admit(length, response)
        guard length > 0, response.framing != .none else { return }
        if response.framing == .chunked {
            self.ensureOutput()
            Http11Encoder.encodeChunkHead(size: length, into: &self.output)
        }
        if self.tls == nil && self.settings.configuration.useSendfile {
            try await self.sendFile(file, offset..<(offset + length), exchange)
        } else {
            try await self.copyFile(file, offset..<(offset + length), exchange)
        }
        if response.framing == .chunked {
            self.ensureOutput()
            self.output.writeStaticString("\r\n")
        }
        try await self.relieve(exchange)
    }

    private func sendFile(_ file: NIOFileHandle, _ range: Range<Int64>, _ exchange: Exchange) async throws(CoyoteError)
    {
        var start = range.lowerBound
        while start < range.upperBound {
            guard let context = self.context, exchange.failure == nil else {
                throw exchange.failure ?? Self.notConnected
            }
            let end = min(start + Self.sendfilePieceMaximum, range.upperBound)
            self.pushOutput()
            let region = FileRegion(fileHandle: file, readerIndex: Int(start), endIndex: Int(end))
            let sent = context.eventLoop.makePromise(of: Void.self)
            self.socket?.channelWillWrite()
            context.writeAndFlush(NIOAny(region), promise: sent)
            self.hasUnflushedWrites = false
            self.count(sent: end - start, exchange.response)
            self.unsentAtCheck = self.unsentBytes
            self.wait(self.settings.connectionTimeout, from: MonotonicClock.now())
            do {
                try await self.loop.actor.value(of: sent.futureResult)
            } catch {
                throw exchange.failure ?? CoyoteError(.clientAbort, "The file was not sent to its end", cause: error)
            }
            self.deadline = .max
            start = end
        }
    }

    private func copyFile(_ file: NIOFileHandle, _ range: Range<Int64>, _ exchange: Exchange) async throws(CoyoteError)
    {
        var start = range.lowerBound
        while start < range.upperBound {
            let count = Int(min(Self.filePieceMaximum, range.upperBound - start))
            let piece: ByteBuffer
            do {
                let read = self.settings.fileIO.read(
                    fileHandle: file,
                    fromOffset: start,
                    byteCount: count,
                    allocator: ByteBufferAllocator(),
                    eventLoop: self.loop.eventLoop
                )
                piece = try await self.loop.actor.value(of: read)
            } catch {
                throw self.fileFailed(exchange, error)
            }
            guard piece.readableBytes > 0 else { throw self.fileFailed(exchange, nil) }
            start += Int64(piece.readableBytes)
            if let failure = exchange.failure { throw failure }
            self.put(piece, exchange.response)
            try await self.relieve(exchange)
        }
    }

    /// The length is announced already: only a broken connection can tell the client.
    private func fileFailed(_ exchange: Exchange, _ cause: (any Error)?) -> CoyoteError {
        let error = CoyoteError(.file, "The file could not be read to its end", cause: cause)
        exchange.failure = error
        self.abort()
        return error
    }
}

// MARK: - Framing

extension Http11Processor {
    private func exchange(of response: Response) throws(CoyoteError) -> Exchange {
        guard let exchange = self.exchange, exchange.response === response, !response.isFinished else {
            throw Self.notConnected
        }
        guard self.state == .service else { throw exchange.failure ?? Self.notConnected }
        return exchange
    }

    /// Writes the head, once.
    ///
    /// Its time is that of the answer's end if that is now.
    private func commit(_ exchange: Exchange, isEnd: Bool = false) throws(CoyoteError) {
        let response = exchange.response
        guard !response.isCommitted else { return }
        self.checkRest(exchange)
        self.ensureOutput()
        let before = self.output.readableBytes
        exchange.keepsAlive = try Http11Encoder.encodeHead(
            response,
            Http11Encoder.Context(
                settings: self.settings,
                version: exchange.request.protocolVersion,
                isHead: exchange.request.method == "HEAD",
                keepsAlive: exchange.keepsAlive,
                asksForKeepAlive: exchange.asksForKeepAlive,
                isFaulty: exchange.isFaulty,
                date: self.loop.dateCache.octets(at: WallClock.coarseSeconds())
            ),
            into: &self.output
        )
        response.isCommitted = true
        if !isEnd { response.commitTimeNanos = MonotonicClock.now() }
        self.count(sent: Int64(self.output.readableBytes - before), response)
    }

    /// Ends the connection with this response where the rest of the body is not worth waiting for.
    private func checkRest(_ exchange: Exchange) {
        guard !exchange.body.isComplete else { return }
        let request = exchange.request
        let limit = Int64(self.settings.configuration.maxSwallowSize)
        if limit >= 0, request.contentLength - request.bytesRead > limit { exchange.keepsAlive = false }
        // Whether the client sends the body now or its next request cannot be told apart.
        if request.expectsContinue && (!request.isContinueSent || !(200..<300).contains(exchange.response.status)) {
            exchange.keepsAlive = false
        }
    }

    private func append(_ buffer: ByteBuffer, _ response: Response) {
        let count = self.admit(Int64(buffer.readableBytes), response)
        guard count > 0, response.framing != .none else { return }
        if count < buffer.readableBytes, let part = buffer.getSlice(at: buffer.readerIndex, length: Int(count)) {
            return self.frame(part, response)
        }
        self.frame(buffer, response)
    }

    private func frame(_ body: ByteBuffer, _ response: Response) {
        guard response.framing == .chunked else { return self.put(body, response) }
        self.ensureOutput()
        Http11Encoder.encodeChunkHead(size: Int64(body.readableBytes), into: &self.output)
        self.put(body, response)
        self.ensureOutput()
        self.output.writeStaticString("\r\n")
    }

    /// How many of the bytes offered belong to the body: those beyond its announced length are dropped.
    private func admit(_ count: Int64, _ response: Response) -> Int64 {
        let admitted =
            response.framing == .length ? min(count, response.contentLength - response.contentWritten) : count
        response.contentWritten += admitted
        return admitted
    }

    private func put(_ body: ByteBuffer, _ response: Response) {
        self.count(sent: Int64(body.readableBytes), response)
        if body.readableBytes <= Self.copiedBodyMaximum {
            self.ensureOutput()
            self.output.writeImmutableBuffer(body)
        } else {
            self.pushOutput()
            self.socket?.channelWillWrite()
            self.context?.write(self.wrapOutboundOut(body), promise: nil)
            self.hasUnflushedWrites = true
        }
    }

    private func count(sent: Int64, _ response: Response) {
        response.bytesWritten += sent
    }

    /// Ends the body; what cannot be announced any more is told by closing.
    func finishResponse(_ exchange: Exchange) {
        let response = exchange.response
        guard self.state == .service, !response.isFinished else { return }
        self.commitOrReplace(exchange)
        switch response.framing {
        case .chunked:
            self.ensureOutput()
            let before = self.output.readableBytes
            Http11Encoder.encodeLastChunk(response.trailerFields?() ?? [], into: &self.output)
            self.count(sent: Int64(self.output.readableBytes - before), response)
        case .length:
            if response.contentWritten < response.contentLength { exchange.keepsAlive = false }
        case .untilClose:
            exchange.keepsAlive = false
        case .none: break
        }
        self.checkRest(exchange)
        if response.closesConnection { exchange.keepsAlive = false }
        response.isFinished = true
    }

    /// A head that is too large becomes an empty 500.
    private func commitOrReplace(_ exchange: Exchange) {
        do throws(CoyoteError) {
            try self.commit(exchange)
        } catch {
            exchange.response.reset()
            exchange.response.status = 500
            exchange.response.headers.add("Connection", "close")
            do throws(CoyoteError) {
                try self.commit(exchange)
            } catch {
                self.abort()
            }
        }
    }
}

// MARK: - Output buffer

extension Http11Processor {
    func ensureOutput() {
        if self.output.capacity <= self.loop.nothing.capacity { self.output = self.loop.takeOutput() }
    }

    /// Gives the encoded bytes to the channel without flushing.
    private func pushOutput() {
        guard self.output.readableBytes > 0 else { return }
        self.socket?.channelWillWrite()
        self.context?.write(self.wrapOutboundOut(self.output), promise: nil)
        self.output = self.loop.nothing
        self.hasUnflushedWrites = true
    }

    /// Sends everything: one system call where the socket takes it.
    func flushOutput() {
        if self.output.readableBytes > 0 {
            var buffer = self.output
            self.output = self.loop.nothing
            if !self.hasUnflushedWrites, let sent = buffer.withUnsafeReadableBytes({ self.socket?.write($0) }) {
                buffer.moveReaderIndex(forwardBy: sent)
                guard buffer.readableBytes > 0 else { return self.loop.giveBack(consume buffer) }
            }
            self.hasUnflushedWrites = false
            self.socket?.channelWillWrite()
            self.context?.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
            self.loop.giveBack(buffer)
        } else if self.hasUnflushedWrites {
            self.hasUnflushedWrites = false
            self.context?.flush()
        }
    }

    /// Sends where enough has gathered, then waits while the client does not keep up.
    private func relieve(_ exchange: Exchange) async throws(CoyoteError) {
        if !self.isReading || self.output.readableBytes >= Self.outputBatchMaximum
            || (self.hasUnflushedWrites && self.unsentBytes >= Self.outputBatchMaximum)
        {
            self.flushOutput()
        }
        while !self.isWritable, self.state == .service {
            self.flushOutput()
            guard !self.isWritable else { break }
            self.unsentAtCheck = self.unsentBytes
            self.wait(self.settings.connectionTimeout, from: MonotonicClock.now())
            await exchange.waitForOutput()
            self.deadline = .max
        }
        guard self.state == .service else { throw exchange.failure ?? Self.notConnected }
    }

    /// Closes once everything written has left.
    ///
    /// - Parameter lingers: whether input is read for a while afterwards: closing a socket with unread input resets
    ///   the connection, and the client may lose the answer.
    func closeAfterFlush(lingers: Bool) {
        self.state = .flushing
        self.flushOutput()
        guard let context = self.context else { return }
        self.unsentAtCheck = self.unsentBytes
        guard self.unsentAtCheck > 0 else { return self.closeNow(lingers: lingers) }
        self.wait(self.settings.connectionTimeout, from: MonotonicClock.now())
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: sent)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.closeNow(lingers: lingers) }
    }

    private func closeNow(lingers: Bool) {
        guard self.state == .flushing else { return }
        guard lingers, !self.isInputClosed else { return self.close() }
        self.state = .lingering
        self.dropped = 0
        self.wait(Self.lingerTimeout, from: MonotonicClock.now())
        self.context?.close(mode: .output, promise: nil)
        self.linger()
        self.resumeReading()
    }

    func close() {
        self.state = .closed
        self.context?.close(promise: nil)
    }

    private func hop(_ operation: () async -> Void) async {
        await withTaskExecutorPreference(self.loop.executor) { await operation() }
    }

    /// Runs what a task on another executor asked for on the event loop.
    func onLoop<Result: Sendable>(
        _ operation: () async throws(CoyoteError) -> Result
    ) async throws(CoyoteError) -> Result {
        do {
            return try await withTaskExecutorPreference(self.loop.executor) { try await operation() }
        } catch let error as CoyoteError {
            throw error
        } catch {
            throw CoyoteError(.closed, "The request was cancelled", cause: error)
        }
    }
}
