import CatalinaCore
import Modeler
import ServerConfig
import Synchronization

/// Makes the objects of `<GlobalNamingResources>`.
enum GlobalResourceFactories {
    private static let log = CategoryLogger("org.apache.catalina.mbeans.GlobalResourcesLifecycleListener")

    static func make(_ naming: NamingResources) throws -> GlobalResources {
        var global = GlobalResources()
        for settings in naming.resources {
            global.types.append((settings.name, settings.type))
            switch settings.type {
            case "org.apache.catalina.UserDatabase": global.objects[settings.name] = self.userDatabase(settings)
            default:
                self.log.warning(
                    "createMBeans",
                    "The resource [\(settings.name)] of type [\(settings.type)] has no factory here and is left out"
                )
            }
        }
        for entry in naming.environment {
            global.environment[entry.name] = (entry.type, entry.value)
        }
        return global
    }

    private static func userDatabase(_ settings: ContextResource) -> UserDatabase {
        let pathname = settings.properties["pathname"] ?? "conf/tomcat-users.xml"
        let watches = settings.properties["watchSource"].map { $0.lowercased() == "true" } ?? true
        return UserDatabases.open(name: settings.name, pathname: pathname, watches: watches)
    }
}

/// Reads `tomcat-users.xml` files.
///
/// Source: `org.apache.catalina.users.MemoryUserDatabase`.
enum UserDatabases {
    private static let log = CategoryLogger("org.apache.catalina.users.MemoryUserDatabase")

    /// Gives a realm with a file of its own the users in it.
    static func open(for realm: any Realm) {
        guard let realm = realm as? MemoryRealm else { return }
        let pathname = realm.configuration.pathname
        realm.use(self.open(name: pathname, pathname: pathname, watches: false))
    }

    /// A database over a file, read now and again whenever the file changes.
    static func open(name: String, pathname: String, watches: Bool) -> UserDatabase {
        let path = Places.resolve(pathname)
        let last = Mutex<FileStatus?>(nil)
        let isFirst = Mutex(true)
        return UserDatabase(name: name, pathname: path) {
            let first = isFirst.withLock { value in
                defer { value = false }
                return value
            }
            guard first || watches else { return nil }
            let status = FileStatus(path)
            let isSame = last.withLock { known in
                defer { known = status }
                return known == status
            }
            guard first || !isSame else { return nil }
            guard status != nil else {
                self.log.error("open", "The specified user database [\(path)] could not be found")
                return first ? UserDatabase.Content() : nil
            }
            return self.read(path)
        }
    }

    /// The content of a file; `nil` if it cannot be used, so that the users known before stay.
    private static func read(_ path: String) -> UserDatabase.Content? {
        let outcome = UsersFile.read(path, substitution: PropertySubstitution(.shared))
        for problem in outcome.problems { Problems.log(problem) }
        if outcome.problems.contains(where: { $0.severity == .fatal }) { return nil }
        var content = UserDatabase.Content()
        content.roles = outcome.users.roles.values.map { UserDatabase.Role(name: $0.name, description: $0.description) }
        content.groups = outcome.users.groups.values.map {
            UserDatabase.Group(name: $0.name, description: $0.description, roles: $0.roles)
        }
        content.users = outcome.users.users.values.compactMap { user in
            guard let password = user.password else { return nil }
            return UserDatabase.User(
                username: user.name,
                password: password,
                fullName: user.fullName,
                roles: user.roles,
                groups: user.groups
            )
        }
        return content
    }
}
