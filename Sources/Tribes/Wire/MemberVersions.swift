import NIOCore

/// Which version of the class of members the members of a group use, where it is not this node's own.
///
/// Java takes an object of its own version of a class only, and that of members was computed anew by a compiler now and then.
/// So a member gets the version that it was seen to use, and nobody else does.
struct MemberVersions: Sendable {
    /// Members that are remembered; then some other is forgotten, until it sends something again.
    static let countMaximum = 256

    private var versions: [Member: UInt64] = [:]

    /// Whether all use the standard version, as far as is known.
    var areStandard: Bool { self.versions.isEmpty }

    /// Takes note of the version in which a member wrote members.
    mutating func note(_ version: UInt64, of member: Member) {
        if version == MemberObject.standardVersion {
            if !self.versions.isEmpty { self.versions[member] = nil }
        } else {
            if self.versions.count >= Self.countMaximum, self.versions[member] == nil {
                _ = self.versions.popFirst()
            }
            self.versions[member] = version
        }
    }

    mutating func forget(_ member: Member) {
        if !self.versions.isEmpty { self.versions[member] = nil }
    }

    func version(of member: Member) -> UInt64 { self.versions[member] ?? MemberObject.standardVersion }

    /// Members by the version that they use, in their order; those of the standard one first.
    func groups(of members: [Member]) -> [(version: UInt64, members: [Member])] {
        let standard = MemberObject.standardVersion
        return Dictionary(grouping: members, by: self.version(of:))
            .sorted { ($0.key == standard ? 0 : 1, $0.key) < ($1.key == standard ? 0 : 1, $1.key) }
            .map { ($0.key, $0.value) }
    }
}

extension ChannelLoop {
    /// The results of several sends of one message, to different members: one error if there is any, with all the members
    /// that it did not reach.
    ///
    /// What the others returned is told to `orElse` then.
    func all<Value: Sendable>(
        _ sends: [EventLoopFuture<Value>],
        orElse: @escaping @Sendable (Value) -> Void = { _ in }
    ) -> EventLoopFuture<[Value]> {
        EventLoopFuture.whenAllComplete(sends, on: self.eventLoop).flatMapThrowing { results in
            var (values, errors) = ([Value](), [ChannelError]())
            for result in results {
                switch result {
                case .success(let value): values.append(value)
                case .failure(let error): errors.append(ChannelError(wrapping: error))
                }
            }
            guard let first = errors.first else { return values }
            for value in values { orElse(value) }
            throw ChannelError(
                first.code,
                first.message,
                cause: first.cause,
                faultyMembers: errors.flatMap(\.faultyMembers)
            )
        }
    }
}
