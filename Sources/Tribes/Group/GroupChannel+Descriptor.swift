package import Modeler

extension GroupChannel {
    package static let descriptor = ComponentDescriptor<GroupChannel>(
        className: "org.apache.catalina.tribes.group.GroupChannel",
        kind: .channel,
        "The group of nodes that a cluster's messages go to",
        defaults: Configuration(),
        attributes: [
            Attribute("heartbeat", \.heartbeat, "Whether the channel looks after its parts by itself"),
            Attribute("heartbeatSleeptime", \.heartbeatSleeptime, "Milliseconds between two heartbeats"),
            Attribute("optionCheck", \.optionCheck, "Whether colliding flags of interceptors fail the start"),
            Attribute("jmxEnabled", \.jmxEnabled, "Whether the channel's parts are shown to the management"),
            Attribute("jmxDomain", \.jmxDomain, "Domain of the object names of the channel's parts"),
            Attribute("jmxPrefix", \.jmxPrefix, "What stands first in those names"),
            Attribute("name", \.name, "The channel's name; the cluster sets it"),
        ]
    )
}
