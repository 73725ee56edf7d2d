package import Modeler
import Synchronization

/// The database and the credential handler that a realm was given; either may be exchanged while it serves.
package final class UserSource: Sendable {
    private let given = Mutex<(database: UserDatabase?, handler: any CredentialHandler)>(
        (nil, MessageDigestCredentialHandler())
    )

    var database: UserDatabase? { self.given.withLock { $0.database } }
    var handler: any CredentialHandler { self.given.withLock { $0.handler } }

    func use(_ database: UserDatabase) { self.given.withLock { $0.database = database } }
    func use(_ handler: any CredentialHandler) { self.given.withLock { $0.handler = handler } }
}

/// A realm whose users are those of a `UserDatabase`.
package protocol UserDatabaseClient: StoredPasswordRealm {
    var source: UserSource { get }
}

extension UserDatabaseClient {
    package var database: UserDatabase? { self.source.database }
    package var credentialHandler: any CredentialHandler { self.source.handler }

    package func use(_ handler: any CredentialHandler) { self.source.use(handler) }
    /// Sets whose users these are: another's than the global resource's, or those of a file whose reader belongs to
    /// another target.
    package func use(_ database: UserDatabase) { self.source.use(database) }

    package func storedPassword(of username: String) async -> String? { self.database?.user(username)?.password }
}

/// Users of a `UserDatabase` among the global resources.
///
/// Source: `org.apache.catalina.realm.UserDatabaseRealm`.
package final class UserDatabaseRealm: UserDatabaseClient, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Name of the global resource.
        package var resourceName = "UserDatabase"
        /// Whether the resource is the application's own.
        package var localJndiResource = false
        /// Whether a user keeps the roles it logged in with.
        package var useStaticPrincipal = false
        /// What all realms have.
        package var settings = RealmSettings()

        package init() {}
    }

    private let live: LiveSettings<Configuration, Void>
    package let source = UserSource()

    package init(configuration: Configuration) { self.live = LiveSettings(configuration) }

    package var configuration: Configuration { self.live.value }

    /// Changes how users are judged; whose they are stays.
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        try self.live.change { configuration in
            let before = configuration
            try change(&configuration)
            guard configuration.resourceName == before.resourceName,
                configuration.localJndiResource == before.localJndiResource
            else { throw NotReconfigurable() }
        }
    }

    package static let descriptor = ComponentDescriptor<UserDatabaseRealm>(
        className: "org.apache.catalina.realm.UserDatabaseRealm",
        kind: .realm,
        "Users of a UserDatabase among the global resources",
        defaults: Configuration(),
        attributes: [
            Attribute("resourceName", \.resourceName, "Name of the global resource"),
            Attribute("localJndiResource", \.localJndiResource, "Whether the resource is the application's own"),
            Attribute("useStaticPrincipal", \.useStaticPrincipal, "Whether a user keeps the roles it logged in with"),
            .ignored("digest", "Accepted; a CredentialHandler says it"),
        ] + RealmSettings.attributes.nested(in: \.settings)
    )

    package var settings: RealmSettings { self.configuration.settings }
    package var isAvailable: Bool { self.database != nil }

    package func attach(to container: any Container) throws {
        var top: any Container = container
        while let parent = top.parent { top = parent }
        let objects = (top as? StandardEngine)?.service?.server?.globalResources.objects
        guard let database = objects?[self.configuration.resourceName] as? UserDatabase else {
            guard !self.configuration.localJndiResource, self.database == nil else { return }
            throw LifecycleError("No UserDatabase component found under key [\(self.configuration.resourceName)]")
        }
        self.use(database)
    }

    package func principal(_ username: String) async -> RealmPrincipal? {
        guard let database = self.database, let user = database.user(username) else { return nil }
        let roles = database.roles(of: user)
        if self.configuration.useStaticPrincipal { return RealmPrincipal(name: username, roles: roles) }
        return RealmPrincipal(name: username, roles: roles) { [weak database] in
            guard let database, let user = database.user(username) else { return [] }
            return database.roles(of: user)
        }
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
package final class MemoryRealm: UserDatabaseClient, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// The file, relative to CATALINA_BASE.
        package var pathname = "conf/tomcat-users.xml"
        /// What all realms have.
        package var settings = RealmSettings()

        package init() {}
    }

    package let configuration: Configuration
    package let source = UserSource()

    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<MemoryRealm>(
        className: "org.apache.catalina.realm.MemoryRealm",
        kind: .realm,
        "Users of a file of its own",
        defaults: Configuration(),
        attributes: [
            Attribute("pathname", \.pathname, "The file, relative to CATALINA_BASE"),
            .ignored("digest", "Accepted; a CredentialHandler says it"),
        ] + RealmSettings.attributes.nested(in: \.settings)
    )

    package var settings: RealmSettings { self.configuration.settings }

    package func principal(_ username: String) async -> RealmPrincipal? {
        guard let database = self.database, let user = database.user(username) else { return nil }
        return RealmPrincipal(name: username, roles: database.roles(of: user))
    }
}
