package import Modeler

/// The users, groups and roles of a `tomcat-users.xml`.
///
/// Shape: root `tomcat-users` with `role rolename description`, `group groupname description roles` and
/// `user username password fullName groups roles`; lists are separated by commas. Roles and groups that a
/// user names but the file does not define come into being.
///
/// Source: Tomcat counterpart: `org.apache.catalina.users.MemoryUserDatabase`.
package struct UsersFile: Sendable, Equatable {
    package struct Role: Sendable, Equatable {
        package var name: String
        package var description: String?

        package init(name: String, description: String? = nil) {
            self.name = name
            self.description = description
        }
    }

    package struct Group: Sendable, Equatable {
        package var name: String
        package var description: String?
        package var roles: [String] = []

        package init(name: String) {
            self.name = name
        }
    }

    package struct User: Sendable, Equatable {
        package var name: String
        /// As stored: clear text or a digest; nil can never log in.
        package var password: String?
        package var fullName: String?
        package var groups: [String] = []
        /// The user's own, without those of the groups.
        package var roles: [String] = []

        package init(name: String, password: String? = nil) {
            self.name = name
            self.password = password
        }
    }

    package var roles = OrderedMap<String, Role>()
    package var groups = OrderedMap<String, Group>()
    package var users = OrderedMap<String, User>()

    package init() {}

    /// Every role of a user: its own and its groups', each once.
    package func effectiveRoles(of user: User) -> [String] {
        var roles: [String] = []
        for role in user.roles + user.groups.flatMap({ self.groups[$0]?.roles ?? [] }) where !roles.contains(role) {
            roles.append(role)
        }
        return roles
    }
}

/// What a users file says, and what is wrong with it.
package struct UsersFileOutcome: Sendable, Equatable {
    package let users: UsersFile
    /// A fatal one means that the file could not be read at all.
    package let problems: [ConfigProblem]
}

extension UsersFile {
    package static func read(_ path: String, substitution: PropertySubstitution) -> UsersFileOutcome {
        do {
            return self.parse(try XMLReader().read(path), substitution: substitution)
        } catch {
            return UsersFileOutcome(users: UsersFile(), problems: [ConfigProblem(unreadable: error)])
        }
    }

    package static func parse(_ document: XMLDocument, substitution: PropertySubstitution) -> UsersFileOutcome {
        var reading = UsersReading(file: document.file, substitution: substitution)
        guard document.root.name == "tomcat-users" else {
            reading.note(document.root, path: document.root.name, "the root element is not tomcat-users")
            return UsersFileOutcome(users: UsersFile(), problems: reading.problems)
        }
        for element in document.root.children {
            reading.read(element)
        }
        return UsersFileOutcome(users: reading.users, problems: reading.problems)
    }

    /// The file as Tomcat writes it.
    package var xml: String {
        var lines = [
            "<?xml version='1.0' encoding='utf-8'?>",
            "<tomcat-users xmlns=\"http://tomcat.apache.org/xml\"",
            "              xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
            "              xsi:schemaLocation=\"http://tomcat.apache.org/xml tomcat-users.xsd\"",
            "              version=\"1.0\">",
        ]
        for role in self.roles.values {
            lines.append(Self.element("role", [("rolename", role.name), ("description", role.description)]))
        }
        for group in self.groups.values {
            lines.append(
                Self.element(
                    "group",
                    [
                        ("groupname", group.name), ("description", group.description),
                        ("roles", Self.list(group.roles)),
                    ]
                )
            )
        }
        for user in self.users.values {
            lines.append(
                Self.element(
                    "user",
                    [
                        ("username", user.name), ("password", user.password), ("fullName", user.fullName),
                        ("groups", Self.list(user.groups)), ("roles", Self.list(user.roles)),
                    ]
                )
            )
        }
        return lines.joined(separator: "\n") + "\n</tomcat-users>\n"
    }

    private static func list(_ names: [String]) -> String? {
        names.isEmpty ? nil : names.joined(separator: ",")
    }

    private static func element(_ name: String, _ attributes: [(String, String?)]) -> String {
        let text = attributes.compactMap { name, value in value.map { " \(name)=\"\(XMLEscape.attribute($0))\"" } }
        return "  <\(name)\(text.joined())/>"
    }
}

