package import JavaSerialization
import Tribes

/// A whole session as it travels: everything that another node needs to serve it.
///
/// Shape: boxed numbers and flags as objects, then one byte that says whether a user follows, the id, two notes of
/// the authenticators, and the attributes and listeners with their numbers. Tomcat 8.5 may leave the notes out.
/// Source: `DeltaSession.doWriteObject`; as an object of its own, `DeltaSession.writeExternal`.
package struct SessionRecord: JavaWritable, Equatable {
    /// Moments in milliseconds since 1970.
    package struct Times: Sendable, Equatable {
        package var creation: Int64
        /// Start of the last request but one, as applications see it.
        package var lastAccessed: Int64
        /// Start of the last request.
        package var thisAccessed: Int64

        package init(creation: Int64, lastAccessed: Int64, thisAccessed: Int64) {
            self.creation = creation
            self.lastAccessed = lastAccessed
            self.thisAccessed = thisAccessed
        }
    }

    package struct Attribute: Sendable, Equatable {
        package let name: String
        package let value: JavaValue

        package init(_ name: String, _ value: JavaValue) {
            self.name = name
            self.value = value
        }
    }

    /// What the authenticators note with a session, null if they do not.
    package struct Notes: Sendable, Equatable {
        package var sessionID = JavaValue.null
        package var savedRequest = JavaValue.null

        package init() {}
    }

    /// Attributes or listeners that a peer may send with one session.
    private static let countMaximum: Int32 = 1 << 20

    package var id: String
    package var times: Times
    /// Seconds.
    package var maxInactiveInterval: Int32
    package var isNew: Bool
    package var isValid: Bool
    package var version: Int64 = 0
    /// nil without a user.
    package var principal: JavaValue?
    package var notes = Notes()
    package var attributes: [Attribute] = []
    package var listeners: [JavaValue] = []
    /// The last change, if a node made it that numbers none; it travels behind a list of sessions.
    var foreignChange: SessionChange?
    /// Up to this number a change may be missing in it; 0 if none is.
    ///
    /// That travels behind a list of sessions too.
    var missing: Int64 = 0

    package init(id: String, times: Times, maxInactiveInterval: Int32, isNew: Bool, isValid: Bool) {
        self.id = id
        self.times = times
        self.maxInactiveInterval = maxInactiveInterval
        self.isNew = isNew
        self.isValid = isValid
    }

    // MARK: Reading

    /// Reads the body of a session.
    ///
    /// - Throws: ``JavaSerializationError``.
    package init(from input: inout some JavaObjectInput) throws(JavaSerializationError) {
        let creation = try Self.long(&input)
        let lastAccessed = try Self.long(&input)
        self.maxInactiveInterval = try Self.int(&input)
        self.isNew = try Self.boolean(&input)
        self.isValid = try Self.boolean(&input)
        let thisAccessed = try Self.long(&input)
        self.times = Times(creation: creation, lastAccessed: lastAccessed, thisAccessed: thisAccessed)
        self.version = try Self.long(&input)
        self.principal = try input.readBoolean() ? try input.readObject() : nil
        guard let id = try input.readObject().string else { throw .unexpectedField("id") }
        self.id = id
        let count = try self.readNotes(&input)
        guard (0...Self.countMaximum).contains(count) else { throw .invalidLength(Int64(count)) }
        for _ in 0..<count {
            guard let name = try input.readObject().string else { throw .unexpectedField("attribute") }
            if let value = try Self.value(&input) { self.attributes.append(Attribute(name, value)) }
        }
        let listeners = try Self.int(&input)
        guard (0...Self.countMaximum).contains(listeners) else { throw .invalidLength(Int64(listeners)) }
        for _ in 0..<listeners {
            if let value = try Self.value(&input) { self.listeners.append(value) }
        }
    }

    /// Reads an object of the class, as replicated maps hold it.
    ///
    /// - Throws: ``JavaSerializationError``.
    package init(_ object: JavaObject) throws(JavaSerializationError) {
        try object.expect(className: SessionClasses.deltaSession.name)
        var data = try object.data()
        try self.init(from: &data)
    }

    /// The notes as far as they are there, and the number of attributes, which follows them.
    private mutating func readNotes(_ input: inout some JavaObjectInput) throws(JavaSerializationError) -> Int32 {
        let first = try input.readObject()
        if let count = first.int { return count }
        self.notes.sessionID = first
        let second = try input.readObject()
        if let count = second.int { return count }
        self.notes.savedRequest = second
        return try Self.int(&input)
    }

    /// A value; nil if writing it failed on the other side.
    private static func value(_ input: inout some JavaObjectInput) throws(JavaSerializationError) -> JavaValue? {
        do {
            return try input.readObject()
        } catch .writeAborted {
            return nil
        }
    }

    private static func long(_ input: inout some JavaObjectInput) throws(JavaSerializationError) -> Int64 {
        guard let value = try input.readObject().long else { throw .unexpectedField("long") }
        return value
    }

    private static func int(_ input: inout some JavaObjectInput) throws(JavaSerializationError) -> Int32 {
        guard let value = try input.readObject().int else { throw .unexpectedField("int") }
        return value
    }

    private static func boolean(_ input: inout some JavaObjectInput) throws(JavaSerializationError) -> Bool {
        guard let value = try input.readObject().boolean else { throw .unexpectedField("boolean") }
        return value
    }

    // MARK: Writing

    /// Writes the session as an object of its class.
    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(of: SessionClasses.deltaSession) { (stream) throws(JavaSerializationError) in
            try self.writeBody(to: &stream)
        }
    }

    /// Writes the body alone, as it stands in a list of sessions.
    ///
    /// - Throws: ``JavaSerializationError`` for a value that Java's class cannot have.
    package func writeBody(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(.long(self.times.creation))
        try stream.writeObject(.long(self.times.lastAccessed))
        try stream.writeObject(.int(self.maxInactiveInterval))
        try stream.writeObject(.boolean(self.isNew))
        try stream.writeObject(.boolean(self.isValid))
        try stream.writeObject(.long(self.times.thisAccessed))
        try stream.writeObject(.long(self.version))
        stream.writeBoolean(self.principal != nil)
        if let principal = self.principal { try stream.writeObject(principal) }
        stream.writeString(self.id)
        try stream.writeObject(self.notes.sessionID)
        try stream.writeObject(self.notes.savedRequest)
        try stream.writeObject(.int(Int32(clamping: self.attributes.count)))
        for attribute in self.attributes {
            stream.writeString(attribute.name)
            try stream.writeObject(attribute.value)
        }
        try stream.writeObject(.int(Int32(clamping: self.listeners.count)))
        for listener in self.listeners { try stream.writeObject(listener) }
    }
}

