import JavaSerialization

/// One value of a session: as the application gave it, as another node sent it, or both.
///
/// What came from a node is kept as it came until somebody asks for it, and goes on to others unchanged: a replica
/// costs no more than its bytes, and a `LinkedList` stays one.
enum SessionAttribute: Sendable {
    /// Stored by the application here; the Java form is nil if the value stays on this node.
    case live(any Sendable, JavaValue?)
    /// Received and not asked for yet.
    case received(JavaValue)

    /// The value as the application gets it.
    var value: any Sendable {
        switch self {
        case .live(let value, _): value
        case .received(let java): SessionValue.swift(java)
        }
    }

    /// The value as it travels; nil if it does not.
    var java: JavaValue? {
        switch self {
        case .live(_, let java): java
        case .received(let java): java
        }
    }
}
