import Logging
import NIOCore

/// One connection of another member: packages in, acknowledgements out, in order.
///
/// The acknowledgements of what was read together leave together.
///
/// Isolation: channel loop.
final class ReceiverConnection: NetworkConnectionHandler {
    private struct State {
        var buffer = ByteBuffer()
        var senders = SenderCache()
        var isFinished = false
        /// Whose sender is not known yet, and until when it may become so.
        var waiting: (message: ChannelMessage, until: NIODeadline)?
    }

    /// How often it is looked whether a sender has become known.
    private static let interval = TimeAmount.milliseconds(50)

    private let receiver: NioReceiver
    private let loop: ChannelLoop
    private let deliver: @Sendable (ChannelMessage) throws -> Void
    private let state = LoopConfined(State())
    private let decoder: PackageDecoder

    init(receiver: NioReceiver, loop: ChannelLoop, deliver: @escaping @Sendable (ChannelMessage) throws -> Void) {
        self.receiver = receiver
        self.loop = loop
        self.deliver = deliver
        self.decoder = PackageDecoder(maximumPayloadSize: receiver.configuration.maximumMessageSize)
    }

    func received(_ bytes: ByteBuffer, on connection: any NetworkConnection) {
        if self.state[self.loop].isFinished { return }
        self.receiver.count { $0.bytes += Int64(bytes.readableBytes) }
        self.append(bytes)
        if self.state[self.loop].waiting == nil { self.work(on: connection) }
    }

    /// Why no more can be delivered now.
    private enum Halt {
        /// There is no whole message left.
        case empty
        case unknownSender(ChannelMessage)
        /// Closed while a message was delivered.
        case finished
        case noMember
        case malformed(WireError)
    }

    private func work(on connection: any NetworkConnection) {
        var answers = ByteBuffer()
        let halt = self.deliverAll(&answers)
        if answers.readableBytes > 0 { connection.write(answers).whenFailure { _ in connection.close() } }
        switch halt {
        case .empty, .finished: break
        case .unknownSender(let message): self.wait(with: message, on: connection)
        case .noMember:
            self.receiver.countFault(of: connection.remote)
            self.finish(connection)
        case .malformed(let error): self.giveUp(connection, error: error)
        }
    }

    private func deliverAll(_ answers: inout ByteBuffer) -> Halt {
        do {
            while let message = try self.nextMessage() {
                guard self.receiver.isKnown(message.sender) else { return .unknownSender(message) }
                self.receiver.count { $0.messages += 1 }
                let isMember = self.receiver.process(message, loop: self.loop, deliver: self.deliver) { answer in
                    if answers.readableBytes == 0 {
                        answers = answer.package
                    } else {
                        answers.writeImmutableBuffer(answer.package)
                    }
                }
                if self.state[self.loop].isFinished { return .finished }
                if !isMember { return .noMember }
            }
            return .empty
        } catch {
            return .malformed(error)
        }
    }

    func closed(_ connection: any NetworkConnection, error: (any Error)?) {
        self.state[self.loop].isFinished = true
        self.receiver.forget(connection, loop: self.loop)
    }

    /// Reads no further until the sender is known; closes the connection if it does not become so.
    private func wait(with message: ChannelMessage, on connection: any NetworkConnection) {
        connection.setReading(false)
        self.state[self.loop].waiting = (message, self.loop.now + NioReceiver.acquaintanceTime)
        self.look(on: connection)
    }

    private func look(on connection: any NetworkConnection) {
        self.loop.schedule(after: Self.interval) { [weak self] in
            guard let self, let waiting = self.state[self.loop].waiting, !self.state[self.loop].isFinished else {
                return
            }
            if self.receiver.isKnown(waiting.message.sender) { return self.resume(on: connection) }
            if self.loop.now < waiting.until { return self.look(on: connection) }
            self.receiver.refuse(waiting.message.sender, from: connection.remote)
            self.finish(connection)
        }
    }

    private func resume(on connection: any NetworkConnection) {
        connection.setReading(true)
        self.work(on: connection)
    }

    private func append(_ bytes: ByteBuffer) {
        if self.state[self.loop].buffer.readableBytes == 0 {
            self.state[self.loop].buffer = bytes
        } else {
            // Else all that ever came would be kept while reads end within a frame.
            self.state[self.loop].buffer.discardReadBytes()
            self.state[self.loop].buffer.writeImmutableBuffer(bytes)
        }
    }

    /// An acknowledgement that nobody waits for here is passed over.
    private func nextMessage() throws(WireError) -> ChannelMessage? {
        if let waiting = self.state[self.loop].waiting {
            self.state[self.loop].waiting = nil
            return waiting.message
        }
        while self.state[self.loop].buffer.readableBytes > 0 {
            guard let payload = try self.decoder.decode(buffer: &self.state[self.loop].buffer) else { return nil }
            if Acknowledgement(payload: payload) != nil { continue }
            return try ChannelData.decode(payload, senders: &self.state[self.loop].senders)
        }
        return nil
    }

    private func giveUp(_ connection: any NetworkConnection, error: WireError) {
        if case .oversizedPayload = error {
            self.receiver.count { $0.oversized += 1 }
        } else {
            self.receiver.count { $0.malformed += 1 }
        }
        self.receiver.countFault(of: connection.remote)
        self.receiver.log.warning(
            "Connection closed: what came is no message of a cluster",
            metadata: [
                "from": "\(connection.remote.map { HostAddress.text($0.host) } ?? "unknown")", "error": "\(error)",
            ]
        )
        self.finish(connection)
    }

    private func finish(_ connection: any NetworkConnection) {
        self.state[self.loop].isFinished = true
        self.state[self.loop].buffer = ByteBuffer()
        self.state[self.loop].waiting = nil
        connection.close()
    }
}