/// One reading of one users file.
private struct UsersReading {
    let file: String
    let substitution: PropertySubstitution
    var users = UsersFile()
    var problems: [ConfigProblem] = []

    mutating func read(_ element: XMLElement) {
        switch element.name {
        case "role":
            guard let name = self.name(of: element, ["rolename", "name"]) else { return }
            self.users.roles[name] = UsersFile.Role(name: name, description: self.value("description", of: element))
        case "group":
            guard let name = self.name(of: element, ["groupname", "name"]) else { return }
            var group = self.users.groups[name] ?? UsersFile.Group(name: name)
            group.description = self.value("description", of: element) ?? group.description
            group.roles += self.roles(of: element).filter { !group.roles.contains($0) }
            self.users.groups[name] = group
        case "user": self.readUser(element)
        default: self.note(element, path: "tomcat-users/" + element.name, "unknown element")
        }
        self.noteAttributes(of: element)
    }

    private mutating func readUser(_ element: XMLElement) {
        guard let name = self.name(of: element, ["username", "name"]) else { return }
        var user = UsersFile.User(name: name, password: self.value("password", of: element))
        user.fullName = self.value("fullName", of: element) ?? self.value("fullname", of: element)
        user.roles = self.roles(of: element)
        user.groups = self.list("groups", of: element)
        for group in user.groups where self.users.groups[group] == nil {
            self.users.groups[group] = UsersFile.Group(name: group)
        }
        self.users.users[name] = user
    }

    private mutating func roles(of element: XMLElement) -> [String] {
        let roles = self.list("roles", of: element)
        for role in roles where self.users.roles[role] == nil {
            self.users.roles[role] = UsersFile.Role(name: role)
        }
        return roles
    }

    private func list(_ attribute: String, of element: XMLElement) -> [String] {
        var names: [String] = []
        for name in [String](attributeText: self.value(attribute, of: element) ?? "") where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    private func value(_ attribute: String, of element: XMLElement) -> String? {
        element[attribute].map { self.substitution.replace($0).text }
    }

    private mutating func name(of element: XMLElement, _ attributes: [String]) -> String? {
        for attribute in attributes {
            if let name = self.value(attribute, of: element), !name.isEmpty { return name }
        }
        self.warn(element, "the name is missing or empty: the \(element.name) is ignored")
        return nil
    }

    private static let known = [
        "role": ["rolename", "name", "description"],
        "group": ["groupname", "name", "description", "roles"],
        "user": ["username", "name", "password", "fullName", "fullname", "groups", "roles"],
    ]

    private mutating func noteAttributes(of element: XMLElement) {
        guard let known = Self.known[element.name] else { return }
        for attribute in element.attributes where !known.contains(attribute.name) {
            let path = "tomcat-users/" + element.name
            let nearest = NearestName.nearest(to: attribute.name, among: known)
            self.note(element, path: path, attribute: attribute, "unknown attribute", nearest: nearest)
        }
    }

    private mutating func warn(_ element: XMLElement, _ message: String) {
        let kind = element.name.prefix(1).uppercased() + element.name.dropFirst()
        let subject = element.name == "role" || element.name == "group" ? "\(element.name) name" : "user name"
        self.problems.append(
            ConfigProblem(
                .warning,
                at: ConfigPlace(element, file: self.file, path: "tomcat-users/" + element.name),
                message,
                log: ConfigProblem.LogLine(
                    .warning,
                    category: "org.apache.catalina.users.MemoryUserDatabase",
                    source: "org.apache.catalina.users.MemoryUserDatabase.create\(kind)",
                    "Null or zero length \(subject) specified. The \(element.name) will be ignored."
                )
            )
        )
    }

    mutating func note(
        _ element: XMLElement,
        path: String,
        attribute: XMLAttribute? = nil,
        _ message: String,
        nearest: String? = nil
    ) {
        self.problems.append(
            ConfigProblem(
                .notice,
                at: ConfigPlace(element, file: self.file, path: path),
                attribute: attribute,
                message,
                nearest: nearest,
                log: ConfigProblem.LogLine(
                    .info,
                    category: "org.apache.catalina.users.MemoryUserDatabase",
                    source: "org.apache.catalina.users.MemoryUserDatabase.open",
                    "\(self.file):\(element.line): [\(path)] \(message)"
                )
            )
        )
    }
}
