package import NIOCore

/// What an application sends, as the body that travels.
package enum ChannelPayload: Sendable {
    /// Raw bytes: the message gets ``SendOptions/byteMessage``.
    case bytes(ByteBuffer)
    /// A Java object stream with one object.
    case object(ByteBuffer)

    /// The bytes of either kind.
    package var bytes: ByteBuffer {
        switch self {
        case .bytes(let body), .object(let body): body
        }
    }

    var isBytes: Bool {
        if case .bytes = self { true } else { false }
    }
}

/// Takes messages of the application.
///
/// Every listener that accepts a message gets it. What takes long it hands to somebody else, since nothing
/// else of the channel happens meanwhile.
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.ChannelListener`.
package protocol ChannelListener: AnyObject, Sendable {
    /// Takes a message by its bytes, before it is read for all listeners; false to leave it to them.
    ///
    /// - Throws: as ``messageReceived(_:)``.
    func takes(_ message: ChannelMessage) throws -> Bool

    func accepts(_ message: ReceivedMessage) -> Bool

    /// - Throws: whatever failed; a sender that asked for an acknowledgement after processing is told so.
    func messageReceived(_ message: ReceivedMessage) throws
}

extension ChannelListener {
    package func takes(_ message: ChannelMessage) throws -> Bool { false }
}

/// Told who joins and who leaves.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.MembershipListener`.
package protocol MembershipListener: AnyObject, Sendable {
    func memberAdded(_ member: Member)
    /// The member left or was lost; its command says which.
    func memberDisappeared(_ member: Member)
    /// A connection to a member broke: what was sent to it in the last moments without acknowledgement may be lost.
    func messagesMayBeLost(to member: Member)
}

extension MembershipListener {
    package func messagesMayBeLost(to member: Member) {}
}

/// Wants to be called at every heartbeat of the channel it listens to.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.Heartbeat`.
package protocol Heartbeat: AnyObject, Sendable {
    func heartbeat()
}
