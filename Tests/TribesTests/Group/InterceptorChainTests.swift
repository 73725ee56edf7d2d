import ClusterSupport
import NIOCore
import Testing
import Tribes

@Suite struct InterceptorChainTests {
    /// Appends its mark on the way down and takes it off on the way up.
    final class Marker: ChannelInterceptor {
        let mark: UInt8

        init(_ mark: UInt8) { self.mark = mark }

        func send(
            _ message: ChannelMessage,
            to destinations: [Member],
            context: InterceptorContext
        ) -> EventLoopFuture<Void> {
            var message = message
            message.body.writeInteger(self.mark)
            return context.send(message, to: destinations)
        }

        func messageReceived(_ message: ChannelMessage, context: InterceptorContext) throws {
            var message = message
            guard message.popLast(as: UInt8.self) == self.mark else {
                throw Tribes.ChannelError(.badMessage, "no mark")
            }
            try context.fireMessageReceived(message)
        }
    }

    @Test("sending walks down, receiving walks up")
    func order() throws {
        let harness = ChainHarness([Marker(1), Marker(2)])
        harness.send(harness.makeMessage([9]), to: [ChainHarness.member(2)])
        let sent = try #require(harness.sent.first)
        #expect(Array(sent.message.body.readableBytesView) == [9, 1, 2])
        #expect(sent.destinations == [ChainHarness.member(2)])
        try harness.receive(sent.message)
        #expect(harness.received.map { Array($0.body.readableBytesView) } == [[9]])
        #expect(throws: Tribes.ChannelError.self) { try harness.receive(harness.makeMessage([1])) }
    }

    @Test("events, heartbeats and levels pass through")
    func events() {
        let harness = ChainHarness([Marker(1)])
        harness.addMember(ChainHarness.member(2))
        harness.removeMember(ChainHarness.member(2))
        harness.chain.heartbeat()
        _ = harness.chain.start(.all)
        _ = harness.chain.stop(.membershipSend)
        #expect(harness.added == [ChainHarness.member(2)])
        #expect(harness.disappeared == [ChainHarness.member(2)])
        #expect(harness.heartbeats == 1)
        #expect(harness.levels == [.receiver, .sender, .membershipReceive])
    }

    @Test("a layer finds its neighbours by type")
    func neighbours() {
        let harness = ChainHarness([Marker(1), Marker(2)])
        #expect(harness.chain.context(at: 0).firstBelow(Marker.self)?.layer.mark == 2)
        #expect(harness.chain.context(at: 1).firstAbove(Marker.self)?.layer.mark == 1)
        #expect(harness.chain.context(at: 1).firstBelow(Marker.self) == nil)
    }
}
