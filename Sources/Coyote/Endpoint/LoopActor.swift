import NIOCore

/// The isolation in which an event loop's requests are served: all their tasks belong to this actor, so that a request
/// never changes threads.
///
/// A preferred task executor would do the same, but the runtime looks for it, under a lock, wherever a call returns that
/// might have suspended; an actor's executor it only compares.
actor LoopActor {
    private let executor: Executor

    init(_ eventLoop: any EventLoop) {
        self.executor = Executor(eventLoop)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// Starts a task that runs at once, as far as it gets without suspending.
    ///
    /// Called on the event loop, outside of any task.
    nonisolated func start(_ operation: sending @escaping () async -> Void) -> Task<Void, Never> {
        // SAFETY: sent here by the caller, and on to the task.
        nonisolated(unsafe) let operation = operation
        return self.executor.runAtOnce {
            self.assumeIsolated { actor in
                Task {
                    _ = actor
                    await operation()
                }
            }
        }
    }

    /// What a future brings, of this event loop or of another one, for a task of this actor.
    nonisolated func value<Value: Sendable>(of future: EventLoopFuture<Value>) async throws -> Value {
        let parking = Parking()
        // SAFETY: the future completes on the event loop, where the task reads it afterwards.
        nonisolated(unsafe) var result: Result<Value, any Error>?
        future.hop(to: self.executor.eventLoop).whenComplete { outcome in
            result = outcome
            parking.goOn(on: self)
        }
        await parking.wait()
        guard let result else { throw CancellationError() }
        return try result.get()
    }

    /// Waits at `parking`, and there alone, until a future of this event loop or of another one has succeeded.
    ///
    /// Not generic, as whoever waits with each request is of another module, for which it would not be specialized.
    nonisolated func completion(of future: EventLoopFuture<Void>, parkedAt parking: Parking) async throws {
        future.hop(to: self.executor.eventLoop).whenComplete { outcome in
            if case .failure(let error) = outcome { parking.failure = error }
            // Within another task of this thread it has to wait for its turn.
            if withUnsafeCurrentTask(body: { $0 == nil }) {
                parking.goOnAtOnce(on: self)
            } else {
                parking.goOn(on: self)
            }
        }
        await parking.wait()
        if let failure = parking.failure.take() { throw failure }
    }

    /// Runs a part of one of this actor's tasks.
    ///
    /// Called on the event loop, outside of any task.
    nonisolated func run(_ job: UnownedJob) { job.runSynchronously(on: self.unownedExecutor) }

    /// Runs a part of one of this actor's tasks, in a later turn of the loop.
    nonisolated func runLater(_ job: UnownedJob) { self.executor.runLater(job) }

    private final class Executor: SerialExecutor {
        let eventLoop: any EventLoop
        // SAFETY: both are used on the event loop only.
        nonisolated(unsafe) private var isHolding = false
        nonisolated(unsafe) private var held: UnownedJob?

        init(_ eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            if self.eventLoop.inEventLoop, self.isHolding {
                self.isHolding = false
                self.held = job
            } else {
                self.runLater(job)
            }
        }

        func runLater(_ job: UnownedJob) {
            self.eventLoop.execute { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }

        /// Runs the job that `enqueue` enqueues, without a turn of the loop.
        func runAtOnce<Result>(_ enqueue: () -> Result) -> Result {
            self.isHolding = true
            let result = enqueue()
            self.isHolding = false
            self.held.take()?.runSynchronously(on: self.asUnownedSerialExecutor())
            return result
        }

        func isIsolatingCurrentContext() -> Bool? { self.eventLoop.inEventLoop }

        func checkIsolated() { self.eventLoop.preconditionInEventLoop() }
    }
}
