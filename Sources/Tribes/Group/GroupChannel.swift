import Logging
import Modeler
import NIOCore
import Synchronization

/// A group of nodes that send messages to each other, as an application sees it.
///
/// Parts are set and interceptors added before the first start; the channel then runs on one loop, and
/// calls of other threads hop there. What others see without asking the loop (``members``,
/// ``localMember``) is a copy that each event renews.
/// Isolation: any thread; `submit` and everything it returns: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.GroupChannel`.
package final class GroupChannel: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable, Equatable {
        /// Whether the channel beats by itself; otherwise its owner calls ``GroupChannel/heartbeat()``.
        package var heartbeat = true
        /// Milliseconds between two heartbeats.
        package var heartbeatSleeptime: Int64 = 5000
        /// Whether a start fails when the flags of two interceptors collide.
        package var optionCheck = false
        /// Whether the channel's parts are shown to the management.
        package var jmxEnabled = true
        /// Domain of the object names of the channel's parts.
        package var jmxDomain = "ClusterChannel"
        /// What stands first in those names.
        package var jmxPrefix = ""
        /// The channel's name, as `localhost-Channel`; its owner sets it.
        package var name = ""

        package init() {}
    }

    struct Parts {
        var name: String
        var receiver: (any ChannelReceiver)?
        var sender: (any ChannelSender)?
        var membership: (any MembershipService)?
        var interceptors: [any ChannelInterceptor] = []
        var listeners = Listeners()
        var runtime: ChannelRuntime?
        var isRuntimeOwned = false
        var chain: InterceptorChain?
        var heartbeat: RepeatedTask?
        var levels: StartLevels = []
        var view = View()
    }

    /// Who hears of messages and of members.
    struct Listeners {
        var channel: [any ChannelListener] = []
        var membership: [any MembershipListener] = []
    }

    /// The group as it was after the last event.
    struct View {
        var members: [Member] = []
        var localMember: Member?
        /// The members of the membership service, which the interceptors may hide or add to.
        var foundMembers: [Member] = []
        /// nil while nothing can be sent.
        var route: DirectRoute?
    }

    let settings: Mutex<Configuration>
    let parts: Mutex<Parts>
    /// Messages that nobody waits for, on their way to the channel's loop.
    let outbox = Mutex(Outbox())
    /// How members write members.
    let memberVersions = LoopConfined(MemberVersions())
    /// Whether one message does for all members, as far as is known.
    let isWrittenOnce = Atomic(true)
    let log = Logger(label: "org.apache.catalina.tribes.group.GroupChannel")

    package init(configuration: Configuration) {
        self.settings = Mutex(configuration)
        self.parts = Mutex(Parts(name: configuration.name))
    }

    package var configuration: Configuration { self.settings.withLock { $0 } }

    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.settings.withLock { try change(&$0) }
    }

    // MARK: Parts, before the first start

    /// What the channel is called; peers see it in the names of static membership.
    package var name: String {
        get { self.parts.withLock { $0.name } }
        set { self.parts.withLock { $0.name = newValue } }
    }

    package var receiver: (any ChannelReceiver)? {
        get { self.parts.withLock { $0.receiver } }
        set { self.parts.withLock { $0.receiver = newValue } }
    }

    package var sender: (any ChannelSender)? {
        get { self.parts.withLock { $0.sender } }
        set { self.parts.withLock { $0.sender = newValue } }
    }

    package var membershipService: (any MembershipService)? {
        get { self.parts.withLock { $0.membership } }
        set { self.parts.withLock { $0.membership = newValue } }
    }

    /// From above to below.
    package var interceptors: [any ChannelInterceptor] { self.parts.withLock { $0.interceptors } }

    /// Adds a layer below those there are.
    package func add(_ interceptor: any ChannelInterceptor) {
        self.parts.withLock { $0.interceptors.append(interceptor) }
    }

    /// Gives the channel a loop and a network that are not its own.
    package func setRuntime(_ runtime: ChannelRuntime) {
        self.parts.withLock { $0.runtime = runtime }
    }

    // MARK: Listeners, at any time

    package func add(_ listener: any ChannelListener) {
        self.parts.withLock { $0.listeners.channel.append(listener) }
    }

    package func remove(_ listener: any ChannelListener) {
        self.parts.withLock { $0.listeners.channel.removeAll { $0 === listener } }
    }

    package func add(_ listener: any MembershipListener) {
        self.parts.withLock { $0.listeners.membership.append(listener) }
    }

    package func remove(_ listener: any MembershipListener) {
        self.parts.withLock { $0.listeners.membership.removeAll { $0 === listener } }
    }

    // MARK: The group, from any thread

    /// The other members as the topmost interceptor sees them, the oldest first.
    package var members: [Member] { self.parts.withLock { $0.view.members } }
    package var hasMembers: Bool { self.parts.withLock { !$0.view.members.isEmpty } }
    /// This node; nil before its receiver listens.
    package var localMember: Member? { self.parts.withLock { $0.view.localMember } }
    /// This node's unique id; nil before its receiver listens.
    package var localID: UniqueID? { self.parts.withLock { $0.view.localMember?.uniqueID } }
    /// The members as the membership service sees them.
    package var foundMembers: [Member] { self.parts.withLock { $0.view.foundMembers } }
    /// What the members let this node hear of them; nil before the first start.
    package var signsOfLife: SignsOfLife? { self.parts.withLock { $0.chain?.signsOfLife } }
    package var startedLevels: StartLevels { self.parts.withLock { $0.levels } }
    /// The loop, its clock and its tasks' executor; nil before the first start.
    package var currentLoop: ChannelLoop? { self.parts.withLock { $0.chain?.loop } }

    // MARK: Calls that hop to the loop

    /// Starts parts of the channel.
    ///
    /// - Throws: ``ChannelError``; what was started before the failure is stopped again.
    package func start(_ levels: StartLevels = .all) async throws(ChannelError) {
        let chain = try self.assemble()
        try await self.onLoop(chain.loop) { self.start(levels, chain: chain) }
    }

    /// Stops parts of the channel; the last one ends its thread, if that is its own.
    ///
    /// - Throws: ``ChannelError`` of the part that failed to stop; the others are stopped all the same.
    package func stop(_ levels: StartLevels = .all) async throws(ChannelError) {
        guard let chain = self.parts.withLock({ $0.chain }) else { return }
        try await self.onLoop(chain.loop) { self.stop(levels, chain: chain) }
        let runtime: ChannelRuntime? = self.parts.withLock { parts in
            guard parts.levels.isEmpty, parts.isRuntimeOwned else { return nil }
            defer { (parts.chain, parts.runtime, parts.isRuntimeOwned) = (nil, nil, false) }
            return parts.runtime
        }
        do {
            try await runtime?.shutdown()
        } catch {
            throw ChannelError(wrapping: error)
        }
    }

    /// Sends a message, and returns when its options say that it is done: queued, written or acknowledged.
    ///
    /// - Throws: ``ChannelError``, which names the members that the message did not reach.
    @discardableResult
    package func send(
        _ payload: ChannelPayload,
        to destinations: [Member],
        options: SendOptions,
        errorHandler: (any ErrorHandler)? = nil
    ) async throws(ChannelError) -> UniqueID {
        let chain = try self.runningChain()
        return try await self.onLoop(chain.loop) {
            self.submit(payload, to: destinations, options: options, errorHandler: errorHandler)
        }
    }

    /// One heartbeat, for an owner that beats in place of the channel.
    package func heartbeat() {
        guard let chain = self.parts.withLock({ $0.chain }) else { return }
        chain.loop.eventLoop.execute { self.beat(chain) }
    }

    private func onLoop<Value: Sendable>(
        _ loop: ChannelLoop,
        _ body: @escaping @Sendable () -> EventLoopFuture<Value>
    ) async throws(ChannelError) -> Value {
        do {
            return try await loop.eventLoop.flatSubmit(body).get()
        } catch {
            throw ChannelError(wrapping: error)
        }
    }

    func runningChain() throws(ChannelError) -> InterceptorChain {
        guard let chain = self.parts.withLock({ $0.chain }) else {
            throw ChannelError(.notStarted, "The channel is not started")
        }
        return chain
    }
}
