package import JavaSerialization
import NIOCore

/// A member as an object inside a Java stream.
///
/// Its class's version number was computed by the Java compiler and changed with 10.1.40: what goes to a peer has the
/// version that this peer was seen to use (``MemberVersions``).
/// Source: `org.apache.catalina.tribes.membership.MemberImpl`, `StaticMember`.
package struct MemberObject: JavaWritable {
    package static let className = "org.apache.catalina.tribes.membership.MemberImpl"
    package static let staticClassName = "org.apache.catalina.tribes.membership.StaticMember"
    /// Of 10.1.40 to 10.1.60; earlier ones are 0x535528fd049659fe and, in 8.5 and 9.0, 0x2e21087915506d1c.
    package static let standardVersion: UInt64 = 0x8476_f37b_3295_3667
    fileprivate static let staticVersion: UInt64 = 0xa326_0388_7eb6_b8a1

    package let member: Member
    /// Of the class, as it is written.
    package let version: UInt64

    package init(_ member: Member, version: UInt64 = MemberObject.standardVersion) {
        self.member = member
        self.version = version
    }

    /// Reads a member object.
    ///
    /// - Throws: ``JavaSerializationError``, or ``WireError`` for its record.
    package init(_ object: JavaObject) throws {
        guard object.className == Self.className || object.className == Self.staticClassName else {
            throw JavaSerializationError.unexpectedClass(found: object.className)
        }
        var data = try object.data()
        let size = try data.readInt()
        guard size >= 0 else { throw JavaSerializationError.invalidLength(Int64(size)) }
        var member = try MemberRecord.decode(ByteBuffer(bytes: try data.readBytes(Int(size))))
        member.isStatic = object.className == Self.staticClassName
        self.member = member
        self.version = object.descriptor.flatMap { Self.version($0) } ?? Self.standardVersion
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let record = Array(MemberRecord.encode(self.member).readableBytesView)
        let classes = MemberClasses.of(self.version)
        let descriptor = self.member.isStatic ? classes.fixed : classes.plain
        try stream.writeObject(of: descriptor) { stream throws(JavaSerializationError) in
            stream.writeInt(Int32(record.count))
            stream.writeBytes(record)
        }
    }

    private static func version(_ descriptor: JavaClassDescriptor) -> UInt64? {
        let plain = descriptor.name == Self.className ? descriptor : descriptor.superclass
        guard let plain, plain.name == Self.className else { return nil }
        return UInt64(bitPattern: plain.serialVersionUID)
    }
}

/// The classes of members, plain and static ones, in one version.
struct MemberClasses: Sendable {
    private static let standard = MemberClasses(MemberObject.standardVersion)

    let plain: JavaClassDescriptor
    let fixed: JavaClassDescriptor
    /// Both, as parts of an object that is written field by field.
    let flat: [JavaFlatExternal]

    /// The classes in a version; made anew for any but the standard one.
    static func of(_ version: UInt64) -> MemberClasses {
        version == MemberObject.standardVersion ? Self.standard : MemberClasses(version)
    }

    private init(_ version: UInt64) {
        self.plain = JavaClassDescriptor(MemberObject.className, uid: version, flags: .external)
        self.fixed = JavaClassDescriptor(
            MemberObject.staticClassName,
            uid: MemberObject.staticVersion,
            flags: .external,
            superclass: self.plain
        )
        let flat = JavaFlatExternal(self.plain)
        self.flat = [flat, JavaFlatExternal(self.fixed, superclass: flat)]
    }
}

extension MemberObject {
    private static let sizeBytes = MemoryLayout<Int32>.size

    /// Writes the member as a part of an object that is written field by field; false, and nothing written, if it is too
    /// large for that.
    func write(to writer: inout JavaFlatWriter, _ classes: [JavaFlatExternal]) -> Bool {
        let size = MemberRecord.size(of: self.member)
        guard size + Self.sizeBytes <= JavaFlatExternal.sizeMaximum else { return false }
        writer.write(classes[self.member.isStatic ? 1 : 0], size: size + Self.sizeBytes) { buffer in
            buffer.writeInteger(Int32(size))
            MemberRecord.write(self.member, to: &buffer)
        }
        return true
    }

    /// Reads a member as it is mostly written there; nil for anything else.
    static func member(
        _ reader: inout JavaFlatReader,
        _ classes: [JavaFlatExternal],
        _ known: inout MemberCache
    ) -> Member? {
        guard let (index, external) = reader.external(classes) else { return nil }
        var data = external
        guard let size = data.readInteger(as: Int32.self), Int(size) == data.readableBytes
        else { return nil }
        return known.member(data, isStatic: index == 1)
    }
}

/// The members whose records came last: they stand in each message of a map, and rarely change.
struct MemberCache: Sendable {
    /// Records that are remembered; the oldest is forgotten first.
    static let countMaximum = 16

    private var members: [(record: ByteBuffer, member: Member)] = []
    private var next = 0

    /// The member of a record; nil if it is none.
    mutating func member(_ record: ByteBuffer, isStatic: Bool) -> Member? {
        if let known = self.members.first(where: { $0.member.isStatic == isStatic && $0.record == record }) {
            return known.member
        }
        // whoever reads it next says what is wrong
        guard var member = try? MemberRecord.decode(record) else { return nil }
        member.isStatic = isStatic
        let entry = (ByteBuffer(bytes: record.readableBytesView), member)
        if self.members.count < Self.countMaximum {
            self.members.append(entry)
        } else {
            self.members[self.next] = entry
            self.next = (self.next + 1) % Self.countMaximum
        }
        return member
    }
}
