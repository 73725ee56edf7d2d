import Logging
package import Modeler
import ServletAPI
import Synchronization

/// Names requests that take too long, and ends them if that is asked for.
///
/// In Tomcat such a request holds a thread; here it may as well be suspended, so what is named is the request: its id,
/// its address and how long it has been running. It is looked for at every background tick.
/// Source: `org.apache.catalina.valves.StuckThreadDetectionValve`.
package final class StuckThreadDetectionValve: Valve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Seconds after which a request is named; 0 or less never names one.
        package var threshold = 600
        /// Seconds after which a request's task is cancelled; negative never cancels one.
        package var interruptThreadThreshold = -1

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<StuckThreadDetectionValve>(
        className: "org.apache.catalina.valves.StuckThreadDetectionValve",
        kind: .valve,
        "Names requests that take too long",
        defaults: Configuration(),
        attributes: [
            Attribute("threshold", \.threshold, "Seconds after which a request is named"),
            Attribute(
                "interruptThreadThreshold",
                \.interruptThreadThreshold,
                "Seconds after which a request is cancelled; negative for never"
            ),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    private let live: LiveSettings<Configuration, Void>
    private let requests: Mutex<RunningRequests>
    private let tasks = Mutex<[Int: TaskHandle]>([:])
    private let now: @Sendable () -> Int64
    private let logger = Logger(label: "org.apache.catalina.valves.StuckThreadDetectionValve")

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration) { MonotonicClock.coarseMilliseconds() }
    }

    init(configuration: Configuration, now: @escaping @Sendable () -> Int64) {
        self.live = LiveSettings(configuration)
        self.requests = Mutex(RunningRequests(configuration))
        self.now = now
    }

    package var configuration: Configuration { self.live.value }

    /// Changes the limits, also for requests that run already.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.live.change(change)
        let configuration = self.configuration
        self.requests.withLock { $0.use(configuration) }
    }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        let configuration = self.configuration
        guard configuration.threshold > 0 else { return try await next.invoke(request, response) }
        let running = RunningRequests.Entry(id: request.requestId, url: request.requestURL, start: self.now())
        let number = self.requests.withLock { $0.begin(running) }
        defer { self.end(number) }
        guard configuration.interruptThreadThreshold >= 0 else { return try await next.invoke(request, response) }
        withUnsafeCurrentTask { task in
            if let task { self.tasks.withLock { $0[number] = TaskHandle(task: task) } }
        }
        try await next.invoke(request, response)
    }

    private func end(_ number: Int) {
        // The handle goes before the task can end.
        _ = self.tasks.withLock { $0.removeValue(forKey: number) }
        guard let ended = self.requests.withLock({ $0.end(number, now: self.now()) }) else { return }
        self.logger.warning(
            "A request that was reported to be stuck has completed",
            metadata: [
                "request": "\(ended.id)", "url": "\(ended.url)", "milliseconds": "\(ended.age)",
                "left": "\(ended.left)",
            ]
        )
    }

    package func backgroundProcess() async {
        let found = self.requests.withLock { $0.check(now: self.now()) }
        for stuck in found.stuck {
            self.logger.warning(
                "A request has been active for too long and may be stuck",
                metadata: [
                    "request": "\(stuck.id)", "url": "\(stuck.url)", "milliseconds": "\(stuck.age)",
                    "stuck": "\(stuck.left)",
                ]
            )
        }
        for number in found.overdue {
            self.tasks.withLock { $0[number]?.task.cancel() }
            self.logger.warning("A request was cancelled because it was active for too long")
        }
    }

    /// Ids of the requests that were named and are still running.
    package var stuckThreadNames: [String] { self.requests.withLock { $0.stuckNames } }
    package var stuckThreadCount: Int { self.stuckThreadNames.count }
    package var interruptedThreadsCount: Int { self.requests.withLock { $0.cancelled } }
}

/// A request's task, to be cancelled from outside.
///
/// SAFETY: the valve removes it, under the lock under which it is used, before the request leaves the valve, so the
/// task is alive whenever it is touched; `cancel` may be called from any thread.
private struct TaskHandle: @unchecked Sendable {
    let task: UnsafeCurrentTask
}

/// The requests in a valve, and which of them take too long: no clock, no tasks.
struct RunningRequests: Sendable {
    struct Entry: Sendable {
        let id: String
        let url: String
        /// In milliseconds.
        let start: Int64
        var isNamed = false
        var isCancelled = false

        init(id: String, url: String, start: Int64) {
            self.id = id
            self.url = url
            self.start = start
        }
    }

    /// What is said of one request.
    struct Report: Equatable {
        let id: String
        let url: String
        /// Milliseconds.
        let age: Int64
        /// How many requests are stuck then.
        let left: Int
    }

    private var threshold: Int64 = 0
    private var cancelThreshold: Int64?
    private var entries: [Int: Entry] = [:]
    private var number = 0
    /// How many were cancelled so far.
    private(set) var cancelled = 0

    init(_ configuration: StuckThreadDetectionValve.Configuration) { self.use(configuration) }

    mutating func use(_ configuration: StuckThreadDetectionValve.Configuration) {
        self.threshold = Int64(configuration.threshold) * 1000
        let cancel = Int64(configuration.interruptThreadThreshold) * 1000
        self.cancelThreshold = cancel >= 0 ? max(cancel, self.threshold) : nil
    }

    mutating func begin(_ entry: Entry) -> Int {
        self.number += 1
        self.entries[self.number] = entry
        return self.number
    }

    /// A request ends; there is something to say if it was named.
    mutating func end(_ number: Int, now: Int64) -> Report? {
        guard let entry = self.entries.removeValue(forKey: number), entry.isNamed else { return nil }
        return Report(id: entry.id, url: entry.url, age: now - entry.start, left: self.stuckNames.count)
    }

    /// The requests to be named now, and the numbers of those to be cancelled now.
    mutating func check(now: Int64) -> (stuck: [Report], overdue: [Int]) {
        var stuck: [Report] = []
        var overdue: [Int] = []
        var count = self.stuckNames.count
        for (number, entry) in self.entries.sorted(by: { $0.key < $1.key }) {
            let age = now - entry.start
            if age >= self.threshold, !entry.isNamed {
                count += 1
                self.entries[number]?.isNamed = true
                stuck.append(Report(id: entry.id, url: entry.url, age: age, left: count))
            }
            if let limit = self.cancelThreshold, age >= limit, !entry.isCancelled {
                self.entries[number]?.isCancelled = true
                self.cancelled += 1
                overdue.append(number)
            }
        }
        return (stuck: stuck, overdue: overdue)
    }

    var stuckNames: [String] { self.entries.sorted { $0.key < $1.key }.filter(\.value.isNamed).map(\.value.id) }
}
