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

        /// Where the first valve stands, from a place on, that does not just let a request pass; the basic one never does.
        fileprivate func place(ofNextToAsk request: Request, from start: Int) -> Int {
            // A buffer lends the valves, the array would retain each.
            self.valves.withUnsafeBufferPointer { valves in
                var index = start
                while index < valves.count - 1, valves[index].passes(request) { index += 1 }
                return index
            }
        }

        /// The chain of the container below, if the valve at this place is the basic one and sends the request there
        /// without being asked.
        ///
        /// A valve that wants to hear when the request comes back is put into `waiting`; there is place for one.
        fileprivate func chainBelow(_ request: Request, at index: Int, _ waiting: inout (any Valve)?) -> Chain? {
            guard index == self.valves.count - 1 else { return nil }
            let valve = self.valves[index]
            guard request.isOrdinary, waiting == nil || !valve.needsReturn, let below = valve.leads(request) else {
                return nil
            }
            if valve.needsReturn { waiting = valve }
            return below
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
        ///
        /// Goes down through the chains of containers whose basic valves have nothing to do before. The valve on the way
        /// that wants to hear when the request comes back is put into `waiting`.
        private func nextToAsk(_ request: Request, _ waiting: inout (any Valve)?) -> Next {
            // SAFETY: the chains on the way are the mapping's, which stays as it is meanwhile.
            unowned(unsafe) var chain = self.chain
            var index = chain.place(ofNextToAsk: request, from: self.index)
            while let below = chain.chainBelow(request, at: index, &waiting) {
                chain = below
                index = chain.place(ofNextToAsk: request, from: 0)
            }
            return Next(chain: chain, index: index)
        }

        /// Sends the request through the valves that are left.
        package func invoke(_ request: Request, _ response: Response) async throws {
            var waiting: (any Valve)?
            let next = self.nextToAsk(request, &waiting)
            let valve = next.chain.valves[next.index]
            try await Pipeline.pass(request, response, to: valve, next.rest, waiting: waiting)
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
