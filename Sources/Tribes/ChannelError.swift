/// Why a channel could not do what it was asked.
///
/// A send that reached some members and not others names those that it did not reach; the caller may
/// send again to them alone.
/// Tomcat counterpart: `org.apache.catalina.tribes.ChannelException`, `RemoteProcessException`.
package struct ChannelError: Error, Sendable {
    package enum Code: String, Sendable {
        /// The part of the channel that the call needs is not started.
        case notStarted
        /// Parts of the channel that are running cannot be started again.
        case alreadyStarted
        /// No port, no group, no address: the channel cannot start.
        case cannotStart
        /// There is nobody to send to.
        case noDestination
        /// Some members did not get the message; ``ChannelError/faultyMembers``.
        case sendFailed
        /// No reply, acknowledgement or connection in time.
        case timedOut
        /// The queue of messages that nobody waits for is full.
        case queueFull
        /// Every pooled sender was busy for as long as one may wait.
        case senderPoolExhausted
        /// The receiver got the message and failed to process it.
        case remoteProcessing
        /// A frame of somebody who is no member: its connection is closed.
        case unknownSender
        /// A message that the channel cannot carry: too large, or no body it understands.
        case badMessage
        /// Interceptors that cannot stand in one stack, or in this order.
        case badConfiguration
        /// The channel stopped before the call was done.
        case stopped
    }

    /// A member that a message did not reach.
    package struct FaultyMember: Sendable {
        package let member: Member
        package let cause: any Error

        package init(_ member: Member, cause: any Error) {
            self.member = member
            self.cause = cause
        }

        /// Whether the member got the message and answered that it failed to process it: it is alive.
        package var isRemoteFailure: Bool { (self.cause as? ChannelError)?.code == .remoteProcessing }
    }

    package let code: Code
    package let message: String
    package let cause: (any Error)?
    package let faultyMembers: [FaultyMember]

    package init(
        _ code: Code,
        _ message: String,
        cause: (any Error)? = nil,
        faultyMembers: [FaultyMember] = []
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.faultyMembers = faultyMembers
    }

    /// Every destination is faulty for one reason.
    package init(_ code: Code, _ message: String, destinations: [Member], cause: any Error) {
        self.init(code, message, cause: cause, faultyMembers: destinations.map { FaultyMember($0, cause: cause) })
    }

    /// The error itself if it is one of a channel, or one that carries it.
    package init(wrapping error: any Error) {
        self = error as? ChannelError ?? ChannelError(.sendFailed, "The channel failed", cause: error)
    }
}

extension ChannelError: CustomStringConvertible {
    package var description: String {
        var text = self.message
        if let cause = self.cause { text += ": \(cause)" }
        if !self.faultyMembers.isEmpty {
            text += "; Faulty members:" + self.faultyMembers.map { $0.member.name + "; " }.joined()
        }
        return text
    }
}
