package import Modeler
package import ServletAPI

/// Knows users, their passwords and their roles.
///
/// Source: `org.apache.catalina.Realm`.
package protocol Realm: ManagedBean {
    /// Called when the realm is given to a container.
    func attach(to container: any Container)
    /// The user, if the password is right; may suspend for a slow digest or a remote directory.
    func authenticate(_ username: String, _ password: String) async -> RealmPrincipal?
    /// The user by digest authentication (RFC 7616): `expected` computes the response from `H(user:realm:password)`.
    func authenticate(digest: DigestCredentials) async -> RealmPrincipal?
    /// The user of a name that something else has authenticated.
    func principal(_ username: String) async -> RealmPrincipal?
    /// Whether a user has a role.
    func hasRole(_ principal: any Principal, _ role: String) -> Bool
    /// Called every background interval.
    func backgroundProcess() async
    /// `strict`, `authOnly` or `strictAuthOnly`: what the role `*` means.
    var allRolesMode: String { get }
}

extension Realm {
    package func attach(to container: any Container) {}
    package func authenticate(digest: DigestCredentials) async -> RealmPrincipal? { nil }
    package func principal(_ username: String) async -> RealmPrincipal? { nil }
    package func backgroundProcess() async {}
    package var allRolesMode: String { "strict" }

    package func hasRole(_ principal: any Principal, _ role: String) -> Bool {
        (principal as? RealmPrincipal)?.roles.contains(role) ?? false
    }
}

/// What a client sent for digest authentication.
package struct DigestCredentials: Sendable, Equatable {
    package var username: String
    package var response: String
    package var nonce: String
    package var nonceCount: String
    package var clientNonce: String
    package var qop: String
    package var realm: String
    /// Digest of method and URI, in hex.
    package var methodDigest: String
    /// `MD5`, `SHA-256` or `SHA-512-256`.
    package var algorithm: String
}

/// A user that a realm knows, with the roles it has there.
///
/// Source: `org.apache.catalina.realm.GenericPrincipal`.
package struct RealmPrincipal: Principal, Equatable {
    package let name: String
    package let roles: Set<String>

    package init(name: String, roles: Set<String>) {
        self.name = name
        self.roles = roles
    }
}
