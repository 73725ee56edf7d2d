package import Modeler

/// An interceptor that the management shows, under the names of Tomcat's Java interfaces: `MaxQueueSize`.
///
/// Object name: `ClusterChannel:type=Channel,channel=NAME,component=Interceptor,interceptorName=CLASS`.
package protocol ManagedInterceptor: ChannelInterceptor, ManagedBean {}

extension ManagedInterceptor {
    /// The simple name of the Java class, as the object name has it.
    package var interceptorName: String {
        Self.beanInfo.className.split(separator: ".").last.map(String.init) ?? Self.beanInfo.className
    }

    /// The bean as it is registered: what the Java interface has, and no attribute under two names.
    package func registeredBean(as name: ObjectName) -> RegisteredBean {
        RegisteredBean(self, as: name)
    }
}

extension BeanInfo where Bean: ManagedInterceptor & ConfigurableComponent {
    /// The attributes of the descriptor under their Java names, then those that are observed.
    ///
    /// `writable` and `hidden` are names, as in the configuration, of the attributes that a client may set and
    /// of those that are not shown.
    package static func interceptor(
        writable: Set<String> = [],
        hidden: Set<String> = [],
        _ observed: [BeanAttribute<Bean>] = [],
        operations: [ManagedOperation<Bean>] = []
    ) -> BeanInfo {
        let configured = Bean.descriptor.attributes
            .filter { !$0.info.isIgnored && !hidden.contains($0.info.name) }
            .map { $0.javaBeanAttribute(of: Bean.self, isWritable: writable.contains($0.info.name)) }
        return BeanInfo(
            type: "Interceptor",
            className: Bean.descriptor.className,
            attributes: configured + observed,
            operations: operations
        )
    }
}

extension Attribute {
    /// The attribute under its name with the first letter in upper case.
    fileprivate func javaBeanAttribute<Bean: ConfigurableComponent>(
        of bean: Bean.Type,
        isWritable: Bool
    ) -> BeanAttribute<Bean> where Bean.Configuration == Configuration {
        let (read, write) = (self.read, self.write)
        var setter: (@Sendable (Bean, String) throws -> Void)?
        if isWritable { setter = { bean, text in try bean.reconfigure { try write(&$0, text) } } }
        return BeanAttribute(
            self.info.name.prefix(1).uppercased() + self.info.name.dropFirst(),
            self.info.documentation,
            metric: self.info.type.interceptorMetric,
            isSetting: true,
            read: { read($0.configuration) },
            write: setter
        )
    }
}

extension AttributeType {
    fileprivate var interceptorMetric: BeanMetric {
        switch self {
        case .int, .long, .double: .gauge
        case .bool: .flag
        case .string, .list, .words: .text
        }
    }
}
