import NIOPosix
import Synchronization

/// Threads for servlets that block, made when the first such servlet is called.
///
/// Bound: at most `maximum` servlets block at a time; further requests wait for a thread, one each.
/// Isolation: any thread.
/// Source: the role of `org.apache.tomcat.util.threads.ThreadPoolExecutor`.
package final class WorkerThreads: TaskExecutor {
    private struct Protected {
        var pool: NIOThreadPool?
        var delegate: WorkerThreads?
    }

    package let maximum: Int
    package let namePrefix: String
    private let protected = Mutex(Protected())
    private let busy = Atomic<Int>(0)
    private let completed = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)

    package init(maximum: Int, namePrefix: String) {
        self.maximum = max(1, maximum)
        self.namePrefix = namePrefix
    }

    /// Lets another set of threads do the work: a connector that names an `<Executor>`.
    package func use(_ other: WorkerThreads) { self.protected.withLock { $0.delegate = other } }

    package func enqueue(_ job: consuming ExecutorJob) {
        if let delegate = self.protected.withLock({ $0.delegate }) {
            delegate.enqueue(job)
            return
        }
        let unowned = UnownedJob(job)
        self.waiting.wrappingAdd(1, ordering: .relaxed)
        self.pool().submit { _ in
            self.waiting.wrappingSubtract(1, ordering: .relaxed)
            self.busy.wrappingAdd(1, ordering: .relaxed)
            unowned.runSynchronously(on: self.asUnownedTaskExecutor())
            self.busy.wrappingSubtract(1, ordering: .relaxed)
            self.completed.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// Servlets that run on the threads now.
    package var activeCount: Int { self.busy.load(ordering: .relaxed) }
    /// Pieces of work done so far.
    package var completedTaskCount: Int { self.completed.load(ordering: .relaxed) }
    /// Servlets that wait for a thread.
    package var queueSize: Int { self.waiting.load(ordering: .relaxed) }
    /// Threads that exist.
    package var poolSize: Int { self.protected.withLock { $0.pool == nil ? 0 : self.maximum } }

    /// Ends the threads once their work is done.
    package func stop() async {
        let pool = self.protected.withLock { protected in
            defer { protected.pool = nil }
            return protected.pool
        }
        guard let pool else { return }
        do { try await pool.shutdownGracefully() } catch {
            CategoryLogger("org.apache.tomcat.util.threads.ThreadPoolExecutor")
                .warning("shutdown", "The worker threads could not be stopped: \(error)")
        }
    }

    private func pool() -> NIOThreadPool {
        self.protected.withLock { protected in
            if let pool = protected.pool { return pool }
            let pool = NIOThreadPool(numberOfThreads: self.maximum)
            pool.start()
            protected.pool = pool
            return pool
        }
    }
}
