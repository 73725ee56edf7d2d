import Synchronization

/// Every managed bean of the process, by object name.
///
/// Beans appear when their component is initialised and disappear when it is destroyed; the registry
/// holds a component until then, and looks at its attributes only when somebody asks. Beans that come and
/// go too fast to be registered, such as requests, are made by a source when they are asked for. Reading,
/// setting and calling happen outside the lock, so that a bean may register others.
///
/// Isolation: any thread.
/// Tomcat counterpart: `org.apache.tomcat.util.modeler.Registry` over the platform's MBeanServer.
package final class BeanRegistry: Sendable {
    /// Makes beans for one query.
    package typealias Source = @Sendable () async -> [RegisteredBean]

    private struct Entry {
        let order: Int
        let make: @Sendable () -> RegisteredBean
    }

    private struct State {
        var beans: [ObjectName: Entry] = [:]
        var sources: [ObjectName: (order: Int, source: Source)] = [:]
        var registrations = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Beans registered, without those that sources make.
    package var count: Int { self.state.withLock { $0.beans.count } }

    /// Registers a bean; one with the same name is replaced, as Tomcat does.
    ///
    /// A pattern names no bean: nothing is registered under one.
    package func register<Bean: ManagedBean>(_ bean: Bean, as name: ObjectName) {
        self.register(name) { RegisteredBean(bean, as: name) }
    }

    /// Registers a component, whose configuration attributes become bean attributes.
    package func register<Bean: ManagedBean & ConfigurableComponent>(_ bean: Bean, as name: ObjectName) {
        self.register(name) { RegisteredBean(bean, as: name) }
    }

    /// Registers what `make` makes each time somebody asks for the bean.
    package func register(_ name: ObjectName, _ make: @escaping @Sendable () -> RegisteredBean) {
        if name.isPattern { return }
        self.state.withLock { state in
            state.registrations += 1
            state.beans[name] = Entry(order: state.registrations, make: make)
        }
    }

    /// Registers a source of beans whose names all match `pattern`, such as `Users:*`.
    ///
    /// A source with the same pattern is replaced.
    package func register(sourceOf pattern: ObjectName, _ source: @escaping Source) {
        self.state.withLock { state in
            state.registrations += 1
            state.sources[pattern] = (state.registrations, source)
        }
    }

    /// Forgets a bean; a name that is not registered changes nothing.
    package func unregister(_ name: ObjectName) {
        _ = self.state.withLock { $0.beans.removeValue(forKey: name) }
    }

    /// Forgets every bean that the pattern selects.
    package func unregister(matching pattern: ObjectName) {
        self.state.withLock { state in
            state.beans = state.beans.filter { !pattern.matches($0.key) }
        }
    }

    /// Forgets everything.
    package func unregisterAll() {
        self.state.withLock { $0 = State() }
    }

    package func isRegistered(_ name: ObjectName) -> Bool {
        self.state.withLock { $0.beans[name] != nil }
    }

    /// The beans that a pattern selects, in the order of registration.
    package func query(_ pattern: ObjectName) async -> [RegisteredBean] {
        let (entries, sources) = self.state.withLock { state in
            (
                pattern.isPattern
                    ? state.beans.filter { pattern.matches($0.key) }.map(\.value)
                    : state.beans[pattern].map { [$0] } ?? [],
                state.sources.filter { pattern.mayMeet($0.key) }.map(\.value)
            )
        }
        var found = entries.sorted { $0.order < $1.order }.map { $0.make() }
        for (_, source) in sources.sorted(by: { $0.order < $1.order }) {
            found += await source().filter { pattern.matches($0.name) }
        }
        return found
    }

    /// - Throws: ``BeanError/noSuchBean(name:)``.
    package func bean(_ name: ObjectName) async throws(BeanError) -> RegisteredBean {
        if let entry = self.state.withLock({ $0.beans[name] }) { return entry.make() }
        guard !name.isPattern, let bean = await self.query(name).first else {
            throw .noSuchBean(name: name.description)
        }
        return bean
    }

    /// The bean of a name that a client sent as text.
    package func bean(named text: String) async throws(BeanError) -> RegisteredBean {
        let name: ObjectName
        do {
            name = try ObjectName(text)
        } catch {
            throw .malformedObjectName(error.reason)
        }
        return try await self.bean(name)
    }
}

extension ObjectName {
    /// Whether a name may match both patterns: false only if the domains or a property that both name differ.
    fileprivate func mayMeet(_ source: ObjectName) -> Bool {
        guard Self.matches(source.domain, pattern: self.domain) else { return false }
        return source.properties.allSatisfy { property in
            guard let value = self[property.key] else { return true }
            return property.value.utf8.contains(UInt8(ascii: "*")) || Self.matches(property.value, pattern: value)
        }
    }
}
