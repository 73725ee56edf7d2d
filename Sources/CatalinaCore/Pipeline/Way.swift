extension Pipeline {
    /// The way of requests whose path was mapped alike, worked out once: which valves still have to be asked, and where the
    /// request is handled if all of them let it pass.
    ///
    /// Belongs to a mapping, and so to a table of the mapper, which is replaced when a pipeline changes.
    /// Isolation: one event loop.
    final class Way {
        /// Valves that decide by more than the path.
        private let asked: [any Valve]
        /// The valve that wants to hear when the request comes back.
        private let waiting: (any Valve)?
        private let last: any Valve
        private let behindLast: Next

        /// The way of an ordinary request that has been mapped, from a chain on; `nil` if more than one valve waits for it
        /// to come back.
        init?(of request: Request, from chain: Chain) {
            var chain = chain
            var asked: [any Valve] = []
            var waiting: (any Valve)?
            while let basic = chain.valves.last {
                asked += chain.valves.dropLast()
                guard let below = basic.leads(request) else { break }
                if basic.needsReturn {
                    guard waiting == nil else { return nil }
                    waiting = basic
                }
                chain = below
            }
            guard let last = chain.valves.last else { return nil }
            (self.asked, self.waiting, self.last) = (asked, waiting, last)
            self.behindLast = Next(chain: chain, index: chain.valves.count)
        }

        /// Whether a request may take the way: no valve wants to see it.
        func isOpen(to request: Request) -> Bool {
            guard request.isOrdinary else { return false }
            // A buffer lends the valves, the array would retain each.
            return self.asked.withUnsafeBufferPointer { valves in
                for index in valves.indices where !valves[index].passes(request) { return false }
                return true
            }
        }

        /// Sends a request to which the way is open through.
        @inline(__always)
        func invoke(_ request: Request, _ response: Response) async throws {
            try await Pipeline.pass(request, response, to: self.last, self.behindLast, waiting: self.waiting)
        }
    }

    /// Lets a valve handle a request, and then the valve that waits for it to come back.
    @inline(__always)
    static func pass(
        _ request: Request,
        _ response: Response,
        to valve: any Valve,
        _ next: Next,
        waiting: (any Valve)?
    ) async throws {
        guard let waiting else { return try await valve.invoke(request, response, next: next) }
        var failure: (any Error)?
        do {
            try await valve.invoke(request, response, next: next)
        } catch {
            failure = error
        }
        if failure != nil || !waiting.returnedAtOnce(request, response) {
            try await waiting.returned(request, response, failure)
        }
    }
}
