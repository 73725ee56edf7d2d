package import Modeler

extension StandardService: ManagedBean {
    package static let beanInfo = BeanInfo<StandardService>(
        type: "Service",
        className: "org.apache.catalina.mbeans.ServiceMBean",
        attributes: [
            .stateName,
            .managedResource,
            .value("connectorNames", "The connectors") { service in
                let domain = service.domain
                return BeanValue.objectNames(
                    service.connectors.compactMap { domain?.objectName($0.beanProperties("Connector")) }
                )
            },
        ],
        operations: .lifecycle() + [
            ManagedOperation("findConnectors", "The connectors") { service, _ in
                service.connectors.map(\.lifecycleName)
            },
            ManagedOperation("findExecutors", "The executors") { service, _ in
                service.executors.map(\.lifecycleName)
            },
            ManagedOperation("getExecutor", takes: ["name"], "The executor of a name") { service, arguments in
                service.executors.first { $0.name == arguments[0] }?.lifecycleName
            },
        ]
    )

    /// The domain of the service's beans; `nil` outside a server.
    package var domain: BeanDomain? {
        guard let server = self.server else { return nil }
        return BeanDomain(server.beans, name: self.engine?.name ?? self.name)
    }

    package var objectName: ObjectName? { self.domain?.objectName([("type", "Service")]) }

    /// Registers the service, its executors and its mapper.
    func registerBeans() {
        guard let domain = self.domain else { return }
        domain.register(self, as: [("type", "Service")])
        domain.register(MapperBean(service: self), as: [("type", "Mapper")])
        for connector in self.connectors { connector.registerBeans(in: domain) }
        for executor in self.executors {
            let properties = [("type", "Executor"), ("name", executor.name)]
            if let configurable = executor as? any ServiceExecutor & ConfigurableComponent {
                domain.register(configurable, as: properties)
            } else {
                domain.register(executor, as: properties)
            }
        }
    }
}

/// What is known of the table that finds host, context and servlet of a request.
///
/// Source: `org.apache.catalina.mapper.MapperListener`.
struct MapperBean: ManagedBean {
    weak let service: StandardService?

    static let beanInfo = BeanInfo<MapperBean>(
        type: "Mapper",
        attributes: [
            .text("stateName", "Lifecycle state of the service") { $0.service?.state.description },
            .gauge("hostCount", "Virtual hosts") { $0.service?.engine?.hosts.count ?? 0 },
            .gauge("contextCount", "Applications that serve requests") { $0.contextCount },
        ]
    )

    let componentClassName = "org.apache.catalina.mapper.MapperListener"

    private var contextCount: Int {
        self.service?.engine?.hosts.flatMap(\.contexts).count { $0.state.isAvailable } ?? 0
    }
}
