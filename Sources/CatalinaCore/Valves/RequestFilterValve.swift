import Coyote
package import Modeler
import ServletAPI

/// Who may pass: what is denied is refused, then what is allowed passes, and the rest passes if nothing was to be allowed.
///
/// Source: `org.apache.catalina.valves.RequestFilterValve`.
struct RequestFilterRules<Rule: Sendable>: Sendable {
    var allow: [Rule]
    var deny: [Rule]

    /// Decides with the question whether a rule covers the client.
    ///
    /// The question's second argument is the answer of a rule that cannot tell: it refuses, whatever it is a rule of.
    func isAllowed(_ covers: (Rule, _ whenUndecided: Bool) -> Bool) -> Bool {
        if self.deny.contains(where: { covers($0, true) }) { return false }
        if self.allow.contains(where: { covers($0, false) }) { return true }
        return !self.deny.isEmpty && self.allow.isEmpty
    }
}

/// The attributes of the valves that let clients pass by where they come from.
package struct RequestFilterConfiguration: Sendable, Equatable {
    /// Who passes.
    package var allow: String?
    /// Who does not, whoever passes otherwise.
    package var deny: String?
    /// Status of the refusal.
    package var denyStatus = 403
    /// Whether `;` and the connector's port are part of what is compared.
    package var addConnectorPort = false
    /// Whether the peer of the socket counts, not the client that a proxy names.
    package var usePeerAddress = false
    /// Whether a client that is denied is treated as one with wrong credentials, where the application checks
    /// credentials unasked.
    package var invalidAuthenticationWhenDeny = false

    package init() {}

    static func attributes(_ what: String, hasPeer: Bool = true) -> [Attribute<RequestFilterConfiguration>] {
        var attributes: [Attribute<RequestFilterConfiguration>] = [
            Attribute("allow", \.allow, "\(what) that passes"),
            Attribute("deny", \.deny, "\(what) that is refused"),
            Attribute("denyStatus", \.denyStatus, "Status of the refusal"),
            Attribute("addConnectorPort", \.addConnectorPort, "Whether ;PORT of the connector is compared as well"),
            Attribute(
                "invalidAuthenticationWhenDeny",
                \.invalidAuthenticationWhenDeny,
                "Whether a refused client gets the application's login instead"
            ),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
        if hasPeer {
            attributes.append(
                Attribute("usePeerAddress", \.usePeerAddress, "Whether the socket's peer counts, not the client")
            )
        }
        return attributes
    }

    /// Passes a request on, or refuses it.
    func apply(isAllowed: Bool, _ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        if isAllowed { return try await next.invoke(request, response) }
        if self.invalidAuthenticationWhenDeny, request.context?.configuration.preemptiveAuthentication == true {
            if request.header("authorization") == nil { request.coyote.headers.add("authorization", "invalid") }
            return try await next.invoke(request, response)
        }
        try await response.sendError(self.denyStatus)
    }

    func address(of request: Request) -> String {
        self.usePeerAddress ? request.coyote.peerAddress : request.remoteAddr
    }

    func port(of request: Request) -> Int {
        let port = request.connector.settings.http11.port
        return port > 0 ? port : request.coyote.localPort
    }

    /// What patterns are compared with.
    func property(_ text: String, of request: Request) -> String {
        self.addConnectorPort ? "\(text);\(self.port(of: request))" : text
    }
}

/// A valve that lets clients pass by where they come from: it decides, the rest is the same for all.
protocol RequestFilterValve: Valve, ConfigurableComponent where Configuration == RequestFilterConfiguration {
    associatedtype Rules: Sendable
    /// The attributes, and the rules that they make.
    var live: LiveSettings<RequestFilterConfiguration, Rules> { get }
    func isAllowed(_ request: Request) -> Bool
}

extension RequestFilterValve {
    package var configuration: RequestFilterConfiguration { self.live.value }

    package func reconfigure(_ change: (inout RequestFilterConfiguration) throws -> Void) throws {
        try self.live.change(change)
    }

    package func passes(_ request: Request) -> Bool { self.isAllowed(request) }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        try await self.configuration.apply(isAllowed: self.isAllowed(request), request, response, next: next)
    }
}

