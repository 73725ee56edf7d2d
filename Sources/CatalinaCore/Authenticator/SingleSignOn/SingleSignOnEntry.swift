package import ServletAPI
import Synchronization

/// Who a client is to all applications of a host, and the sessions that it has there.
///
/// Isolation: any thread.
/// Source: `org.apache.catalina.authenticator.SingleSignOnEntry`.
package final class SingleSignOnEntry: Sendable {
    /// What a client proved, and how.
    package struct Login: Sendable {
        package var principal: (any Principal)?
        /// The method of the authenticator, `BASIC`, `FORM`, ….
        package var authType: String?
        /// Nil for methods that see no password.
        package var username: String?
        package var password: String?

        package init(principal: (any Principal)?, authType: String?, username: String? = nil, password: String? = nil) {
            self.principal = principal
            self.authType = authType
            self.username = username
            self.password = password
        }

        /// Whether name and password are there to be checked again.
        package var canReauthenticate: Bool { self.authType == "BASIC" || self.authType == "FORM" }
    }

    private struct Protected {
        var login: Login
        var sessions: Set<SingleSignOnSessionKey>
        var travelling: (any Sendable)?
    }

    private let protected: Mutex<Protected>

    package init(_ login: Login, sessions: Set<SingleSignOnSessionKey> = []) {
        self.protected = Mutex(Protected(login: login, sessions: sessions))
    }

    package var login: Login { self.protected.withLock { $0.login } }
    /// The sessions of the client.
    package var sessions: Set<SingleSignOnSessionKey> { self.protected.withLock { $0.sessions } }

    /// The user as other nodes have sent it; forgotten when somebody else logs in.
    package var travelling: (any Sendable)? {
        get { self.protected.withLock { $0.travelling } }
        set { self.protected.withLock { $0.travelling = newValue } }
    }

    /// Takes note of a session.
    ///
    /// - Returns: whether it was not known yet.
    package func insert(_ key: SingleSignOnSessionKey) -> Bool {
        self.protected.withLock { $0.sessions.insert(key).inserted }
    }

    /// Forgets a session.
    ///
    /// - Returns: whether it was known.
    @discardableResult
    package func remove(_ key: SingleSignOnSessionKey) -> Bool {
        self.protected.withLock { $0.sessions.remove(key) != nil }
    }

    /// Takes a later login, unless the one that is known can be checked again.
    ///
    /// - Returns: whether it was taken.
    package func update(_ login: Login) -> Bool {
        self.protected.withLock { protected in
            guard !protected.login.canReauthenticate else { return false }
            protected.login = login
            protected.travelling = nil
            return true
        }
    }
}

/// Where a session of a sign-on is found: by its id, in an application, in a host.
///
/// Source: `org.apache.catalina.authenticator.SingleSignOnSessionKey`.
package struct SingleSignOnSessionKey: Sendable, Hashable {
    package let sessionID: String
    package let contextName: String
    package let hostName: String

    package init(sessionID: String, contextName: String, hostName: String) {
        self.sessionID = sessionID
        self.contextName = contextName
        self.hostName = hostName
    }

    package init(_ sessionID: String, in context: StandardContext) {
        self.init(sessionID: sessionID, contextName: context.name, hostName: context.parent?.name ?? "")
    }
}

extension SingleSignOnSessionKey: CustomStringConvertible {
    package var description: String {
        "Host: [\(self.hostName)], Context: [\(self.contextName)], SessionID: [\(self.sessionID)]"
    }
}
