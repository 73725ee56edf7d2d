import CatalinaCore
package import Modeler
import ServletAPI

extension StandardManager {
    /// What `/manager/jmxproxy` reads and calls, and what the metrics show.
    package static let beanInfo = BeanInfo<StandardManager>(
        type: "Manager",
        attributes: [
            .text("stateName", "Lifecycle state") { $0.state.description },
            .text("name", "The class's own name") { _ in "StandardManager" },
            .gauge("activeSessions", "Sessions held now") { $0.activeSessions },
            .counter("sessionCounter", "Sessions made") { $0.statistics.sessionCounter }.writable {
                (manager: StandardManager, value: Int) in manager.setStatistics { $0.sessionCounter = value }
            },
            .counter("expiredSessions", "Sessions that ended by themselves") { $0.statistics.expiredSessions }.writable
            { (manager: StandardManager, value: Int) in manager.setStatistics { $0.expiredSessions = value } },
            .counter("rejectedSessions", "Sessions not made because there were too many") {
                $0.statistics.rejectedSessions
            },
            .counter("duplicates", "Ids that were in use already") { $0.statistics.duplicates }.writable {
                (manager: StandardManager, value: Int) in manager.setStatistics { $0.duplicates = value }
            },
            .gauge("maxActive", "Most sessions at one time") { $0.statistics.maxActive }.writable {
                (manager: StandardManager, value: Int) in manager.setStatistics { $0.maxActive = value }
            },
            .gauge("sessionMaxAliveTime", "Seconds of the longest ended session") {
                $0.statistics.sessionMaxAliveTime
            }.writable { (manager: StandardManager, value: Int) in
                manager.setStatistics { $0.sessionMaxAliveTime = value }
            },
            .gauge("sessionAverageAliveTime", "Seconds of the last ended sessions, on average") {
                $0.statistics.sessionAverageAliveTime
            },
            .gauge("sessionCreateRate", "Sessions made per minute") { $0.statistics.createRate(at: $0.now()) },
            .gauge("sessionExpireRate", "Sessions ended per minute") { $0.statistics.expireRate(at: $0.now()) },
            .counter("processingTime", "Milliseconds spent looking for sessions to end") {
                $0.statistics.processingTime
            }.writable { (manager: StandardManager, value: Int64) in
                manager.setStatistics { $0.processingTime = value }
            },
            .text("jvmRoute", "Appended to ids") { $0.route },
        ],
        operations: StandardManager.sessionOperations + [
            ManagedOperation("processExpires", "Ends sessions that were idle for too long") { manager, _ in
                manager.processExpires()
            }
        ]
    )
}
