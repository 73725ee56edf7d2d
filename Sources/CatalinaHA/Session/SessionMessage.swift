package import JavaSerialization
package import NIOCore
import Tribes

/// What one node tells others about the sessions of one application.
///
/// Shape, the class's fields: kind of event (`int`), time of the change in milliseconds since 1970 (`long`) and
/// whether there is one (`boolean`), the manager's name, what belongs to the event (`[B`), the session's id, and
/// an id of the message that nobody reads.
/// Source: `org.apache.catalina.ha.session.SessionMessageImpl`.
package struct SessionMessage: JavaWritable, Equatable {
    package enum Event: Int32, Sendable, CaseIterable {
        case created = 1
        case expired = 2
        case accessed = 3
        case getAllSessions = 4
        case allSessionData = 12
        case delta = 13
        case transferComplete = 14
        case changeSessionID = 15
        case noContextManager = 16
        /// Tomcat knows no such event and does nothing.
        case digest = 100

        /// As Tomcat names it in log lines and in the names of counters.
        package var name: String {
            switch self {
            case .created: "SESSION_CREATED"
            case .expired: "SESSION_EXPIRED"
            case .accessed: "SESSION_ACCESSED"
            case .getAllSessions: "GET_ALL_SESSIONS"
            case .allSessionData: "ALL_SESSION_DATA"
            case .delta: "SESSION_DELTA"
            case .transferComplete: "ALL_SESSION_TRANSFERCOMPLETE"
            case .changeSessionID: "CHANGE_SESSION_ID"
            case .noContextManager: "ALL_SESSION_NOCONTEXTMANAGER"
            case .digest: "SESSION_DIGEST"
            }
        }
    }

    package static let className = SessionClasses.sessionMessage.name

    package let event: Event
    /// The name of the manager on both sides; nil speaks to all managers.
    package let contextName: String?
    package let sessionID: String
    package let uniqueID: String
    /// Milliseconds since 1970; nil where the message has none.
    package let timestamp: Int64?
    /// A stream of its own, its shape depends on the event.
    package let payload: [UInt8]?

    package init(
        _ event: Event,
        contextName: String?,
        sessionID: String,
        uniqueID: String,
        timestamp: Int64?,
        payload: [UInt8]? = nil
    ) {
        self.event = event
        self.contextName = contextName
        self.sessionID = sessionID
        self.uniqueID = uniqueID
        self.timestamp = timestamp
        self.payload = payload
    }

    /// Reads an object of the class.
    ///
    /// - Throws: ``JavaSerializationError``; `invalidValue` for an event that there is not.
    package init(_ object: JavaObject) throws(JavaSerializationError) {
        try object.expect(className: Self.className)
        guard let event = Event(rawValue: try object.int("mEvtType")) else {
            throw .invalidValue(className: Self.className)
        }
        self.event = event
        self.contextName = try object.string("mContextName")
        self.sessionID = try object.string("mSessionID") ?? ""
        self.uniqueID = try object.string("uniqueId") ?? ""
        self.timestamp = try object.boolean("timestampSet") ? try object.long("serializationTimestamp") : nil
        self.payload = try object.bytes("mSession")
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(of: SessionClasses.sessionMessage) { (stream) throws(JavaSerializationError) in
            stream.writeLong(0)
            stream.writeInt(self.event.rawValue)
            stream.writeLong(self.timestamp ?? 0)
            stream.writeBoolean(self.timestamp != nil)
            try stream.writeObject(.string(orNull: self.contextName))
            try stream.writeObject(self.payload.map { JavaValue.bytes($0) } ?? .null)
            stream.writeString(self.sessionID)
            stream.writeString(self.uniqueID)
        }
    }
}

/// The message as the whole body that it mostly is.
extension SessionMessage {
    private static let flatClass = JavaFlatClass(SessionClasses.sessionMessage)
    /// More than the fields take besides the texts and the payload.
    private static let fieldsSize = 96

