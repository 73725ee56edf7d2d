import JavaSerialization

/// One value of a session: as the application gave it, as another node sent it, or both.
///
/// What came from a node is kept as it came until somebody asks for it, and goes on to others unchanged: a replica
/// costs no more than its bytes, and a `LinkedList` stays one. Of a text or a number the Java form says all, so that it
/// alone is kept.
enum SessionAttribute: Sendable {
    /// Stored by the application here, and what its Java form says, neither more nor less.
    case plain(JavaValue)
    /// Stored by the application here; the Java form is nil if the value stays on this node.
    indirect case live(any Sendable, JavaValue?)
    /// Received and not asked for yet.
    case received(JavaValue)

    /// What the application stores here.
    init(_ value: any Sendable, _ java: JavaValue?) {
        if let java, Self.isPlain(value, java) { self = .plain(java) } else { self = .live(value, java) }
    }

    /// The value as the application gets it.
    var value: any Sendable {
        switch self {
        case .plain(let java), .received(let java): SessionValue.swift(java)
        case .live(let value, _): value
        }
    }

    /// The value if the application stored it here.
    var stored: (any Sendable)? {
        switch self {
        case .plain, .live: self.value
        case .received: nil
        }
    }

    /// The value as it travels; nil if it does not.
    var java: JavaValue? {
        switch self {
        case .plain(let java), .received(let java): java
        case .live(_, let java): java
        }
    }

    /// Whether ``SessionValue`` makes a value of that very type of the Java form.
    private static func isPlain(_ value: any Sendable, _ java: JavaValue) -> Bool {
        switch java {
        case .string: type(of: value) == String.self
        case .long: type(of: value) == Int.self
        case .int: type(of: value) == Int32.self
        case .boolean: type(of: value) == Bool.self
        case .double: type(of: value) == Double.self
        default: false
        }
    }
}
