import Foundation
import ServletAPI
import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

/// What becomes of requests while their application is being reloaded.
@Suite struct ReloadTests {
    /// Holds up the second start of an application, and may make it fail.
    private final class Hindrance: LifecycleListener {
        private let fails: Bool
        private let starts = Atomic(0)
        private let gate = AsyncStream<Void>.makeStream()
        private let reached = AsyncStream<Void>.makeStream()

        init(fails: Bool) { self.fails = fails }

        func open() { self.gate.continuation.finish() }

        func reach() async { for await _ in self.reached.stream {} }

        func lifecycleEvent(_ event: LifecycleEvent) async throws {
            guard event.kind == .configureStart, self.starts.add(1, ordering: .relaxed).newValue == 2 else { return }
            self.reached.continuation.finish()
            for await _ in self.gate.stream {}
            if self.fails { throw LifecycleError("The second start fails") }
        }
    }

    @Test(
        "a request that comes during a reload waits for its end, however that ends",
        arguments: [(false, 200, "again"), (true, 404, nil)]
    )
    func waits(fails: Bool, status: Int, text: String?) async throws {
        let hindrance = Hindrance(fails: fails)
        let container = try EmbeddedContainer()
        let context = try await container.add(path: "/reload-\(fails)") { model, classes in
            model.servlets = [ServletDefinition(name: "closure", className: "closure")]
            model.servletMappings = [(pattern: "/*", servletName: "closure")]
            classes.servlets["closure"] = { ClosureServlet { try await $1.write("again") } }
        }
        context.lifecycle.add(hindrance)
        try await container.start()
        container.followChanges()
        async let reload: Void = context.reload()
        await hindrance.reach()
        #expect(context.isPaused && context.facts == nil)
        async let opening: Void = {
            _ = try await eventually { context.pause?.isAwaited == true }
            hindrance.open()
        }()
        let answer = await container.send("GET", "/reload-\(fails)/")
        #expect(answer.status == status)
        if let text { #expect(answer.text == text) }
        try await opening
        try await reload
        #expect(!context.isPaused)
        #expect(await container.send("GET", "/reload-\(fails)/").status == status)
    }

    @Test("a pause that lasts too long is given up, one that is over is none")
    func bound() async throws {
        let pause = ReloadPause()
        #expect(!pause.isAwaited)
        #expect(try await pause.waitForEnd(atMost: .milliseconds(1)) == false)
        pause.end()
        pause.end()
        #expect(try await pause.waitForEnd(atMost: .seconds(60)))
    }

    @Test("all who wait go on at the end")
    func ends() async throws {
        let pause = ReloadPause()
        let isOver = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 { group.addTask { try await pause.waitForEnd(atMost: .seconds(60)) } }
            while !pause.isAwaited { await Task.yield() }
            pause.end()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(isOver == [true, true, true])
    }

    @Test("whoever is cancelled stops waiting")
    func cancels() async throws {
        let pause = ReloadPause()
        let waiting = Task { try await pause.waitForEnd(atMost: .seconds(60)) }
        while !pause.isAwaited { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
