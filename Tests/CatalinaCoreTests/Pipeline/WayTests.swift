import Modeler
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// Requests for a path that is known take a shorter way through the containers, and nobody sees a difference.
@Suite struct WayTests {
    /// Lets requests pass while it is told so, and notes those that it saw.
    private final class Gate: Valve {
        static let beanInfo = BeanInfo<Gate>(type: "Valve", attributes: [])
        let isOpen = Atomic<Bool>(true)
        let asked = Atomic<Int>(0)
        let seen = Atomic<Int>(0)

        func passes(_ request: CatalinaCore.Request) -> Bool {
            self.asked.wrappingAdd(1, ordering: .relaxed)
            return self.isOpen.load(ordering: .relaxed)
        }

        func invoke(
            _ request: CatalinaCore.Request,
            _ response: CatalinaCore.Response,
            next: Pipeline.Next
        ) async throws {
            self.seen.wrappingAdd(1, ordering: .relaxed)
            response.setHeader("X-Gate", "seen")
            try await next.invoke(request, response)
        }
    }

    private struct Broken: Error {}

    private let container: EmbeddedContainer
    private let context: StandardContext
    private let gates = (host: Gate(), context: Gate())

    init() async throws {
        self.container = try EmbeddedContainer()
        self.context = try await self.container.add(path: "/app") { model, classes in
            classes.servlets["Plain"] = { ClosureServlet { _, response in try await response.write("plain") } }
            classes.servlets["Broken"] = { ClosureServlet { _, _ in throw Broken() } }
            classes.servlets["Refusing"] = { ClosureServlet { _, response in try await response.sendError(409, "no") } }
            let names = ["Plain", "Broken", "Refusing"]
            model.servlets = names.map { ServletDefinition(name: $0, className: $0) }
            model.servletMappings = names.map { (pattern: "/" + $0, servletName: $0) }
        }
        self.container.host.pipeline.add(self.gates.host)
        self.context.pipeline.add(self.gates.context)
        try await self.container.start()
        self.container.followChanges()
    }

    private func status(_ path: String, times: Int = 4) async -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<times { statuses.append(await self.container.send("GET", path).status) }
        return statuses
    }

    @Test("answers, errors and failures are those of the first request")
    func sameAnswers() async {
        #expect(await self.status("/app/Plain") == [200, 200, 200, 200])
        #expect(await self.status("/app/Refusing") == [409, 409, 409, 409])
        #expect(await self.status("/app/Broken") == [500, 500, 500, 500])
        #expect(self.gates.host.seen.load(ordering: .relaxed) == 0)
        #expect(self.gates.host.asked.load(ordering: .relaxed) == 12)
        #expect(self.gates.context.asked.load(ordering: .relaxed) == 12)
    }

    @Test("a valve that wants to see requests from now on sees them, and none when it does not any more")
    func valvesAreAsked() async throws {
        #expect(await self.status("/app/Plain") == [200, 200, 200, 200])
        for gate in [self.gates.host, self.gates.context] {
            gate.isOpen.store(false, ordering: .relaxed)
            for _ in 0..<3 { #expect(await self.container.send("GET", "/app/Plain")["X-Gate"] == "seen") }
            gate.isOpen.store(true, ordering: .relaxed)
            #expect(gate.seen.load(ordering: .relaxed) == 3)
            #expect(await self.container.send("GET", "/app/Plain")["X-Gate"] == nil)
        }
    }

    @Test("a valve that is added later is asked, one that is removed is not")
    func followsPipelines() async throws {
        #expect(await self.status("/app/Plain") == [200, 200, 200, 200])
        let late = Gate()
        late.isOpen.store(false, ordering: .relaxed)
        self.context.pipeline.add(late)
        for _ in 0..<3 { #expect(await self.container.send("GET", "/app/Plain")["X-Gate"] == "seen") }
        self.context.pipeline.remove(late)
        for _ in 0..<3 { #expect(await self.container.send("GET", "/app/Plain")["X-Gate"] == nil) }
        #expect(late.seen.load(ordering: .relaxed) == 3)
    }

    @Test("a client that waits to be asked for the body is asked, and a refused request is refused")
    func extraordinaryRequests() async throws {
        #expect(await self.status("/app/Plain") == [200, 200, 200, 200])
        let answer = await self.container.send("POST", "/app/Plain") { $0.expectsContinue = true }
        #expect(answer.status == 200)
        #expect(answer.hook.acknowledged == 1)
        let refused = await self.container.send("GET", "/app/Plain") { $0.rejection = .badRequest }
        #expect(refused.status == 400)
    }

    @Test("a servlet's figures are counted once for each request, and an application's are those of its servlets")
    func figures() async throws {
        _ = await self.status("/app/Plain", times: 5)
        _ = await self.status("/app/Refusing", times: 3)
        let figures = Dictionary(self.context.wrappers.map { ($0.name, $0.statistics) }) { $1 }
        #expect(figures["Plain"]?.requestCount == 5)
        #expect(figures["Plain"]?.errorCount == 0)
        #expect(figures["Refusing"]?.errorCount == 3)
        #expect(self.context.statistics.requestCount == 8)
        #expect(self.context.statistics.errorCount == 3)
        #expect(self.context.wrappers.allSatisfy { $0.requests.underWay == 0 })
    }
}

@Suite struct RequestFiguresTests {
    @Test("sums, the longest and the shortest; what counted nothing changes nothing")
    func sum() {
        var sum = RequestFigures()
        sum.add(RequestFigures())
        #expect(sum == RequestFigures())
        sum.add(RequestFigures(requestCount: 2, errorCount: 1, processingTime: 30, maxTime: 20, minTime: 10))
        sum.add(RequestFigures())
        sum.add(RequestFigures(requestCount: 1, errorCount: 0, processingTime: 5, maxTime: 5, minTime: 5))
        #expect(sum == RequestFigures(requestCount: 3, errorCount: 1, processingTime: 35, maxTime: 20, minTime: 5))
    }

    @Test("a request under way is one that has begun and not ended, also by a dispatch")
    func underWay() {
        let statistics = RequestStatistics()
        statistics.begin()
        statistics.enter()
        #expect(statistics.underWay == 2)
        statistics.leave()
        statistics.end(nanoseconds: 3_000_000, isError: true)
        #expect(statistics.underWay == 0)
        #expect(
            statistics.figures
                == RequestFigures(requestCount: 1, errorCount: 1, processingTime: 3, maxTime: 3, minTime: 3)
        )
    }
}
