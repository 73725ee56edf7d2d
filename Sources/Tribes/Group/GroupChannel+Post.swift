import Logging
import NIOCore
import NIOPosix
import Synchronization

extension GroupChannel {
    /// Sends a message and does not wait even for it to be queued; the handler hears of failures, once of each.
    ///
    /// Messages go down the channel in the order of the calls, some gathered at a time, and before what is enqueued
    /// later. What finds too much waiting is refused, and the handler told before this returns. Without `destinations` a
    /// message goes to everyone who is there when it goes down; nobody is no error then.
    package func post(
        _ payload: ChannelPayload,
        to destinations: [Member]? = nil,
        options: SendOptions,
        errorHandler: (any ErrorHandler)? = nil
    ) {
        guard let loop = self.currentLoop else {
            errorHandler?.handleError(ChannelError(.notStarted, "The channel is not started"), uniqueID: .zero)
            return
        }
        let letter = Outbox.Letter(
            payload: payload,
            destinations: destinations,
            options: options,
            errorHandler: errorHandler
        )
        let caller = MultiThreadedEventLoopGroup.currentEventLoop
        switch self.outbox.withLock({ $0.append(letter, on: caller) }) {
        case .gathered: return
        case .refused(let isFirst): return self.refuse(letter, isFirst: isFirst)
        case .due: break
        }
        guard let caller else { return loop.eventLoop.execute { self.sendPosted(loop) } }
        // However the task ends: an event loop that is shut down has its letters taken at once, and leaves no mark that
        // another one at its address would take for its own.
        caller.scheduleTask(in: Outbox.gatheringTime) {}.futureResult.whenComplete { _ in
            guard self.outbox.withLock({ $0.isDue(on: caller) }) else { return }
            loop.eventLoop.execute { self.sendPosted(loop) }
        }
    }

    private func refuse(_ letter: Outbox.Letter, isFirst: Bool) {
        if isFirst {
            self.log.warning(
                "Too much waits to be sent: the channel's thread does not keep up, messages are refused",
                metadata: ["channel": "\(self.name)", "bytes": "\(Outbox.bytesMaximum)"]
            )
        }
        letter.errorHandler?.handleError(
            ChannelError(.queueFull, "Too much waits to be sent, the limit is [\(Outbox.bytesMaximum)] bytes"),
            uniqueID: .zero
        )
    }

    /// Sends what was posted so far.
    ///
    /// Isolation: channel loop.
    func sendPosted(_ loop: ChannelLoop) {
        for letter in self.outbox.withLock({ $0.takeAll() }) {
            let sent = self.submitIfRunning(
                letter.payload,
                letter.destinations,
                letter.options,
                letter.errorHandler,
                loop
            )
            guard let errorHandler = letter.errorHandler else { continue }
            sent.whenFailure { errorHandler.handleError(ChannelError(wrapping: $0), uniqueID: .zero) }
        }
    }
}
