package import Modeler
import ServletAPI
import Synchronization

/// Answers an orchestrator's health check without involving any web application.
///
/// Source: `org.apache.catalina.valves.HealthCheckValve`.
package final class HealthCheckValve: Valve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Path that answers the check; below a context, relative to that context.
        package var path = "/health"
        /// Also requires every child container to be available.
        package var checkContainersAvailable = true

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<HealthCheckValve>(
        className: "org.apache.catalina.valves.HealthCheckValve",
        kind: .valve,
        "Answers an orchestrator's health check",
        defaults: Configuration(),
        attributes: [
            Attribute("path", \.path, "Path that answers the check"),
            Attribute(
                "checkContainersAvailable",
                \.checkContainersAvailable,
                "Also requires every child container to be available"
            ),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    private struct Owner: Sendable { weak var container: (any Container)? }

    private let live: LiveSettings<Configuration, Void>
    private let owner = Mutex(Owner())

    package init(configuration: Configuration) { self.live = LiveSettings(configuration) }

    package var configuration: Configuration { self.live.value }
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }

    package func attach(to container: any Container) { self.owner.withLock { $0.container = container } }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        let configuration = self.configuration
        let container = self.owner.withLock { $0.container }
        let prefix = (container as? StandardContext)?.path ?? ""
        guard request.decodedPath == prefix + configuration.path else {
            return try await next.invoke(request, response)
        }
        let isUp = !configuration.checkContainersAvailable || container.map(Self.isAvailable) ?? false
        response.status = isUp ? 200 : 503
        response.contentType = "application/json"
        let body = "{\n  \"status\": \"\(isUp ? "UP" : "DOWN")\",\n  \"checks\": []\n}"
        try await response.write(bytes: Array(body.utf8))
    }

    private static func isAvailable(_ container: any Container) -> Bool {
        container.state.isAvailable && container.children.allSatisfy { self.isAvailable($0) }
    }
}
