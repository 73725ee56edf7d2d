import ClusterSupport
import NIOCore
import Synchronization
import Testing
import Tribes

@Suite struct MessageDispatchInterceptorTests {
    final class Handler: ErrorHandler, Sendable {
        let completed = Mutex(0)
        let failed = Mutex(0)

        func handleError(_ error: Tribes.ChannelError, uniqueID: UniqueID) { self.failed.withLock { $0 += 1 } }
        func handleCompletion(uniqueID: UniqueID) { self.completed.withLock { $0 += 1 } }
    }

    static func harness(
        maxQueueSize: Int64 = 100,
        alwaysSend: Bool = true
    ) -> (ChainHarness, MessageDispatchInterceptor) {
        var configuration = MessageDispatchInterceptor.Configuration()
        configuration.maxQueueSize = maxQueueSize
        configuration.alwaysSend = alwaysSend
        let interceptor = MessageDispatchInterceptor(configuration: configuration)
        let harness = ChainHarness([interceptor])
        harness.start()
        return (harness, interceptor)
    }

    @Test("the sender of an asynchronous message does not wait, that of another does")
    func dispatch() {
        let (harness, interceptor) = Self.harness()
        let promise = harness.loop.makePromise(of: Void.self)
        harness.answerSends { _, _ in promise.futureResult }
        let asynchronous = Outcome(
            harness.send(harness.makeMessage([1], options: [.asynchronous, .useAck]), to: [ChainHarness.member(2)])
        )
        let synchronous = Outcome(
            harness.send(harness.makeMessage([2], options: .synchronous), to: [ChainHarness.member(2)])
        )
        harness.run()
        #expect(asynchronous.isSuccess)
        #expect(synchronous.isPending)
        #expect(interceptor.statistics.bytes == 1)
        promise.succeed()
        harness.run()
        #expect(synchronous.isSuccess)
        #expect(interceptor.statistics.bytes == 0)
        #expect(interceptor.statistics.finished == 1)
        #expect(harness.sentBodies == [[1], [2]])
        #expect(harness.sent[0].message.options == [.asynchronous, .useAck])
    }

    @Test("what became of a message is told to its handler")
    func handlers() {
        let (harness, interceptor) = Self.harness()
        let handler = Handler()
        var message = harness.makeMessage([1], options: .asynchronous)
        message.errorHandler = handler
        harness.send(message, to: [ChainHarness.member(2)])
        harness.answerSends { [harness] _, _ in harness.loop.failed(Tribes.ChannelError(.sendFailed, "no")) }
        harness.send(message, to: [ChainHarness.member(2)])
        harness.run()
        #expect(handler.completed.withLock { $0 } == 1)
        #expect(handler.failed.withLock { $0 } == 1)
        #expect(interceptor.statistics.failed == 1)
    }

    @Test("a full queue makes senders wait, and is bounded all the same", arguments: [true, false])
    func overflow(alwaysSend: Bool) {
        let (harness, interceptor) = Self.harness(alwaysSend: alwaysSend)
        let promise = harness.loop.makePromise(of: Void.self)
        harness.answerSends { _, _ in promise.futureResult }
        let outcomes = (0..<6).map { _ in
            Outcome(
                harness.send(
                    harness.makeMessage(Array(repeating: 0, count: 40), options: .asynchronous),
                    to: [ChainHarness.member(2)]
                )
            )
        }
        harness.run()
        #expect(outcomes.filter(\.isSuccess).count == 2)
        #expect(outcomes.filter(\.isPending).count == (alwaysSend ? 3 : 0))
        #expect(outcomes.last?.error?.code == .queueFull)
        #expect(interceptor.statistics.overflows == 4)
        #expect(interceptor.statistics.bytes <= 200)
        promise.succeed()
        harness.run()
        #expect(interceptor.statistics.bytes == 0)
        #expect(interceptor.statistics.messages == 0)
    }

    @Test("of a message that its sender waits for the result tells alone", arguments: [true, false])
    func waiting(isFailure: Bool) {
        let (harness, interceptor) = Self.harness()
        let (handler, promise) = (Handler(), harness.loop.makePromise(of: Void.self))
        harness.answerSends { _, _ in promise.futureResult }
        var message = harness.makeMessage(Array(repeating: 0, count: 80), options: .asynchronous)
        harness.send(message, to: [ChainHarness.member(2)])
        message.errorHandler = handler
        let outcome = Outcome(harness.send(message, to: [ChainHarness.member(2)]))
        harness.run()
        #expect(outcome.isPending)
        if isFailure { promise.fail(Tribes.ChannelError(.sendFailed, "no")) } else { promise.succeed() }
        harness.run()
        #expect(outcome.isSuccess == !isFailure && !outcome.isPending)
        #expect(handler.failed.withLock { $0 } == 0 && handler.completed.withLock { $0 } == 0)
        #expect(interceptor.statistics.failed == (isFailure ? 2 : 0))
        #expect(interceptor.statistics.finished == 2 && interceptor.statistics.bytes == 0)
    }

