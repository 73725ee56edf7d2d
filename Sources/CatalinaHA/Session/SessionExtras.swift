import CatalinaCore
import JavaSerialization
import ServletAPI

/// What few sessions have; those that have none of it take no room for it.
///
/// Copies of a session's state share it until one of them changes it. What a node says that numbers no changes is noted
/// with each of its messages.
struct SessionExtras: Sendable {
    /// Who logged in.
    struct Identity: Sendable {
        var principal: (any Principal)?
        /// The user as it travels.
        var java: JavaValue?
        var authType: String?

        var isEmpty: Bool { self.principal == nil && self.java == nil && self.authType == nil }
    }

    /// What only nodes of Tomcat's understand, kept for them.
    struct Foreign: Sendable {
        var notes = SessionRecord.Notes()
        var listeners: [JavaValue] = []

        var isEmpty: Bool { self.listeners.isEmpty && self.notes == SessionRecord.Notes() }
    }

    struct Contents: Sendable {
        var identity = Identity()
        var foreign = Foreign()
        /// What the container notes, and no node needs.
        var notes: [String: any Sendable] = [:]
        /// Those that do not travel.
        var listeners: [any SessionListener] = []
        /// What was last taken from a node that numbers no changes.
        var lastForeign: SessionChange?
        /// Since when such a node speaks of the session under another id than it has here.
        var strayedSince: Int64?
        /// The id that it had before.
        var formerID: String?

        var isEmpty: Bool {
            self.lastForeign == nil && self.strayedSince == nil && self.formerID == nil && self.notes.isEmpty
                && self.listeners.isEmpty && self.identity.isEmpty && self.foreign.isEmpty
        }
    }

    /// None or one: an array takes one word where there is none, and is changed where it is while nobody shares it.
    private(set) var box: [Contents] = []

    var isEmpty: Bool { self.box.isEmpty }

    /// Looks at the extras where they are.
    fileprivate func read<Value>(_ body: (borrowing Contents) -> Value, or none: @autoclosure () -> Value) -> Value {
        self.box.isEmpty ? none() : body(self.box[0])
    }

    mutating func change<Result>(_ body: (inout Contents) -> Result) -> Result {
        if self.box.isEmpty { self.box = [Contents()] }
        defer { if self.box[0].isEmpty { self.box = [] } }
        return body(&self.box[0])
    }
}

/// The extras one by one.
extension DeltaSession.Protected {
    var identity: SessionExtras.Identity {
        get { self.extras.read({ $0.identity }, or: .init()) }
        set { self.extras.change { $0.identity = newValue } }
    }

    var foreign: SessionExtras.Foreign {
        get { self.extras.read({ $0.foreign }, or: .init()) }
        set { self.extras.change { $0.foreign = newValue } }
    }

    var notes: [String: any Sendable] {
        get { self.extras.read({ $0.notes }, or: [:]) }
        set { self.extras.change { $0.notes = newValue } }
    }

    var listeners: [any SessionListener] {
        get { self.extras.read({ $0.listeners }, or: []) }
        set { self.extras.change { $0.listeners = newValue } }
    }

    var lastForeign: SessionChange? {
        get { self.extras.read({ $0.lastForeign }, or: nil) }
        set { self.extras.change { $0.lastForeign = newValue } }
    }

    var strayedSince: Int64? {
        get { self.extras.read({ $0.strayedSince }, or: nil) }
        set { if newValue != self.strayedSince { self.extras.change { $0.strayedSince = newValue } } }
    }

    var formerID: String? {
        get { self.extras.read({ $0.formerID }, or: nil) }
        set { self.extras.change { $0.formerID = newValue } }
    }
}
