package import NIOCore

/// Finds the other nodes of the group and tells them of this one.
///
/// Isolation: channel loop.
/// Tomcat counterpart: `org.apache.catalina.tribes.MembershipService`.
package protocol MembershipService: AnyObject, Sendable {
    /// Says what the service runs on and whom it reports to; called before each start of a channel that was stopped.
    func attach(to listener: any MembershipServiceListener, environment: ChannelEnvironment)

    /// What this node announces from now on; called when the receiver listens, and at changes.
    func setLocalMember(at address: ReceiverAddress)

    /// Starts listening, announcing or both.
    func start(_ levels: StartLevels) -> EventLoopFuture<Void>
    func stop(_ levels: StartLevels) -> EventLoopFuture<Void>

    /// The members known, the oldest first, without this node.
    var members: [Member] { get }
    /// This node; nil until it is known where its receiver listens.
    var localMember: Member? { get }

    /// Whether every member that may send is among ``members``, at the latest a few seconds after it has begun.
    ///
    /// Not so where members introduce themselves by a message, or are looked for now and then.
    var announcesMembers: Bool { get }

    /// Sends one message to the whole group in one datagram, for ``SendOptions/multicast``.
    func broadcast(_ message: ChannelMessage) -> EventLoopFuture<Void>

    /// Called at every heartbeat of the channel.
    func heartbeat()
}

extension MembershipService {
    package func heartbeat() {}
    package var announcesMembers: Bool { false }
}

/// A membership service that speaks over the channel itself.
package protocol ChannelMembershipService: MembershipService {
    /// Says which channel that is; called before the first start.
    func attach(to channel: GroupChannel)
}

/// Told by a membership service what happens in the group.
///
/// Isolation: channel loop.
package protocol MembershipServiceListener: AnyObject, Sendable {
    func memberAdded(_ member: Member)
    /// A heartbeat of a member that may have been known before.
    func memberHeard(_ member: Member)
    /// A member says that it has started.
    func memberStarted(_ member: Member)
    func memberDisappeared(_ member: Member)
    /// A message that came to the whole group.
    func messageReceived(_ message: ChannelMessage)
}
