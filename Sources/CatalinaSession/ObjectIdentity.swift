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
        let type = ObjectIdentifier(type(of: value) as Any.Type)
        return type == ObjectIdentifier(String.self) || type == ObjectIdentifier(Int.self)
            || type == ObjectIdentifier(Bool.self) || type == ObjectIdentifier(Int32.self)
            || type == ObjectIdentifier(Int64.self) || type == ObjectIdentifier(Double.self)
    }

    /// The value as one that wants to know where it is stored.
    package static func listener(_ value: (any Sendable)?) -> (any HttpSessionBindingListener)? {
        guard let value, !self.isPlain(value) else { return nil }
        return value as? any HttpSessionBindingListener
    }
}
