import Modeler
package import NIOCore
import Synchronization

/// What a channel knows of the world: the one loop it runs on, its wall clock and its randomness.
///
/// Everything above the sockets runs on this loop, and reads time and chance here and nowhere else, so that
/// a whole cluster can run on an embedded loop with a virtual clock and a seed.
package final class ChannelLoop: Sendable {
    package let eventLoop: any EventLoop
    /// Where the channel's users run tasks of their own that nobody waits for; nil for the global one.
    package let taskExecutor: (any TaskExecutor)?
    private let clock: @Sendable () -> Int64
    private let generator: Mutex<any RandomNumberGenerator & Sendable>
    /// The ids of all messages of the channel, which cost no call of the system and no lock; nil if they come from a
    /// generator that a test has seeded.
    private let ids: UniqueIDSource?

    /// A loop with a clock (milliseconds since 1970) and a source of random numbers, the system's unless given.
    package init(
        eventLoop: any EventLoop,
        clock: @escaping @Sendable () -> Int64 = WallClock.milliseconds,
        generator: (any RandomNumberGenerator & Sendable)? = nil,
        taskExecutor: (any TaskExecutor)? = nil
    ) {
        self.eventLoop = eventLoop
        self.taskExecutor = taskExecutor
        self.clock = clock
        self.generator = Mutex(generator ?? SystemRandomNumberGenerator())
        self.ids = generator == nil ? UniqueIDSource() : nil
    }

    /// The same clock and ids on another event loop, with random bytes of its own.
    private init(_ other: ChannelLoop, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.taskExecutor = other.taskExecutor
        self.clock = other.clock
        self.generator = Mutex(SystemRandomNumberGenerator())
        self.ids = other.ids ?? UniqueIDSource()
    }

    func beside(_ eventLoop: any EventLoop) -> ChannelLoop { ChannelLoop(self, on: eventLoop) }

    /// Wall clock in milliseconds since 1970, as it stands in messages; it may jump.
    package var wallClock: Int64 { self.clock() }

    /// For deadlines and ages; it never goes back.
    package var now: NIODeadline { self.eventLoop.now }

    /// An id that no other message has.
    ///
    /// Isolation: any thread.
    package func makeUniqueID() -> UniqueID {
        self.ids?.next() ?? self.generator.withLock { UniqueID.random(using: &$0) }
    }

    /// Random bytes; good enough for initialisation vectors when the generator is the system's.
    package func randomBytes(count: Int) -> [UInt8] {
        self.generator.withLock { generator in
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    }

    /// Stops the process if the caller is not on the loop.
    package func preconditionOnLoop() {
        self.eventLoop.preconditionInEventLoop()
    }

    package func makePromise<Value>(of type: Value.Type = Value.self) -> EventLoopPromise<Value> {
        self.eventLoop.makePromise(of: type)
    }

    package func succeeded() -> EventLoopFuture<Void> { self.eventLoop.makeSucceededVoidFuture() }

    package func failed<Value>(_ error: ChannelError) -> EventLoopFuture<Value> {
        self.eventLoop.makeFailedFuture(error)
    }

    /// Runs `body` on the loop after `delay`, unless it is cancelled.
    @discardableResult
    package func schedule(after delay: TimeAmount, _ body: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        self.eventLoop.scheduleTask(in: delay, body)
    }

    /// Runs `body` on the loop every `interval`, first after one, until it is cancelled.
    package func `repeat`(every interval: TimeAmount, _ body: @escaping @Sendable () -> Void) -> RepeatedTask {
        self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in body() }
    }
}
