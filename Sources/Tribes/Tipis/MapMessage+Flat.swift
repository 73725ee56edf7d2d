package import JavaSerialization
package import NIOCore

/// The message as the whole body that it mostly is, without a look at any class description.
extension MapMessage {
    private static let flatClass = JavaFlatClass(Self.descriptor)
    private static let flatNodes = JavaFlatArray(Self.nodesDescriptor)
    /// More than a message takes besides keys, values, changes and members.
    private static let fieldsSize = 256
    private static let memberSize = 256

    package func stream() throws(JavaSerializationError) -> ByteBuffer {
        if let stream = self.flat() { return stream }
        var stream = JavaObjectOutputStream()
        try self.write(to: &stream)
        return stream.finish()
    }

    /// The message as a stream of its own; nil if a member's record is too large for that.
    func flat() -> ByteBuffer? {
        let bytes = (self.diff?.count ?? 0) + (self.key?.count ?? 0) + (self.value?.count ?? 0) + self.mapID.count
        let members = (self.nodes?.count ?? 0) + 1
        var writer = Self.flatClass.writer(capacity: Self.fieldsSize + bytes + Self.memberSize * members)
        writer.write(self.isDiff)
        writer.write(self.kind.rawValue)
        writer.write(self.diff)
        writer.write(self.key)
        writer.write(self.mapID)
        let classes = MemberClasses.of(self.memberVersion).flat
        if let nodes = self.nodes {
            writer.beginArray(Self.flatNodes, count: nodes.count)
            for node in nodes { guard MemberObject(node).write(to: &writer, classes) else { return nil } }
        } else {
            writer.writeNull()
        }
        if let primary = self.primary {
            guard MemberObject(primary).write(to: &writer, classes) else { return nil }
        } else {
            writer.writeNull()
        }
        writer.write(self.value)
        return writer.buffer
    }

    /// Reads a message as nodes mostly write it, with members in the standard version of their class; nil for anything
    /// else, which may be a message too, and for one of another map than `mapID`, if that is told.
    init?(_ stream: ByteBuffer, of mapID: [UInt8]? = nil, _ known: inout MemberCache) {
        guard var reader = Self.flatClass.reader(stream), let isDiff = reader.boolean(),
            let kind = reader.int().flatMap({ Kind(rawValue: $0) }), let diff = reader.byteSlice(),
            let key = reader.byteSlice(), let id = reader.bytes(), mapID == nil || mapID == id
        else { return nil }
        self.init(kind, mapID: id ?? [], key: key.map { [UInt8](buffer: $0) })
        self.isDiff = isDiff
        self.diff = diff.map { [UInt8](buffer: $0) }
        let classes = MemberClasses.of(MemberObject.standardVersion).flat
        if !reader.skipNull() {
            guard let count = reader.beginArray(Self.flatNodes), (0...Self.nodesMaximum).contains(count) else {
                return nil
            }
            var nodes: [Member] = []
            for _ in 0..<count {
                guard let node = MemberObject.member(&reader, classes, &known) else { return nil }
                nodes.append(node)
            }
            self.nodes = nodes
        }
        if !reader.skipNull() {
            guard let primary = MemberObject.member(&reader, classes, &known) else { return nil }
            self.primary = primary
        }
        guard let value = reader.bytes(), reader.isAtEnd else { return nil }
        self.value = value
    }
}
