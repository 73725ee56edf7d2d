package import JavaSerialization
import NIOCore

/// What the nodes of a replicated map tell each other.
///
/// Keys, values and changes are Java object streams of their own, so that a node may carry them without
/// understanding them.
/// Shape, fields of the class in this order: diff (boolean), kind (int), then each an object or null: changes,
/// key, id of the map, value as byte arrays around members (`Member[]`) and the primary (`Member`).
/// Source: `org.apache.catalina.tribes.tipis.AbstractReplicatedMap$MapMessage`.
package struct MapMessage: JavaWritable, Equatable {
    /// What a message is for; the raw value travels.
    package enum Kind: Int32, Sendable, CaseIterable {
        /// A whole value, or changes of one, for its backup.
        case backup = 1
        /// Asks for the value of a key.
        case retrieveBackup = 2
        /// Who has the value of a key.
        case proxy = 3
        case remove = 4
        /// Asks for all keys and who has their values.
        case state = 5
        /// The sender takes part from now on.
        case start = 6
        /// The sender takes part no more.
        case stop = 7
        /// Asks who takes part.
        case initialize = 8
        /// A whole value, or changes of one, for every node.
        case copy = 9
        /// Asks for all keys with their values.
        case stateCopy = 10
        /// The primary used a value without changing it.
        case access = 11
        /// The sender is a key's primary from now on; its backups keep what they have.
        case notifyMapMember = 12
        /// Asks in which state the map is.
        case ping = 13
    }

    package static let className = "org.apache.catalina.tribes.tipis.AbstractReplicatedMap$MapMessage"
    private static let memberSignature = "Lorg/apache/catalina/tribes/Member;"
    static let descriptor = JavaClassDescriptor(
        Self.className,
        uid: 1,
        fields: [
            .boolean("diff"), .int("msgtype"), .bytes("diffvalue"), .bytes("keydata"), .bytes("mapId"),
            .array("nodes", "[" + Self.memberSignature), .object("primary", Self.memberSignature),
            .bytes("valuedata"),
        ]
    )
    static let nodesDescriptor = JavaClassDescriptor(
        "[Lorg.apache.catalina.tribes.Member;",
        uid: 0x5ec4_606b_842d_393c
    )
    /// Backups that one message may name.
    package static let nodesMaximum = 4_096

    /// Which map: its name as ISO-8859-1 bytes.
    package var mapID: [UInt8]
    package var kind: Kind
    /// The key as an object stream.
    package var key: [UInt8]?
    /// The whole value as an object stream; in replies also a state or a list of messages.
    package var value: [UInt8]?
    /// The changes, in a form that the value's class knows; a message that has some has no value.
    package var diff: [UInt8]?
    /// Whether ``diff`` is meant, even if it is empty.
    package var isDiff = false
    /// Who keeps the value besides the primary.
    package var nodes: [Member]?
    /// Whose value it is.
    package var primary: Member?
    /// The version of the class of members, as they were or will be written; nothing if there are none.
    package var memberVersion = MemberObject.standardVersion

    package init(_ kind: Kind, mapID: [UInt8], key: [UInt8]? = nil, primary: Member? = nil, nodes: [Member]? = nil) {
        self.kind = kind
        self.mapID = mapID
        self.key = key
        self.primary = primary
        self.nodes = nodes
    }

    /// The id of the map that a received object is a message of; nil for any other object.
    package static func mapID(of object: JavaValue) -> [UInt8]? {
        guard let object = object.object, object.className == Self.className else { return nil }
        do {
            return try object.bytes("mapId")
        } catch {
            return nil  // a peer's mistake: no map is meant
        }
    }

    /// Reads a message.
    ///
    /// - Throws: ``JavaSerializationError`` for another class, an unknown kind or fields that are not what they must
    ///   be; ``WireError`` for a member that is none.
    package init(_ value: JavaValue) throws {
        guard let object = value.object else {
            throw JavaSerializationError.unexpectedClass(found: value.className ?? "null")
        }
        try object.expect(className: Self.className)
        guard let kind = Kind(rawValue: try object.int("msgtype")) else {
            throw JavaSerializationError.unexpectedField("msgtype")
        }
        self.kind = kind
        self.mapID = try object.bytes("mapId") ?? []
        self.key = try object.bytes("keydata")
        self.value = try object.bytes("valuedata")
        self.diff = try object.bytes("diffvalue")
        self.isDiff = try object.boolean("diff")
        let primary = try object.object("primary").map { try MemberObject($0) }
        self.primary = primary?.member
        if let primary { self.memberVersion = primary.version }
        guard let nodes = try object.objects("nodes") else { return }
        guard nodes.count <= Self.nodesMaximum else { throw JavaSerializationError.unexpectedField("nodes") }
        self.nodes = try nodes.map { node in
            guard let node else { throw JavaSerializationError.unexpectedField("nodes") }
            let object = try MemberObject(node)
            self.memberVersion = object.version
            return object.member
        }
    }

    /// The version in which whoever wrote the message writes members; nil if it has none.
    package var seenMemberVersion: UInt64? {
        self.primary == nil && self.nodes?.isEmpty != false ? nil : self.memberVersion
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(of: Self.descriptor) { stream throws(JavaSerializationError) in
            stream.writeBoolean(self.isDiff)
            stream.writeInt(self.kind.rawValue)
            try Self.write(self.diff, to: &stream)
            try Self.write(self.key, to: &stream)
            try stream.writeObject(.bytes(self.mapID))
            try self.writeNodes(to: &stream)
            if let primary = self.primary {
                try MemberObject(primary, version: self.memberVersion).write(to: &stream)
            } else {
                stream.writeNull()
            }
            try Self.write(self.value, to: &stream)
        }
    }

    private static func write(
        _ bytes: [UInt8]?,
        to stream: inout JavaObjectOutputStream
    ) throws(JavaSerializationError) {
        guard let bytes else { return stream.writeNull() }
        try stream.writeObject(.bytes(bytes))
    }

    private func writeNodes(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        guard let nodes = self.nodes else { return stream.writeNull() }
        try stream.writeArray(of: Self.nodesDescriptor, count: nodes.count) { stream throws(JavaSerializationError) in
            for node in nodes { try MemberObject(node, version: self.memberVersion).write(to: &stream) }
        }
    }
}

