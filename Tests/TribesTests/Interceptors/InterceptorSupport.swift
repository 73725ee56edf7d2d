import ClusterSupport
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing
import Tribes

/// A receiver that can be probed: it takes connections and keeps what comes.
final class Peer: NetworkConnectionHandler, Sendable {
    private let bytes = Mutex(ByteBuffer())
    private let listener = Mutex<(any NetworkListener)?>(nil)

    /// Listens where `member` says it does.
    init(_ member: Member, in harness: ChainHarness) {
        harness.network.node(member.host).listen(
            at: member.endpoint,
            options: SocketOptions(),
            on: harness.loop
        ) { _ in self }.whenSuccess { listener in self.listener.withLock { $0 = listener } }
    }

    var received: ByteBuffer { self.bytes.withLock { $0 } }

    func close() {
        self.listener.withLock { $0 }?.close().whenFailure { Issue.record($0) }
    }

    func received(_ bytes: ByteBuffer, on connection: any NetworkConnection) {
        _ = self.bytes.withLock { $0.writeImmutableBuffer(bytes) }
    }

    func closed(_ connection: any NetworkConnection, error: (any Error)?) {}
}

extension ChainHarness {
    func run(_ time: TimeAmount = .milliseconds(10)) { self.eventLoop.advanceTime(by: time) }

    /// Starts every level and lets it happen.
    @discardableResult
    func start(_ levels: StartLevels = .all) -> Outcome<Void> {
        let outcome = Outcome(self.chain.start(levels))
        self.run()
        return outcome
    }

    /// One heartbeat and the time that its probes take.
    func beat(_ time: TimeAmount = .milliseconds(10)) {
        self.chain.heartbeat()
        self.run(time)
    }

    var sentBodies: [[UInt8]] { self.sent.map { Array($0.message.body.readableBytesView) } }
    var receivedBodies: [[UInt8]] { self.received.map { Array($0.body.readableBytesView) } }
}

/// The message of a recorded frame.
func recordedMessage(_ name: String) throws -> ChannelMessage {
    try ChannelDataTests.message(TribesVector.named(name))
}

/// Expects that `message` becomes the recorded frame once it has the recording's time, id and sender.
func expectFrame(
    _ message: ChannelMessage?,
    equals name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let recorded = try recordedMessage(name)
    var message = try #require(message, sourceLocation: sourceLocation)
    message.timestamp = recorded.timestamp
    message.uniqueID = recorded.uniqueID
    message.sender = recorded.sender
    #expect(ChannelData.encode(message) == TribesVector.named(name).buffer, sourceLocation: sourceLocation)
}
