import Synchronization

/// Users, groups and roles of a `tomcat-users.xml`.
///
/// Isolation: any thread; the file's reader replaces the whole content when the file changes.
/// Source: `org.apache.catalina.users.MemoryUserDatabase`.
package final class UserDatabase: Sendable {
    /// One user; groups by name.
    package struct User: Sendable, Equatable {
        package var username: String
        package var password: String
        package var fullName: String?
        package var roles: [String]
        package var groups: [String]

        package init(
            username: String,
            password: String,
            fullName: String? = nil,
            roles: [String],
            groups: [String] = []
        ) {
            self.username = username
            self.password = password
            self.fullName = fullName
            self.roles = roles
            self.groups = groups
        }
    }

    /// One group; its roles are its members' too.
    package struct Group: Sendable, Equatable {
        package var name: String
        package var description: String?
        package var roles: [String]

        package init(name: String, description: String? = nil, roles: [String]) {
            self.name = name
            self.description = description
            self.roles = roles
        }
    }

    /// One role.
    package struct Role: Sendable, Equatable {
        package var name: String
        package var description: String?

        package init(name: String, description: String? = nil) {
            self.name = name
            self.description = description
        }
    }

    /// Everything the file says.
    package struct Content: Sendable {
        package var users: [User] = []
        package var groups: [Group] = []
        package var roles: [Role] = []

        package init() {}
    }

    /// Name of the resource: `UserDatabase`.
    package let name: String
    /// The file.
    package let pathname: String
    private let content = Mutex(Content())
    private let refresh: @Sendable () -> Content?

    /// `refresh` gives the content if the file has changed since the last call, else `nil`.
    package init(name: String, pathname: String, refresh: @escaping @Sendable () -> Content?) {
        self.name = name
        self.pathname = pathname
        self.refresh = refresh
        self.backgroundProcess()
    }

    package var current: Content { self.content.withLock { $0 } }

    package func user(_ name: String) -> User? { self.content.withLock { $0.users.first { $0.username == name } } }

    /// A user's own roles and those of its groups.
    package func roles(of user: User) -> Set<String> {
        let groups = self.content.withLock { $0.groups.filter { user.groups.contains($0.name) } }
        return Set(user.roles + groups.flatMap(\.roles))
    }

    /// Reads the file again if it has changed.
    package func backgroundProcess() {
        if let fresh = self.refresh() { self.content.withLock { $0 = fresh } }
    }
}
