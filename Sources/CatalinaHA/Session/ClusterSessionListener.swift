import CatalinaCore
package import JavaSerialization
package import Modeler
package import Tribes

/// Takes what other nodes say about sessions, and brings it to the manager of the application it is about.
///
/// Source: `org.apache.catalina.ha.session.ClusterSessionListener`.
package final class ClusterSessionListener: ClusterListener, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        package init() {}
    }

    package static let descriptor = ComponentDescriptor<ClusterSessionListener>(
        className: "org.apache.catalina.ha.session.ClusterSessionListener",
        kind: .clusterListener,
        "Brings what other nodes say about sessions to their managers",
        defaults: Configuration(),
        attributes: []
    )

    package let configuration: Configuration

    package init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    package func accepts(_ object: JavaObject) -> Bool { object.className == SessionMessage.className }

    package func messageReceived(_ object: JavaObject, _ received: ReceivedMessage, in cluster: SimpleTcpCluster) throws
    {
        self.deliver(try SessionMessage(object), from: received.sender, in: cluster)
    }

    /// Brings a message to the manager that it is for.
    ///
    /// Isolation: channel loop.
    func deliver(_ message: SessionMessage, from sender: Member, in cluster: SimpleTcpCluster) {
        guard let name = message.contextName else {
            for receiver in cluster.receivers { receiver.messageReceived(message, from: sender) }
            return
        }
        if let receiver = cluster.receiver(named: name) { return receiver.messageReceived(message, from: sender) }
        if cluster.manager(named: name) != nil || message.event == .digest { return }
        cluster.log.warning(
            "messageReceived",
            "Context manager doesn't exist for message: [\(message.event.name)] of [\(name)]"
        )
        cluster.hold(message, from: sender)
        if message.event == .getAllSessions {
            _ = cluster.enqueue(SessionMessage.noContextManager(in: name), to: sender)
        }
    }
}
