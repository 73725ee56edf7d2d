package import Modeler

/// The bean registry of a server together with the domain that one of its engines names beans in.
///
/// Every bean of the container gets its name here, so that the shapes of names are in one place.
/// Source: the `getObjectNameKeyProperties` of Tomcat's components.
package struct BeanDomain: Sendable {
    package let registry: BeanRegistry
    /// The Engine's name.
    package let name: String

    package init(_ registry: BeanRegistry, name: String) {
        self.registry = registry
        self.name = name
    }

    /// The name of a bean of the domain; values are quoted where they must be.
    package func objectName(_ properties: [(String, String)]) -> ObjectName {
        ObjectName(safeDomain: self.name, properties)
    }

    /// A pattern that selects the beans with these properties, whatever others they have.
    package func pattern(_ properties: [(String, String)]) -> ObjectName {
        ObjectName(safeDomain: self.name, properties, isOpen: true)
    }

    package func register<Bean: ManagedBean>(_ bean: Bean, as properties: [(String, String)]) {
        self.registry.register(bean, as: self.objectName(properties))
    }

    package func register<Bean: ManagedBean & ConfigurableComponent>(_ bean: Bean, as properties: [(String, String)]) {
        self.registry.register(bean, as: self.objectName(properties))
    }
}

extension ManagedBean where Self: Lifecycle {
    package var beanDescription: String { self.lifecycleName }
}

extension BeanAttribute where Bean: Lifecycle {
    /// The lifecycle state, which every component with a life of its own shows.
    static var stateName: Self { .text("stateName", "Lifecycle state") { $0.state.description } }
    /// The component's own name in log lines.
    static var managedResource: Self { .text("managedResource", "The component") { $0.lifecycleName } }
}

extension Array {
    /// `start`, `stop` and their kin, which every component with a life of its own can be asked for.
    static func lifecycle<Bean: Lifecycle>() -> [ManagedOperation<Bean>] where Element == ManagedOperation<Bean> {
        [
            ManagedOperation("init", "Prepares the component") { bean, _ in try await bean.initialize() },
            ManagedOperation("start", "Puts the component to work") { bean, _ in try await bean.start() },
            ManagedOperation("stop", "Ends the component's work") { bean, _ in try await bean.stop() },
            ManagedOperation("destroy", "Gives up what init took") { bean, _ in try await bean.destroy() },
        ]
    }
}

extension Container {
    /// The domain that the container's beans belong to; `nil` outside a server.
    package var beanDomain: BeanDomain? {
        guard let parent = self.parent else { return (self as? StandardEngine)?.domain }
        return parent.beanDomain
    }

    /// Properties that tell this container's parts from those of other containers.
    ///
    /// Empty for an engine, then `host`, then `host` and `context`.
    package var beanKeys: [(String, String)] {
        switch self {
        case let host as StandardHost: [("host", host.name)]
        case let context as StandardContext:
            [("host", context.host?.name ?? ""), ("context", context.beanContextName)]
        default: []
        }
    }

    /// The valves with the properties of their beans' names; the second of a class gets `seq=1`.
    package var namedValves: [(valve: any Valve, properties: [(String, String)])] {
        var seen: [String: Int] = [:]
        return self.pipeline.all.map { valve in
            let name = valve.beanName
            let count = seen[name, default: 0]
            seen[name] = count + 1
            let sequence = count == 0 ? [] : [("seq", String(count))]
            return (valve, [("type", "Valve")] + self.beanKeys + [("name", name)] + sequence)
        }
    }

    /// Registers the valves and the realm of a container that has started.
    package func registerParts() {
        guard let domain = self.beanDomain else { return }
        for (valve, properties) in self.namedValves { Self.register(valve, in: domain, as: properties) }
        if let realm = self.base.realm {
            Self.register(realm, at: "/realm0", in: domain, keys: self.beanKeys)
        }
    }

    /// Forgets the container, and with a host whatever of it is still there.
    func unregisterBeans() {
        guard let domain = self.beanDomain else { return }
        if let name = self.objectName { domain.registry.unregister(name) }
        if self is StandardHost { domain.registry.unregister(matching: domain.pattern(self.beanKeys)) }
    }

    private static func register(_ valve: any Valve, in domain: BeanDomain, as properties: [(String, String)]) {
        if let configurable = valve as? any Valve & ConfigurableComponent {
            domain.register(configurable, as: properties)
        } else {
            domain.register(valve, as: properties)
        }
    }

    /// A realm and those it asks in turn: `/realm0`, `/realm0/realm0`, `/realm0/realm1`.
    private static func register(
        _ realm: any Realm,
        at path: String,
        in domain: BeanDomain,
        keys: [(String, String)]
    ) {
        let name = domain.objectName(Self.realmProperties(path, keys))
        let nested = (realm as? any RealmContainer)?.nested ?? []
        let paths = nested.indices.map { "\(path)/realm\($0)" }
        let names = paths.map { domain.objectName(Self.realmProperties($0, keys)) }
        domain.registry.register(name) {
            let bean =
                (realm as? any Realm & ConfigurableComponent).map { RegisteredBean($0, as: name) }
                ?? RegisteredBean(realm, as: name)
            let placed = bean.adding("realmPath", "Place among the realms", .string(path))
            return names.isEmpty ? placed : placed.adding("realms", "The realms asked in turn", .objectNames(names))
        }
        for (realm, path) in zip(nested, paths) { self.register(realm, at: path, in: domain, keys: keys) }
    }

    private static func realmProperties(_ path: String, _ keys: [(String, String)]) -> [(String, String)] {
        [("type", "Realm"), ("realmPath", path)] + keys
    }
}
