package import ServletAPI

/// Tells whether a session's attribute replaces itself.
package enum ObjectIdentity {
    /// Whether both are one and the same object; values that are no objects never are.
    package static func isSame(_ first: (any Sendable)?, _ second: (any Sendable)?) -> Bool {
        guard let first, let second,
            type(of: first) is AnyObject.Type, type(of: second) is AnyObject.Type
        else { return false }
        return first as AnyObject === second as AnyObject
    }

    /// Whether a value is none, or of one of the types that most attributes have, which are neither objects nor listen.
    ///
    /// Comparing types is done in a moment, asking for a conformance is not.
    package static func isPlain(_ value: (any Sendable)?) -> Bool {
        guard let value else { return true }
        return self.isPlain(Swift.type(of: value))
    }

    private static func isPlain(_ type: Any.Type) -> Bool {
        let type = ObjectIdentifier(type)
        return type == ObjectIdentifier(String.self) || type == ObjectIdentifier(Int.self)
            || type == ObjectIdentifier(Bool.self) || type == ObjectIdentifier(Int32.self)
            || type == ObjectIdentifier(Int64.self) || type == ObjectIdentifier(Double.self)
    }

    /// Whether two values are both plain.
    static func arePlain(_ first: (any Sendable)?, _ second: (any Sendable)?) -> Bool {
        guard let first, let second else { return self.isPlain(first ?? second) }
        let type = Swift.type(of: first)
        guard self.isPlain(type) else { return false }
        let other = Swift.type(of: second)
        return type == other || self.isPlain(other)
    }

    /// The value as one that wants to know where it is stored.
    package static func listener(_ value: (any Sendable)?) -> (any HttpSessionBindingListener)? {
        guard let value, !self.isPlain(value) else { return nil }
        return value as? any HttpSessionBindingListener
    }
}