extension RequestFilterRules<WholePattern> {
    /// The patterns of a configuration.
    fileprivate init(_ configuration: RequestFilterConfiguration) throws(WholePattern.Fault) {
        let allow = try WholePattern.optional(configuration.allow, attribute: "allow")
        let deny = try WholePattern.optional(configuration.deny, attribute: "deny")
        self.init(allow: allow.map { [$0] } ?? [], deny: deny.map { [$0] } ?? [])
    }
}

/// Lets clients pass by their address.
///
/// Source: `org.apache.catalina.valves.RemoteAddrValve`.
package final class RemoteAddrValve: RequestFilterValve {
    package typealias Configuration = RequestFilterConfiguration

    package static let descriptor = ComponentDescriptor<RemoteAddrValve>(
        className: "org.apache.catalina.valves.RemoteAddrValve",
        kind: .valve,
        "Lets clients pass by their address",
        defaults: Configuration(),
        attributes: Configuration.attributes("Pattern of an address")
    )

    let live: LiveSettings<Configuration, RequestFilterRules<WholePattern>>

    /// - Throws: ``WholePattern/Fault``.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { try RequestFilterRules($0) }
    }

    func isAllowed(_ request: Request) -> Bool {
        let configuration = self.configuration
        let property = configuration.property(configuration.address(of: request), of: request)
        return self.live.derived.isAllowed { $0.matches(property, whenUndecided: $1) }
    }
}

/// Lets clients pass by their host name, which is their address unless the Connector looks names up.
///
/// Source: `org.apache.catalina.valves.RemoteHostValve`.
package final class RemoteHostValve: RequestFilterValve {
    package typealias Configuration = RequestFilterConfiguration

    package static let descriptor = ComponentDescriptor<RemoteHostValve>(
        className: "org.apache.catalina.valves.RemoteHostValve",
        kind: .valve,
        "Lets clients pass by their host name",
        defaults: Configuration(),
        attributes: Configuration.attributes("Pattern of a host name", hasPeer: false)
    )

    let live: LiveSettings<Configuration, RequestFilterRules<WholePattern>>

    /// - Throws: ``WholePattern/Fault``.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { try RequestFilterRules($0) }
    }

    func isAllowed(_ request: Request) -> Bool {
        let property = self.configuration.property(request.remoteHost, of: request)
        return self.live.derived.isAllowed { $0.matches(property, whenUndecided: $1) }
    }
}

/// Lets clients pass by the network they are in.
///
/// Source: `org.apache.catalina.valves.RemoteCIDRValve`; differs from it in: a list with a mask that is none is refused,
/// where Tomcat goes on without the list.
package final class RemoteCIDRValve: RequestFilterValve {
    package typealias Configuration = RequestFilterConfiguration

    package static let descriptor = ComponentDescriptor<RemoteCIDRValve>(
        className: "org.apache.catalina.valves.RemoteCIDRValve",
        kind: .valve,
        "Lets clients pass by the network they are in",
        defaults: Configuration(),
        attributes: Configuration.attributes("Comma separated networks, each of which")
    )

    let live: LiveSettings<Configuration, RequestFilterRules<NetMask>>

    /// - Throws: ``NetMask/Fault``.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { configuration in
            RequestFilterRules(
                allow: try NetMask.list(configuration.allow),
                deny: try NetMask.list(configuration.deny)
            )
        }
    }

    func isAllowed(_ request: Request) -> Bool {
        let address = self.live.value.usePeerAddress ? request.coyote.peerAddress : request.remoteAddr
        guard let address = request.parsedAddress(address) else { return false }
        let port = self.live.value.addConnectorPort ? self.configuration.port(of: request) : nil
        return self.live.derived.isAllowed { $0.matches(address, port: port, whenUndecided: $1) }
    }
}