    package func stream() -> ByteBuffer {
        let texts = (self.contextName?.utf8.count ?? 0) + self.sessionID.utf8.count + self.uniqueID.utf8.count
        var writer = Self.flatClass.writer(capacity: Self.fieldsSize + texts + (self.payload?.count ?? 0))
        writer.write(Int64(0))
        writer.write(self.event.rawValue)
        writer.write(self.timestamp ?? 0)
        writer.write(self.timestamp != nil)
        writer.write(self.contextName)
        writer.write(self.payload)
        writer.write(self.sessionID)
        writer.write(self.uniqueID)
        return writer.buffer
    }

    /// Reads a message as nodes mostly write it; nil for anything else, which may be a message too.
    init?(_ stream: ByteBuffer) {
        guard var reader = Self.flatClass.reader(stream), reader.long() != nil,
            let event = reader.int().flatMap({ Event(rawValue: $0) }), let time = reader.long(),
            let hasTime = reader.boolean(), let contextName = reader.text(), let payload = reader.bytes(),
            let sessionID = reader.text(), let uniqueID = reader.text(), reader.isAtEnd
        else { return nil }
        self.event = event
        self.timestamp = hasTime ? time : nil
        self.contextName = contextName
        self.payload = payload
        self.sessionID = sessionID ?? ""
        self.uniqueID = uniqueID ?? ""
    }
}

/// The messages as Tomcat fills them in.
extension SessionMessage {
    /// A session was made.
    package static func created(_ id: String, in context: String, at creationTime: Int64, now: Int64) -> Self {
        Self(.created, contextName: context, sessionID: id, uniqueID: "\(id)-\(now)", timestamp: creationTime)
    }

    /// A session has ended; the payload is a ``SessionEnd``, which Tomcat does not send.
    package static func expired(_ id: String, in context: String, now: Int64, payload: [UInt8]? = nil) -> Self {
        Self(
            .expired,
            contextName: context,
            sessionID: id,
            uniqueID: id + "-EXPIRED-MSG",
            timestamp: now,
            payload: payload
        )
    }

    /// A session was used and did not change.
    package static func accessed(_ id: String, in context: String, now: Int64) -> Self {
        Self(.accessed, contextName: context, sessionID: id, uniqueID: "\(id)-\(now)", timestamp: now)
    }

    /// A session has changed; the payload is a ``DeltaRequest``.
    package static func delta(_ id: String, in context: String, now: Int64, payload: [UInt8]) -> Self {
        Self(
            .delta,
            contextName: context,
            sessionID: id,
            uniqueID: "\(id)-\(now)",
            timestamp: now,
            payload: payload
        )
    }

    /// A session has another id, which is the payload.
    package static func changedID(_ id: String, in context: String, now: Int64, payload: [UInt8]) -> Self {
        Self(
            .changeSessionID,
            contextName: context,
            sessionID: id,
            uniqueID: "\(id)-\(now)",
            timestamp: now,
            payload: payload
        )
    }

    /// What a node has in short, as a ``SessionDigest``.
    static func digest(in context: String, now: Int64, payload: [UInt8]) -> Self {
        Self(
            .digest,
            contextName: context,
            sessionID: "SESSION-DIGEST",
            uniqueID: "SESSION-DIGEST-" + context,
            timestamp: now,
            payload: payload
        )
    }

    /// A starting node asks for everything; with a payload only for the sessions that ``payload(ids:)`` names.
    ///
    /// With `isCounted` it says that it numbers the changes of sessions.
    package static func getAllSessions(
        in context: String,
        now: Int64,
        payload: [UInt8]? = nil,
        isCounted: Bool = false
    ) -> Self {
        Self(
            .getAllSessions,
            contextName: context,
            sessionID: "GET-ALL",
            uniqueID: "GET-ALL-" + context + (isCounted ? Self.countedSuffix : ""),
            timestamp: now,
            payload: payload
        )
    }

    /// Ids of sessions as a stream of its own: their number (`int`), then each (`writeUTF`).
    ///
    /// - Throws: `textTooLong` for an id that no client can hold.
    static func payload(ids: [String]) throws(JavaSerializationError) -> [UInt8] {
        var stream = JavaObjectOutputStream(capacity: 64 + 64 * ids.count)
        stream.writeInt(Int32(clamping: ids.count))
        for id in ids { try stream.writeUTF(id) }
        return stream.finishedBytes()
    }

