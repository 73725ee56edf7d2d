import ClusterSupport
import NIOCore
import Synchronization
import Testing
import Tribes

@Suite struct DuplicateFilterTests {
    struct Refusal: Error {}

    /// A member that writes frames and counts the answers.
    final class Stranger: NetworkConnectionHandler, Sendable {
        private let bytes = Mutex(ByteBuffer())

        /// The acknowledgements that came, in order.
        var answers: [Acknowledgement?] {
            var buffer = self.bytes.withLock { $0 }
            var answers: [Acknowledgement?] = []
            while let payload = try? PackageDecoder().decode(buffer: &buffer) {
                answers.append(Acknowledgement(payload: payload))
            }
            return answers
        }

        func received(_ bytes: ByteBuffer, on connection: any NetworkConnection) {
            _ = self.bytes.withLock { $0.writeImmutableBuffer(bytes) }
        }

        func closed(_ connection: any NetworkConnection, error: (any Error)?) {}
    }

    struct Line {
        let cluster = SimulatedCluster()
        let node: SimulatedNode
        let stranger = Stranger()

        init() throws {
            self.node = self.cluster.node(1)
            try self.node.start(.receiver)
        }

        /// Writes frames on a connection of their own.
        func write(_ messages: [ChannelMessage]) {
            self.cluster.network.node([10, 0, 0, 9]).connect(
                to: Endpoint(host: [10, 0, 0, 1], port: 4000),
                timeout: .seconds(1),
                options: SocketOptions(),
                on: self.node.loop,
                handler: self.stranger
            ).whenSuccess { connection in
                for message in messages { _ = connection.write(ChannelData.encode(message)) }
            }
            self.cluster.run(.milliseconds(20))
        }

        func message(_ body: [UInt8], options: SendOptions = .synchronous) -> ChannelMessage {
            ChannelMessage(
                options: options.union(.byteMessage),
                timestamp: 1,
                uniqueID: UniqueID(high: 7, low: 7),
                sender: ChainHarness.member(9),
                body: ByteBuffer(bytes: body)
            )
        }
    }

    @Test("a frame that comes again is applied once and acknowledged again", arguments: [0, 2, 6] as [UInt32])
    func resent(options: UInt32) throws {
        let line = try Line()
        let message = line.message([1], options: SendOptions(rawValue: options))
        line.write([message])
        line.write([message, message])
        #expect(line.node.bodies == [[1]])
        #expect(line.stranger.answers == Array(repeating: .accepted, count: options == 0 ? 0 : 3))
        #expect((line.node.channel.receiver as? NioReceiver)?.statistics.duplicates == 2)
    }

    @Test("a frame that was refused is applied when it comes again, and once")
    func refused() throws {
        let line = try Line()
        line.node.refuse(with: Refusal())
        line.write([line.message([1])])
        line.node.refuse(with: nil)
        line.write([line.message([1])])
        line.write([line.message([1])])
        #expect(line.stranger.answers == [.failed, .accepted, .accepted])
        #expect(line.node.bodies == [[1], [1]])
    }

    @Test("pieces of one message, and messages of two members with one id, are no duplicates")
    func distinct() throws {
        let line = try Line()
        let bodies: [[UInt8]] = [[1, 0, 0, 0, 0], [1, 0, 0, 0, 1], [], [0], [0, 0]]
        line.write(bodies.map { line.message($0) })
        var other = line.message(bodies[0])
        other.sender.port = 4001
        line.write([other])
        #expect(line.node.bodies == bodies + [bodies[0]])
    }

    @Test("what is remembered is bounded, the oldest goes first")
    func bounded() throws {
        var filter = DuplicateFilter()
        let line = try Line()
        let keys = (0...DuplicateFilter.countMaximum).map { number in
            var message = line.message([1])
            message.uniqueID = UniqueID(high: 1, low: UInt64(number))
            return DuplicateFilter.Key(message)
        }
        for key in keys { filter.insert(key) }
        for key in keys.suffix(3) { filter.insert(key) }
        #expect(filter.count == DuplicateFilter.countMaximum)
        #expect(!filter.contains(keys[0]))
        #expect(filter.contains(keys[1]))
    }
}
