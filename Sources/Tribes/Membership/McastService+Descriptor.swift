package import Modeler

extension McastService {
    package struct Configuration: Sendable, Equatable {
        /// The multicast group; with ``port`` it says which nodes find each other.
        package var address = "228.0.0.4"
        /// The group's port.
        package var port = 45_564
        /// Milliseconds between two heartbeats.
        package var frequency: Int64 = 500
        /// Milliseconds of silence after which a member counts as lost.
        package var dropTime: Int64 = 3000
        /// Address of the interface to use; without one the system's routes choose.
        package var bind: String?
        /// Hops a heartbeat may make; negative for the system's number.
        package var ttl = -1
        /// Milliseconds; shown and unused, since nothing waits for a datagram.
        package var soTimeout: Int64 = 0
        /// The part of the group that this node belongs to.
        package var domain = ""
        /// Whether a socket that fails is opened anew.
        package var recoveryEnabled = true
        /// Failures in a row after which that happens.
        package var recoveryCounter = 10
        /// Milliseconds between two attempts.
        package var recoverySleepTime: Int64 = 5000
        /// Whether nodes of the same machine stay unheard.
        package var localLoopbackDisabled = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<McastService>(
        className: "org.apache.catalina.tribes.membership.McastService",
        kind: .membership,
        "Finds the members by multicast",
        defaults: Configuration(),
        attributes: [
            Attribute("address", \.address, "The multicast group"),
            Attribute("port", \.port, "The group's port"),
            Attribute("frequency", \.frequency, "Milliseconds between two heartbeats"),
            Attribute(
                "dropTime",
                \.dropTime,
                "Milliseconds of silence after which a member counts as lost",
                aliases: ["mcastDropTime"]
            ),
            Attribute("bind", \.bind, "Address of the interface to use", aliases: ["mcastBindAddress"]),
            Attribute("ttl", \.ttl, "Hops a heartbeat may make", aliases: ["mcastTTL"]),
            Attribute("soTimeout", \.soTimeout, "Accepted; nothing waits for a datagram", aliases: ["mcastSoTimeout"]),
            Attribute("domain", \.domain, "The part of the group that this node belongs to"),
            Attribute("recoveryEnabled", \.recoveryEnabled, "Whether a socket that fails is opened anew"),
            Attribute("recoveryCounter", \.recoveryCounter, "Failures in a row after which that happens"),
            Attribute("recoverySleepTime", \.recoverySleepTime, "Milliseconds between two attempts"),
            Attribute("localLoopbackDisabled", \.localLoopbackDisabled, "Whether nodes here stay unheard"),
        ]
    )
}
