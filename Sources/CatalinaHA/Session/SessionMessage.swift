package import JavaSerialization
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

/// The messages as Tomcat fills them in.
extension SessionMessage {
    /// A session was made.
    package static func created(_ id: String, in context: String, at creationTime: Int64, now: Int64) -> Self {
        Self(.created, contextName: context, sessionID: id, uniqueID: "\(id)-\(now)", timestamp: creationTime)
    }

    /// A session has ended.
    package static func expired(_ id: String, in context: String, now: Int64) -> Self {
        Self(.expired, contextName: context, sessionID: id, uniqueID: id + "-EXPIRED-MSG", timestamp: now)
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

    /// A starting node asks for everything.
    package static func getAllSessions(in context: String, now: Int64) -> Self {
        Self(
            .getAllSessions,
            contextName: context,
            sessionID: "GET-ALL",
            uniqueID: "GET-ALL-" + context,
            timestamp: now
        )
    }

    /// Sessions as they were at a moment; the payload is a ``SessionList``.
    package static func allSessionData(in context: String, at moment: Int64, payload: [UInt8]) -> Self {
        Self(
            .allSessionData,
            contextName: context,
            sessionID: "SESSION-STATE",
            uniqueID: "SESSION-STATE-" + context,
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

    /// The new id as the payload of ``changedID(_:in:now:payload:)``.
    ///
    /// - Throws: `textTooLong` for an id that no client can hold.
    static func payload(newID: String) throws(JavaSerializationError) -> [UInt8] {
        var stream = JavaObjectOutputStream(capacity: 128)
        try stream.writeUTF(newID)
        return stream.finishedBytes()
    }

    /// The new id of a session whose id changed.
    ///
    /// - Throws: ``JavaSerializationError`` for a payload that is none.
    func newID() throws(JavaSerializationError) -> String {
        var stream = try JavaObjectInputStream(self.payload ?? [])
        return try stream.readUTF()
    }
}
