import Glibc
import NIOConcurrencyHelpers
import Synchronization

/// Threads for servlets that block, made when somebody has to wait for one.
///
/// Bound: at most `maximum` servlets block at a time; further requests wait for a thread, one each.
/// Isolation: any thread.
/// Source: the role of `org.apache.tomcat.util.threads.ThreadPoolExecutor`; differs from it in: there is no thread before
/// the first servlet blocks.
package final class WorkerThreads: TaskExecutor {
    /// How many threads there are; may change while they run.
    package struct Limits: Sendable, Equatable {
        /// Most threads.
        package var maximum: Int
        /// Threads that are kept when there is nothing to do.
        package var spare: Int
        /// How long a further thread waits for work before it ends.
        package var idleMilliseconds: Int

        package init(maximum: Int, spare: Int = 10, idleMilliseconds: Int = 60_000) {
            self.maximum = maximum
            self.spare = spare
            self.idleMilliseconds = idleMilliseconds
        }
    }

    private struct Protected {
        var limits: Limits
        var delegate: WorkerThreads?
        var queue: [UnownedJob] = []
        /// Where the queue begins; what is before it has been taken.
        var head = 0
        var threads = 0
        var idle = 0
        var largest = 0
        var made = 0
        var isStopping = false

        var waiting: Int { self.queue.count - self.head }
        var maximum: Int { max(1, self.limits.maximum) }
        /// Whether the next thread that waits has something to do, if only to end.
        var hasMore: Bool { self.waiting > 0 || self.isStopping || self.threads > self.maximum }

        mutating func next() -> UnownedJob? {
            guard self.head < self.queue.count else { return nil }
            defer {
                self.head += 1
                if self.head == self.queue.count || self.head > 1024 {
                    self.queue.removeFirst(self.head)
                    self.head = 0
                }
            }
            return self.queue[self.head]
        }
    }

    package let namePrefix: String
    private let protected: Mutex<Protected>
    /// Whether there may be something to do.
    private let signal = ConditionLock(value: false)
    private let busy = Atomic<Int>(0)
    private let completed = Atomic<Int>(0)

    package init(limits: Limits, namePrefix: String) {
        self.protected = Mutex(Protected(limits: limits))
        self.namePrefix = namePrefix
    }

    package convenience init(maximum: Int, namePrefix: String) {
        self.init(limits: Limits(maximum: maximum), namePrefix: namePrefix)
    }

    /// How many threads there may be; a change counts from the next piece of work on.
    package var limits: Limits {
        get { self.protected.withLock { $0.limits } }
        set {
            self.protected.withLock { $0.limits = newValue }
            self.startThreads()
            self.wake()
        }
    }

    /// Lets another set of threads do the work: a connector that names an `<Executor>`.
    package func use(_ other: WorkerThreads) { self.protected.withLock { $0.delegate = other } }

    package func enqueue(_ job: consuming ExecutorJob) {
        if let delegate = self.protected.withLock({ $0.delegate }) {
            delegate.enqueue(job)
            return
        }
        let unowned = UnownedJob(job)
        self.protected.withLock { protected in
            protected.queue.append(unowned)
            protected.isStopping = false
        }
        self.startThreads()
        self.wake()
    }

    // MARK: Figures

    /// Servlets that run on the threads now.
    package var activeCount: Int { self.busy.load(ordering: .relaxed) }
    /// Pieces of work done so far.
    package var completedTaskCount: Int { self.completed.load(ordering: .relaxed) }
    /// Servlets that wait for a thread.
    package var queueSize: Int { self.protected.withLock { $0.waiting } }
    /// Threads that exist.
    package var poolSize: Int { self.protected.withLock { $0.threads } }
    /// Most threads there have been.
    package var largestPoolSize: Int { self.protected.withLock { $0.largest } }

    // MARK: Threads

    /// Ends the threads once their work is done; more work makes new ones.
    package func stop() async {
        self.protected.withLock { $0.isStopping = true }
        self.wake()
    }

    private func wake() {
        self.signal.lock()
        self.signal.unlock(withValue: true)
    }

    /// Makes threads for the work that waits, as far as the limit allows.
    private func startThreads() {
        while let number = self.protected.withLock({ self.numberOfNewThread(&$0) }) {
            self.startThread("\(self.namePrefix)\(number)")
        }
    }

    private func numberOfNewThread(_ protected: inout Protected) -> Int? {
        guard protected.waiting > protected.idle, protected.threads < protected.maximum else { return nil }
        protected.threads += 1
        // It waits for work from now on, so that the next caller does not make another one for the same.
        protected.idle += 1
        protected.largest = max(protected.largest, protected.threads)
        protected.made += 1
        return protected.made
    }

    private func startThread(_ name: String) {
        let failure = WorkerThread.start(named: name) { self.work() }
        guard let failure else { return }
        self.protected.withLock { protected in
            protected.threads -= 1
            protected.idle -= 1
        }
        CategoryLogger("org.apache.tomcat.util.threads.ThreadPoolExecutor")
            .error("addWorker", "A thread could not be made: \(String(cString: strerror(failure)))")
    }

    /// What a thread does until it is not needed any more.
    private func work() {
        while let job = self.awaitJob() {
            self.busy.wrappingAdd(1, ordering: .relaxed)
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            self.busy.wrappingSubtract(1, ordering: .relaxed)
            self.completed.wrappingAdd(1, ordering: .relaxed)
            self.protected.withLock { $0.idle += 1 }
        }
    }

    /// The next piece of work; `nil` if the thread should end, which then no longer counts.
    private func awaitJob() -> UnownedJob? {
        while true {
            let seconds = Double(max(1, self.limits.idleMilliseconds)) / 1000
            let isSignalled = self.signal.lock(whenValue: true, timeoutSeconds: seconds)
            if !isSignalled { self.signal.lock() }
            let (job, isOver, hasMore) = self.protected.withLock { protected in
                let next = self.next(in: &protected, isLate: !isSignalled)
                return (next.job, next.isOver, protected.hasMore)
            }
            self.signal.unlock(withValue: hasMore)
            if job != nil || isOver { return job }
        }
    }

    private func next(in protected: inout Protected, isLate: Bool) -> (job: UnownedJob?, isOver: Bool) {
        let isTooMany = protected.threads > protected.maximum
        if !isTooMany || protected.isStopping, let job = protected.next() {
            protected.idle -= 1
            return (job, false)
        }
        guard protected.isStopping || isTooMany || isLate && protected.threads > protected.limits.spare else {
            return (nil, false)
        }
        protected.threads -= 1
        protected.idle -= 1
        return (nil, true)
    }
}

/// A detached thread of the system.
private enum WorkerThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Longest name that the system keeps, in bytes.
    private static let nameMaximum = 15

    /// - Returns: why there is no thread; `nil` if there is one.
    static func start(named name: String, _ run: @escaping @Sendable () -> Void) -> Int32? {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                let body = Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
                WorkerThread.nameCurrent(body.name)
                body.run()
                return nil
            },
            body.toOpaque()
        )
        guard result == 0 else {
            body.release()
            return result
        }
        pthread_detach(thread)
        return nil
    }

    /// Names the calling thread; the end of a name tells threads apart.
    private static func nameCurrent(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let bytes = Array(name.utf8.suffix(self.nameMaximum))
        // A thread without its name works as well.
        _ = write(file, bytes, bytes.count)
        close(file)
    }
}