extension MapMessage {
    /// The same for members that use that version of the class of members.
    func with(memberVersion: UInt64) -> MapMessage {
        var message = self
        message.memberVersion = memberVersion
        return message
    }

    /// How far the value has come, where a message without changes says who has it, or that it was removed.
    package var version: MapVersion? {
        get { self.isDiff ? nil : self.diff.flatMap { MapVersion(bytes: $0) } }
        set { self.diff = newValue?.bytes }
    }

    /// The key as text, the only kind of key that a map of sessions, sign-ons or attributes has.
    ///
    /// - Throws: ``JavaSerializationError``, also if the message has no key or one that is not text.
    package func keyText() throws(JavaSerializationError) -> String {
        guard let key = self.key else { throw .unexpectedField("keydata") }
        if var stream = JavaFlatStream(key), case .string(let text)? = stream.value() { return text }
        var stream = try JavaObjectInputStream(key)
        guard let text = try stream.readObject().string else { throw .unexpectedField("keydata") }
        return text
    }

    /// A key as it travels.
    package static func key(_ text: String) -> [UInt8] {
        var flat = JavaFlatStreamWriter(capacity: text.utf8.count + 8)
        flat.write(.string(text))
        if let key = flat.finish() { return key }
        var stream = JavaObjectOutputStream(capacity: text.utf8.count + 8)
        stream.writeString(text)
        return Array(stream.finish().readableBytesView)
    }
}

/// The reply to a request for a map's state: a message for each key.
///
/// Shape: a `java.util.ArrayList` of ``MapMessage``.
package struct MapMessageList: JavaWritable {
    package var messages: [MapMessage]

    package init(_ messages: [MapMessage]) { self.messages = messages }

    /// Reads a list.
    ///
    /// - Throws: as ``MapMessage/init(_:)``, or if it is no list.
    package init(stream: [UInt8]) throws {
        var input = try JavaObjectInputStream(stream)
        let value = try input.readObject()
        guard let elements = value.elements else {
            throw JavaSerializationError.unexpectedClass(found: value.className ?? "null")
        }
        self.messages = try elements.map(MapMessage.init)
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let count = Int32(clamping: self.messages.count)
        try stream.writeObject(of: JavaClasses.arrayList) { stream throws(JavaSerializationError) in
            stream.writeInt(count)
            try stream.writeData { stream throws(JavaSerializationError) in
                stream.writeInt(count)
                for message in self.messages { try message.write(to: &stream) }
            }
        }
    }
}
