import CatalinaCore
package import Modeler
import Synchronization

extension DeltaManager {
    /// What `/manager/jmxproxy` reads and calls, and what the metrics show.
    package static let beanInfo = BeanInfo<DeltaManager>(
        type: "Manager",
        attributes: DeltaManager.clusterManagerAttributes + DeltaManager.ownAttributes + DeltaManager.counters,
        operations: DeltaManager.sessionOperations + DeltaManager.clusterManagerOperations + [
            ManagedOperation("processExpires", "Ends sessions that were idle for too long") { manager, _ in
                manager.processExpires()
            },
            ManagedOperation("expireAllLocalSessions", "Ends every session here and tells nobody") { manager, _ in
                manager.expireAllLocalSessions()
            },
            ManagedOperation("getAllClusterSessions", "Asks the oldest member for all sessions") { manager, _ in
                if let cluster = manager.cluster { await manager.fetchState(from: cluster) }
            },
            ManagedOperation("resetStatistics", "Counts messages from 0 again") { manager, _ in
                manager.counts.withLock { $0 = MessageCounts() }
            },
        ]
    )

    private static let ownAttributes: [BeanAttribute<DeltaManager>] = [
        .gauge("primarySessions", "Sessions whose node this is") { manager in
            manager.deltaSessions.count { $0.isPrimary }
        },
        .gauge("backupSessions", "Copies of other nodes' sessions") { manager in
            manager.deltaSessions.count { !$0.isPrimary }
        },
        .gauge("receivedQueueSize", "Messages that wait for the end of the state transfer") { manager in
            manager.protected.withLock { $0.transfer.queue.count }
        },
        .flag("stateTransferred", "Whether another node has given its sessions") { manager in
            manager.protected.withLock { $0.transfer.isTransferred }
        },
        .flag("noContextManagerReceived", "Whether a node that was asked has no such application") { manager in
            manager.protected.withLock { $0.transfer.isContextManagerMissing }
        },
        .gauge("earlyDeltasSize", "Bytes of changes that wait for their session") { manager in
            manager.protected.withLock { $0.early.size }
        },
        .counter("earlyDeltasDropped", "Changes whose session never came") { manager in
            manager.protected.withLock { $0.early.dropped }
        },
        .counter("sessionReplaceCounter", "Sessions that another with the same id took the place of") { manager in
            manager.counts.withLock { $0.replaced }
        },
        .counter("counterNoStateTransferred", "State transfers that ended without state") { manager in
            manager.counts.withLock { $0.noStateTransferred }
        },
        .counter("counterIgnored", "Messages about sessions that had ended or were known already") { manager in
            manager.counts.withLock { $0.ignored }
        },
    ]

    private static let counters: [BeanAttribute<DeltaManager>] = SessionMessage.Event.allCases.flatMap { event in
        var attributes: [BeanAttribute<DeltaManager>] = [
            .counter("counterReceive_EVT_" + event.name, "Messages received") { manager in
                manager.counts.withLock { $0.received[event, default: 0] }
            }
        ]
        if event != .noContextManager {
            attributes.append(
                .counter("counterSend_EVT_" + event.name, "Messages sent") { manager in
                    manager.counts.withLock { $0.sent[event, default: 0] }
                }
            )
        }
        return attributes
    }
}
