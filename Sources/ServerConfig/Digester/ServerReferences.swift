package import Modeler

/// What `server.xml` refers to by name, checked against what it defines.
///
/// A Connector's `executor` that names none gives it threads of its own; a realm whose `resourceName` names no user
/// database keeps its container, and with it the server, from starting, unless the realm is one of several in another.
/// Source: `ConnectorCreateRule`, `UserDatabaseRealm.startInternal`, `CombinedRealm.startInternal`.
package struct ServerReferences {
    private static let userDatabase = "org.apache.catalina.UserDatabase"
    private static let realmClass = "org.apache.catalina.realm.UserDatabaseRealm"

    private let file: String
    private let substitution: PropertySubstitution
    /// Names of the user databases among the global resources.
    private let databases: [String]

    /// The references of `server.xml`, each problem at its element.
    package static func problems(of document: XMLDocument, substitution: PropertySubstitution) -> [ConfigProblem] {
        let resources = document.root.all("GlobalNamingResources").flatMap { $0.all("Resource") }
        let databases = resources.filter { $0["type"] == Self.userDatabase }
            .compactMap { $0["name"].map { substitution.replace($0).text } }
        let references = Self(file: document.file, substitution: substitution, databases: databases)
        return document.root.all("Service").flatMap { service in
            references.executors(of: service) + references.plainText(of: service)
                + service.children.flatMap { references.realms(of: $0, path: "Server/Service/\($0.name)") }
        }
    }

    /// The references of a context's own file; `databases` are those of the server it runs in.
    package static func problems(
        ofContext document: XMLDocument,
        databases: [String],
        substitution: PropertySubstitution
    ) -> [ConfigProblem] {
        Self(file: document.file, substitution: substitution, databases: databases)
            .realms(of: document.root, path: document.root.name)
    }

    /// Where the connectors of `server.xml` stand, in the order of the file.
    package static func connectors(of document: XMLDocument) -> [ConfigPlace] {
        document.root.all("Service").flatMap { service in
            service.all("Connector").map {
                ConfigPlace($0, file: document.file, path: "Server/Service/Connector")
            }
        }
    }

    private func executors(of service: XMLElement) -> [ConfigProblem] {
        let known = service.all("Executor").compactMap { $0["name"].map { self.substitution.replace($0).text } }
        return service.all("Connector").compactMap { connector -> ConfigProblem? in
            guard let attribute = connector.attributes.first(where: { $0.name == "executor" }) else { return nil }
            let name = self.substitution.replace(attribute.value).text
            guard !known.contains(name) else { return nil }
            return self.problem(
                .warning,
                at: ConfigPlace(connector, file: self.file, path: "Server/Service/Connector"),
                attribute,
                "there is no Executor of the name [\(name)] in the Service: the Connector uses threads of its own",
                nearest: NearestName.nearest(to: name, among: known)
            )
        }
    }

    /// Connectors that have certificates and do not use them.
    private func plainText(of service: XMLElement) -> [ConfigProblem] {
        service.all("Connector").compactMap { connector -> ConfigProblem? in
            let isSecure = self.substitution.replace(connector["SSLEnabled"] ?? "").text.lowercased() == "true"
            guard !isSecure, !connector.all("SSLHostConfig").isEmpty else { return nil }
            return self.problem(
                .warning,
                at: ConfigPlace(connector, file: self.file, path: "Server/Service/Connector"),
                XMLAttribute(name: "SSLEnabled", value: ""),
                "the Connector has an SSLHostConfig and speaks plain HTTP without SSLEnabled=\"true\"",
                nearest: nil
            )
        }
    }

    private func realms(of element: XMLElement, path: String) -> [ConfigProblem] {
        let own = element.name == "Realm" ? [self.problem(ofRealm: element, path: path)].compactMap { $0 } : []
        return own + element.children.flatMap { self.realms(of: $0, path: "\(path)/\($0.name)") }
    }

    private func problem(ofRealm element: XMLElement, path: String) -> ConfigProblem? {
        guard element["className"] == Self.realmClass,
            element["localJndiResource"]?.lowercased() != "true"
        else { return nil }
        let attribute = element.attributes.first { $0.name == "resourceName" }
        let name = self.substitution.replace(attribute?.value ?? "UserDatabase").text
        guard !self.databases.contains(name) else { return nil }
        let isOneOfSeveral = path.hasSuffix("/Realm/Realm")
        return self.problem(
            isOneOfSeveral ? .warning : .fatal,
            at: ConfigPlace(element, file: self.file, path: path),
            attribute ?? XMLAttribute(name: "resourceName", value: name),
            "there is no GlobalNamingResources Resource [\(name)] of the type \(Self.userDatabase): "
                + (isOneOfSeveral ? "the realm knows nobody" : "what the realm is for cannot start"),
            nearest: NearestName.nearest(to: name, among: self.databases)
        )
    }

    private func problem(
        _ severity: ConfigProblem.Severity,
        at place: ConfigPlace,
        _ attribute: XMLAttribute,
        _ message: String,
        nearest: String?
    ) -> ConfigProblem {
        let log = ConfigProblem.LogLine(.warning, source: "org.apache.catalina.startup.Catalina.load", message)
        return ConfigProblem(severity, at: place, attribute: attribute, message, nearest: nearest, log: log)
    }
}