    /// The sessions that are asked for; nil for all.
    ///
    /// - Throws: ``JavaSerializationError`` for a payload that is none.
    func askedIDs() throws(JavaSerializationError) -> [String]? {
        guard let payload = self.payload else { return nil }
        var stream = try JavaObjectInputStream(payload)
        let count = try stream.readInt()
        guard (0...Int32(Backlogs.idsMaximum)).contains(count) else { throw .invalidLength(Int64(count)) }
        var ids: [String] = []
        for _ in 0..<count { ids.append(try stream.readUTF()) }
        return ids
    }

    /// What follows the id of a message with sessions, or that asks for some, whose sender counts their changes.
    private static let countedSuffix = "-COUNTED"

    /// Whether the sender counts the changes of sessions; Tomcat hands on the number that it got once.
    var isCounted: Bool { self.uniqueID.hasSuffix(Self.countedSuffix) }

    /// Sessions as they were at a moment; the payload is a ``SessionList``.
    package static func allSessionData(
        in context: String,
        at moment: Int64,
        payload: [UInt8],
        isCounted: Bool = false
    ) -> Self {
        Self(
            .allSessionData,
            contextName: context,
            sessionID: "SESSION-STATE",
            uniqueID: "SESSION-STATE-" + context + (isCounted ? Self.countedSuffix : ""),
            timestamp: moment,
            payload: payload
        )
    }

    /// The asker has everything of that moment.
    package static func transferComplete(in context: String, at moment: Int64) -> Self {
        Self(
            .transferComplete,
            contextName: context,
            sessionID: "SESSION-STATE-TRANSFERRED",
            uniqueID: "SESSION-STATE-TRANSFERRED" + context,
            timestamp: moment
        )
    }

    /// The asked node has no such application.
    package static func noContextManager(in context: String?) -> Self {
        Self(
            .noContextManager,
            contextName: context,
            sessionID: "NO-CONTEXT-MANAGER",
            uniqueID: "NO-CONTEXT-MANAGER-" + (context ?? ""),
            timestamp: nil
        )
    }

    /// The new id as the payload of ``changedID(_:in:now:payload:)``, behind it the number of the change.
    ///
    /// - Throws: `textTooLong` for an id that no client can hold.
    static func payload(newID: String, number: Int64? = nil) throws(JavaSerializationError) -> [UInt8] {
        var stream = JavaObjectOutputStream(capacity: 128)
        try stream.writeUTF(newID)
        if let number { stream.writeLong(number) }
        return stream.finishedBytes()
    }

    /// The new id of a session whose id changed, and the number of that change; Tomcat has none.
    ///
    /// - Throws: ``JavaSerializationError`` for a payload that is none.
    func newID() throws(JavaSerializationError) -> (id: String, number: Int64?) {
        var stream = try JavaObjectInputStream(self.payload ?? [])
        let id = try stream.readUTF()
        return (id, try stream.readNumber())
    }
}

extension JavaObjectInputStream {
    /// The number that may stand at the end.
    mutating func readNumber() throws(JavaSerializationError) -> Int64? { self.isAtEnd ? nil : try self.readLong() }
}

/// How a session ended, as the payload of the message that says so.
///
/// Shape, a stream of its own: creation time in milliseconds since 1970 (`long`), number of the last change (`long`),
/// whether it was only idle for too long (`boolean`).
struct SessionEnd: Equatable, Sendable {
    let creationTime: Int64
    let number: Int64
    /// Nobody asked for it: whoever knows of a later change knows better.
    let isLapse: Bool

    init(creationTime: Int64, number: Int64, isLapse: Bool) {
        self.creationTime = creationTime
        self.number = number
        self.isLapse = isLapse
    }

    /// - Throws: ``JavaSerializationError`` for a payload that is none.
    init(_ payload: [UInt8]) throws(JavaSerializationError) {
        var stream = try JavaObjectInputStream(payload)
        self.creationTime = try stream.readLong()
        self.number = try stream.readLong()
        self.isLapse = try stream.readBoolean()
    }

    var encoded: [UInt8] {
        var stream = JavaObjectOutputStream(capacity: 64)
        stream.writeLong(self.creationTime)
        stream.writeLong(self.number)
        stream.writeBoolean(self.isLapse)
        return stream.finishedBytes()
    }
}
