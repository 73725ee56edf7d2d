import NIOCore

/// Messages that wait to be taken by the channel's loop, in the order in which they were posted.
struct Outbox: Sendable {
    struct Letter: Sendable {
        let payload: ChannelPayload
        /// nil for everyone who is there when it is taken.
        let destinations: [Member]?
        let options: SendOptions
        let errorHandler: (any ErrorHandler)?

        var size: Int64 { Int64(self.payload.bytes.readableBytes) }
    }

    /// What becomes of a letter.
    enum Admission: Equatable {
        /// Somebody has it taken with others.
        case gathered
        /// The caller has to have the letters taken.
        case due
        /// Too much waits; whether it is the first one of many that are refused.
        case refused(isFirst: Bool)
    }

    /// How long letters gather before they are taken: to wake the channel's loop costs more than a letter.
    static let gatheringTime = TimeAmount.microseconds(250)
    /// Bytes that wait when the channel's loop does not come to take them; further letters are refused.
    static let bytesMaximum: Int64 = 64 << 20

    private var letters: [Letter] = []
    /// The event loops that will have them taken.
    private(set) var messengers: Set<ObjectIdentifier> = []
    /// How much waits, and what was refused.
    private(set) var backlog = DispatchBacklog()

    var isEmpty: Bool { self.letters.isEmpty }

    /// Takes a letter of an event loop, or of another thread; each loop has all taken once that gather meanwhile.
    mutating func append(_ letter: Letter, on eventLoop: (any EventLoop)?) -> Admission {
        let admission = self.backlog.admit(letter.size, maximum: Self.bytesMaximum, isWaitingAllowed: false)
        guard admission.verdict == .queued else { return .refused(isFirst: admission.isFirstOverflow) }
        self.letters.append(letter)
        guard let eventLoop else { return .due }
        return self.messengers.insert(ObjectIdentifier(eventLoop)).inserted ? .due : .gathered
    }

    /// Letters have gathered on an event loop for long enough; says whether there are any that nobody has taken.
    mutating func isDue(on eventLoop: any EventLoop) -> Bool {
        self.messengers.remove(ObjectIdentifier(eventLoop))
        return !self.letters.isEmpty
    }

    mutating func takeAll() -> [Letter] {
        for letter in self.letters { self.backlog.finish(letter.size) }
        defer { self.letters.removeAll(keepingCapacity: false) }
        return self.letters
    }
}
