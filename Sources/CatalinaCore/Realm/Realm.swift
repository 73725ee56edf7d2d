package import Modeler
package import ServletAPI

/// Knows users, their passwords and their roles.
///
/// Source: `org.apache.catalina.Realm`.
package protocol Realm: AnyObject, ManagedBean {
    /// Called before the container that the realm was given to starts.
    /// - Throws: why the realm cannot know anybody; the container then does not start.
    func attach(to container: any Container) throws
    /// The user, if the password is right; may suspend for a slow digest or a remote directory.
    func authenticate(_ username: String, _ password: String) async -> RealmPrincipal?
    /// The user, if the answer to a challenge shows that the client knows the password.
    func authenticate(digest: DigestProof) async -> RealmPrincipal?
    /// The user that a chain of certificates stands for, its own certificate first.
    func authenticate(certificates: [PeerCertificate]) async -> RealmPrincipal?
    /// The user of a name that something else has authenticated.
    func principal(_ username: String) async -> RealmPrincipal?
    /// Whether a user has a role.
    func hasRole(_ principal: any Principal, _ role: String) -> Bool
    /// Called every background interval.
    func backgroundProcess() async
    /// Whether the users can be asked for at all; without them a failure says nothing about a user.
    var isAvailable: Bool { get }
    var settings: RealmSettings { get }
}

extension Realm {
    package func attach(to container: any Container) {}
    package func authenticate(digest: DigestProof) async -> RealmPrincipal? { nil }
    package func authenticate(certificates: [PeerCertificate]) async -> RealmPrincipal? { nil }
    package func principal(_ username: String) async -> RealmPrincipal? { nil }
    package func backgroundProcess() async {}
    package var isAvailable: Bool { true }
    package var settings: RealmSettings { RealmSettings() }

    package func hasRole(_ principal: any Principal, _ role: String) -> Bool {
        (principal as? RealmPrincipal)?.hasRole(role) ?? false
    }
}

/// Attributes that all realms have.
package struct RealmSettings: Sendable, Equatable {
    /// What the role `*` of a constraint means.
    package enum AllRolesMode: String, Sendable, CaseIterable, AttributeConvertible {
        /// Any role that the application declares.
        case strict
        /// Any user.
        case authOnly
        /// Any user where the application declares no role, else as `strict`.
        case strictAuthOnly
    }

    package var allRolesMode = AllRolesMode.strict
    /// Whether certificates must be valid today.
    package var validate = true
    /// Status of the redirect to a secure connector.
    package var transportGuaranteeRedirectStatus = 302

    package init() {}

    package static let attributes: [Attribute<RealmSettings>] = [
        Attribute("allRolesMode", \.allRolesMode, "What the role * means: strict, authOnly, strictAuthOnly"),
        Attribute("validate", \.validate, "Whether client certificates must be valid today"),
        Attribute(
            "transportGuaranteeRedirectStatus",
            \.transportGuaranteeRedirectStatus,
            "Status of the redirect to a secure connector"
        ),
        .ignored("X509UsernameRetrieverClassName", "Accepted; the subject is the user name"),
        .ignored("stripRealmForGss", "Accepted; there is no GSS"),
        .ignored("userAttributes", "Accepted; users have no further attributes"),
    ]
}

/// A user that a realm knows, with the roles it has there.
///
/// Source: `org.apache.catalina.realm.GenericPrincipal`.
package struct RealmPrincipal: Principal, Equatable {
    package let name: String
    /// The roles at login.
    package let roles: Set<String>
    private let currentRoles: (@Sendable () -> Set<String>)?

    /// Takes the roles at the login, and a way to ask for those of later moments where they may change.
    package init(name: String, roles: Set<String>, currentRoles: (@Sendable () -> Set<String>)? = nil) {
        self.name = name
        self.roles = roles
        self.currentRoles = currentRoles
    }

    package func hasRole(_ role: String) -> Bool { (self.currentRoles?() ?? self.roles).contains(role) }

    package static func == (left: RealmPrincipal, right: RealmPrincipal) -> Bool {
        left.name == right.name && left.roles == right.roles
    }
}
