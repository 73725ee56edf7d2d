import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// Numbers as they came.
private final class Order: Sendable {
    private let state = Mutex<[Int]>([])
    var numbers: [Int] { self.state.withLock { $0 } }
    func append(_ number: Int) { self.state.withLock { $0.append(number) } }
}

/// Lets tasks wait until someone opens it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    var count: Int { self.state.withLock { $0.waiting.count } }
}

@Suite struct LoadValveTests {
    @Test("the health check answers without the application", arguments: ["GET", "POST", "HEAD"])
    func checksHealth(method: String) async throws {
        let container = try await EmbeddedContainer([HealthCheckValve(configuration: .init())]) { _, response in
            try await response.write("application")
        }
        let answer = await container.send(method, "/health")
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        #expect(answer["Content-Length"] == "36")
        #expect(answer.text == "{\n  \"status\": \"UP\",\n  \"checks\": []\n}")
        #expect(await container.send(method, "/health/x").text == "application")
    }

    @Test("the health check is negative while a container below does not serve")
    func isUnhealthy() async throws {
        let valve = try HealthCheckValve.descriptor.component([("path", "/up")])
        let container = try await EmbeddedContainer([valve]) { _, _ in }
        let down = StandardContext(configuration: .init())
        try down.reconfigure { $0.path = "/down" }
        try container.host.base.insert(down, under: container.host)
        let answer = await container.send("GET", "/up")
        #expect(answer.status == 503)
        #expect(answer.text.contains("\"status\": \"DOWN\""))
        let careless = try HealthCheckValve.descriptor.component([
            ("path", "/careless"), ("checkContainersAvailable", "false"),
        ])
        container.host.pipeline.add(careless)
        container.refresh()
        #expect(await container.send("GET", "/careless").status == 200)
    }

    @Test("a semaphore lets as many pass as it has permits, and those who wait in order")
    func limits() async throws {
        let semaphore = RequestSemaphore(permits: 2)
        #expect(await semaphore.acquire())
        #expect(semaphore.tryAcquire())
        #expect(!semaphore.tryAcquire())
        let order = Order()
        await withTaskGroup { group in
            for number in 0..<3 {
                group.addTask {
                    let hasPermit = await semaphore.acquire()
                    order.append(hasPermit ? number : -1)
                    semaphore.release()
                }
                while semaphore.waiting <= number { await Task.yield() }
            }
            semaphore.release()
        }
        semaphore.release()
        #expect(order.numbers == [0, 1, 2])
        #expect(semaphore.tryAcquire())
        #expect(semaphore.tryAcquire())
        #expect(!semaphore.tryAcquire())
    }

    @Test("a cancelled task waits no longer and holds nothing")
    func cancels() async throws {
        let semaphore = RequestSemaphore(permits: 1)
        #expect(semaphore.tryAcquire())
        let waiting = Task { await semaphore.acquire() }
        while semaphore.waiting == 0 { await Task.yield() }
        waiting.cancel()
        #expect(await !waiting.value)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await semaphore.acquire()
        }
        #expect(await !late.value)
        semaphore.release()
        #expect(semaphore.tryAcquire())
    }

    @Test("requests above the bound are refused if they are not to wait", arguments: [(-1, 200), (503, 503)])
    func refuses(status: Int, expected: Int) async throws {
        let attributes = [("concurrency", "1"), ("block", "false"), ("highConcurrencyStatus", "\(status)")]
        let valve = try SemaphoreValve.descriptor.component(attributes)
        let gate = Gate()
        let first = try await EmbeddedContainer([valve]) { _, _ in await gate.pass() }
        let second = try await EmbeddedContainer([valve]) { _, response in try await response.write("passed") }
        let running = Task { [first = UncheckedBox(first)] in await first.value.send("GET", "/").status }
        while gate.count == 0 { await Task.yield() }
        let refused = await second.send("GET", "/")
        #expect(refused.status == expected)
        #expect(!refused.text.contains("passed"))
        gate.open()
        #expect(await running.value == 200)
        #expect(await second.send("GET", "/").text == "passed")
        #expect(throws: SemaphoreValve.Fault(concurrency: 0)) {
            try SemaphoreValve.descriptor.component([("concurrency", "0")])
        }
    }

    @Test("requests are named once, and cancelled once, when their time is over")
    func findsStuckRequests() {
        var configuration = StuckThreadDetectionValve.Configuration()
        configuration.threshold = 10
        configuration.interruptThreadThreshold = 20
        var requests = RunningRequests(configuration)
        let first = requests.begin(RunningRequests.Entry(id: "a", url: "/a", start: 0))
        let second = requests.begin(RunningRequests.Entry(id: "b", url: "/b", start: 5000))
        func check(_ now: Int64) -> ([String], [Int]) {
            let found = requests.check(now: now)
            return (found.stuck.map { "\($0.id) \($0.age) \($0.left)" }, found.overdue)
        }
        #expect(check(9999) == ([], []))
        #expect(check(10_000) == (["a 10000 1"], []))
        #expect(check(16_000) == (["b 11000 2"], []))
        #expect(requests.stuckNames == ["a", "b"])
        #expect(check(20_000) == ([], [first]))
        #expect(check(30_000) == ([], [second]))
        #expect(check(40_000) == ([], []))
        #expect(requests.cancelled == 2)
        #expect(requests.end(first, now: 41_000) == RunningRequests.Report(id: "a", url: "/a", age: 41_000, left: 1))
        let third = requests.begin(RunningRequests.Entry(id: "c", url: "/c", start: 41_000))
        #expect(requests.end(third, now: 42_000) == nil)
    }

    @Test("a request that takes too long is cancelled")
    func cancelsStuckRequests() async throws {
        var configuration = StuckThreadDetectionValve.Configuration()
        configuration.threshold = 1
        configuration.interruptThreadThreshold = 1
        let clock = TestClock()
        let valve = StuckThreadDetectionValve(configuration: configuration) { clock.now }
        let isRunning = Atomic(false)
        let container = try await EmbeddedContainer([valve]) { _, response in
            isRunning.store(true, ordering: .relaxed)
            while !Task.isCancelled { await Task.yield() }
            try await response.write("cancelled")
        }
        let running = Task { [container = UncheckedBox(container)] in await container.value.send("GET", "/slow").text }
        while !isRunning.load(ordering: .relaxed) { await Task.yield() }
        await valve.backgroundProcess()
        #expect(valve.stuckThreadCount == 0)
        clock.advance(1000)
        await valve.backgroundProcess()
        #expect(await running.value == "cancelled")
        #expect(valve.interruptedThreadsCount == 1)
        #expect(valve.stuckThreadNames.isEmpty)
    }
}

/// Carries a value into a task that alone uses it.
///
/// SAFETY: the test touches it again only after the task has ended.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
