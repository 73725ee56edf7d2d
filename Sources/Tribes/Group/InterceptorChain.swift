package import NIOCore

/// What stands above the topmost interceptor: the channel itself.
///
/// Isolation: channel loop.
package protocol ChannelTop: AnyObject, Sendable {
    func messageReceived(_ message: ChannelMessage) throws
    func memberAdded(_ member: Member)
    func memberDisappeared(_ member: Member)
    /// Messages to a member that were sent without acknowledgement may not have arrived.
    func messagesMayBeLost(to member: Member)
}

extension ChannelTop {
    package func messagesMayBeLost(to member: Member) {}
}

/// The layers of one channel in their order, above first, the coordinator last.
///
/// It is a table and no more: each call finds the layer and gives it its place.
/// Isolation: channel loop.
package final class InterceptorChain: Sendable {
    package let name: String
    package let loop: ChannelLoop
    package let network: any ChannelNetwork
    let interceptors: [any ChannelInterceptor]
    let signsOfLife: SignsOfLife
    private let top: LoopConfined<Top>

    private struct Top {
        weak var channel: (any ChannelTop)?
    }

    /// A chain below `top`; `interceptors` from above to below.
    package init(
        name: String,
        loop: ChannelLoop,
        network: any ChannelNetwork,
        interceptors: [any ChannelInterceptor],
        top: any ChannelTop
    ) {
        self.name = name
        self.loop = loop
        self.signsOfLife = SignsOfLife { loop.wallClock }
        self.network = network
        self.interceptors = interceptors
        self.top = LoopConfined(Top(channel: top))
    }

    // MARK: Entry points of the channel

    package func send(_ message: ChannelMessage, to destinations: [Member]) -> EventLoopFuture<Void> {
        self.send(message, to: destinations, at: 0)
    }

    package func start(_ levels: StartLevels) -> EventLoopFuture<Void> { self.start(levels, at: 0) }
    package func stop(_ levels: StartLevels) -> EventLoopFuture<Void> { self.stop(levels, at: 0) }
    package func heartbeat() { self.heartbeat(at: 0) }
    package var members: [Member] { self.members(at: 0) }
    package var localMember: Member? { self.localMember(at: 0) }

    /// The place of the layer at `index`, 0 being the topmost.
    package func context(at index: Int) -> InterceptorContext { InterceptorContext(self, index) }

    /// Tells every layer of a message that went past them all.
    func sendFailed(_ error: ChannelError) {
        for (index, interceptor) in self.interceptors.enumerated() {
            interceptor.sendFailed(error, context: self.context(at: index))
        }
    }

    // MARK: Calls of the contexts

    func send(_ message: ChannelMessage, to destinations: [Member], at index: Int) -> EventLoopFuture<Void> {
        self.loop.preconditionOnLoop()
        guard index < self.interceptors.count else {
            return self.loop.failed(ChannelError(.badConfiguration, "No layer below"))
        }
        return self.interceptors[index].send(message, to: destinations, context: self.context(at: index))
    }

    func start(_ levels: StartLevels, at index: Int) -> EventLoopFuture<Void> {
        guard index < self.interceptors.count else { return self.loop.succeeded() }
        return self.interceptors[index].start(levels, context: self.context(at: index))
    }

    func stop(_ levels: StartLevels, at index: Int) -> EventLoopFuture<Void> {
        guard index < self.interceptors.count else { return self.loop.succeeded() }
        return self.interceptors[index].stop(levels, context: self.context(at: index))
    }

    func heartbeat(at index: Int) {
        guard index < self.interceptors.count else { return }
        self.interceptors[index].heartbeat(context: self.context(at: index))
    }

    func members(at index: Int) -> [Member] {
        guard index < self.interceptors.count else { return [] }
        return self.interceptors[index].members(context: self.context(at: index))
    }

    func localMember(at index: Int) -> Member? {
        guard index < self.interceptors.count else { return nil }
        return self.interceptors[index].localMember(context: self.context(at: index))
    }

    func messageReceived(_ message: ChannelMessage, at index: Int) throws {
        guard index >= 0 else {
            try self.top[self.loop].channel?.messageReceived(message)
            return
        }
        try self.interceptors[index].messageReceived(message, context: self.context(at: index))
    }

    func memberAdded(_ member: Member, at index: Int) {
        guard index >= 0 else {
            self.top[self.loop].channel?.memberAdded(member)
            return
        }
        self.interceptors[index].memberAdded(member, context: self.context(at: index))
    }

    func memberDisappeared(_ member: Member, at index: Int) {
        guard index >= 0 else {
            self.top[self.loop].channel?.memberDisappeared(member)
            return
        }
        self.interceptors[index].memberDisappeared(member, context: self.context(at: index))
    }

    /// Past the layers: none of them keeps what was sent.
    func messagesMayBeLost(to member: Member) { self.top[self.loop].channel?.messagesMayBeLost(to: member) }

    func first<Layer>(
        _ type: Layer.Type,
        in range: Range<Int>
    ) -> (layer: Layer, context: InterceptorContext)? {
        for index in range {
            if let layer = self.interceptors[index] as? Layer { return (layer, self.context(at: index)) }
        }
        return nil
    }
}
