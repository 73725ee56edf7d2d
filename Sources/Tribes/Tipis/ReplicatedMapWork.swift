import NIOCore

/// Something to be done for a key while nobody waits.
enum ReplicatedMapJob: Hashable, Sendable {
    /// Give an entry of this node's to those who are to have it.
    case publish(String)
    /// Do so if nobody else has it.
    case protect(String)
    /// Become primary of an entry of which each of two nodes takes the other for that.
    case claim(String)
    /// Tell a node that has it wrong who has a value.
    case correct(String, Member)
    /// Find out which of two primaries stays.
    case contest(String, Member)
    /// Make sure that somebody has the value of an entry of which this node was primary.
    case verify(String)

    var key: String {
        switch self {
        case .publish(let key), .protect(let key), .claim(let key), .verify(let key): key
        case .correct(let key, _), .contest(let key, _): key
        }
    }
}

/// What a map has under way on the channel's loop.
struct ReplicatedMapWork {
    /// Jobs that are done at the same time.
    static let jobsMaximum = 64
    /// How long after a node came back everything is looked at once more.
    static let verificationDelay = TimeAmount.seconds(30)
    /// Whole values that are asked for at the same time because changes came without them.
    static let repairsMaximum = 256

    /// Keys that are remembered for nodes that begin.
    static let toldMaximum = 1 << 14
    /// How long: a node that begins takes the state of another, and is told of what changes only when it says so.
    static let toldAge = TimeAmount.seconds(30)

    /// Those who wait for jobs, by number.
    private struct Waits {
        var jobs: [Int: Set<ReplicatedMapJob>] = [:]
        var promises: [Int: EventLoopPromise<Void>] = [:]
        var last = 0
    }

    /// The last step of each key that has some: the next one begins when it is done.
    var steps: [String: EventLoopFuture<Void>] = [:]
    var isPinging = false
    /// When all nodes are asked once more what they hold, because one was cut off and came back.
    var verification: NIODeadline?
    /// Nodes that entries named at the last heartbeat and that were no members.
    var strangers: Set<Member> = []
    /// Keys whose whole value is being asked for because changes came without it.
    var repairs: Set<String> = []
    /// Jobs that wait, each once: at most six for each key and node.
    private var queue: [ReplicatedMapJob] = []
    private var position = 0
    private var queued: Set<ReplicatedMapJob> = []
    /// One for each node that begins.
    private var waits = Waits()
    private var count = 0
    private var isPumping = false
    private var told = CircularBuffer<(key: String, time: NIODeadline)>()

    mutating func enqueue(_ jobs: [ReplicatedMapJob]) {
        for job in jobs where self.queued.insert(job).inserted { self.queue.append(job) }
    }

    /// The next job, if one may begin.
    mutating func nextJob() -> ReplicatedMapJob? {
        guard self.count < Self.jobsMaximum, self.position < self.queue.count else { return nil }
        let job = self.queue[self.position]
        self.position += 1
        if self.position == self.queue.count {
            self.queue = []
            self.position = 0
        }
        self.queued.remove(job)
        self.count += 1
        return job
    }

    /// A job is done.
    ///
    /// - Returns: those who waited for it, and for no other.
    mutating func endJob(_ job: ReplicatedMapJob) -> [EventLoopPromise<Void>] {
        self.count -= 1
        guard !self.waits.jobs.isEmpty, !self.queued.contains(job) else { return [] }
        for number in self.waits.jobs.keys { self.waits.jobs[number]?.remove(job) }
        return self.waits.jobs.filter(\.value.isEmpty).keys.sorted().compactMap { self.endWait($0) }
    }

    // MARK: Waiting

    /// Remembers who is to be told when all of these jobs are done.
    ///
    /// - Returns: the number of that.
    mutating func wait(for jobs: [ReplicatedMapJob], _ promise: EventLoopPromise<Void>) -> Int {
        self.waits.last += 1
        self.waits.jobs[self.waits.last] = Set(jobs)
        self.waits.promises[self.waits.last] = promise
        return self.waits.last
    }

    /// Who waits is to be told; nil if that was done.
    mutating func endWait(_ number: Int) -> EventLoopPromise<Void>? {
        self.waits.jobs[number] = nil
        return self.waits.promises.removeValue(forKey: number)
    }

    mutating func endWaits() -> [EventLoopPromise<Void>] {
        self.waits.promises.keys.sorted().compactMap { self.endWait($0) }
    }

    // MARK: What others were told

    /// Others are told who has a key.
    mutating func tell(_ key: String, at now: NIODeadline) {
        if self.told.count == Self.toldMaximum { self.told.removeFirst() }
        self.told.append((key, now))
    }

    /// Keys of which others were told so lately that a node that begins may not have heard of it.
    mutating func keysTold(at now: NIODeadline) -> Set<String> {
        while let first = self.told.first, now - first.time > Self.toldAge { self.told.removeFirst() }
        return Set(self.told.map(\.key))
    }

    /// Whether the caller is to begin the jobs that wait; false if somebody does.
    mutating func beginPumping() -> Bool {
        guard !self.isPumping else { return false }
        self.isPumping = true
        return true
    }

    mutating func endPumping() { self.isPumping = false }
}
