package import JavaSerialization

/// What changed in one session since its changes were last sent.
///
/// Shape, a stream of its own: id (`writeUTF`), whether every change is kept (`boolean`), number of actions (`int`),
/// then per action its type and kind (`int` each), a name (`writeUTF`), whether there is a value (`boolean`), and it.
/// Source: `org.apache.catalina.ha.session.DeltaRequest`.
package struct DeltaRequest: Sendable, Equatable {
    /// What an action is about.
    package enum Subject: Int32, Sendable, CaseIterable {
        case attribute = 0
        case principal = 1
        case isNew = 2
        case maxInactiveInterval = 3
        case authType = 4
        case listener = 5
        case note = 6
    }

    package struct Action: Sendable, Equatable {
        package let subject: Subject
        package let name: String
        /// Only a listener that is removed has one and is removed.
        package let value: JavaValue?
        package let isRemoval: Bool

        /// Sets a value, or removes what has that name.
        package init(_ subject: Subject, _ name: String, _ value: JavaValue?) {
            self.init(subject, name, value, isRemoval: value == nil)
        }

        package init(_ subject: Subject, _ name: String, _ value: JavaValue?, isRemoval: Bool) {
            self.subject = subject
            self.name = name
            self.value = value
            self.isRemoval = isRemoval
        }

        /// Whether of two such actions with one name the later one alone counts.
        var isOrdered: Bool { self.subject != .isNew && self.subject != .listener }

        package static func isNew(_ value: Bool) -> Action { Action(.isNew, "__SET__ISNEW__", .boolean(value)) }

        package static func maxInactiveInterval(_ seconds: Int) -> Action {
            Action(.maxInactiveInterval, "__SET__MAXINTERVAL__", .int(Int32(clamping: seconds)))
        }

        package static func principal(_ value: JavaValue?) -> Action { Action(.principal, "__SET__PRINCIPAL__", value) }

        package static func authType(_ value: String?) -> Action {
            Action(.authType, "__SET__AUTHTYPE__", value.map { .string($0) })
        }
    }

    private enum Kind {
        static let set: Int32 = 0
        static let remove: Int32 = 1
    }

    /// Actions that a peer may send in one request.
    package static let actionsMaximum: Int32 = 1 << 20

    package var sessionID: String
    /// Whether earlier actions with the same name are kept.
    package var recordsAllActions: Bool
    package private(set) var actions: [Action] = []

    package init(sessionID: String, recordsAllActions: Bool = false) {
        self.sessionID = sessionID
        self.recordsAllActions = recordsAllActions
    }

    init(sessionID: String, recordsAllActions: Bool, actions: [Action]) {
        self.sessionID = sessionID
        self.recordsAllActions = recordsAllActions
        self.actions = actions
    }

    package var isEmpty: Bool { self.actions.isEmpty }

    /// Appends an action; without ``recordsAllActions`` it takes the place of any other of the same name.
    package mutating func record(_ action: Action) {
        Self.record(action, in: &self.actions, keepsEarlier: self.recordsAllActions)
    }

    static func record(_ action: Action, in actions: inout [Action], keepsEarlier: Bool) {
        if !keepsEarlier, let earlier = actions.firstIndex(where: { $0.name == action.name }) {
            actions.remove(at: earlier)
        }
        // Most requests say that a session is no longer new, and one thing more.
        if actions.isEmpty { actions.reserveCapacity(2) }
        actions.append(action)
    }

    // MARK: Wire

    /// Reads a request.
    ///
    /// - Throws: ``JavaSerializationError``.
    package init(from input: inout some JavaObjectInput) throws(JavaSerializationError) {
        self.sessionID = try input.readUTF()
        self.recordsAllActions = try input.readBoolean()
        let count = try input.readInt()
        guard (0...Self.actionsMaximum).contains(count) else { throw .invalidLength(Int64(count)) }
        for _ in 0..<count {
            let subject = try input.readInt()
            let kind = try input.readInt()
            let name = try input.readUTF()
            let hasValue = try input.readBoolean()
            guard let subject = Subject(rawValue: subject), kind == Kind.set || kind == Kind.remove else {
                throw .invalidValue(className: "org.apache.catalina.ha.session.DeltaRequest")
            }
            let value = hasValue ? try input.readObject() : nil
            self.actions.append(Action(subject, name, value, isRemoval: kind == Kind.remove))
        }
    }

    package init(_ bytes: [UInt8]) throws(JavaSerializationError) {
        self = try Self.numbered(bytes).delta
    }

    /// Reads a request and the number of the change, which Tomcat does not write and does not look at.
    ///
    /// - Throws: ``JavaSerializationError``.
    static func numbered(_ bytes: [UInt8]) throws(JavaSerializationError) -> (delta: DeltaRequest, number: Int64?) {
        if let (delta, number) = Self.flat(bytes) { return (delta, number) }
        var input = try JavaObjectInputStream(bytes)
        let delta = try DeltaRequest(from: &input)
        return (delta, try input.readNumber())
    }

    /// The same of a request whose values are texts and boxed primitives; nil for any other.
    static func flat(_ bytes: [UInt8]) -> (delta: DeltaRequest, number: Int64?)? {
        guard var input = JavaFlatStream(bytes), let sessionID = input.utf(), let recordsAllActions = input.boolean(),
            let count = input.int(), (0...Self.actionsMaximum).contains(count)
        else { return nil }
        var delta = DeltaRequest(sessionID: sessionID, recordsAllActions: recordsAllActions)
        for _ in 0..<count {
            guard let subject = input.int().flatMap({ Subject(rawValue: $0) }),
                let kind = input.int(),
                kind == Kind.set || kind == Kind.remove, let name = input.utf(), let hasValue = input.boolean()
            else { return nil }
            var value: JavaValue?
            if hasValue {
                guard let simple = input.value() else { return nil }
                value = simple
            }
            delta.actions.append(Action(subject, name, value, isRemoval: kind == Kind.remove))
        }
        if input.isAtEnd { return (delta, nil) }
        guard let number = input.long() else { return nil }
        return (delta, number)
    }

    /// Writes the request.
    ///
    /// - Throws: ``JavaSerializationError`` for a value that Java's class cannot have.
    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeUTF(self.sessionID)
        stream.writeBoolean(self.recordsAllActions)
        stream.writeInt(Int32(clamping: self.actions.count))
        for action in self.actions {
            stream.writeInt(action.subject.rawValue)
            stream.writeInt(action.isRemoval ? Kind.remove : Kind.set)
            try stream.writeUTF(action.name)
            stream.writeBoolean(action.value != nil)
            if let value = action.value { try stream.writeObject(value) }
        }
    }

    /// Writes the request as a stream of its own, behind it the number of the change if it has one.
    ///
    /// - Throws: ``JavaSerializationError`` for a value that Java's class cannot have.
    package func encoded(number: Int64? = nil) throws(JavaSerializationError) -> [UInt8] {
        if let bytes = self.flat(number) { return bytes }
        var stream = JavaObjectOutputStream()
        try self.write(to: &stream)
        if let number { stream.writeLong(number) }
        return stream.finishedBytes()
    }

    /// Room for a request with an attribute or two.
    private static let usualSize = 512

    /// The same of a request whose values are texts and boxed primitives; nil for any other.
    func flat(_ number: Int64?) -> [UInt8]? {
        var stream = JavaFlatStreamWriter(capacity: Self.usualSize)
        stream.write(utf: self.sessionID)
        stream.write(self.recordsAllActions)
        stream.write(Int32(clamping: self.actions.count))
        for action in self.actions {
            stream.write(action.subject.rawValue)
            stream.write(action.isRemoval ? Kind.remove : Kind.set)
            stream.write(utf: action.name)
            stream.write(action.value != nil)
            if let value = action.value { stream.write(value) }
        }
        if let number { stream.write(number) }
        return stream.finish()
    }
}
