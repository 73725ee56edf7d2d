package import Modeler

/// Everything of a channel that a configuration file may name: the channel and its parts.
package enum TribesComponents {
    /// For the one list of components.
    package static let all: [AnyComponentDescriptor] =
        [
            AnyComponentDescriptor(GroupChannel.descriptor),
            AnyComponentDescriptor(McastService.descriptor),
            AnyComponentDescriptor(StaticMembershipService.descriptor),
            AnyComponentDescriptor(CloudMembershipService.descriptor),
            AnyComponentDescriptor(StaticMember.descriptor),
            AnyComponentDescriptor(NioReceiver.descriptor),
            AnyComponentDescriptor(ReplicationTransmitter.descriptor),
            AnyComponentDescriptor(PooledParallelSender.descriptor),
        ] + Self.interceptors

    private static let interceptors: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(DomainFilterInterceptor.descriptor),
        AnyComponentDescriptor(EncryptInterceptor.descriptor),
        AnyComponentDescriptor(FragmentationInterceptor.descriptor),
        AnyComponentDescriptor(GzipInterceptor.descriptor),
        AnyComponentDescriptor(MessageDispatchInterceptor.descriptor),
        AnyComponentDescriptor(NonBlockingCoordinator.descriptor),
        AnyComponentDescriptor(OrderInterceptor.descriptor),
        AnyComponentDescriptor(SimpleCoordinator.descriptor),
        AnyComponentDescriptor(StaticMembershipInterceptor.descriptor),
        AnyComponentDescriptor(TcpFailureDetector.descriptor),
        AnyComponentDescriptor(TcpPingInterceptor.descriptor),
        AnyComponentDescriptor(ThroughputInterceptor.descriptor),
        AnyComponentDescriptor(TwoPhaseCommitInterceptor.descriptor),
    ]
}

/// Takes the `Member` and `LocalMember` elements below it.
package protocol StaticMemberHolder: AnyObject, Sendable {
    /// Lists a member.
    func add(_ member: StaticMember)
    /// Says how this node is listed by the others; address and port are those of the receiver.
    func setLocalMember(_ member: StaticMember)
}

extension StaticMembershipInterceptor: StaticMemberHolder {}
extension StaticMembershipService: StaticMemberHolder {}
