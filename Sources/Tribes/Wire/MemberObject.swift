package import JavaSerialization
import NIOCore
import Synchronization

/// A member as an object inside a Java stream.
///
/// Its class's version number was computed by the Java compiler and changed with 10.1.40: what a peer was
/// seen to use is used from then on.
/// Source: `org.apache.catalina.tribes.membership.MemberImpl`, `StaticMember`.
package struct MemberObject: JavaWritable {
    package static let className = "org.apache.catalina.tribes.membership.MemberImpl"
    package static let staticClassName = "org.apache.catalina.tribes.membership.StaticMember"
    /// Of 10.1.40 to 10.1.60; earlier ones are 0x535528fd049659fe and, in 8.5 and 9.0, 0x2e21087915506d1c.
    package static let standardVersion: UInt64 = 0x8476_f37b_3295_3667
    private static let staticVersion: UInt64 = 0xa326_0388_7eb6_b8a1

    package let member: Member

    package init(_ member: Member) { self.member = member }

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
        if let descriptor = object.descriptor { Self.noteVersion(descriptor) }
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let record = Array(MemberRecord.encode(self.member).readableBytesView)
        let plain = JavaClassDescriptor(Self.className, uid: Self.version.withLock { $0 }, flags: .external)
        let descriptor =
            self.member.isStatic
            ? JavaClassDescriptor(
                Self.staticClassName,
                uid: Self.staticVersion,
                flags: .external,
                superclass: plain
            ) : plain
        try stream.writeObject(of: descriptor) { stream throws(JavaSerializationError) in
            stream.writeInt(Int32(record.count))
            stream.writeBytes(record)
        }
    }

    /// The version that peers use, as far as one was seen.
    private static let version = Mutex(Self.standardVersion)

    private static func noteVersion(_ descriptor: JavaClassDescriptor) {
        let plain = descriptor.name == Self.className ? descriptor : descriptor.superclass
        guard let plain, plain.name == Self.className else { return }
        Self.version.withLock { $0 = UInt64(bitPattern: plain.serialVersionUID) }
    }
}
