package import Modeler

/// A member that an operator lists, and the form in which a node names itself there.
///
/// Tomcat counterpart: `org.apache.catalina.tribes.membership.StaticMember`.
package final class StaticMember: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable, Equatable {
        /// Name, address or `{127,0,0,1}`.
        package var host = ""
        /// Port of the member's receiver.
        package var port = -1
        /// Told to other members, and unused.
        package var securePort = -1
        /// Port for datagrams.
        package var udpPort = -1
        /// `{16 numbers}`: the same in the configuration of every node.
        package var uniqueId = ""
        /// The part of the group that the member belongs to.
        package var domain = ""

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<StaticMember>(
        className: "org.apache.catalina.tribes.membership.StaticMember",
        kind: .member,
        "A member that is known beforehand",
        defaults: Configuration(),
        attributes: [
            Attribute("host", \.host, "Name or address of the member's receiver"),
            Attribute("port", \.port, "Port of the member's receiver"),
            Attribute("securePort", \.securePort, "Told to other members, and unused"),
            Attribute("udpPort", \.udpPort, "Port for datagrams"),
            Attribute("uniqueId", \.uniqueId, "{16 numbers}, the same in the configuration of every node"),
            Attribute("domain", \.domain, "The part of the group that the member belongs to"),
        ]
    )

    package let configuration: Configuration
    /// The member as the configuration says it; a host that is a name is resolved when this is made.
    package let member: Member

    /// - Throws: ``ChannelError`` with code `badConfiguration` for an id that is not 16 numbers or a host
    ///   that is not known.
    package init(configuration: Configuration) throws {
        self.configuration = configuration
        var member = Member(
            host: try Self.host(configuration.host),
            port: configuration.port,
            uniqueID: try Self.uniqueID(configuration.uniqueId)
        )
        member.securePort = configuration.securePort
        member.udpPort = configuration.udpPort
        member.domain = DecimalBytes.domain(configuration.domain)
        member.hostname = configuration.host.isEmpty ? nil : configuration.host
        member.isStatic = true
        self.member = member
    }

    /// A local member may lack its host: the receiver's takes its place.
    private static func host(_ text: String) throws(ChannelError) -> [UInt8] {
        if text.isEmpty { return HostAddress.any }
        guard let host = HostAddress.resolve(text).first else {
            throw ChannelError(.badConfiguration, "The host [\(text)] of a static member is not known")
        }
        return host
    }

    private static func uniqueID(_ text: String) throws(ChannelError) -> UniqueID {
        if text.isEmpty { return .zero }
        guard let bytes = DecimalBytes.parse(text), let id = UniqueID(bytes: bytes) else {
            throw ChannelError(.badConfiguration, "UniqueId must be exactly 16 bytes, not: [\(text)]")
        }
        return id
    }
}
