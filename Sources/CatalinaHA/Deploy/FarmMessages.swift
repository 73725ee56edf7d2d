package import JavaSerialization
package import Tribes

/// A piece of an archive on its way to another node.
///
/// Shape, the class's fields: bytes that count (`int`), number of the piece from 1 (`int`), number of pieces (`long`),
/// the application's name, 10,240 bytes, and the file's name.
/// Source: `org.apache.catalina.ha.deploy.FileMessage`.
package struct FarmFileMessage: JavaWritable, Equatable {
    package static let className = "org.apache.catalina.ha.deploy.FileMessage"
    /// Bytes of a piece; the last one has fewer that count.
    package static let pieceSize = 10_240
    private static let descriptor = JavaClassDescriptor(
        Self.className,
        uid: 2,
        fields: [
            .int("dataLength"), .int("messageNumber"), .long("totalNrOfMsgs"), .string("contextName"), .bytes("data"),
            .string("fileName"),
        ],
        superclass: SessionClasses.messageBase
    )

    package let number: Int
    package let total: Int
    package let contextName: String
    package let fileName: String
    /// The bytes that count.
    package let bytes: [UInt8]

    package init(number: Int, total: Int, contextName: String, fileName: String, bytes: [UInt8]) {
        self.number = number
        self.total = total
        self.contextName = contextName
        self.fileName = fileName
        self.bytes = bytes
    }

    /// How many pieces Tomcat says a file of that size has: one more than it has, if they are all full.
    package static func total(size: Int64) -> Int { Int(size) / Self.pieceSize + 1 }

    /// - Throws: ``JavaSerializationError``; `invalidValue` for numbers that no file has.
    package init(_ object: JavaObject) throws(JavaSerializationError) {
        try object.expect(className: Self.className)
        let data = try object.bytes("data") ?? []
        let (length, total) = (Int(try object.int("dataLength")), try object.long("totalNrOfMsgs"))
        self.number = Int(try object.int("messageNumber"))
        guard (0...data.count).contains(length), (1...Int64(Int32.max)).contains(total),
            (1...Int(total)).contains(self.number)
        else { throw .invalidValue(className: Self.className) }
        self.total = Int(total)
        self.contextName = try object.string("contextName") ?? ""
        self.fileName = try object.string("fileName") ?? ""
        self.bytes = Array(data[..<length])
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let padding = [UInt8](repeating: 0, count: max(0, Self.pieceSize - self.bytes.count))
        try stream.writeObject(of: Self.descriptor) { (stream) throws(JavaSerializationError) in
            stream.writeLong(0)
            stream.writeInt(Int32(self.bytes.count))
            stream.writeInt(Int32(clamping: self.number))
            stream.writeLong(Int64(self.total))
            stream.writeString(self.contextName)
            try stream.writeObject(.bytes(self.bytes + padding))
            stream.writeString(self.fileName)
        }
    }
}

/// An application is to be removed everywhere.
///
/// Shape, the class's fields: the time (`long`), who says so, the application's name, and an id.
/// Source: `org.apache.catalina.ha.deploy.UndeployMessage`.
package struct FarmUndeployMessage: JavaWritable, Equatable {
    package static let className = "org.apache.catalina.ha.deploy.UndeployMessage"
    private static let descriptor = JavaClassDescriptor(
        Self.className,
        uid: 2,
        fields: [
            .long("timestamp"), .object("address", "Lorg/apache/catalina/tribes/Member;"), .string("contextName"),
            .string("uniqueId"),
        ]
    )

    /// Milliseconds since 1970.
    package let timestamp: Int64
    package let sender: Member?
    package let contextName: String
    package let uniqueID: String

    package init(_ contextName: String, sender: Member?, now: Int64) {
        self.timestamp = now
        self.sender = sender
        self.contextName = contextName
        self.uniqueID = "Undeploy:\(contextName):\(now)"
    }

    /// - Throws: ``JavaSerializationError``, or what is wrong with the member's record.
    package init(_ object: JavaObject) throws {
        try object.expect(className: Self.className)
        self.timestamp = try object.long("timestamp")
        self.sender = try object.object("address").map { try MemberObject($0).member }
        self.contextName = try object.string("contextName") ?? ""
        self.uniqueID = try object.string("uniqueId") ?? ""
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(of: Self.descriptor) { (stream) throws(JavaSerializationError) in
            stream.writeLong(self.timestamp)
            if let sender = self.sender { try MemberObject(sender).write(to: &stream) } else { stream.writeNull() }
            stream.writeString(self.contextName)
            stream.writeString(self.uniqueID)
        }
    }
}
