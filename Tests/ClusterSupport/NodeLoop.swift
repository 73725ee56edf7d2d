package import Dispatch
package import NIOCore
package import NIOEmbedded
import Synchronization

/// One node's view of the loop that all nodes of a simulated cluster share: what runs on it waits while the node's
/// process is paused.
///
/// Isolation: the embedded loop's thread.
package final class NodeLoop: EventLoop {
    private struct State {
        var isPaused = false
        var held: [() -> Void] = []
    }

    private let base: EmbeddedEventLoop
    // SAFETY: only the embedded loop's thread comes here.
    private nonisolated(unsafe) var state = State()

    package init(_ base: EmbeddedEventLoop) { self.base = base }

    /// Stops everything, as a signal does.
    package func pause() { self.state.isPaused = true }

    /// Goes on with what became due meanwhile, in the order in which it did.
    package func resume() {
        self.state.isPaused = false
        let held = self.state.held
        self.state.held = []
        for body in held { self.base._executeIsolatedUnsafeUnchecked { self.run(body) } }
    }

    private func run(_ body: @escaping () -> Void) {
        if self.state.isPaused { self.state.held.append(body) } else { body() }
    }

    // MARK: EventLoop

    package var inEventLoop: Bool { self.base.inEventLoop }
    package var now: NIODeadline { self.base.now }

    package func execute(_ task: @escaping @Sendable () -> Void) { self.base.execute { self.run(task) } }

    package func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        self.scheduleTask(deadline: self.now, task).futureResult
    }

    @discardableResult
    package func scheduleTask<T>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        let base = self.base.scheduleTask(deadline: deadline) {
            self.run {
                do {
                    promise.assumeIsolated().succeed(try task())
                } catch {
                    promise.fail(error)
                }
            }
        }
        return Scheduled(promise: promise) { base.cancel() }
    }

    @discardableResult
    package func scheduleTask<T>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.scheduleTask(deadline: self.now + time, task)
    }

    package func preconditionInEventLoop(file: StaticString, line: UInt) {
        self.base.preconditionInEventLoop(file: file, line: line)
    }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        callback(nil)
    }
}

/// Runs the tasks of one node on its loop, so that they take part in its virtual time and its pauses.
package final class NodeExecutor: TaskExecutor {
    private let loop: NodeLoop

    package init(_ loop: NodeLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
