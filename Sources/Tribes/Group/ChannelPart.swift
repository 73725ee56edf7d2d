package import Modeler

/// A part of a channel that the management shows, under the attribute names of Tomcat's Java interfaces.
package protocol ChannelPart: ManagedBean, ConfigurableComponent {}

extension BeanInfo where Bean: ChannelPart {
    /// The attributes of the descriptor under their Java names, then those that are observed, which win.
    ///
    /// `writable` and `hidden` are names, as in the configuration, of the attributes that a client may set and
    /// of those that are not shown.
    package static func part(
        type: String,
        writable: Set<String> = [],
        hidden: Set<String> = [],
        _ observed: [BeanAttribute<Bean>] = [],
        operations: [ManagedOperation<Bean>] = []
    ) -> BeanInfo {
        let configured = Bean.descriptor.javaAttributes(
            writable: writable,
            hidden: hidden.union(observed.map(\.info.name))
        ) { (bean: Bean) in bean }
        return BeanInfo(
            type: type,
            className: Bean.descriptor.className,
            attributes: configured + observed,
            operations: operations
        )
    }
}

extension ComponentDescriptor {
    /// The attributes under their names with the first letter in upper case, for a bean of the component or about it.
    func javaAttributes<Bean>(
        writable: Set<String> = [],
        hidden: Set<String> = [],
        of component: @escaping @Sendable (Bean) -> Component
    ) -> [BeanAttribute<Bean>] {
        self.attributes.filter { !$0.info.isIgnored && !hidden.contains($0.info.name) }
            .map { $0.javaAttribute(isWritable: writable.contains($0.info.name), of: component) }
            .filter { !hidden.contains($0.info.name) }
    }
}

extension Attribute {
    fileprivate func javaAttribute<Bean, Component: ConfigurableComponent>(
        isWritable: Bool,
        of component: @escaping @Sendable (Bean) -> Component
    ) -> BeanAttribute<Bean> where Component.Configuration == Configuration {
        let (read, write) = (self.read, self.write)
        var setter: (@Sendable (Bean, String) throws -> Void)?
        if isWritable { setter = { bean, text in try component(bean).reconfigure { try write(&$0, text) } } }
        return BeanAttribute(
            self.info.name.prefix(1).uppercased() + self.info.name.dropFirst(),
            self.info.documentation,
            metric: self.info.type.partMetric,
            isSetting: true,
            read: { read(component($0).configuration) },
            write: setter
        )
    }
}

extension AttributeType {
    fileprivate var partMetric: BeanMetric {
        switch self {
        case .int, .long, .double: .gauge
        case .bool: .flag
        case .string, .list, .words: .text
        }
    }
}

extension BeanAttribute {
    /// Attributes of Tomcat's threads and buffers, which have no counterpart: shown as 0.
    static func unused(_ names: [String]) -> [BeanAttribute] {
        names.map { name in .gauge(name, "0: messages are processed on the channel's loop") { _ in 0 } }
    }
}
