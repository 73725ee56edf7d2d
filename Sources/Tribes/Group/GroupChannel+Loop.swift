import Logging
package import NIOCore
import Synchronization

/// What happens on the channel's loop.
extension GroupChannel: ChannelTop {
    /// Sends a message.
    ///
    /// Isolation: channel loop.
    package func submit(
        _ payload: ChannelPayload,
        to destinations: [Member],
        options: SendOptions,
        errorHandler: (any ErrorHandler)? = nil
    ) -> EventLoopFuture<UniqueID> {
        guard let chain = self.parts.withLock({ $0.chain }), let local = chain.localMember else {
            preconditionFailure("a message is sent before the channel was started")
        }
        guard !destinations.isEmpty else {
            return chain.loop.failed(ChannelError(.noDestination, "No destination given"))
        }
        var message = ChannelMessage(
            options: payload.isBytes ? options.union(.byteMessage) : options.subtracting(.byteMessage),
            timestamp: chain.loop.wallClock,
            uniqueID: chain.loop.makeUniqueID(),
            sender: local,
            body: payload.bytes
        )
        message.errorHandler = errorHandler
        let uniqueID = message.uniqueID
        return chain.send(message, to: destinations).map { uniqueID }
    }

    /// The loop of a channel that was started.
    var loop: ChannelLoop {
        guard let chain = self.parts.withLock({ $0.chain }) else { preconditionFailure("the channel has no loop yet") }
        return chain.loop
    }

    /// Starts parts of the channel.
    ///
    /// Isolation: channel loop.
    package func start(_ levels: StartLevels, chain: InterceptorChain) -> EventLoopFuture<Void> {
        chain.start(levels).assumeIsolated().flatMap { _ in
            self.parts.withLock { $0.levels.formUnion(levels) }
            self.renewView(chain)
            self.startHeartbeat(chain)
            return chain.loop.succeeded()
        }.flatMapError { error in
            chain.stop(levels).thenAlways { chain.loop.failed(ChannelError(wrapping: error)) }
        }.nonisolated()
    }

    /// Stops parts of the channel.
    ///
    /// Isolation: channel loop.
    package func stop(_ levels: StartLevels, chain: InterceptorChain) -> EventLoopFuture<Void> {
        self.sendPosted(chain.loop)
        let beat: RepeatedTask? = self.parts.withLock { parts in
            parts.levels.subtract(levels)
            guard parts.levels.isEmpty else { return nil }
            defer { parts.heartbeat = nil }
            return parts.heartbeat
        }
        beat?.cancel()
        return chain.stop(levels).assumeIsolated().map { self.renewView(chain) }.nonisolated()
    }

    /// One heartbeat: down the layers, then to every listener that wants it.
    func beat(_ chain: InterceptorChain) {
        chain.heartbeat()
        self.renewView(chain)
        let (membership, channel) = self.parts.withLock { ($0.listeners.membership, $0.listeners.channel) }
        for listener in membership { (listener as? any Heartbeat)?.heartbeat() }
        for listener in channel { (listener as? any Heartbeat)?.heartbeat() }
    }

    // MARK: ChannelTop

    package func messageReceived(_ message: ChannelMessage) throws {
        let listeners = self.parts.withLock { $0.listeners.channel }
        for listener in listeners where try self.receive(from: message.sender, { try listener.takes(message) }) {
            return
        }
        let received: ReceivedMessage
        do {
            received = try ReceivedMessage(message)
        } catch {
            self.log.warning(
                "Unable to deserialize message:",
                metadata: ["member": "\(message.sender.name)", "error": "\(error)"]
            )
            return
        }
        var isForRpc = false
        for listener in self.parts.withLock({ $0.listeners.channel }) where listener.accepts(received) {
            try self.receive(from: message.sender) { try listener.messageReceived(received) }
            if listener is RpcChannel { isForRpc = true }
        }
        if let rpc = received.rpc, rpc.kind == .request, !isForRpc { try self.answerAbsence(rpc, to: received.sender) }
    }

