package import Modeler

extension StandardEngine: ManagedBean {
    package static let beanInfo = BeanInfo<StandardEngine>(
        type: "Engine",
        className: "org.apache.catalina.mbeans.ContainerMBean",
        attributes: .container() + [
            .text("catalinaBase", "Folder of the instance") { _ in SystemProperties.shared["catalina.base"] },
            .text("jvmRoute", "Appended to session ids") { $0.jvmRoute }
                .writable { (engine: StandardEngine, route: String) in try engine.reconfigure { $0.jvmRoute = route } },
        ],
        operations: .lifecycle()
    )

    /// The domain of the beans of all that the engine contains; `nil` outside a server.
    var domain: BeanDomain? { self.service?.domain }

    package func initInternal() async throws { self.domain?.register(self, as: [("type", "Engine")]) }
}

extension Array {
    /// What every container shows.
    static func container<Bean: Container>() -> [BeanAttribute<Bean>] where Element == BeanAttribute<Bean> {
        [
            .stateName,
            .managedResource,
            .text("realm", "The realm that knows the users") { $0.realmDescription },
            .flag("startChildren", "Whether children are started when they are added") { $0.base.startsChildren }
                .writable { (container: Bean, starts: Bool) in container.base.startsChildren = starts },
            .value("valveNames", "The valves, in order") { container in
                BeanValue.strings(container.valveObjectNames)
            },
            .value("children", "The children") { container in
                BeanValue.objectNames(container.children.compactMap(\.objectName))
            },
        ]
    }
}

extension Container {
    /// The name of the container's bean; `nil` outside a server.
    package var objectName: ObjectName? {
        guard let domain = self.beanDomain else { return nil }
        switch self {
        case is StandardEngine: return domain.objectName([("type", "Engine")])
        case let host as StandardHost: return domain.objectName([("type", "Host"), ("host", host.name)])
        case let context as StandardContext: return domain.objectName(context.webModuleProperties)
        case let wrapper as StandardWrapper: return domain.objectName(wrapper.servletProperties)
        default: return nil
        }
    }

    /// The realm in force and the container that it belongs to.
    fileprivate var realmDescription: String? {
        guard let own = self.base.realm else { return self.parent?.realmDescription }
        return "\(own.beanDescription)[\(self.lifecycleName)]"
    }

    /// The names of the valves' beans as texts, in the order in which requests pass.
    fileprivate var valveObjectNames: [String] {
        guard let domain = self.beanDomain else { return [] }
        return self.namedValves.map { domain.objectName($0.properties).description }
    }
}
