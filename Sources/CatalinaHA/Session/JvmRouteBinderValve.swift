package import CatalinaCore
package import Modeler
import ServletAPI
import Synchronization

/// Makes a session this node's when its client was sent here although its id names another node.
///
/// The id gets this node's route, so that a balancer keeps the client here, and the other nodes are told.
/// Source: `org.apache.catalina.ha.session.JvmRouteBinderValve`.
package final class JvmRouteBinderValve: ClusterValve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Whether ids are changed.
        package var enabled = true
        /// Name of the request attribute that holds the id before.
        package var sessionIdAttribute = "org.apache.catalina.ha.session.JvmRouteOriginalSessionID"

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<JvmRouteBinderValve>(
        className: "org.apache.catalina.ha.session.JvmRouteBinderValve",
        kind: .valve,
        "Gives sessions of failed nodes the route of this one",
        defaults: Configuration(),
        attributes: [
            Attribute("enabled", \.enabled, "Whether ids are changed"),
            Attribute("sessionIdAttribute", \.sessionIdAttribute, "Request attribute that holds the id before"),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    private let settings: Mutex<Configuration>
    private let count = Mutex(0)

    package init(configuration: Configuration) { self.settings = Mutex(configuration) }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    /// Sessions that were given this node's route.
    package var numberOfSessions: Int { self.count.withLock { $0 } }

    package func attach(to cluster: SimpleTcpCluster) {}

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if let id = request.requestedSessionId, let route = request.host?.engine?.jvmRoute, !route.isEmpty,
            let new = Self.rebound(id, to: route), let manager = request.facts?.manager as? any ClusterManager
        {
            let configuration = self.configuration
            if configuration.enabled {
                try await self.turnOver(request, manager, from: id, to: new, configuration)
            }
        }
        try await next.invoke(request, response)
    }

    /// The id with the route in place of what stands behind its first dot; nil if it has none or has it already.
    static func rebound(_ id: String, to route: String) -> String? {
        // Octets, as each request comes by here; a route is compared as it stands.
        let (octets, routeOctets) = (id.utf8.span, route.utf8.span)
        guard let dot = octets.indices.first(where: { octets[$0] == UInt8(ascii: ".") }), dot > 0 else { return nil }
        let start = dot + 1
        if octets.count - start == routeOctets.count,
            routeOctets.indices.allSatisfy({ octets[start + $0] == routeOctets[$0] })
        {
            return nil
        }
        return String(id[...id.utf8.index(id.startIndex, offsetBy: dot)]) + route
    }

    private func turnOver(
        _ request: Request,
        _ manager: any ClusterManager,
        from old: String,
        to new: String,
        _ configuration: Configuration
    ) async throws {
        if let session = try await manager.findSession(old), session.isValid {
            if session.idInternal != old, let session = session as? DeltaSession {
                (manager as? DeltaManager)?.disagreed(on: session)
            }
            if session.idInternal != new { manager.changeSessionId(session, to: new) }
            request.changedSession(to: new)
            request.setAttribute(configuration.sessionIdAttribute, old)
            if session.note(DeltaSession.sessionIDNote) as? String == old {
                session.setNote(DeltaSession.sessionIDNote, new)
            }
            self.count.withLock { $0 += 1 }
        } else if try await manager.findSession(new) != nil {
            request.changedSession(to: new)
        }
    }
}

extension JvmRouteBinderValve {
    package static let beanInfo = BeanInfo<JvmRouteBinderValve>(
        type: "Valve",
        attributes: commonBeanAttributes + [
            .counter("numberOfSessions", "Sessions that were given this node's route") { $0.numberOfSessions }
        ]
    )
}
