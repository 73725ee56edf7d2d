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

extension BeanInfo where Bean: ManagedInterceptor & ChannelPart {
    /// The attributes of the descriptor under their Java names, then those that are observed; names as for
    /// ``BeanInfo/part(type:writable:hidden:_:operations:)``.
    package static func interceptor(
        writable: Set<String> = [],
        hidden: Set<String> = [],
        _ observed: [BeanAttribute<Bean>] = [],
        operations: [ManagedOperation<Bean>] = []
    ) -> BeanInfo {
        .part(type: "Interceptor", writable: writable, hidden: hidden, observed, operations: operations)
    }
}
