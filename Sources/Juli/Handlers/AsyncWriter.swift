import Glibc

/// The thread that writes for every ``AsyncFileHandler`` of a log, and the queue before it.
///
/// Bounds: ``capacity`` records wait (more are treated as ``OverflowPolicy`` says, and the loss is reported on
/// standard error with its size); whoever waits for the thread waits at most ``patience`` seconds.
/// Tomcat counterpart: the executor inside `org.apache.juli.AsyncFileHandler`.
// SAFETY: `queue`, `isWriting`, `isClosed` and `hasEnded` are touched only while holding `lock`, which lives as
// long as this object, and the thread holds a reference to this object until it ends.
package final class AsyncWriter: @unchecked Sendable {
    /// Records that may wait; system property `org.apache.juli.AsyncMaxRecordCount`.
    package static let capacity = 10_000
    /// Seconds after which waiting for a disk is given up.
    package static let patience = 5

    private typealias Entry = (file: FileHandler, record: LogRecord)

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let diagnostics: LogDiagnostics
    private var queue: RecordQueue<Entry>
    private var isWriting = false
    private var isClosed = false
    private var hasEnded = false

    /// Starts the thread; without one (the system refuses) every record is written by its caller.
    package init(capacity: Int, policy: OverflowPolicy, diagnostics: @escaping LogDiagnostics) {
        self.queue = RecordQueue(capacity: capacity, policy: policy)
        self.diagnostics = diagnostics
        pthread_mutex_init(self.lock, nil)
        pthread_cond_init(self.changed, nil)
        self.startThread()
    }

    deinit {
        pthread_cond_destroy(self.changed)
        pthread_mutex_destroy(self.lock)
        self.changed.deallocate()
        self.lock.deallocate()
    }

    /// Queues the record; false when the thread has ended and the caller must write it.
    func offer(_ record: LogRecord, to file: FileHandler) -> Bool {
        pthread_mutex_lock(self.lock)
        defer { pthread_mutex_unlock(self.lock) }
        guard !self.isClosed else { return false }
        if self.queue.offer((file, record)) == .full {
            self.waitUntilIdle()
            guard !self.isClosed, self.queue.offer((file, record)) == .accepted else { return false }
        }
        pthread_cond_broadcast(self.changed)
        return true
    }

    /// Returns when what was queued before is written, or after ``patience``.
    func drain() {
        pthread_mutex_lock(self.lock)
        defer { pthread_mutex_unlock(self.lock) }
        self.waitUntilIdle()
    }

    /// Writes what is queued and ends the thread; later records are written by their callers.
    package func close() {
        pthread_mutex_lock(self.lock)
        defer { pthread_mutex_unlock(self.lock) }
        self.isClosed = true
        pthread_cond_broadcast(self.changed)
        self.wait { self.hasEnded }
    }

    // MARK: Below: holding the lock

    private func waitUntilIdle() {
        self.wait { (self.queue.count == 0 && !self.isWriting) || self.hasEnded }
    }

    private func wait(until isDone: () -> Bool) {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += Self.patience
        while !isDone() {
            guard pthread_cond_timedwait(self.changed, self.lock, &deadline) == 0 else { return }
        }
    }

    private func startThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<AsyncWriter>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard failure == 0 else {
            context.release()
            self.isClosed = true
            self.hasEnded = true
            self.diagnostics("Failed to start the log's writing thread: \(systemMessage(failure))")
            return
        }
        pthread_detach(thread)
    }

    private func run() {
        CurrentThread.setName("juli-writer")
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        pthread_mutex_lock(self.lock)
        while true {
            let (entries, dropped) = self.queue.takeAll()
            if entries.isEmpty {
                if self.isClosed { break }
                pthread_cond_wait(self.changed, self.lock)
                continue
            }
            self.isWriting = true
            pthread_mutex_unlock(self.lock)
            self.write(entries, dropped: dropped)
            pthread_mutex_lock(self.lock)
            self.isWriting = false
            pthread_cond_broadcast(self.changed)
        }
        self.hasEnded = true
        pthread_cond_broadcast(self.changed)
        pthread_mutex_unlock(self.lock)
    }

    /// Runs of records for the same file go there together.
    private func write(_ entries: [Entry], dropped: Int) {
        if dropped > 0 {
            self.diagnostics("\(dropped) log records were dropped because \(self.queue.capacity) were waiting")
        }
        var rest = entries[...]
        while let first = rest.first {
            let run = rest.prefix { $0.file === first.file }
            first.file.publish(run.lazy.map(\.record))
            rest = rest.dropFirst(run.count)
        }
    }
}
