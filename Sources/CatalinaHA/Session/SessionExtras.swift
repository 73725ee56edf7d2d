import CatalinaCore
import JavaSerialization
import ServletAPI

/// What few sessions have; those that have none of it take no room for it.
///
/// Copies of a session's state share it: whoever changes it makes it anew, which happens seldom.
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

    fileprivate final class Box: Sendable {
        let contents: Contents

        init(_ contents: Contents) { self.contents = contents }
    }

    fileprivate private(set) var box: Box?

    var isEmpty: Bool { self.box == nil }

    mutating func change<Result>(_ body: (inout Contents) -> Result) -> Result {
        var contents = self.box?.contents ?? Contents()
        defer { self.box = contents.isEmpty ? nil : Box(contents) }
        return body(&contents)
    }
}

/// The extras one by one.
extension DeltaSession.Protected {
    var identity: SessionExtras.Identity {
        get { self.extras.box?.contents.identity ?? .init() }
        set { self.extras.change { $0.identity = newValue } }
    }

    var foreign: SessionExtras.Foreign {
        get { self.extras.box?.contents.foreign ?? .init() }
        set { self.extras.change { $0.foreign = newValue } }
    }

    var notes: [String: any Sendable] {
        get { self.extras.box?.contents.notes ?? [:] }
        set { self.extras.change { $0.notes = newValue } }
    }

    var listeners: [any SessionListener] {
        get { self.extras.box?.contents.listeners ?? [] }
        set { self.extras.change { $0.listeners = newValue } }
    }

    var lastForeign: SessionChange? {
        get { self.extras.box?.contents.lastForeign }
        set { self.extras.change { $0.lastForeign = newValue } }
    }

    var strayedSince: Int64? {
        get { self.extras.box?.contents.strayedSince }
        set { if newValue != self.strayedSince { self.extras.change { $0.strayedSince = newValue } } }
    }

    var formerID: String? {
        get { self.extras.box?.contents.formerID }
        set { self.extras.change { $0.formerID = newValue } }
    }
}
