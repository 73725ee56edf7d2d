import Synchronization
import Testing

@testable import CatalinaCore

@Suite struct LifecycleTests {
    /// Writes down what happens to it, and fails where it is told to.
    final class Component: Lifecycle, LifecycleListener {
        let lifecycle = LifecycleSupport()
        let failing: LifecycleMachine.Command?
        private let log = Mutex<[String]>([])

        init(failing: LifecycleMachine.Command? = nil) {
            self.failing = failing
            self.lifecycle.add(self)
        }

        var lifecycleName: String { "Component" }
        var events: [String] { self.log.withLock { $0 } }

        func lifecycleEvent(_ event: LifecycleEvent) async throws {
            self.log.withLock { $0.append(event.kind.rawValue) }
        }

        private func fail(_ command: LifecycleMachine.Command) throws {
            if self.failing == command { throw LifecycleError("told to") }
        }

        func initInternal() async throws { try self.fail(.initialize) }
        func startInternal() async throws {
            try self.fail(.start)
            try await self.enter(.starting)
        }
        func stopInternal() async throws {
            try self.fail(.stop)
            try await self.enter(.stopping)
        }
        func destroyInternal() async throws { try self.fail(.destroy) }
    }

    @Test("a whole life fires its events in order")
    func life() async throws {
        let component = Component()
        try await component.start()
        #expect(component.state == .started)
        try await component.start()
        try await component.stop()
        try await component.stop()
        try await component.destroy()
        #expect(component.state == .destroyed)
        #expect(
            component.events == [
                "before_init", "after_init", "before_start", "start", "after_start", "before_stop", "stop",
                "after_stop",
                "before_destroy", "after_destroy",
            ]
        )
    }

    @Test(
        "a failure leaves the component failed, and it can be destroyed",
        arguments: [LifecycleMachine.Command.initialize, .start]
    )
    func failure(command: LifecycleMachine.Command) async throws {
        let component = Component(failing: command)
        await #expect(throws: LifecycleError.self) { try await component.start() }
        #expect(component.state == .failed)
        try await component.destroy()
        #expect(component.state == .destroyed)
    }

    @Test("a transition that makes no sense is refused with Tomcat's text")
    func invalid() async throws {
        let component = Component()
        try await component.start()
        await #expect {
            try await component.initialize()
        } throws: {
            "\($0)"
                == "An invalid Lifecycle transition was attempted ([before_init]) for component [Component] in state [STARTED]"
        }
    }

    @Test("an application that fails does not keep its neighbours from starting", arguments: [1, 0])
    func neighbours(threads: Int) async throws {
        let container = try EmbeddedContainer(host: { $0.startStopThreads = threads })
        let missing = "/nonexistent"
        let first = StandardContext(configuration: .init())
        try first.reconfigure { $0.path = "/first" }
        first.setup.documentBase = missing
        try await container.host.addChild(first)
        let second = try await container.add(path: "/second", documentBase: "/tmp") { _, _ in }
        try await container.start()
        #expect(first.state == .failed)
        #expect(first.failure != nil)
        #expect(second.state == .started)
    }
}
