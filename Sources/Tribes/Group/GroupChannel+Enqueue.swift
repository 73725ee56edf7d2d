package import NIOCore
import NIOPosix
import Synchronization

extension GroupChannel {
    /// Sends a message from any thread without suspending.
    ///
    /// What one thread enqueues goes down the channel in the order of the calls. A message with `earlier` waits until
    /// that one is done, however it ended: so messages about one thing keep their order where the transport has
    /// several connections to a member. Without `destinations` it goes to everyone who is there when it goes down;
    /// nobody is no error then. The result comes when the options say that the message is done, on the caller's event loop
    /// where no layer has to see the message, else on the channel's; its errors are ``ChannelError``.
    /// - Throws: ``ChannelError`` if the channel was never started.
    package func enqueue(
        _ payload: ChannelPayload,
        to destinations: [Member]? = nil,
        options: SendOptions,
        after earlier: EventLoopFuture<Void>? = nil,
        errorHandler: @autoclosure () -> (any ErrorHandler)? = nil
    ) throws(ChannelError) -> EventLoopFuture<Void> {
        if let sent = self.sendDirectly(payload, destinations, options, after: earlier, errorHandler) { return sent }
        let errorHandler = errorHandler()
        let loop = try self.runningChain().loop
        return loop.eventLoop.flatSubmit {
            self.sendPosted(loop)
            guard let earlier else {
                return self.submitIfRunning(payload, destinations, options, errorHandler, loop)
            }
            let promise = loop.makePromise(of: Void.self)
            earlier.hop(to: loop.eventLoop).whenComplete { _ in
                self.submitIfRunning(payload, destinations, options, errorHandler, loop).cascade(to: promise)
            }
            return promise.futureResult
        }
    }

    /// Sends a message on the caller's event loop; nil if it has none, or the message has to be seen by some layer.
    func sendDirectly(
        _ payload: ChannelPayload,
        _ destinations: [Member]?,
        _ options: SendOptions,
        after earlier: EventLoopFuture<Void>?,
        _ errorHandler: () -> (any ErrorHandler)? = { nil }
    ) -> EventLoopFuture<Void>? {
        guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop,
            let route = self.parts.withLock({ $0.view.route }), route.isOpen(to: options),
            self.outbox.withLock({ $0.isEmpty })
        else { return nil }
        guard let earlier else {
            let destinations = destinations ?? route.members
            guard !destinations.isEmpty else { return eventLoop.makeSucceededVoidFuture() }
            return route.send(payload, to: destinations, options: options, on: eventLoop)
        }
        let errorHandler = errorHandler()
        let promise = eventLoop.makePromise(of: Void.self)
        earlier.hop(to: eventLoop).whenComplete { _ in
            do {
                try self.enqueue(payload, to: destinations, options: options, errorHandler: errorHandler)
                    .cascade(to: promise)
            } catch {
                promise.fail(error)
            }
        }
        return promise.futureResult
    }

    func submitIfRunning(
        _ payload: ChannelPayload,
        _ destinations: [Member]?,
        _ options: SendOptions,
        _ errorHandler: (any ErrorHandler)?,
        _ loop: ChannelLoop
    ) -> EventLoopFuture<Void> {
        guard self.startedLevels.contains(.sender), self.localMember != nil else {
            return loop.failed(ChannelError(.notStarted, "The channel is not started"))
        }
        let destinations = destinations ?? self.members
        guard !destinations.isEmpty else { return loop.succeeded() }
        return self.submit(payload, to: destinations, options: options, errorHandler: errorHandler).map { _ in }
    }
}