    private func receive<Result>(from sender: Member, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            self.log.warning(
                "Error receiving message:",
                metadata: ["member": "\(sender.name)", "error": "\(error)"]
            )
            throw ChannelError(.remoteProcessing, "Error receiving message:", cause: error)
        }
    }

    /// Spares a caller its timeout: nobody here listens on that RPC channel.
    private func answerAbsence(_ request: RpcMessage, to sender: Member) throws {
        let absence = RpcMessage(.absence, callID: request.callID, rpcID: request.rpcID)
        self.submit(try .object(absence), to: [sender], options: .asynchronous).whenFailure { error in
            self.log.warning(
                "Unable to find rpc channel, failed to send NoRpcChannelReply.",
                metadata: ["member": "\(sender.name)", "error": "\(error)"]
            )
        }
    }

    package func memberAdded(_ member: Member) {
        self.signsOfLife?.appeared(member)
        self.renewView()
        for listener in self.parts.withLock({ $0.listeners.membership }) { listener.memberAdded(member) }
    }

    package func memberDisappeared(_ member: Member) {
        // First the view: what is given up may let a message go down that waited behind it.
        self.renewView()
        if !member.isShuttingDown { self.parts.withLock { $0.sender }?.abandon(member) }
        for listener in self.parts.withLock({ $0.listeners.membership }) { listener.memberDisappeared(member) }
        self.signsOfLife?.disappeared(member)
        if let loop = self.currentLoop { self.changeVersions(loop) { $0.forget(member) } }
    }

    /// Takes note of how members write members.
    func changeVersions(_ loop: ChannelLoop, _ change: (inout MemberVersions) -> Void) {
        change(&self.memberVersions[loop])
        self.isWrittenOnce.store(self.memberVersions[loop].areStandard, ordering: .releasing)
    }

    package func messagesMayBeLost(to member: Member) {
        guard self.members.contains(member) else { return }
        for listener in self.parts.withLock({ $0.listeners.membership }) { listener.messagesMayBeLost(to: member) }
    }

    // MARK: Assembly

    /// The chain, made at the first start.
    ///
    /// - Throws: ``ChannelError`` with code `badConfiguration` if parts are missing or flags collide.
    package func assemble() throws(ChannelError) -> InterceptorChain {
        let isChecked = self.configuration.optionCheck
        let result: Result<InterceptorChain, ChannelError> = self.parts.withLock { parts in
            if let chain = parts.chain { return .success(chain) }
            if parts.interceptors.isEmpty { parts.interceptors = Self.defaultInterceptors() }
            let layers = parts.interceptors + [self.coordinator(of: &parts)]
            if isChecked, let conflict = Self.conflict(in: layers) { return .failure(conflict) }
            let runtime = parts.runtime ?? .ownThread()
            parts.isRuntimeOwned = parts.runtime == nil
            parts.runtime = runtime
            let chain = InterceptorChain(
                name: parts.name,
                loop: runtime.loop,
                network: runtime.network,
                interceptors: layers,
                top: self
            )
            parts.chain = chain
            return .success(chain)
        }
        return try result.get()
    }

    /// What stands above the coordinator when nothing is configured, from above to below.
    ///
    /// Tomcat's cluster installs the same two; its bare channel has the first alone.
    package static func defaultInterceptors() -> [any ChannelInterceptor] {
        [
            MessageDispatchInterceptor(configuration: MessageDispatchInterceptor.Configuration()),
            TcpFailureDetector(configuration: TcpFailureDetector.Configuration()),
        ]
    }

    private func coordinator(of parts: inout Parts) -> ChannelCoordinator {
        let receiver = parts.receiver ?? NioReceiver(configuration: NioReceiver.Configuration())
        let sender = parts.sender ?? ReplicationTransmitter()
        let membership = parts.membership ?? McastService(configuration: McastService.Configuration())
        (parts.receiver, parts.sender, parts.membership) = (receiver, sender, membership)
        (membership as? any ChannelMembershipService)?.attach(to: self)
        return ChannelCoordinator(receiver: receiver, sender: sender, membership: membership)
    }

    /// Two layers whose flags are not zero and one within the other: neither could tell its messages.
    private static func conflict(in layers: [any ChannelInterceptor]) -> ChannelError? {
        var conflicts: [String] = []
        for (index, upper) in layers.enumerated() where !upper.optionFlag.isEmpty {
            for lower in layers[(index + 1)...] where !lower.optionFlag.isEmpty {
                let (one, other) = (upper.optionFlag, lower.optionFlag)
                guard one.isSubset(of: other) || other.isSubset(of: one) else { continue }
                conflicts.append("[\(type(of: upper)):\(one.rawValue) == \(type(of: lower)):\(other.rawValue)]")
            }
        }
        guard !conflicts.isEmpty else { return nil }
        return ChannelError(
            .badConfiguration,
            "Interceptor option flag conflict: " + conflicts.joined(separator: " ")
        )
    }

    private func startHeartbeat(_ chain: InterceptorChain) {
        let configuration = self.configuration
        guard configuration.heartbeat, configuration.heartbeatSleeptime > 0 else { return }
        let isRunning = self.parts.withLock { $0.heartbeat != nil }
        if isRunning { return }
        let task = chain.loop.repeat(every: .milliseconds(configuration.heartbeatSleeptime)) { [weak self] in
            self?.beat(chain)
        }
        self.parts.withLock { $0.heartbeat = task }
    }

    private func renewView(_ chain: InterceptorChain? = nil) {
        guard let chain = chain ?? self.parts.withLock({ $0.chain }) else { return }
        let (members, local) = (chain.members, chain.localMember)
        let (membership, sender, levels) = self.parts.withLock { ($0.membership, $0.sender, $0.levels) }
        let found = local == nil ? [] : membership?.members ?? []
        var view = View(members: members, localMember: local, foundMembers: found)
        if let sender, levels.contains(.sender) {
            view.route = DirectRoute(chain, sender: sender, local: local, members: members)
        }
        self.parts.withLock { $0.view = view }
    }
}
