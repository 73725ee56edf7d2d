import ClusterSupport
import NIOCore
import Testing

@testable import Tribes

/// What leaves together: writes to connections are counted, not messages.
@Suite struct SendBatchTests {
    private struct Pair {
        let cluster: SimulatedCluster
        let one: SimulatedNode
        let two: SimulatedNode

        /// Two nodes with connections between them that are open and idle: the lane's and two of the pool.
        init() throws {
            (self.cluster, self.one, self.two) = try GroupChannelTests.pair()
            self.send([0], .asynchronous)
            self.send([0], .synchronous)
            // Longer than messages gather behind an unanswered one, shorter than its answer takes.
            self.cluster.run(.microseconds(1500))
            self.send([0], .synchronous)
            self.cluster.run(.milliseconds(100))
            self.two.clear()
        }

        /// Writes so far: to the second node, and its answers.
        var writes: (there: Int, back: Int) {
            let network = self.cluster.network
            return (network.writes(from: one.host, to: two.host), network.writes(from: two.host, to: one.host))
        }

        @discardableResult
        func send(_ bytes: [UInt8], _ options: SendOptions) -> Outcome<UniqueID> {
            self.one.send(bytes, to: self.one.channel.members, options: options)
        }
    }

    private static let options: [(SendOptions, answers: Int)] = [
        (.synchronous, 1), (.useAck, 1), ([.asynchronous, .useAck], 1), (.asynchronous, 0), ([], 0),
    ]

    @Test("messages of one turn leave in one write, and are answered in one", arguments: options)
    func oneTurn(options: SendOptions, answers: Int) throws {
        let pair = try Pair()
        let before = pair.writes
        let outcomes = (0..<20).map { pair.send([UInt8($0)], options) }
        pair.cluster.run(.milliseconds(10))
        #expect(outcomes.allSatisfy { $0.isSuccess })
        #expect(pair.two.bodies == (0..<20).map { [$0] })
        #expect(pair.writes.there - before.there == 1)
        #expect(pair.writes.back - before.back == answers)
    }

    @Test("what would make a batch too large leaves in another")
    func size() throws {
        let pair = try Pair()
        let before = pair.writes
        let body = [UInt8](repeating: 1, count: SendBatch.bytesMaximum / 3)
        let outcomes = (0..<6).map { _ in pair.send(body, [.asynchronous, .useAck]) }
        pair.cluster.run(.milliseconds(50))
        #expect(outcomes.allSatisfy { $0.isSuccess })
        #expect(pair.two.bodies.count == 6)
        #expect(pair.writes.there - before.there == 3)
        #expect(pair.writes.back - before.back == 3)
    }

    @Test("what comes while a batch is not answered leaves together behind it")
    func behind() throws {
        let pair = try Pair()
        let before = pair.writes
        let first = pair.send([0], .synchronous)
        pair.cluster.run(.microseconds(100))
        let others = (1..<10).map { pair.send([UInt8($0)], .synchronous) }
        pair.cluster.run(.microseconds(100))
        #expect(pair.writes.there - before.there == 1)
        pair.cluster.run(.milliseconds(10))
        #expect(first.isSuccess && others.allSatisfy { $0.isSuccess })
        #expect(pair.two.bodies == (0..<10).map { [$0] })
        #expect(pair.writes.there - before.there == 2)
        #expect(pair.writes.back - before.back == 2)
    }

    @Test("if that is not answered soon they take another connection, and do not wait for a sweep")
    func stalled() throws {
        let pair = try Pair()
        pair.cluster.network.pause(pair.two.host)
        let before = pair.writes
        let first = pair.send([0], .synchronous)
        pair.cluster.run(.microseconds(100))
        let others = (1..<10).map { pair.send([UInt8($0)], .synchronous) }
        pair.cluster.run(.microseconds(100))
        #expect(pair.writes.there - before.there == 1)
        pair.cluster.run(.milliseconds(4))
        #expect(pair.writes.there - before.there == 2)
        pair.cluster.network.resume(pair.two.host)
        pair.cluster.run(.milliseconds(10))
        #expect(first.isSuccess && others.allSatisfy { $0.isSuccess })
        #expect(Set(pair.two.bodies) == Set((0..<10).map { [$0] }))
        #expect(pair.writes.back - before.back == 2)
    }
}
