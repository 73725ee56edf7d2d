import NIOCore
import Synchronization
import Tribes

/// Where the nodes of a test find each other, in place of multicast.
final class MeetingPlace: Sendable {
    private let services = Mutex<[MeetingService]>([])

    func service() -> MeetingService { MeetingService(self) }

    fileprivate func join(_ service: MeetingService, _ member: Member) {
        let others = self.services.withLock { services in
            defer { services.append(service) }
            return services
        }
        for other in others {
            other.add(member)
            if let known = other.member { service.add(known) }
        }
    }

    fileprivate func leave(_ service: MeetingService) {
        let others = self.services.withLock { services in
            services.removeAll { $0 === service }
            return services
        }
        guard let member = service.member else { return }
        for other in others { other.remove(member) }
    }
}

/// One node's view of the meeting place; the members in the order in which they came.
final class MeetingService: MembershipService {
    private struct State {
        weak var listener: (any MembershipServiceListener)?
        var loop: ChannelLoop?
        var local: Member?
        var members: [Member] = []
    }

    private let place: MeetingPlace
    private let state = Mutex(State())

    init(_ place: MeetingPlace) { self.place = place }

    var member: Member? { self.state.withLock { $0.local } }

    func add(_ member: Member) {
        self.change { listener, state in
            state.members.append(member)
            return { listener.memberAdded(member) }
        }
    }

    func remove(_ member: Member) {
        var member = member
        member.command = Member.shutdownCommand
        let gone = member
        self.change { listener, state in
            state.members.removeAll { $0 == gone }
            return { listener.memberDisappeared(gone) }
        }
    }

    private func change(
        _ body: (any MembershipServiceListener, inout State) -> (@Sendable () -> Void)
    ) {
        let (loop, event): (ChannelLoop?, (@Sendable () -> Void)?) = self.state.withLock { state in
            guard let listener = state.listener else { return (nil, nil) }
            return (state.loop, body(listener, &state))
        }
        if let loop, let event { loop.eventLoop.execute(event) }
    }

    // MARK: MembershipService

    func attach(to listener: any MembershipServiceListener, environment: ChannelEnvironment) {
        self.state.withLock { state in
            state.listener = listener
            state.loop = environment.loop
        }
    }

    func setLocalMember(at address: ReceiverAddress) {
        self.state.withLock { state in
            guard let loop = state.loop else { return }
            state.local = Member(host: address.host, port: address.port, uniqueID: loop.makeUniqueID())
        }
    }

    func start(_ levels: StartLevels) -> EventLoopFuture<Void> {
        if levels.contains(.membershipSend), let member = self.member { self.place.join(self, member) }
        return self.succeeded
    }

    func stop(_ levels: StartLevels) -> EventLoopFuture<Void> {
        if levels.contains(.membershipSend) { self.place.leave(self) }
        return self.succeeded
    }

    private var succeeded: EventLoopFuture<Void> {
        guard let loop = self.state.withLock({ $0.loop }) else { preconditionFailure("attached before it starts") }
        return loop.succeeded()
    }

    var members: [Member] { self.state.withLock { $0.members } }
    var localMember: Member? { self.member }
    func broadcast(_ message: ChannelMessage) -> EventLoopFuture<Void> { self.succeeded }
}
