package import Modeler

extension CloudMembershipService {
    package struct Configuration: Sendable, Equatable {
        /// `dns`, or its class name; Tomcat's default, `kubernetes`, is not there.
        package var membershipProviderClassName = ""
        /// Milliseconds; a name is looked up within the time that the system's resolver takes.
        package var connectTimeout = 1000
        /// Accepted; the resolver has its own time.
        package var readTimeout = 1000
        /// Milliseconds after which a member that the name no longer stands for counts as lost.
        package var expirationTime: Int64 = 5000
        /// The name whose addresses are the members; empty for that of the environment, the only one in Tomcat.
        package var dnsServiceName = ""

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<CloudMembershipService>(
        className: "org.apache.catalina.tribes.membership.cloud.CloudMembershipService",
        kind: .membership,
        "Takes the addresses that a name stands for as the members",
        defaults: Configuration(),
        attributes: [
            Attribute("membershipProviderClassName", \.membershipProviderClassName, "dns"),
            Attribute("connectTimeout", \.connectTimeout, "Accepted; the resolver has its own time"),
            Attribute("readTimeout", \.readTimeout, "Accepted; the resolver has its own time"),
            Attribute("expirationTime", \.expirationTime, "Milliseconds after which a lost address is a lost member"),
            Attribute("dnsServiceName", \.dnsServiceName, "The name; empty for DNS_MEMBERSHIP_SERVICE_NAME"),
        ]
    )
}
