package import Modeler

extension StandardServer: ManagedBean {
    package static let beanInfo = BeanInfo<StandardServer>(
        type: "Server",
        attributes: [
            .stateName,
            .managedResource,
            .value("portWithOffset", "Shutdown port with the offset") { $0.portWithOffset },
            .text("serverInfo", "Name and version") { _ in ServerInfo.name },
            .text("serverNumber", "Version as four numbers") { _ in ServerInfo.number },
            .text("serverBuilt", "When the behaviour was brought in step") { _ in ServerInfo.built },
            .value("serviceNames", "The services") { server in
                BeanValue.objectNames(server.services.compactMap(\.objectName))
            },
        ]
    )

    /// The domain of beans that belong to no service: the first engine's.
    package var domain: BeanDomain {
        BeanDomain(self.beans, name: self.services.first?.engine?.name ?? "Catalina")
    }

    /// Registers the server, its resources and the process it runs in.
    func registerBeans() {
        self.domain.register(self, as: [("type", "Server")])
        PlatformBeans.register(in: self.beans)
        NamedResourceBeans.register(self, in: self.domain)
    }
}
