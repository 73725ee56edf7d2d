package import Modeler

extension StandardHost: ManagedBean {
    package static let beanInfo = BeanInfo<StandardHost>(
        type: "Host",
        className: "org.apache.catalina.mbeans.ContainerMBean",
        attributes: .container() + [
            .list("aliases", "Further names") { $0.aliases }
        ],
        operations: .lifecycle() + [
            ManagedOperation("addAlias", takes: ["alias"], "Adds a name") { host, arguments in
                host.addAlias(arguments[0])
            },
            ManagedOperation("removeAlias", takes: ["alias"], "Removes a name") { host, arguments in
                host.removeAlias(arguments[0])
            },
            ManagedOperation("findAliases", "Further names") { host, _ in host.aliases },
            ManagedOperation("findReloadedContextMemoryLeaks", "Applications whose retired modules stay in memory") {
                host,
                _ in try await FileIO.run { try RetiredModules.current(of: host).map(\.displayName) }
            },
        ]
    )

    /// Who deploys the host's applications; `nil` for a host without.
    package var deployer: (any Deployer)? {
        self.lifecycle.listeners.lazy.compactMap { $0 as? any Deployer }.first
    }

    package func initInternal() async throws {
        guard let domain = self.beanDomain else { return }
        domain.register(self, as: [("type", "Host"), ("host", self.name)])
        if let deployer = self.deployer {
            domain.register(deployer, as: [("type", "Deployer"), ("host", self.name)])
        }
    }
}

extension Deployer {
    package static var beanInfo: BeanInfo<Self> {
        BeanInfo(type: "Deployer", attributes: Self.commonBeanAttributes, operations: Self.commonBeanOperations)
    }

    /// The attributes that every deployer has, for tables that go on with others.
    package static var commonBeanAttributes: [BeanAttribute<Self>] {
        [
            .text("className", "The class that was chosen") { $0.componentClassName },
            .text("configBaseName", "Folder of the context descriptors") { $0.configBase },
            .text("appBaseName", "Folder of the applications") { $0.appBase },
        ]
    }

    /// What every deployer can be asked for.
    package static var commonBeanOperations: [ManagedOperation<Self>] {
        [
            ManagedOperation("check", takes: ["name"], "Deploys or undeploys an application as its files say") {
                try await $0.check($1[0])
            },
            ManagedOperation("unmanageApp", takes: ["contextPath"], "Removes an application and its files") {
                try await $0.unmanage($1[0])
            },
            ManagedOperation("isDeployed", takes: ["name"], "Whether an application was deployed from files") {
                $0.isDeployed($1[0])
            },
            ManagedOperation("isServiced", takes: ["name"], "Whether somebody works on an application") {
                $0.isServiced($1[0])
            },
            ManagedOperation("tryAddServiced", takes: ["name"], "Claims an application for work on it") {
                $0.tryAddServiced($1[0])
            },
            ManagedOperation("removeServiced", takes: ["name"], "Ends work on an application") {
                $0.removeServiced($1[0])
            },
        ]
    }

    package var beanDescription: String { "\(Self.self)" }
    package var componentClassName: String { "org.apache.catalina.startup.HostConfig" }
}
