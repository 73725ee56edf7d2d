import NIOCore

extension InterceptorContext {
    /// Hands down one message for each destination, all at once.
    ///
    /// The result fails when one of them did; its error names the faulty members of all.
    func sendEach(
        to destinations: [Member],
        _ message: (Member) -> ChannelMessage
    ) -> EventLoopFuture<Void> {
        let sends = destinations.map { member in
            self.send(message(member), to: [member]).map { nil as ChannelError? }
                .flatMapErrorThrowing { ChannelError(wrapping: $0).naming(member) }
        }
        return EventLoopFuture.whenAllSucceed(sends, on: self.loop.eventLoop).flatMapThrowing { results in
            let errors = results.compactMap { $0 }
            if let error = ChannelError(merging: errors) { throw error }
        }
    }
}

extension ChannelError {
    /// The error with `member` as its faulty member, if it names none.
    func naming(_ member: Member) -> ChannelError {
        guard self.faultyMembers.isEmpty else { return self }
        return ChannelError(self.code, self.message, destinations: [member], cause: self)
    }

    /// One error for all; nil if there is none.
    init?(merging errors: [ChannelError]) {
        guard let first = errors.first else { return nil }
        self.init(
            first.code,
            first.message,
            cause: first.cause,
            faultyMembers: errors.flatMap(\.faultyMembers)
        )
    }
}
