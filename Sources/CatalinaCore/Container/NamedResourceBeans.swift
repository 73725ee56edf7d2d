import Modeler

/// The beans of `<GlobalNamingResources>`.
///
/// Source: `org.apache.catalina.mbeans.NamingResourcesMBean`, `GlobalResourcesLifecycleListener`.
enum NamedResourceBeans {
    static func register(_ server: StandardServer, in domain: BeanDomain) {
        let global = server.globalResources
        domain.register(NamingResourcesBean.of(server), as: [("type", "NamingResources")])
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

/// What the named resources of the server or of an application are.
struct NamingResourcesBean: ManagedBean {
    /// Whose they are.
    let container: String
    var resources: [String] = []
    var environments: [String] = []

    static let beanInfo = BeanInfo<NamingResourcesBean>(
        type: "NamingResources",
        className: "org.apache.catalina.mbeans.NamingResourcesMBean",
        attributes: [
            .text("container", "Whose resources they are") { $0.container },
            .list("resources", "The resources") { $0.resources },
            .list("environments", "The values") { $0.environments },
            .list("resourceLinks", "Always empty") { _ in [] },
        ]
    )

    let componentClassName = "org.apache.catalina.deploy.NamingResourcesImpl"

    /// The global ones.
    static func of(_ server: StandardServer) -> NamingResourcesBean {
        let global = server.globalResources
        func names(_ properties: [[(String, String)]]) -> [String] {
            properties.map { server.domain.objectName($0).description }
        }
        return NamingResourcesBean(
            container: server.lifecycleName,
            resources: names(global.types.map { NamedResourceBeans.resource($0.name, $0.type) }),
            environments: names(global.environment.keys.sorted().map(NamedResourceBeans.environment))
        )
    }
}

/// One named resource.
struct NamedResourceBean: ManagedBean {
    let name: String
    let type: String

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
struct EnvironmentEntryBean: ManagedBean {
    let name: String
    let type: String
    let value: String

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
