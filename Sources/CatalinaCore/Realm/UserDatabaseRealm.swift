package import Modeler
import ServletAPI
import Synchronization

/// Users of a `UserDatabase` among the global resources.
///
/// Source: `org.apache.catalina.realm.UserDatabaseRealm`.
package final class UserDatabaseRealm: Realm, CredentialUser, ConfigurableComponent {
    package struct Configuration: Sendable {
        package var resourceName = "UserDatabase"
        package var allRolesMode = "strict"
        package var localJndiResource = false
        package var useStaticPrincipal = false
    }

    package let configuration: Configuration
    private let protected: Mutex<(database: UserDatabase?, handler: any CredentialHandler)>

    package init(configuration: Configuration) {
        self.configuration = configuration
        self.protected = Mutex((nil, PlainCredentialHandler()))
    }

    package static let descriptor = ComponentDescriptor<UserDatabaseRealm>(
        className: "org.apache.catalina.realm.UserDatabaseRealm",
        kind: .realm,
        "Users of a UserDatabase among the global resources",
        defaults: Configuration(),
        attributes: [
            Attribute("resourceName", \.resourceName, "Name of the global resource"),
            Attribute("allRolesMode", \.allRolesMode, "What the role * means: strict, authOnly, strictAuthOnly"),
            Attribute("localJndiResource", \.localJndiResource, "Whether the resource is the application's own"),
            Attribute("useStaticPrincipal", \.useStaticPrincipal, "Whether a user keeps the roles it logged in with"),
            .ignored("X509UsernameRetrieverClassName", "Accepted; the subject is the user name"),
            .ignored("digest", "Accepted; a CredentialHandler says it"),
            .ignored("stripRealmForGss", "Accepted; there is no GSS"),
            .ignored("transportGuaranteeRedirectStatus", "Accepted; redirects are 302"),
            .ignored("validate", "Accepted"),
        ]
    )

    package var allRolesMode: String { self.configuration.allRolesMode }
    package var database: UserDatabase? { self.protected.withLock { $0.database } }

    /// Sets how passwords are compared.
    package func use(_ handler: any CredentialHandler) { self.protected.withLock { $0.handler = handler } }

    package func attach(to container: any Container) {
        var top: any Container = container
        while let parent = top.parent { top = parent }
        let objects = (top as? StandardEngine)?.service?.server?.globalResources.objects
        let database = objects?[self.configuration.resourceName] as? UserDatabase
        self.protected.withLock { $0.database = database }
        if database == nil {
            CategoryLogger("org.apache.catalina.realm.UserDatabaseRealm").error(
                "startInternal",
                "No UserDatabase component found under key [\(self.configuration.resourceName)]"
            )
        }
    }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        let (database, handler) = self.protected.withLock { $0 }
        guard let database, let user = database.user(username) else {
            // An unknown name takes as long as a wrong password.
            _ = handler.matches(password, stored: "")
            return nil
        }
        guard handler.matches(password, stored: user.password) else { return nil }
        return RealmPrincipal(name: username, roles: database.roles(of: user))
    }

    package func principal(_ username: String) async -> RealmPrincipal? {
        guard let database = self.database, let user = database.user(username) else { return nil }
        return RealmPrincipal(name: username, roles: database.roles(of: user))
    }

    package func backgroundProcess() async {
        guard let database = self.database else { return }
        do { try await FileIO.run { database.backgroundProcess() } } catch {
            CategoryLogger("org.apache.catalina.realm.UserDatabaseRealm")
                .warning("backgroundProcess", "The user database could not be looked at: \(error)")
        }
    }
}

/// Users of a file of its own, read once.
///
/// Source: `org.apache.catalina.realm.MemoryRealm`.
package final class MemoryRealm: Realm, CredentialUser, ConfigurableComponent {
    package struct Configuration: Sendable {
        package var pathname = "conf/tomcat-users.xml"
        package var allRolesMode = "strict"
    }

    package let configuration: Configuration
    private let protected: Mutex<(database: UserDatabase?, handler: any CredentialHandler)>

    package init(configuration: Configuration) {
        self.configuration = configuration
        self.protected = Mutex((nil, PlainCredentialHandler()))
    }

    package static let descriptor = ComponentDescriptor<MemoryRealm>(
        className: "org.apache.catalina.realm.MemoryRealm",
        kind: .realm,
        "Users of a file of its own",
        defaults: Configuration(),
        attributes: [
            Attribute("pathname", \.pathname, "The file, relative to CATALINA_BASE"),
            Attribute("allRolesMode", \.allRolesMode, "What the role * means: strict, authOnly, strictAuthOnly"),
        ]
    )

    package var allRolesMode: String { self.configuration.allRolesMode }
    package var database: UserDatabase? { self.protected.withLock { $0.database } }

    /// Sets whose users these are; the file's reader belongs to another target.
    package func use(_ database: UserDatabase) { self.protected.withLock { $0.database = database } }
    /// Sets how passwords are compared.
    package func use(_ handler: any CredentialHandler) { self.protected.withLock { $0.handler = handler } }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        let (database, handler) = self.protected.withLock { $0 }
        guard let database, let user = database.user(username), handler.matches(password, stored: user.password) else {
            return nil
        }
        return RealmPrincipal(name: username, roles: database.roles(of: user))
    }
}
