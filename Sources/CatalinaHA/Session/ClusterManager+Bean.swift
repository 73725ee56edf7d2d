import CatalinaCore
import CatalinaSession
import Modeler

extension ClusterManager {
    /// What a management client may ask of every manager of a cluster.
    static var clusterManagerOperations: [ManagedOperation<Self>] {
        [
            ManagedOperation("isPrimarySession", takes: ["sessionId"], "Whether this is the session's node") {
                manager,
                arguments in manager.isPrimary(arguments[0]).map { BeanValue.bool($0) } ?? .null
            }
        ]
    }

    /// What every manager of a cluster shows.
    static var clusterManagerAttributes: [BeanAttribute<Self>] {
        [
            .text("stateName", "Lifecycle state") { $0.state.description },
            .gauge("activeSessions", "Sessions held now") { $0.activeSessions },
            .counter("sessionCounter", "Sessions made") { $0.support.statistics.sessionCounter },
            .counter("expiredSessions", "Sessions that ended by themselves") { $0.support.statistics.expiredSessions },
            .counter("rejectedSessions", "Sessions not made because there were too many") {
                $0.support.statistics.rejectedSessions
            },
            .counter("duplicates", "Ids that were in use already") { $0.support.statistics.duplicates },
            .gauge("maxActive", "Most sessions at one time") { $0.support.statistics.maxActive },
            .gauge("sessionMaxAliveTime", "Seconds of the longest ended session") {
                $0.support.statistics.sessionMaxAliveTime
            },
            .gauge("sessionAverageAliveTime", "Seconds of the last ended sessions, on average") {
                $0.support.statistics.sessionAverageAliveTime
            },
            .gauge("sessionCreateRate", "Sessions made per minute") {
                $0.support.statistics.createRate(at: $0.support.now())
            },
            .gauge("sessionExpireRate", "Sessions ended per minute") {
                $0.support.statistics.expireRate(at: $0.support.now())
            },
            .counter("processingTime", "Milliseconds spent looking for sessions to end") {
                $0.support.statistics.processingTime
            },
        ]
    }
}
