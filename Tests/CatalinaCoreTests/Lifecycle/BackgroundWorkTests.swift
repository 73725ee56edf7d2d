import Coyote
import Modeler
import Synchronization
import Testing

@testable import CatalinaCore

@Suite(.timeLimit(.minutes(1))) struct BackgroundWorkTests {
    /// Counts the rounds of background work, and tells of each.
    private final class Rounds: LifecycleListener {
        let count = Atomic(0)
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

        func lifecycleEvent(_ event: LifecycleEvent) async throws {
            guard event.kind == .periodic else { return }
            self.count.add(1, ordering: .relaxed)
            self.continuation.yield()
        }
    }

    @Test("the time between two rounds may change while a container runs")
    func delay() async throws {
        var configuration = StandardEngine.Configuration()
        configuration.name = "Catalina"
        configuration.backgroundProcessorDelay = 3600
        let engine = StandardEngine(configuration: configuration)
        let host = StandardHost(configuration: StandardHost.Configuration())
        let (ofEngine, ofHost) = (Rounds(), Rounds())
        engine.lifecycle.add(ofEngine)
        host.lifecycle.add(ofHost)
        try engine.attachChild(host)
        try await engine.start()
        try engine.reconfigure { $0.backgroundProcessorDelay = 1 }
        for await _ in ofHost.stream { break }
        #expect(ofEngine.count.load(ordering: .relaxed) > 0)
        // With a delay of its own the host no longer shares the engine's rounds.
        try host.reconfigure { $0.backgroundProcessorDelay = 3600 }
        let soFar = ofHost.count.load(ordering: .relaxed)
        await engine.backgroundProcessTree()
        #expect(ofHost.count.load(ordering: .relaxed) == soFar)
        #expect(throws: (any Error).self) { try engine.reconfigure { $0.name = "x" } }
        try await engine.stop()
    }

    @Test(
        "the Server's offset is in the ports of its connectors",
        arguments: [(8080, 100, 8180, 543), (0, 100, 0, 443)]
    )
    func portOffset(port: Int, offset: Int, bound: Int, redirect: Int) async throws {
        let server = try StandardServer.descriptor.component([("port", "-1"), ("portOffset", String(offset))])
        let service = try StandardService.descriptor.component([("name", "s")])
        let attributes = [("port", String(port)), ("bindOnInit", "false")]
        let connector = try Connector.descriptor.component(attributes)
        service.add(connector)
        server.add(service)
        try await server.initialize()
        #expect(connector.configuration.http11.port == bound && connector.handler.configuration.port == bound)
        #expect(connector.configuration.redirectPort == redirect)
        if port > 0 { #expect(connector.handler.name == "http-nio-\(bound)") }
        try await server.destroy()
    }
}
