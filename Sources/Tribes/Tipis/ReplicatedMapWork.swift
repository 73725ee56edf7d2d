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
    /// Tell a node that takes itself for the primary who is.
    case inform(String, Member)
    /// Find out which of two primaries stays.
    case contest(String, Member)
    /// Tell a node again what it may not have heard of a key.
    case retell(String, Member)
    /// Make sure that somebody has the value of an entry of which this node was primary.
    case verify(String)
    /// Ask a node that is taken for a key's primary, and does not name the key, what became of it.
    case question(String, Member)
    /// Find an owner for an entry of which nobody is known to be the primary, or forget it.
    case rescue(String)

    var key: String {
        switch self {
        case .publish(let key), .protect(let key), .claim(let key), .verify(let key), .rescue(let key): key
        case .correct(let key, _), .inform(let key, _), .contest(let key, _), .retell(let key, _): key
        case .question(let key, _): key
        }
    }
}

/// What a map has under way on the channel's loop.
struct ReplicatedMapWork {
    /// Jobs that are done at the same time.
    static let jobsMaximum = 64
    /// How long after something went wrong with a node all that it holds is looked at once more.
    static let verificationDelay = TimeAmount.seconds(30)
    /// Whole values that are asked for at the same time because changes came without them.
    static let repairsMaximum = 256
    /// How often such a value is asked for that its primary, which does not count changes, sends again meanwhile.
    static let repairAttempts = 3

    /// Those who wait for jobs, by number.
    private struct Waits {
        var jobs: [Int: Set<ReplicatedMapJob>] = [:]
        var promises: [Int: EventLoopPromise<Void>] = [:]
        var last = 0
    }

    /// The last step of each key that has some: the next one begins when it is done.
    var steps: [String: EventLoopFuture<Void>] = [:]
    var isPinging = false
    /// Nodes that are to be asked once more what they hold: when, and whether something has gone wrong again since.
    private var verifications: [Member: (due: NIODeadline, isAgain: Bool)] = [:]
    /// What comes of comparing what nodes know.
    var agreement = MapAgreement()
    /// Keys whose whole value is being asked for because changes came without it.
    var repairs: Set<String> = []
    /// Keys of which others were told who has them: a node that begins may not have heard of it.
    var told = RecentKeys()
    /// Keys of which something was sent that nobody acknowledges.
    var unanswered = RecentKeys()
    /// Jobs that wait, each once: at most eight for each key and node.
    private var queue = CircularBuffer<ReplicatedMapJob>()
    private var queued: Set<ReplicatedMapJob> = []
    /// One for each node that begins.
    private var waits = Waits()
    private var count = 0
    private var isPumping = false

    mutating func enqueue(_ jobs: [ReplicatedMapJob]) {
        for job in jobs where self.queued.insert(job).inserted { self.queue.append(job) }
    }

    /// The next job, if one may begin.
    mutating func nextJob() -> ReplicatedMapJob? {
        guard self.count < Self.jobsMaximum, let job = self.queue.popFirst() else { return nil }
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

    // MARK: Looking once more

    /// Something went wrong with a node, or is about to have been.
    mutating func verify(_ member: Member, at now: NIODeadline) {
        let isAgain = self.verifications[member] != nil
        let due = self.verifications[member]?.due ?? now + Self.verificationDelay
        self.verifications[member] = (due, isAgain)
    }

    /// Takes nodes whose time has come; of those that are gone nothing is asked.
    mutating func takeVerifications(of members: [Member], at now: NIODeadline) -> [Member] {
        if self.verifications.isEmpty { return [] }
        self.verifications = self.verifications.filter { members.contains($0.key) }
        let due = members.filter { self.verifications[$0].map { $0.due <= now } ?? false }
        for member in due {
            let isAgain = self.verifications.removeValue(forKey: member)?.isAgain ?? false
            if isAgain { self.verify(member, at: now) }
        }
        return due
    }

    /// Whether the caller is to begin the jobs that wait; false if somebody does.
    mutating func beginPumping() -> Bool {
        guard !self.isPumping else { return false }
        self.isPumping = true
        return true
    }

    mutating func endPumping() { self.isPumping = false }
}
