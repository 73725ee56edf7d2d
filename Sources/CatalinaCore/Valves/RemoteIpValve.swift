import Coyote
import Logging
package import Modeler

/// Shows a request as its client sent it, from what trusted proxies say in headers.
///
/// Only the proxies it is told of are believed. What it changes holds for the rest of the pipeline and is undone
/// afterwards, so that the connection's next request starts from the truth.
/// Source: `org.apache.catalina.valves.RemoteIpValve`.
package final class RemoteIpValve: Valve, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// Field that lists the client and the proxies it came through.
        package var remoteIpHeader = "X-Forwarded-For"
        /// Pattern of proxies that are believed and not mentioned; private networks by default.
        package var internalProxies: String? = Configuration.privateNetworks
        /// Pattern of proxies that are believed and mentioned.
        package var trustedProxies: String?
        /// Field in which trusted proxies are mentioned.
        package var proxiesHeader = "X-Forwarded-By"
        /// Field that names the protocol.
        package var protocolHeader: String? = "X-Forwarded-Proto"
        /// What it says for HTTPS.
        package var protocolHeaderHttpsValue = "https"
        /// Field that names the host that was asked for.
        package var hostHeader: String?
        /// Field that names the port that was asked for.
        package var portHeader: String?
        /// Port of requests by HTTP, if no field names it.
        package var httpServerPort = 80
        /// Port of requests by HTTPS, if no field names it.
        package var httpsServerPort = 443
        /// Whether the local name changes with the host.
        package var changeLocalName = false
        /// Whether the local port changes with the port.
        package var changeLocalPort = false
        /// Whether access logs are told.
        package var requestAttributesEnabled = true

        package init() {}

        /// Tomcat's default, recognised and not run as the pattern that it is.
        static let privateNetworks = #"""
            10\.\d{1,3}\.\d{1,3}\.\d{1,3}|192\.168\.\d{1,3}\.\d{1,3}|169\.254\.\d{1,3}\.\d{1,3}|\#
            127\.\d{1,3}\.\d{1,3}\.\d{1,3}|100\.6[4-9]{1}\.\d{1,3}\.\d{1,3}|\#
            100\.[7-9]{1}\d{1}\.\d{1,3}\.\d{1,3}|100\.1[0-1]{1}\d{1}\.\d{1,3}\.\d{1,3}|\#
            100\.12[0-7]{1}\.\d{1,3}\.\d{1,3}|172\.1[6-9]{1}\.\d{1,3}\.\d{1,3}|\#
            172\.2[0-9]{1}\.\d{1,3}\.\d{1,3}|172\.3[0-1]{1}\.\d{1,3}\.\d{1,3}|\#
            0:0:0:0:0:0:0:1|::1|fe[89ab]\p{XDigit}:.*|f[cd]\p{XDigit}{2}+:.*
            """#
    }

    package static let descriptor = ComponentDescriptor<RemoteIpValve>(
        className: "org.apache.catalina.valves.RemoteIpValve",
        kind: .valve,
        "Shows a request as its client sent it, from what trusted proxies say",
        defaults: Configuration(),
        attributes: [
            Attribute("remoteIpHeader", \.remoteIpHeader, "Field that lists the client and its proxies"),
            Attribute("internalProxies", \.internalProxies, "Pattern of proxies that are believed, not mentioned"),
            Attribute("trustedProxies", \.trustedProxies, "Pattern of proxies that are believed and mentioned"),
            Attribute("proxiesHeader", \.proxiesHeader, "Field in which trusted proxies are mentioned"),
            Attribute("protocolHeader", \.protocolHeader, "Field that names the protocol"),
            Attribute("protocolHeaderHttpsValue", \.protocolHeaderHttpsValue, "What it says for HTTPS"),
            Attribute("hostHeader", \.hostHeader, "Field that names the host that was asked for"),
            Attribute("portHeader", \.portHeader, "Field that names the port that was asked for"),
            Attribute("httpServerPort", \.httpServerPort, "Port of HTTP if no field names it"),
            Attribute("httpsServerPort", \.httpsServerPort, "Port of HTTPS if no field names it"),
            Attribute("changeLocalName", \.changeLocalName, "Whether the local name changes with the host"),
            Attribute("changeLocalPort", \.changeLocalPort, "Whether the local port changes with the port"),
            Attribute("requestAttributesEnabled", \.requestAttributesEnabled, "Whether access logs are told"),
            .ignored("asyncSupported", "Every valve supports it", type: .bool),
        ]
    )

    private static let logger = Logger(label: "org.apache.catalina.valves.RemoteIpValve")

    private let live: LiveSettings<Configuration, KnownProxies>

    /// - Throws: ``WholePattern/Fault``.
    package init(configuration: Configuration) throws {
        self.live = try LiveSettings(configuration) { try KnownProxies($0) }
    }

    package var configuration: Configuration { self.live.value }
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }
    private var proxies: KnownProxies { self.live.derived }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        let overrides = request.overrides
        let names = [self.configuration.proxiesHeader, self.configuration.remoteIpHeader]
        let fields = names.map { request.header($0) }
        self.apply(to: request)
        if self.configuration.requestAttributesEnabled { self.tellLogs(request) }
        // Of a request that goes on by itself, everything is forgotten when it ends.
        defer {
            if request.asyncContextImpl?.isPending != true {
                request.overrides = overrides
                for (name, value) in zip(names, fields) { Self.set(name, value, request) }
            }
        }
        try await next.invoke(request, response)
    }

    private static func set(_ name: String, _ value: String?, _ request: Request) {
        if let value {
            if request.header(name) != value { request.coyote.headers.set(name, value) }
        } else if request.header(name) != nil {
            request.coyote.headers.remove(name)
        }
    }

    private func apply(to request: Request) {
        let peer = request.remoteAddr
        let isInternal = self.proxies.isInternal(peer)
        guard isInternal || self.proxies.isTrusted(peer) else { return }
        let found = ForwardedAddress.resolve(
            request.headers(self.configuration.remoteIpHeader),
            peer: isInternal ? nil : peer,
            isInternal: self.proxies.isInternal,
            isTrusted: self.proxies.isTrusted
        )
        if let found {
            request.overrides.remoteAddr = found.client
            request.overrides.remoteHost = found.client
            let (proxies, rest) = (found.proxies.joined(separator: ","), found.rest.joined(separator: ","))
            Self.set(self.configuration.proxiesHeader, proxies.isEmpty ? nil : proxies, request)
            Self.set(self.configuration.remoteIpHeader, rest.isEmpty ? nil : rest, request)
        }
        self.applyProtocol(to: request)
        self.applyHost(to: request)
        request.attributes["org.apache.tomcat.request.forwarded"] = true
    }

    private func applyProtocol(to request: Request) {
        let configuration = self.configuration
        guard let name = configuration.protocolHeader, let value = request.header(name) else { return }
        let isSecure = ForwardedAddress.isSecure(value, https: configuration.protocolHeaderHttpsValue)
        request.overrides.isSecure = isSecure
        request.overrides.scheme = isSecure ? "https" : "http"
        var port = isSecure ? configuration.httpsServerPort : configuration.httpServerPort
        if let name = configuration.portHeader, let value = request.header(name) {
            if let named = Int32(value) {
                port = Int(named)
            } else {
                Self.logger.debug("Invalid value found for port in HTTP header", metadata: ["value": "\(value)"])
            }
        }
        request.overrides.serverPort = port
        if configuration.changeLocalPort { request.overrides.localPort = port }
    }

    private func applyHost(to request: Request) {
        guard let name = self.configuration.hostHeader, let value = request.header(name) else { return }
        do {
            let authority = try Authority(parsing: value.latin1Bytes.span)
            request.overrides.serverName = authority.host
            if self.configuration.changeLocalName { request.overrides.localName = authority.host }
        } catch {
            Self.logger.debug("Invalid value found for Host in HTTP header", metadata: ["value": "\(value)"])
        }
    }

    private func tellLogs(_ request: Request) {
        request.attributes[AccessLogAttribute.remoteAddr] = request.remoteAddr
        request.attributes["org.apache.tomcat.remoteAddr"] = request.remoteAddr
        request.attributes[AccessLogAttribute.remoteHost] = request.remoteHost
        request.attributes[AccessLogAttribute.protocolName] = request.protocolName
        request.attributes[AccessLogAttribute.serverName] = request.serverName
        request.attributes[AccessLogAttribute.serverPort] = request.serverPort
    }
}

/// The proxies that a valve believes.
struct KnownProxies: Sendable {
    /// The networks that Tomcat's default pattern describes.
    private static let privateNetworks = [
        "10.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "::1",
        "fe80::/10", "fc00::/7",
    ].compactMap { try? NetMask($0) }

    private let usesPrivateNetworks: Bool
    private let internalProxies: WholePattern?
    private let trustedProxies: WholePattern?

    init(_ configuration: RemoteIpValve.Configuration) throws(WholePattern.Fault) {
        self.usesPrivateNetworks = configuration.internalProxies == RemoteIpValve.Configuration.privateNetworks
        self.internalProxies =
            self.usesPrivateNetworks
            ? nil : try WholePattern.optional(configuration.internalProxies, attribute: "internalProxies")
        self.trustedProxies = try WholePattern.optional(configuration.trustedProxies, attribute: "trustedProxies")
    }

    func isInternal(_ address: String) -> Bool {
        guard self.usesPrivateNetworks else { return self.internalProxies?.matches(address) ?? false }
        guard let address = IPAddress(address) else { return false }
        return Self.privateNetworks.contains { $0.matches(address) }
    }

    func isTrusted(_ address: String) -> Bool { self.trustedProxies?.matches(address) ?? false }
}
