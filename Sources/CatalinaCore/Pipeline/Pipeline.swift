import Synchronization

/// The valves of one container, in order, and the basic valve that ends them.
///
/// Requests run on a ``Chain``, an immutable copy, so that adding a valve disturbs no request under way.
/// Isolation: any thread.
/// Source: `org.apache.catalina.core.StandardPipeline`.
package final class Pipeline: Sendable {
    /// The valves that take part, as they stood at one moment; the last one is the basic valve.
    package final class Chain: Sendable {
        let valves: [any Valve]

        init(valves: [any Valve]) {
            self.valves = valves
        }

        /// Sends a request through all valves.
        package func invoke(_ request: Request, _ response: Response) async throws {
            try await Next(chain: self, index: 0).invoke(request, response)
        }

        /// Whether every valve supports `startAsync`.
        package var isAsyncSupported: Bool { self.valves.allSatisfy(\.isAsyncSupported) }
    }

    /// The rest of a pipeline, seen from one of its valves.
    package struct Next {
        let chain: Chain
        let index: Int

        /// Behind the valve that the request is with.
        private var rest: Next { Next(chain: self.chain, index: self.index + 1) }

        /// Goes on to the next valve that has to be asked: each call that may suspend costs more than most valves do.
        private func skippingPassed(_ request: Request) -> Next {
            var chain = self.chain
            var index = self.index
            while true {
                let valve = chain.valves[index]
                if index < chain.valves.count - 1 {
                    guard valve.passes(request) else { break }
                    index += 1
                } else {
                    guard let inner = valve.descends(request) else { break }
                    chain = inner
                    index = 0
                }
            }
            return Next(chain: chain, index: index)
        }

        /// Sends the request through the valves that are left.
        package func invoke(_ request: Request, _ response: Response) async throws {
            let next = self.skippingPassed(request)
            try await next.chain.valves[next.index].invoke(request, response, next: next.rest)
        }
    }

    private struct Protected {
        var valves: [any Valve] = []
        var basic: (any Valve)?
        var chain = Chain(valves: [])
        weak var container: (any Container)?
    }

    private let protected = Mutex(Protected())

    package init() {}

    /// The valves without the basic one.
    package var valves: [any Valve] { self.protected.withLock { $0.valves } }

    /// The valve that ends the pipeline.
    package var basic: (any Valve)? { self.protected.withLock { $0.basic } }

    /// The valves as they stand now.
    package var chain: Chain { self.protected.withLock { $0.chain } }

    /// Says whose pipeline it is.
    package func attach(to container: any Container) {
        self.protected.withLock { $0.container = container }
    }

    /// Sets the valve that ends the pipeline.
    package func setBasic(_ valve: any Valve) {
        self.change { $0.basic = valve }
        if let container = self.container { valve.attach(to: container) }
    }

    /// Adds a valve behind those there are, before the basic one.
    package func add(_ valve: any Valve) {
        self.change { $0.valves.append(valve) }
        if let container = self.container { valve.attach(to: container) }
    }

    /// Removes a valve.
    package func remove(_ valve: any Valve) {
        self.change { $0.valves.removeAll { $0 === valve } }
    }

    /// Starts the valves that have a life of their own, in order.
    package func start() async throws {
        for case let valve as any Lifecycle in self.all where !valve.state.isAvailable { try await valve.start() }
    }

    /// Stops the valves that have a life of their own.
    package func stop() async throws {
        for case let valve as any Lifecycle in self.all where valve.state.isAvailable { try await valve.stop() }
    }

    /// Lets each valve do its background work.
    package func backgroundProcess() async {
        for valve in self.all { await valve.backgroundProcess() }
    }

    private var container: (any Container)? { self.protected.withLock { $0.container } }

    /// All valves, the basic one last.
    package var all: [any Valve] { self.protected.withLock { $0.valves + [$0.basic].compactMap { $0 } } }

    private func change(_ body: (inout Protected) -> Void) {
        let container = self.protected.withLock { protected in
            body(&protected)
            let container = protected.container
            let passed = protected.valves.filter { !$0.isTransparent(in: container) }
            protected.chain = Chain(valves: passed + [protected.basic].compactMap { $0 })
            return protected.container
        }
        container?.base.pipelineDidChange()
    }
}
