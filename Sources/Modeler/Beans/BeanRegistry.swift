import Synchronization

/// Every managed bean of the process, by object name.
///
/// Beans appear when their component is initialised and disappear when it is destroyed; the registry
/// holds a component until then. Reading, setting and calling happen outside the lock, so that a
/// bean may register others.
///
/// Isolation: any thread.
/// Tomcat counterpart: `org.apache.tomcat.util.modeler.Registry` over the platform's MBeanServer.
package final class BeanRegistry: Sendable {
    private struct State {
        var beans: [ObjectName: (order: Int, bean: RegisteredBean)] = [:]
        var registrations = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var count: Int { self.state.withLock { $0.beans.count } }

    /// Registers a bean; one with the same name is replaced, as Tomcat does.
    ///
    /// A pattern names no bean: nothing is registered under one.
    package func register<Bean: ManagedBean>(_ bean: Bean, as name: ObjectName) {
        self.register(RegisteredBean(bean, name: name, inherited: [], className: nil))
    }

    /// Registers a component, whose configuration attributes become bean attributes.
    package func register<Bean: ManagedBean & ConfigurableComponent>(_ bean: Bean, as name: ObjectName) {
        let descriptor = Bean.descriptor
        self.register(
            RegisteredBean(bean, name: name, inherited: descriptor.beanAttributes, className: descriptor.className)
        )
    }

    private func register(_ bean: RegisteredBean) {
        if bean.name.isPattern { return }
        self.state.withLock { state in
            state.registrations += 1
            state.beans[bean.name] = (state.registrations, bean)
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

    package func isRegistered(_ name: ObjectName) -> Bool {
        self.state.withLock { $0.beans[name] != nil }
    }

    /// The beans that a pattern selects, in the order of registration.
    package func query(_ pattern: ObjectName) -> [RegisteredBean] {
        let selected = self.state.withLock { state in
            guard pattern.isPattern else { return state.beans[pattern].map { [$0] } ?? [] }
            return state.beans.values.filter { pattern.matches($0.bean.name) }
        }
        return selected.sorted { $0.order < $1.order }.map(\.bean)
    }

    /// - Throws: ``BeanError/noSuchBean(name:)``.
    package func bean(_ name: ObjectName) throws(BeanError) -> RegisteredBean {
        guard let entry = self.state.withLock({ $0.beans[name] }) else {
            throw .noSuchBean(name: name.description)
        }
        return entry.bean
    }

    /// The bean of a name that a client sent as text.
    package func bean(named text: String) throws(BeanError) -> RegisteredBean {
        let name: ObjectName
        do {
            name = try ObjectName(text)
        } catch {
            throw .malformedObjectName(error.reason)
        }
        return try self.bean(name)
    }
}
