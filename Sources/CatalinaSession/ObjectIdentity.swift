/// Tells whether a session's attribute replaces itself.
package enum ObjectIdentity {
    /// Whether both are one and the same object; values that are no objects never are.
    package static func isSame(_ first: (any Sendable)?, _ second: (any Sendable)?) -> Bool {
        guard let first, let second, type(of: first) is AnyObject.Type, type(of: second) is AnyObject.Type
        else { return false }
        return first as AnyObject === second as AnyObject
    }
}
