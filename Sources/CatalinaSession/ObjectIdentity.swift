package import ServletAPI

/// Tells whether a session's attribute replaces itself.
package enum ObjectIdentity {
    /// Whether both are one and the same object; values that are no objects never are.
    package static func isSame(_ first: (any Sendable)?, _ second: (any Sendable)?) -> Bool {
        guard let first, let second, !self.isPlain(first), !self.isPlain(second),
            type(of: first) is AnyObject.Type, type(of: second) is AnyObject.Type
        else { return false }
        return first as AnyObject === second as AnyObject
    }

    /// Whether a value is of one of the types that most attributes have, which are neither objects nor listen.
    ///
    /// Comparing types is done in a moment, asking for a conformance is not.
    package static func isPlain(_ value: any Sendable) -> Bool {
        let type = type(of: value) as Any.Type
        return type == String.self || type == Int.self || type == Bool.self || type == Int32.self || type == Int64.self
            || type == Double.self
    }

    /// The value as one that wants to know where it is stored.
    package static func listener(_ value: (any Sendable)?) -> (any HttpSessionBindingListener)? {
        guard let value, !self.isPlain(value) else { return nil }
        return value as? any HttpSessionBindingListener
    }
}
