package import JavaSerialization

/// What nodes with a ``StaticMembershipService`` say to each other.
///
/// Shape: the class's fields: kind, the member that speaks, the id of the group.
/// Source: `org.apache.catalina.tribes.membership.StaticMembershipProvider.MemberMessage`.
package struct MemberMessage: JavaWritable, Equatable {
    package enum Kind: Int32, Sendable {
        case start = 1
        case stop = 2
        case ping = 3
    }

    package static let className = "org.apache.catalina.tribes.membership.StaticMembershipProvider$MemberMessage"
    private static let descriptor = JavaClassDescriptor(
        Self.className,
        uid: 1,
        fields: [
            .int("msgtype"), .object("member", "Lorg/apache/catalina/tribes/Member;"), .bytes("membershipId"),
        ]
    )

    package let kind: Kind
    package let member: Member
    package let membershipID: [UInt8]
    /// The version of the class of members.
    package let memberVersion: UInt64

    package init(
        _ kind: Kind,
        member: Member,
        membershipID: [UInt8],
        memberVersion: UInt64 = MemberObject.standardVersion
    ) {
        self.kind = kind
        self.member = member
        self.membershipID = membershipID
        self.memberVersion = memberVersion
    }

    /// Reads a message; nil for an object of another class.
    ///
    /// - Throws: ``JavaSerializationError`` for fields that are not what they must be, ``WireError`` for a member
    ///   that is none.
    package init?(_ value: JavaValue) throws {
        guard let object = value.object, object.className == Self.className else { return nil }
        guard let kind = Kind(rawValue: try object.int("msgtype")) else {
            throw JavaSerializationError.unexpectedField("msgtype")
        }
        guard let member = try object.object("member") else { throw JavaSerializationError.unexpectedField("member") }
        self.kind = kind
        let read = try MemberObject(member)
        self.member = read.member
        self.memberVersion = read.version
        self.membershipID = try object.bytes("membershipId") ?? []
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(of: Self.descriptor) { stream throws(JavaSerializationError) in
            stream.writeInt(self.kind.rawValue)
            try MemberObject(self.member, version: self.memberVersion).write(to: &stream)
            try stream.writeObject(.bytes(self.membershipID))
        }
    }
}
