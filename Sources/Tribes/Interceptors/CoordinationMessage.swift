package import NIOCore

/// A token of an election on its way round the ring, or the view that came out of it.
///
/// Shape, big-endian:
///
/// | size | field |
/// |---:|---|
/// | 16 | mark |
/// | 4 + n | leader: size, ``MemberRecord`` |
/// | 4 + n | source: size, record |
/// | 4 | members of the view |
/// | 4 + n each | member: size, record |
/// | 16 | id of the election, and of the view that comes out of it |
/// | 16 | kind |
///
/// Source: `org.apache.catalina.tribes.group.interceptors.NonBlockingCoordinator.CoordinationMessage`.
package struct CoordinationMessage: Sendable, Equatable {
    package enum Kind: Sendable, Equatable, CaseIterable {
        case request
        case confirmation

        var mark: UniqueID {
            switch self {
            case .request: UniqueID(high: 0x68a1_a4d6_72dc_47ed, low: 0xb114_7a65_ffd0_cf1e)
            case .confirmation: UniqueID(high: 0x4358_6baa_4517_4cba, low: 0xa5e9_a9e7_8356_4b14)
            }
        }
    }

    /// Members that a view may have.
    package static let viewSizeMaximum = 256
    private static let mark = UniqueID(high: 0xaa26_dee3_9e5a_413f, low: 0xaf86_fa92_63ca_0d3f)

    /// Who leads, as far as the last node on the way knew.
    package var leader: Member
    /// Who began the election.
    package var source: Member
    package var view: [Member]
    package var id: UniqueID
    package var kind: Kind

    package init(_ kind: Kind, leader: Member, source: Member, view: [Member], id: UniqueID) {
        self.kind = kind
        self.leader = leader
        self.source = source
        self.view = view
        self.id = id
    }

    /// Whether a body begins as these messages do.
    package static func isMessage(_ body: ByteBuffer) -> Bool {
        var body = body
        return body.readUniqueID() == Self.mark
    }

    /// Reads a body that must hold just one message.
    ///
    /// - Throws: ``WireError``.
    package init(_ body: ByteBuffer) throws(WireError) {
        var body = body
        guard body.readUniqueID() == Self.mark else { throw .badHeader }
        self.leader = try Self.readMember(from: &body)
        self.source = try Self.readMember(from: &body)
        guard let count = body.readInteger(as: UInt32.self) else { throw .truncated(field: .member) }
        guard count <= Self.viewSizeMaximum else { throw .badValue(field: .member, Int(count)) }
        self.view = []
        for _ in 0..<count { self.view.append(try Self.readMember(from: &body)) }
        guard let id = body.readUniqueID() else { throw .truncated(field: .uniqueID) }
        self.id = id
        guard let mark = body.readUniqueID() else { throw .truncated(field: .options) }
        guard let kind = Kind.allCases.first(where: { $0.mark == mark }) else { throw .badFooter }
        self.kind = kind
        guard body.readableBytes == 0 else { throw .trailingBytes(body.readableBytes) }
    }

    package var encoded: ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: 64 + 128 * (self.view.count + 2))
        body.writeUniqueID(Self.mark)
        for member in [self.leader, self.source] { body.writeLengthPrefixed { MemberRecord.write(member, to: &$0) } }
        body.writeInteger(UInt32(self.view.count))
        for member in self.view { body.writeLengthPrefixed { MemberRecord.write(member, to: &$0) } }
        body.writeUniqueID(self.id)
        body.writeUniqueID(self.kind.mark)
        return body
    }

    private static func readMember(from body: inout ByteBuffer) throws(WireError) -> Member {
        guard let record = body.readLengthPrefixedSlice() else { throw .truncated(field: .member) }
        return try MemberRecord.decode(record)
    }
}
