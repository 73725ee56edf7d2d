package import Modeler
package import NIOCore
import Synchronization

/// The channel's sender: it hands every message to its transport.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.transport.ReplicationTransmitter`.
package final class ReplicationTransmitter: ChannelSender, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        package init() {}
    }

    package static let descriptor = ComponentDescriptor<ReplicationTransmitter>(
        className: "org.apache.catalina.tribes.transport.ReplicationTransmitter",
        kind: .sender,
        "Hands messages to its transport",
        defaults: Configuration(),
        attributes: []
    )

    package let configuration: Configuration
    private let transportSlot: Mutex<PooledParallelSender>
    private let loop = Mutex<ChannelLoop?>(nil)

    package init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        self.transportSlot = Mutex(PooledParallelSender(configuration: PooledParallelSender.Configuration()))
    }

    /// Set before the first start.
    package var transport: PooledParallelSender {
        get { self.transportSlot.withLock { $0 } }
        set { self.transportSlot.withLock { $0 = newValue } }
    }

    package func start(in environment: ChannelEnvironment) -> EventLoopFuture<Void> {
        self.loop.withLock { $0 = environment.loop }
        return self.transport.start(in: environment)
    }

    package func stop() -> EventLoopFuture<Void> { self.transport.stop(self.runningLoop) }

    package func send(_ message: ChannelMessage, to destinations: [Member]) -> EventLoopFuture<Void> {
        self.transport.send(message, to: destinations, loop: self.runningLoop)
    }

    package func send(
        _ message: ChannelMessage,
        to destinations: [Member],
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void>? {
        self.transport.lane(on: eventLoop)?.send(message, to: destinations)
    }

    package func remove(_ member: Member) {
        guard let loop = self.loop.withLock({ $0 }) else { return }
        self.transport.remove(member, loop: loop)
    }

    package func abandon(_ member: Member) {
        guard let loop = self.loop.withLock({ $0 }) else { return }
        self.transport.abandon(member, loop: loop)
    }

    package func heartbeat() { self.transport.heartbeat(self.runningLoop) }

    private var runningLoop: ChannelLoop {
        guard let loop = self.loop.withLock({ $0 }) else { preconditionFailure("the sender was never started") }
        return loop
    }
}
