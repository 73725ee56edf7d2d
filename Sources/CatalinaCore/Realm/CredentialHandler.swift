/// Compares a password with what is stored for a user.
///
/// Source: `org.apache.catalina.CredentialHandler`.
package protocol CredentialHandler: AnyObject, Sendable {
    /// Whether `password` is what `stored` was made from; takes the same time wherever they differ.
    func matches(_ password: String, stored: String) -> Bool
    /// What to store for a password.
    func mutate(_ password: String) -> String
}

/// A realm whose way of comparing passwords can be chosen.
package protocol CredentialUser: AnyObject, Sendable {
    func use(_ handler: any CredentialHandler)
}

/// A handler that asks others in turn.
package protocol CredentialHandlerContainer: AnyObject, Sendable {
    func add(_ handler: any CredentialHandler)
}

/// Passwords stored as they are.
package final class PlainCredentialHandler: CredentialHandler {
    package init() {}

    package func matches(_ password: String, stored: String) -> Bool {
        ConstantTime.areEqual(Array(password.utf8), Array(stored.utf8))
    }

    package func mutate(_ password: String) -> String { password }
}

/// Comparison that tells nothing by how long it takes.
package enum ConstantTime {
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = left.count ^ right.count
        for index in left.indices { difference |= Int(left[index] ^ (right.isEmpty ? 0 : right[index % right.count])) }
        return difference == 0
    }
}
