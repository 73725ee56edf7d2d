import NIOCore

/// A place where one task of a ``LoopActor`` waits until it is told to go on.
///
/// A continuation would do the same, but the runtime resumes it on its global threads, from where it finds its way back;
/// a task that goes over to this actor is kept by the actor's executor as it is.
/// Isolation: the event loop.
actor Parking {
    private let executor = Executor()
    private var visits = 0
    // SAFETY: used on the event loop only.
    nonisolated(unsafe) private var isSignalled = false
    /// What was waited for failed.
    // SAFETY: used on the event loop only.
    nonisolated(unsafe) var failure: (any Error)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// Returns when ``goOn(on:)`` is called, at once if that has happened since the last wait.
    nonisolated func wait() async {
        if self.isSignalled {
            self.isSignalled = false
        } else {
            await self.park()
        }
    }

    /// Lets the task go on, in a later turn of the loop.
    nonisolated func goOn(on actor: LoopActor) {
        if let job = self.executor.parked.take() {
            actor.runLater(job)
        } else {
            self.isSignalled = true
        }
    }

    /// Lets the task go on here and now, outside of any task.
    nonisolated func goOnAtOnce(on actor: LoopActor) {
        if let job = self.executor.parked.take() { actor.run(job) } else { self.isSignalled = true }
    }

    // What it does does not matter, but for a call that did nothing nobody would change executors.
    @inline(never) private func park() { self.visits &+= 1 }

    private final class Executor: SerialExecutor {
        // SAFETY: used on the event loop only.
        nonisolated(unsafe) var parked: UnownedJob?

        func enqueue(_ job: consuming ExecutorJob) { self.parked = UnownedJob(job) }
    }
}
