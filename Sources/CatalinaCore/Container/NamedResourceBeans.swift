import Modeler

/// The beans of `<GlobalNamingResources>`.
///
/// Source: `org.apache.catalina.mbeans.NamingResourcesMBean`, `GlobalResourcesLifecycleListener`.
enum NamedResourceBeans {
    static func register(_ server: StandardServer, in domain: BeanDomain) {
        let global = server.globalResources
        domain.register(NamingResourcesBean(server), as: [("type", "NamingResources")])
        for (name, type) in global.types {
            domain.register(NamedResourceBean(name: name, type: type), as: Self.resource(name, type))
            if let database = global.objects[name] as? UserDatabase {
                UserDatabaseBeans(database).register(in: domain.registry)
            }
        }
        for (name, entry) in global.environment {
            domain.register(
                EnvironmentEntryBean(name: name, type: entry.type, value: entry.value),
                as: Self.environment(name)
            )
        }
    }

    static func resource(_ name: String, _ type: String) -> [(String, String)] {
        [("type", "Resource"), ("resourcetype", "Global"), ("class", type), ("name", ObjectName.quote(name))]
    }

    static func environment(_ name: String) -> [(String, String)] {
        [("type", "Environment"), ("resourcetype", "Global"), ("name", ObjectName.quote(name))]
    }
}

/// What the server's named resources are.
final class NamingResourcesBean: ManagedBean {
    private weak let server: StandardServer?

    init(_ server: StandardServer) { self.server = server }

    static let beanInfo = BeanInfo<NamingResourcesBean>(
        type: "NamingResources",
        className: "org.apache.catalina.mbeans.NamingResourcesMBean",
        attributes: [
            .text("container", "Whose resources they are") { $0.server?.lifecycleName },
            .list("resources", "The resources") { bean in
                bean.server.map { server in
                    server.globalResources.types.map {
                        server.domain.objectName(NamedResourceBeans.resource($0.name, $0.type)).description
                    }
                } ?? []
            },
            .list("environments", "The values") { bean in
                bean.server.map { server in
                    server.globalResources.environment.keys.sorted().map {
                        server.domain.objectName(NamedResourceBeans.environment($0)).description
                    }
                } ?? []
            },
            .list("resourceLinks", "Always empty") { _ in [] },
        ]
    )

    let componentClassName = "org.apache.catalina.deploy.NamingResourcesImpl"
}

/// One named resource.
final class NamedResourceBean: ManagedBean {
    private let name: String
    private let type: String

    init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    static let beanInfo = BeanInfo<NamedResourceBean>(
        type: "Resource",
        className: "org.apache.catalina.mbeans.ContextResourceMBean",
        attributes: [
            .text("name", "Name under which it is found") { $0.name },
            .text("type", "Java type that it stands for") { $0.type },
            .text("auth", "Always Container") { _ in "Container" },
            .text("scope", "Always Shareable") { _ in "Shareable" },
        ]
    )
}

/// One named value.
final class EnvironmentEntryBean: ManagedBean {
    private let name: String
    private let type: String
    private let value: String

    init(name: String, type: String, value: String) {
        self.name = name
        self.type = type
        self.value = value
    }

    static let beanInfo = BeanInfo<EnvironmentEntryBean>(
        type: "Environment",
        className: "org.apache.catalina.mbeans.ContextEnvironmentMBean",
        attributes: [
            .text("className", "The class that Tomcat keeps it in") { _ in
                "org.apache.tomcat.util.descriptor.web.ContextEnvironment"
            },
            .text("name", "Name under which it is found") { $0.name },
            .text("type", "Java type of the value") { $0.type },
            .text("value", "The value") { $0.value },
        ]
    )
}