    @Test("a message larger than the queue may wait alone")
    func large() {
        let (harness, interceptor) = Self.harness()
        let outcome = Outcome(
            harness.send(
                harness.makeMessage(Array(repeating: 0, count: 500), options: .asynchronous),
                to: [ChainHarness.member(2)]
            )
        )
        harness.run()
        #expect(outcome.isSuccess)
        #expect(interceptor.statistics.refused == 0)
    }

    @Test("before the start and after the stop messages pass as they are")
    func stopped() {
        let interceptor = MessageDispatchInterceptor(configuration: MessageDispatchInterceptor.Configuration())
        let harness = ChainHarness([interceptor])
        harness.send(harness.makeMessage([1], options: .asynchronous), to: [ChainHarness.member(2)])
        #expect(interceptor.statistics.taken == 0)
        #expect(harness.sent.count == 1)
    }
}

@Suite struct ThroughputInterceptorTests {
    @Test("frames are counted as they travel, once for each destination")
    func counts() throws {
        let interceptor = ThroughputInterceptor(configuration: ThroughputInterceptor.Configuration())
        let harness = ChainHarness([interceptor])
        let message = harness.makeMessage(Array(repeating: 1, count: 1000))
        let size = Double(ChannelData.packageSize(of: message)) / 1_048_576
        harness.send(message, to: [ChainHarness.member(2), ChainHarness.member(3)])
        harness.run()
        try harness.receive(message)
        let statistics = interceptor.statistics
        #expect(statistics.messagesSent == 1)
        #expect(statistics.messagesReceived == 1)
        #expect(statistics.megabytesOfApplication == size)
        #expect(statistics.megabytesSent == 2 * size)
        #expect(statistics.megabytesReceived == size)
        harness.answerSends { [harness] _, _ in harness.loop.failed(Tribes.ChannelError(.sendFailed, "no")) }
        harness.send(message, to: [ChainHarness.member(2)])
        harness.run()
        #expect(interceptor.statistics.messagesFailed == 1)
    }

    @Test("a report is due every so many messages, and time counts only while something is sent")
    func meter() {
        var meter = ThroughputMeter()
        var reports = 0
        for number in 0..<25 {
            let start = NIODeadline.uptimeNanoseconds(UInt64(number) * 10_000_000_000)
            meter.sendStarted(at: start, wallClock: 5)
            let isDue = meter.sendFinished(1024, destinations: 1, at: start + .seconds(1), interval: 10)
            if isDue { reports += 1 }
        }
        #expect(reports == 2)
        #expect(meter.sendSeconds == 25)
        #expect(meter.report(seconds: 25, at: .uptimeNanoseconds(0)).contains("Tx Msg:25 messages"))
    }
}

@Suite struct DomainFilterInterceptorTests {
    @Test("members and messages of other domains are hidden")
    func filters() throws {
        var configuration = DomainFilterInterceptor.Configuration()
        configuration.domain = Array("blue".utf8)
        let interceptor = DomainFilterInterceptor(configuration: configuration)
        let harness = ChainHarness([interceptor])
        var (blue, red) = (ChainHarness.member(2), ChainHarness.member(3))
        (blue.domain, red.domain) = (Array("blue".utf8), Array("red".utf8))
        harness.addMember(blue)
        harness.addMember(red)
        #expect(harness.added == [blue])
        #expect(harness.chain.members == [blue])
        try harness.receive(harness.makeMessage([1], sender: blue))
        try harness.receive(harness.makeMessage([2], sender: red))
        #expect(harness.receivedBodies == [[1]])
        #expect(interceptor.droppedMessages == 1)
        harness.removeMember(red)
        harness.removeMember(blue)
        #expect(harness.disappeared == [blue])
    }
}

@Suite struct SimpleCoordinatorTests {
    @Test("after a quiet time all members in their order are the view, the first is the coordinator")
    func view() {
        let coordinator = SimpleCoordinator(configuration: SimpleCoordinator.Configuration())
        let harness = ChainHarness([coordinator], local: ChainHarness.member(5))
        harness.start()
        harness.addMember(ChainHarness.member(7))
        harness.run(.milliseconds(2000))
        harness.addMember(ChainHarness.member(3))
        harness.run(.milliseconds(2000))
        #expect(coordinator.view.isEmpty)
        harness.run(.milliseconds(600))
        #expect(coordinator.view == [3, 5, 7].map { ChainHarness.member($0) })
        #expect(coordinator.coordinator == ChainHarness.member(3))
        #expect(!coordinator.isCoordinator)
        harness.removeMember(ChainHarness.member(3))
        harness.run(.milliseconds(2600))
        #expect(coordinator.isCoordinator)
        _ = harness.chain.stop(.all)
        #expect(coordinator.view.isEmpty)
    }
}