/// Several sessions in one stream: their number as an object, then each one's body.
///
/// Between nodes that number changes there follows what Tomcat does not read: how many of the sessions a node changed
/// last that numbers none (`int`), then for each its place in the list (`int`), that node's key and the change's time
/// (`long` each); then how many of them lack a change (`int`), and for each its place (`int`) and the number up to which
/// (`long`).
/// Source: `DeltaManager.serializeSessions`.
package enum SessionList {
    /// Sessions that a peer may send in one message.
    private static let countMaximum: Int32 = 1 << 22

    /// - Throws: ``JavaSerializationError`` for a value that Java's class cannot have.
    package static func encode(
        _ records: [SessionRecord],
        isCounted: Bool = false
    ) throws(JavaSerializationError) -> [UInt8] {
        var stream = JavaObjectOutputStream(capacity: 256 + 512 * records.count)
        try stream.writeObject(.int(Int32(clamping: records.count)))
        for record in records { try record.writeBody(to: &stream) }
        if isCounted {
            Self.writeForeignChanges(of: records, to: &stream)
            Self.writeGaps(of: records, to: &stream)
        }
        return stream.finishedBytes()
    }

    private static func writeForeignChanges(of records: [SessionRecord], to stream: inout JavaObjectOutputStream) {
        let changes = records.enumerated().compactMap { place, record in record.foreignChange.map { (place, $0) } }
        stream.writeInt(Int32(clamping: changes.count))
        for (place, change) in changes {
            stream.writeInt(Int32(clamping: place))
            stream.writeLong(Int64(bitPattern: change.author.value))
            stream.writeLong(change.time)
        }
    }

    private static func writeGaps(of records: [SessionRecord], to stream: inout JavaObjectOutputStream) {
        let gaps = records.enumerated().filter { $0.element.missing > 0 }
        stream.writeInt(Int32(clamping: gaps.count))
        for (place, record) in gaps {
            stream.writeInt(Int32(clamping: place))
            stream.writeLong(record.missing)
        }
    }

    /// Hands on each session as soon as it is read, so that those before a broken one are not lost.
    ///
    /// - Throws: ``JavaSerializationError``.
    package static func decode(
        _ bytes: [UInt8],
        isCounted: Bool = false,
        _ body: (SessionRecord) -> Void
    ) throws(JavaSerializationError) {
        var stream = try JavaObjectInputStream(bytes)
        guard let count = try stream.readObject().int, (0...Self.countMaximum).contains(count) else {
            throw .unexpectedField("count")
        }
        guard isCounted else {
            for _ in 0..<count { body(try SessionRecord(from: &stream)) }
            return
        }
        var records: [SessionRecord] = []
        defer { for record in records { body(record) } }
        for _ in 0..<count { records.append(try SessionRecord(from: &stream)) }
        if stream.isAtEnd { return }
        for _ in 0..<(try stream.readInt()) {
            let place = Int(try stream.readInt())
            let author = MemberKey(value: UInt64(bitPattern: try stream.readLong()))
            let change = SessionChange(author: author, time: try stream.readLong(), isWhole: false)
            guard records.indices.contains(place) else { throw .invalidLength(Int64(place)) }
            records[place].foreignChange = change
        }
        if stream.isAtEnd { return }
        for _ in 0..<(try stream.readInt()) {
            let place = Int(try stream.readInt())
            guard records.indices.contains(place) else { throw .invalidLength(Int64(place)) }
            records[place].missing = try stream.readLong()
        }
    }
}
