package import Modeler

extension StaticMembershipService {
    package struct Configuration: Sendable, Equatable {
        /// Milliseconds of silence after which a member counts as lost.
        package var expirationTime: Int64 = 5000
        /// Milliseconds in which a listed member must take a connection to be asked at all.
        package var connectTimeout: Int64 = 500
        /// Milliseconds for which replies are waited for.
        package var rpcTimeout: Int64 = 3000
        /// Whether members are asked at an interval of their own; otherwise at the channel's heartbeat.
        package var useThread = false
        /// Milliseconds of that interval.
        package var pingInterval: Int64 = 1000

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<StaticMembershipService>(
        className: "org.apache.catalina.tribes.membership.StaticMembershipService",
        kind: .membership,
        "Asks the members that are listed below it whether they are there",
        defaults: Configuration(),
        attributes: [
            Attribute("expirationTime", \.expirationTime, "Milliseconds of silence after which a member is lost"),
            Attribute("connectTimeout", \.connectTimeout, "Milliseconds in which a member must take a connection"),
            Attribute("rpcTimeout", \.rpcTimeout, "Milliseconds for which replies are waited for"),
            Attribute("useThread", \.useThread, "Whether members are asked at an interval of their own"),
            Attribute("pingInterval", \.pingInterval, "Milliseconds of that interval"),
        ]
    )
}
