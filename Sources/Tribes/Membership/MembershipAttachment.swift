import Synchronization

/// What a membership service runs on and whom it reports to, since the channel last started.
///
/// Isolation: any thread.
final class MembershipAttachment: Sendable {
    private let slot = Mutex<(listener: any MembershipServiceListener, environment: ChannelEnvironment)?>(nil)

    func set(_ listener: any MembershipServiceListener, _ environment: ChannelEnvironment) {
        self.slot.withLock { $0 = (listener, environment) }
    }

    var listener: (any MembershipServiceListener)? { self.slot.withLock { $0?.listener } }

    /// nil before the first start.
    var environment: ChannelEnvironment? { self.slot.withLock { $0?.environment } }

    /// The same for what runs after the first start only.
    var running: ChannelEnvironment {
        guard let environment = self.environment else { preconditionFailure("no channel is attached") }
        return environment
    }
}
