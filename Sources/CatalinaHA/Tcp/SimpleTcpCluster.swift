package import CatalinaCore
import JavaSerialization
package import Modeler
package import NIOCore
import Synchronization
package import Tribes

/// A group of servers that keep copies of each other's sessions.
///
/// It belongs to an Engine or a Host, gives each distributable application below a session manager, puts its valves
/// into the container's pipeline, and sends what they have to say over one channel.
/// Isolation: any thread.
/// Source: `org.apache.catalina.ha.tcp.SimpleTcpCluster`.
package final class SimpleTcpCluster: Cluster, Lifecycle, ConfigurableComponent {
    package struct Configuration: Sendable, Equatable {
        /// How messages about sessions are sent: 8 queued, 6 acknowledged after they were applied.
        package var channelSendOptions: SendOptions = .asynchronous
        /// Parts of the channel that are started.
        package var channelStartOptions: StartLevels = .all
        /// The container's name if unset.
        package var clusterName: String?
        /// Whether the channel's heartbeat is the container's background work.
        package var heartbeatBackgroundEnabled = false
        /// Accepted; failures are counted and logged.
        package var notifyLifecycleListenerOnFailure = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<SimpleTcpCluster>(
        className: "org.apache.catalina.ha.tcp.SimpleTcpCluster",
        kind: .cluster,
        "A group of servers that keep copies of each other's sessions",
        defaults: Configuration(),
        attributes: [
            Attribute(
                "channelSendOptions",
                \.channelSendOptions,
                "How messages about sessions are sent: 8 queued, 6 acknowledged after they were applied"
            ),
            Attribute("channelStartOptions", \.channelStartOptions, "Parts of the channel that are started, as bits"),
            Attribute("clusterName", \.clusterName, "Name of the group; the container's name if unset"),
            Attribute(
                "heartbeatBackgroundEnabled",
                \.heartbeatBackgroundEnabled,
                "Whether the channel's heartbeat is the container's background work"
            ),
            Attribute(
                "notifyLifecycleListenerOnFailure",
                \.notifyLifecycleListenerOnFailure,
                "Whether lifecycle listeners hear of messages that failed"
            ),
        ]
    )

    private struct Protected {
        weak var container: (any Container)?
        var channel: GroupChannel?
        var template: (any ClusterManager)?
        var managers = Managers()
        /// For managers that are not there yet.
        var early = EarlyMessages()
        var valves: [any Valve] = []
        var listeners: [any ClusterListener] = [] {
            didSet { self.sessionListener = self.listeners.onlySessionListener }
        }
        /// The one listener that messages about sessions are for, if there is no other that might want them.
        var sessionListener: ClusterSessionListener?
        var deployer: (any ClusterDeployer)?
        /// Valves that were put into the container's pipeline.
        var installed: [any Valve] = []
        var failures = Failures()
        /// Lifecycle listeners that are being told of a failure.
        var notices = 0
    }

    /// The managers of applications by their names.
    private struct Managers {
        private(set) var all: [String: any ClusterManager] = [:]
        /// Those that take messages about sessions: to ask for that costs more than the rest of a message's way.
        private(set) var receivers: [String: any SessionMessageReceiver] = [:]

        mutating func add(_ manager: any ClusterManager) {
            self.all[manager.name] = manager
            self.receivers[manager.name] = manager as? any SessionMessageReceiver
        }

        mutating func remove(_ manager: any ClusterManager) {
            guard self.all[manager.name] === manager else { return }
            self.all[manager.name] = nil
            self.receivers[manager.name] = nil
        }
    }

    /// Failures of which listeners are told at the same time; of more at once they do not hear.
    private static let noticesMaximum = 64
    /// Messages refused for each line in the log, but for the first.
    private static let refusalsPerLine = 1000

    /// What went wrong, for the management.
    package struct Failures: Sendable, Equatable {
        /// Messages that did not reach every member.
        package var sent = 0
        /// Of them those that nobody waited for and that found no room.
        package var refused = 0
        /// Messages that a listener could not make sense of.
        package var received = 0
    }

    package let lifecycle = LifecycleSupport()
    private let settings: Mutex<Configuration>
    private let protected = Mutex(Protected())
    private let notices = OwnedTasks()

    package init(configuration: Configuration) { self.settings = Mutex(configuration) }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    /// How messages about sessions are sent.
    var sendOptions: SendOptions { self.settings.withLock { $0.channelSendOptions } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    package var lifecycleName: String { "SimpleTcpCluster[\(self.clusterName)]" }
    package var log: CategoryLogger { CategoryLogger("org.apache.catalina.ha.tcp.SimpleTcpCluster") }

    // MARK: Parts, before the start

    /// Says whose cluster it is.
    package func attach(to container: any Container) { self.protected.withLock { $0.container = container } }
    package var container: (any Container)? { self.protected.withLock { $0.container } }

    package var channel: GroupChannel? {
        get { self.protected.withLock { $0.channel } }
        set { self.protected.withLock { $0.channel = newValue } }
    }

    /// What the managers of applications are copies of.
    package var managerTemplate: (any ClusterManager)? {
        get { self.protected.withLock { $0.template } }
        set { self.protected.withLock { $0.template = newValue } }
    }

    package var deployer: (any ClusterDeployer)? {
        get { self.protected.withLock { $0.deployer } }
        set { self.protected.withLock { $0.deployer = newValue } }
    }

    package func add(_ valve: any Valve) { self.protected.withLock { $0.valves.append(valve) } }
    package var valves: [any Valve] { self.protected.withLock { $0.valves } }
    package func add(_ listener: any ClusterListener) { self.protected.withLock { $0.listeners.append(listener) } }
    package var clusterListeners: [any ClusterListener] { self.protected.withLock { $0.listeners } }

    /// The group's name: as configured, else the container's.
    package var clusterName: String { self.configuration.clusterName ?? self.container?.name ?? "" }

    // MARK: Managers

    package func createManager(for context: any Container) -> (any Manager)? {
        do {
            let template = try self.template()
            return try template.clone()
        } catch {
            self.log.error("createManager", "Unable to create a manager for [\(context.name)]", error)
            return nil
        }
    }

    private func template() throws -> any ClusterManager {
        if let template = self.managerTemplate { return template }
        let template = try DeltaManager(configuration: DeltaManager.Configuration())
        self.managerTemplate = template
        return template
    }

    /// What the manager of an application is called on all nodes: in an Engine the host's name belongs to it.
    package func managerName(of context: StandardContext) -> String {
        guard self.container is StandardEngine, let host = context.host else { return context.name }
        return host.name + "#" + context.name
    }

    package func register(_ manager: any ClusterManager) {
        self.protected.withLock { $0.managers.add(manager) }
    }

    package func unregister(_ manager: any ClusterManager) {
        self.protected.withLock { $0.managers.remove(manager) }
    }

    /// Keeps a message for a manager that may start soon.
    func hold(_ message: SessionMessage, from sender: Member) {
        let now = self.managerTemplate?.support.now() ?? 0
        self.protected.withLock { $0.early.hold(message, from: sender, at: now) }
    }

    /// Takes what was kept for a manager.
    func takeEarly(for name: String, at now: Int64) -> [(message: SessionMessage, sender: Member)] {
        self.protected.withLock { $0.early.take(for: name, at: now) }
    }

    package func manager(named name: String) -> (any ClusterManager)? {
        self.protected.withLock { $0.managers.all[name] }
    }
    package var managers: [any ClusterManager] { self.protected.withLock { Array($0.managers.all.values) } }

    var receivers: [any SessionMessageReceiver] { self.protected.withLock { Array($0.managers.receivers.values) } }
    func receiver(named name: String) -> (any SessionMessageReceiver)? {
        self.protected.withLock { $0.managers.receivers[name] }
    }

    // MARK: Group

    /// The other nodes, the oldest first.
    package var members: [Member] { self.channel?.members ?? [] }
    package var hasMembers: Bool { self.channel?.hasMembers ?? false }
    package var failures: Failures { self.protected.withLock { $0.failures } }

    /// Sends a message without suspending, in the order of the calls; behind `earlier` if there is one.
    ///
    /// A failure is counted and logged here, and told to `orElse`, whoever waits for the message; the request that
    /// caused it goes on.
    /// - Returns: what waits for the message as the options say; nil if it could not be sent at all.
    package func enqueue(
        _ message: some JavaWritable,
        to member: Member? = nil,
        options: SendOptions? = nil,
        after earlier: EventLoopFuture<Void>? = nil,
        orElse: (@Sendable (Tribes.ChannelError) -> Void)? = nil
    ) -> EventLoopFuture<Void>? {
        guard let channel = self.channel else { return nil }
        do {
            let sent = try channel.enqueue(
                .object(try message.stream()),
                to: member.map { [$0] },
                options: options ?? self.sendOptions,
                after: earlier,
                errorHandler: ClusterSendErrors(cluster: self, failed: orElse)
            )
            sent.whenFailure { error in
                self.sendFailed(error)
                orElse?(Tribes.ChannelError(wrapping: error))
            }
            return sent
        } catch {
            self.sendFailed(error)
            return nil
        }
    }

    /// Sends a message to everyone, in the order of the calls, and waits for nothing.
    ///
    /// A failure is counted and logged here, and told to `orElse`.
    package func post(
        _ message: some JavaWritable,
        options: SendOptions,
        orElse: @escaping @Sendable (Tribes.ChannelError) -> Void
    ) {
        guard let channel = self.channel else { return }
        do {
            let errors = ClusterSendErrors(cluster: self, failed: orElse)
            channel.post(.object(try message.stream()), options: options, errorHandler: errors)
        } catch {
            self.sendFailed(error)
        }
    }

    /// Waits until a message is done, in a request as its task does; false if it did not arrive, which has been logged.
    package func arrives(_ sent: EventLoopFuture<Void>?, for request: Request? = nil) async -> Bool {
        guard let sent else { return false }
        do {
            if let request { try await request.completion(of: sent) } else { try await sent.get() }
            return true
        } catch {
            return false
        }
    }

    private func sendFailed(_ error: any Error) {
        self.protected.withLock { $0.failures.sent += 1 }
        self.log.error("send", "Unable to send message through cluster sender.", error)
        self.notify(.sendMessageFailure)
    }

    /// Tells lifecycle listeners of a failure, if they are to hear of it.
    private func notify(_ kind: LifecycleEvent.Kind) {
        guard self.configuration.notifyLifecycleListenerOnFailure, !self.lifecycle.listeners.isEmpty else { return }
        let isTold = self.protected.withLock { protected in
            guard protected.notices < Self.noticesMaximum else { return false }
            protected.notices += 1
            return true
        }
        guard isTold else { return }
        self.notices.run(on: self.channel?.currentLoop?.taskExecutor) {
            do {
                try await self.fire(kind)
            } catch {
                self.log.error("notify", "A lifecycle listener failed", error)
            }
            self.protected.withLock { $0.notices -= 1 }
        }
    }

    // MARK: Life

    package func startInternal() async throws {
        self.log.info("startInternal", "Cluster is about to start")
        let configuration = self.configuration
        let channel = try self.prepare(configuration)
        do {
            try await channel.start(configuration.channelStartOptions)
        } catch {
            self.log.error("startInternal", "Unable to start cluster.", error)
            throw LifecycleError("Unable to start cluster.", cause: error)
        }
        self.warnIfReadable(channel)
        try await self.deployer?.start()
        try await self.enter(.starting)
        self.registerBeans()
    }

    package func stopInternal() async throws {
        try await self.enter(.stopping)
        self.unregisterBeans()
        await self.deployer?.stop()
        if let container = self.container {
            for valve in self.protected.withLock({ $0.installed }) { container.pipeline.remove(valve) }
        }
        guard let channel = self.channel else { return }
        channel.remove(self as any ChannelListener)
        channel.remove(self as any MembershipListener)
        do {
            try await channel.stop(self.configuration.channelStartOptions)
        } catch {
            self.log.error("stopInternal", "Unable to stop cluster.", error)
        }
    }

    package func backgroundProcess() async {
        await self.deployer?.backgroundProcess()
        if self.configuration.heartbeatBackgroundEnabled { self.channel?.heartbeat() }
    }

    /// Fills in what the configuration leaves out, and puts the valves into the pipeline.
    private func prepare(_ configuration: Configuration) throws -> GroupChannel {
        let template = try self.template()
        let channel = self.channel ?? GroupChannel(configuration: GroupChannel.Configuration())
        if channel.name.isEmpty { channel.name = self.clusterName + "-Channel" }
        if configuration.heartbeatBackgroundEnabled { try channel.reconfigure { $0.heartbeat = false } }
        let valves = self.protected.withLock { protected in
            protected.channel = channel
            if protected.listeners.isEmpty, template is any SessionMessageReceiver {
                protected.listeners.append(ClusterSessionListener())
            }
            if protected.valves.isEmpty { protected.valves = Self.defaultValves() }
            protected.installed = protected.valves
            return protected.valves
        }
        for case let valve as any ClusterValve in valves { valve.attach(to: self) }
        if let container = self.container {
            for valve in valves { container.pipeline.add(valve) }
        }
        if let deployer = self.deployer {
            deployer.attach(to: self)
            if !self.clusterListeners.contains(where: { $0 === deployer }) { self.add(deployer) }
        }
        channel.add(self as any ChannelListener)
        channel.add(self as any MembershipListener)
        return channel
    }

    /// Sessions that leave the machine can be read and forged by whoever is on the way.
    private func warnIfReadable(_ channel: GroupChannel) {
        guard let local = channel.localMember, !local.endpoint.isLoopback,
            !channel.interceptors.contains(where: { $0 is EncryptInterceptor })
        else { return }
        self.log.warning(
            "startInternal",
            "The cluster listens at [\(local.endpoint)] without an EncryptInterceptor: anyone who can reach that address "
                + "can read and change sessions. Add an EncryptInterceptor, or bind the Receiver to a trusted network."
        )
    }

    private static func defaultValves() -> [any Valve] {
        [
            JvmRouteBinderValve(configuration: JvmRouteBinderValve.Configuration()),
            ReplicationValve.withDefaults(),
        ]
    }
}

// MARK: - Messages and members

extension SimpleTcpCluster: ChannelListener, MembershipListener, Heartbeat {
    package func takes(_ message: Tribes.ChannelMessage) -> Bool {
        guard !message.options.contains(.byteMessage), let listener = self.protected.withLock({ $0.sessionListener }),
            let sessionMessage = SessionMessage(message.body)
        else { return false }
        listener.deliver(sessionMessage, from: message.sender, in: self)
        return true
    }

    package func accepts(_ message: ReceivedMessage) -> Bool {
        guard message.rpc == nil, let object = message.object?.object else { return false }
        let isAccepted = self.clusterListeners.contains { $0.accepts(object) }
        if !isAccepted, object.className.hasPrefix("org.apache.catalina.ha.") { self.notify(.receiveMessageFailure) }
        return isAccepted
    }

    package func messageReceived(_ message: ReceivedMessage) throws {
        guard let object = message.object?.object else { return }
        for listener in self.clusterListeners where listener.accepts(object) {
            do {
                try listener.messageReceived(object, message, in: self)
            } catch {
                self.protected.withLock { $0.failures.received += 1 }
                self.log.error("messageReceived", "A message of [\(message.sender.name)] cannot be read", error)
                self.notify(.receiveMessageFailure)
            }
        }
    }

    package func memberAdded(_ member: Member) {
        self.log.info("memberAdded", "Replication member added:[\(member)]")
        self.registerBean(of: member)
        for receiver in self.receivers { receiver.memberAdded(member) }
    }

    package func memberDisappeared(_ member: Member) {
        self.log.info("memberDisappeared", "Received member disappeared:[\(member)]")
        self.unregisterBean(of: member)
        for receiver in self.receivers { receiver.memberDisappeared(member) }
    }

    package func messagesMayBeLost(to member: Member) {
        for case let manager as any SessionMessageReceiver in self.managers { manager.messagesMayBeLost(to: member) }
    }

    package func heartbeat() {
        for receiver in self.receivers { receiver.heartbeat() }
    }

    /// A message that nobody waits for was refused, or waited in a full queue in vain.
    ///
    /// Under an overload that happens to one of each request: the log has the first and then one of many.
    fileprivate func postFailed(_ error: Tribes.ChannelError) {
        let count = self.protected.withLock { protected in
            protected.failures.sent += 1
            protected.failures.refused += 1
            return protected.failures.refused
        }
        if count == 1 || count.isMultiple(of: Self.refusalsPerLine) {
            self.log.error("send", "Unable to send message through cluster sender, [\(count)] times so far.", error)
        }
        self.notify(.sendMessageFailure)
    }

    fileprivate func queuedFailed(_ error: Tribes.ChannelError) {
        self.protected.withLock { $0.failures.sent += 1 }
        self.log.debug("send", "A queued message did not reach every member: \(error)")
        self.notify(.sendMessageFailure)
    }
}

extension [any ClusterListener] {
    /// The listener of sessions, if the others are deployers.
    fileprivate var onlySessionListener: ClusterSessionListener? {
        let others = self.filter { !($0 is any ClusterDeployer) }
        return others.count == 1 ? others[0] as? ClusterSessionListener : nil
    }
}

/// Hears that a message that nobody waited for did not reach every member.
private struct ClusterSendErrors: ErrorHandler {
    let cluster: SimpleTcpCluster
    let failed: (@Sendable (Tribes.ChannelError) -> Void)?

    func handleError(_ error: Tribes.ChannelError, uniqueID: UniqueID) {
        if uniqueID == .zero { self.cluster.postFailed(error) } else { self.cluster.queuedFailed(error) }
        self.failed?(error)
    }

    func handleCompletion(uniqueID: UniqueID) {}
}

extension Endpoint {
    /// Whether only this machine can reach it.
    fileprivate var isLoopback: Bool {
        self.host.count == 4 ? self.host[0] == 127 : self.host == [UInt8](repeating: 0, count: 15) + [1]
    }
}
