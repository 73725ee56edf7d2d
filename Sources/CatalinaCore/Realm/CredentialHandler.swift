/// Compares a password with what is stored for a user, and makes what is to be stored.
///
/// Source: `org.apache.catalina.CredentialHandler`.
package protocol CredentialHandler: AnyObject, Sendable {
    /// Whether `password` is what `stored` was made from; takes the same time wherever they differ.
    ///
    /// May take long: see ``verify(_:stored:)``.
    func matches(_ password: String, stored: String) -> Bool
    /// What to store for a password; `nil` if this handler's settings make nothing of it.
    func mutate(_ password: String) -> String?
    /// Whether ``matches(_:stored:)`` takes so long that no event loop may wait for it; `nil` asks for ``mutate(_:)``.
    func isSlow(against stored: String?) -> Bool
}

extension CredentialHandler {
    package func isSlow(against stored: String?) -> Bool { false }

    /// Whether a password is right, worked out without holding up an event loop.
    ///
    /// Nothing stored means an unknown user, whose refusal takes as long as a known one's.
    /// Isolation: caller's task.
    package func verify(_ password: String, stored: String?) async -> Bool {
        guard self.isSlow(against: stored) else { return self.judge(password, stored) }
        do {
            return try await PasswordThreads.run { self.judge(password, stored) }
        } catch {
            CategoryLogger("org.apache.catalina.realm.RealmBase")
                .error("authenticate", "A password could not be checked", error)
            return false
        }
    }

    private func judge(_ password: String, _ stored: String?) -> Bool {
        if let stored { return self.matches(password, stored: stored) }
        _ = self.mutate(password)
        return false
    }
}

/// A realm whose way of comparing passwords can be chosen.
package protocol CredentialUser: AnyObject, Sendable {
    func use(_ handler: any CredentialHandler)
}

/// A handler that asks others in turn.
package protocol CredentialHandlerContainer: AnyObject, Sendable {
    func add(_ handler: any CredentialHandler)
}

/// Comparison that tells nothing by how long it takes.
///
/// Source: `org.apache.tomcat.util.security.ConstantTime`.
package enum ConstantTime {
    /// Takes as long as `left` is, whatever `right` holds.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = left.count ^ right.count
        for index in left.indices { difference |= Int(left[index] ^ (right.isEmpty ? 0 : right[index % right.count])) }
        return difference == 0
    }

    package static func areEqual(_ left: String, _ right: String) -> Bool {
        self.areEqual(Array(left.utf8), Array(right.utf8))
    }
}
