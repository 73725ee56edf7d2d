package import Modeler
import ServletAPI

/// Bounds how many requests are in the containers below at a time.
///
/// Source: `org.apache.catalina.valves.SemaphoreValve`.
package final class SemaphoreValve: Valve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Requests at a time.
        package var concurrency = 10
        /// Accepted: who waits longest is always first.
        package var fairness = false
        /// Whether requests above the bound wait; otherwise they are refused.
        package var block = true
        /// Accepted: a request whose client leaves stops waiting.
        package var interruptible = false
        /// Status of a refusal; without one a refused request gets an empty answer.
        package var highConcurrencyStatus = -1

        package init() {}
    }

    /// A bound that lets nothing pass.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let concurrency: Int

        package var description: String { "Invalid concurrency value [\(self.concurrency)] specified" }
    }

    package static let descriptor = ComponentDescriptor<SemaphoreValve>(
        className: "org.apache.catalina.valves.SemaphoreValve",
        kind: .valve,
        "Bounds how many requests are served at a time",
        defaults: Configuration(),
        attributes: [
            Attribute("concurrency", \.concurrency, "Requests at a time"),
            Attribute("fairness", \.fairness, "Accepted; who waits longest is first"),
            Attribute("block", \.block, "Whether requests above the bound wait"),
            Attribute("interruptible", \.interruptible, "Accepted; a client that leaves stops waiting"),
            Attribute("highConcurrencyStatus", \.highConcurrencyStatus, "Status of requests that do not wait"),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    private let live: LiveSettings<Configuration, Void>
    private let semaphore: RequestSemaphore

    /// - Throws: ``Fault``.
    package init(configuration: Configuration) throws {
        guard configuration.concurrency > 0 else { throw Fault(concurrency: configuration.concurrency) }
        self.live = LiveSettings(configuration)
        self.semaphore = RequestSemaphore(permits: configuration.concurrency)
    }

    package var configuration: Configuration { self.live.value }

    /// Changes what becomes of requests above the bound; the bound stays.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.live.change { configuration in
            let before = configuration
            try change(&configuration)
            guard configuration.concurrency == before.concurrency, configuration.fairness == before.fairness,
                configuration.interruptible == before.interruptible
            else { throw NotReconfigurable() }
        }
    }

    /// Requests that wait at present.
    package var waiting: Int { self.semaphore.waiting }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        let configuration = self.configuration
        let hasPermit = configuration.block ? await self.semaphore.acquire() : self.semaphore.tryAcquire()
        guard hasPermit else {
            let status = configuration.highConcurrencyStatus
            if status > 0 { try await response.sendError(status) }
            return
        }
        defer { self.semaphore.release() }
        try await next.invoke(request, response)
    }
}
