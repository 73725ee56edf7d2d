import NIOCore
import NIOPosix
import Synchronization

/// Messages that wait to be taken by the channel's loop, in the order in which they were posted.
struct Outbox: Sendable {
    struct Letter: Sendable {
        let payload: ChannelPayload
        /// nil for everyone who is there when it is taken.
        let destinations: [Member]?
        let options: SendOptions
        let errorHandler: (any ErrorHandler)?
    }

    /// How long letters gather before they are taken: to wake the channel's loop costs more than a letter.
    static let gatheringTime = TimeAmount.microseconds(250)

    private var letters: [Letter] = []
    /// The event loops that will have them taken.
    private var messengers: Set<ObjectIdentifier> = []

    var isEmpty: Bool { self.letters.isEmpty }

    /// Says whether the event loop has to have the letters taken: it does so once for all that gather meanwhile.
    mutating func append(_ letter: Letter, on eventLoop: (any EventLoop)?) -> Bool {
        self.letters.append(letter)
        return eventLoop.map { self.messengers.insert(ObjectIdentifier($0)).inserted } ?? true
    }

    /// Letters have gathered on an event loop for long enough; says whether there are any that nobody has taken.
    mutating func isDue(on eventLoop: any EventLoop) -> Bool {
        self.messengers.remove(ObjectIdentifier(eventLoop))
        return !self.letters.isEmpty
    }

    mutating func takeAll() -> [Letter] {
        defer { self.letters.removeAll(keepingCapacity: false) }
        return self.letters
    }
}

extension GroupChannel {
    /// Sends a message and does not wait even for it to be queued; the handler hears of failures.
    ///
    /// Messages go down the channel in the order of the calls, some gathered at a time, and before what is enqueued
    /// later. Without `destinations` a message goes to everyone who is there when it goes down; nobody is no error then.
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
        guard self.outbox.withLock({ $0.append(letter, on: caller) }) else { return }
        guard let caller else { return loop.eventLoop.execute { self.sendPosted(loop) } }
        caller.scheduleTask(in: Outbox.gatheringTime) {
            guard self.outbox.withLock({ $0.isDue(on: caller) }) else { return }
            loop.eventLoop.execute { self.sendPosted(loop) }
        }
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
