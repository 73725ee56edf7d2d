import NIOCore

/// The way of a message to its members that no layer has to see: on the event loop of whoever sends it, whose thread
/// waits for nobody then.
///
/// It is as the channel was after the last event.
/// Isolation: any thread.
final class DirectRoute: Sendable {
    let members: [Member]
    private let local: Member
    private let chain: InterceptorChain
    private let sender: any ChannelSender

    /// nil while the channel has nobody to speak for.
    init?(_ chain: InterceptorChain, sender: any ChannelSender, local: Member?, members: [Member]) {
        guard let local else { return nil }
        self.chain = chain
        self.sender = sender
        self.local = local
        self.members = members
    }

    /// Whether messages with these options may go this way.
    ///
    /// Those that nobody waits for may not: of what different threads say about one thing, the order has to be kept.
    func isOpen(to options: SendOptions) -> Bool {
        options.contains(.useAck) && options.isDisjoint(with: [.asynchronous, .udp, .multicast])
            && self.chain.interceptors.allSatisfy { $0.passes(options) }
    }

    /// Sends a message; nil if this loop cannot.
    ///
    /// Isolation: that event loop.
    func send(
        _ payload: ChannelPayload,
        to destinations: [Member],
        options: SendOptions,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void>? {
        guard eventLoop !== self.chain.loop.eventLoop else { return nil }
        let message = ChannelMessage(
            options: payload.isBytes ? options.union(.byteMessage) : options.subtracting(.byteMessage),
            timestamp: self.chain.loop.wallClock,
            uniqueID: self.chain.loop.makeUniqueID(),
            sender: self.local,
            body: payload.bytes
        )
        return self.sender.send(message, to: destinations, on: eventLoop)
    }
}
