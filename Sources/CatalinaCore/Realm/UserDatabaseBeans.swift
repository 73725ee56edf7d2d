package import Modeler

/// The beans of a user database: itself, its users, roles and groups, made anew for each query.
///
/// Passwords are not shown, unlike in Tomcat.
/// Source: `org.apache.catalina.mbeans.MemoryUserDatabaseMBean`, `UserMBean`, `RoleMBean`, `GroupMBean`.
package struct UserDatabaseBeans: Sendable {
    static let domain = "Users"

    let database: UserDatabase

    package init(_ database: UserDatabase) { self.database = database }

    /// Lets a registry find the beans.
    func register(in registry: BeanRegistry) {
        let pattern = ObjectName(
            safeDomain: Self.domain,
            [("database", self.database.name)],
            isOpen: true
        )
        registry.register(sourceOf: pattern) { self.all() }
    }

    /// All beans as the database stands now.
    package func all() -> [RegisteredBean] {
        let content = self.database.current
        let own = RegisteredBean(
            self.database,
            as: ObjectName(safeDomain: Self.domain, [("type", "UserDatabase"), ("database", self.database.name)])
        )
        return [own]
            + content.roles.map { RegisteredBean(RoleBean(role: $0), as: self.role($0.name)) }
            + content.groups.map { RegisteredBean(GroupBean(group: $0, beans: self), as: self.group($0.name)) }
            + content.users.map { RegisteredBean(UserBean(user: $0, beans: self), as: self.user($0.username)) }
    }

    func role(_ name: String) -> ObjectName { self.name("Role", "rolename", name) }
    func group(_ name: String) -> ObjectName { self.name("Group", "groupname", name) }
    func user(_ name: String) -> ObjectName { self.name("User", "username", name) }

    private func name(_ type: String, _ key: String, _ value: String) -> ObjectName {
        ObjectName(
            safeDomain: Self.domain,
            [("type", type), (key, ObjectName.quote(value)), ("database", self.database.name)]
        )
    }
}

extension UserDatabase: ManagedBean {
    package static let beanInfo = BeanInfo<UserDatabase>(
        type: "UserDatabase",
        className: "org.apache.catalina.mbeans.MemoryUserDatabaseMBean",
        attributes: [
            .text("pathname", "The file") { $0.pathname },
            .value("readonly", "Always true: the file is the operator's") { _ in true },
            .value("writable", "Always false") { _ in false },
            .list("users", "The users") { $0.names(of: \.users) { $0.user($1.username) } },
            .list("roles", "The roles") { $0.names(of: \.roles) { $0.role($1.name) } },
            .list("groups", "The groups") { $0.names(of: \.groups) { $0.group($1.name) } },
        ],
        operations: [
            ManagedOperation("findUser", takes: ["username"], "The bean of a user") { database, arguments in
                database.user(arguments[0]).map { UserDatabaseBeans(database).user($0.username) }
            },
            ManagedOperation("findRole", takes: ["rolename"], "The bean of a role") { database, arguments in
                database.current.roles.first { $0.name == arguments[0] }
                    .map { UserDatabaseBeans(database).role($0.name) }
            },
            ManagedOperation("findGroup", takes: ["groupname"], "The bean of a group") { database, arguments in
                database.current.groups.first { $0.name == arguments[0] }
                    .map { UserDatabaseBeans(database).group($0.name) }
            },
            ManagedOperation("backgroundProcess", "Reads the file again if it has changed") { database, _ in
                try await FileIO.run { database.backgroundProcess() }
            },
        ]
    )

    package var componentClassName: String { "org.apache.catalina.users.MemoryUserDatabase" }

    private func names<Item>(
        of items: KeyPath<Content, [Item]>,
        _ name: (UserDatabaseBeans, Item) -> ObjectName
    ) -> [String] {
        let beans = UserDatabaseBeans(self)
        return self.current[keyPath: items].map { name(beans, $0).description }
    }
}

/// One role of a database.
struct RoleBean: ManagedBean {
    let role: UserDatabase.Role

    static let beanInfo = BeanInfo<RoleBean>(
        type: "Role",
        className: "org.apache.catalina.mbeans.RoleMBean",
        attributes: [
            .text("rolename", "Name of the role") { $0.role.name },
            .text("description", "What it is for") { $0.role.description },
        ]
    )
}

/// One group of a database.
struct GroupBean: ManagedBean {
    let group: UserDatabase.Group
    let beans: UserDatabaseBeans

    static let beanInfo = BeanInfo<GroupBean>(
        type: "Group",
        className: "org.apache.catalina.mbeans.GroupMBean",
        attributes: [
            .text("groupname", "Name of the group") { $0.group.name },
            .text("description", "What it is for") { $0.group.description },
            .list("roles", "Roles of its members") { bean in
                bean.group.roles.map { bean.beans.role($0).description }
            },
            .list("users", "Its members") { bean in
                bean.beans.database.current.users.filter { $0.groups.contains(bean.group.name) }
                    .map { bean.beans.user($0.username).description }
            },
        ]
    )
}

/// One user of a database.
struct UserBean: ManagedBean {
    let user: UserDatabase.User
    let beans: UserDatabaseBeans

    static let beanInfo = BeanInfo<UserBean>(
        type: "User",
        className: "org.apache.catalina.mbeans.UserMBean",
        attributes: [
            .text("username", "Name to log in with") { $0.user.username },
            .text("fullName", "Name for people") { $0.user.fullName },
            .list("roles", "Roles of its own") { bean in bean.user.roles.map { bean.beans.role($0).description } },
            .list("groups", "Groups it belongs to") { bean in
                bean.user.groups.map { bean.beans.group($0).description }
            },
        ]
    )
}
