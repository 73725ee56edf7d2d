package import Modeler

extension DeltaManager {
    package struct Configuration: Sendable, Equatable {
        /// What both session managers of a cluster have.
        package var common = ClusterManagerConfiguration()
        /// Whether the end of the application here ends its sessions everywhere.
        package var expireSessionsOnShutdown = false
        /// Whether listeners hear of sessions that other nodes make and end.
        package var notifySessionListenersOnReplication = true
        /// Whether listeners of the container hear of ids that other nodes change.
        package var notifyContainerListenersOnReplication = true
        /// Seconds to wait for the sessions of other nodes; -1 without end, 0 not at all.
        package var stateTransferTimeout = 60
        /// Whether an asking node gets all sessions without pauses.
        package var sendAllSessions = true
        /// Sessions in one message otherwise.
        package var sendAllSessionsSize = 1000
        /// Milliseconds between two such messages.
        package var sendAllSessionsWaitTime = 2000
        /// Whether messages that are older than the sessions received are dropped.
        package var stateTimestampDrop = true
        /// Whether messages are counted.
        package var enableStatistics = true

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<DeltaManager>(
        className: "org.apache.catalina.ha.session.DeltaManager",
        kind: .manager,
        "Keeps a copy of each session on every node",
        defaults: Configuration(),
        attributes: [
            Attribute(
                "expireSessionsOnShutdown",
                \.expireSessionsOnShutdown,
                "Whether the end of the application here ends its sessions everywhere"
            ),
            Attribute(
                "notifySessionListenersOnReplication",
                \.notifySessionListenersOnReplication,
                "Whether listeners hear of sessions that other nodes make and end"
            ),
            Attribute(
                "notifyContainerListenersOnReplication",
                \.notifyContainerListenersOnReplication,
                "Accepted; nobody here listens for ids that other nodes change"
            ),
            Attribute(
                "stateTransferTimeout",
                \.stateTransferTimeout,
                "Seconds to wait for the sessions of other nodes; -1 without end, 0 not at all"
            ),
            Attribute("sendAllSessions", \.sendAllSessions, "Whether an asking node gets all sessions without pauses"),
            Attribute(
                "sendAllSessionsSize",
                \.sendAllSessionsSize,
                "Sessions in one message otherwise",
                type: .int,
                show: { .int($0) },
                convert: { text throws(ConversionError) in
                    let number = try Int(attributeText: text)
                    guard number > 0 else { throw ConversionError(text: text, expected: .int) }
                    return number
                }
            ),
            Attribute("sendAllSessionsWaitTime", \.sendAllSessionsWaitTime, "Milliseconds between two such messages"),
            Attribute(
                "stateTimestampDrop",
                \.stateTimestampDrop,
                "Whether messages that are older than the sessions received are dropped"
            ),
            Attribute("enableStatistics", \.enableStatistics, "Whether messages are counted"),
        ] + ClusterManagerConfiguration.attributes.nested(in: \.common)
    )
}
