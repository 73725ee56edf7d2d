package import CatalinaCore
package import Modeler
import Tribes

/// An application whose attributes all nodes of a cluster have.
///
/// It is a ``StandardContext`` whose attributes are kept by ``ReplicatedAttributes`` while it runs. Those that were set
/// before, by its listeners, filters and servlets as they began, stay where they were set.
/// Source: `org.apache.catalina.ha.context.ReplicatedContext`; differs from it in: a value that cannot travel stays here,
/// with a warning; a node that stops leaves the attributes to the others; a request's answer ends when the others
/// have what it set, where messages are acknowledged.
package enum ReplicatedContext {
    package static let descriptor = ComponentDescriptor<StandardContext>(
        className: "org.apache.catalina.ha.context.ReplicatedContext",
        kind: .context,
        "An application whose attributes all nodes of a cluster have",
        defaults: StandardContext.Configuration(),
        attributes: StandardContext.descriptor.attributes + [
            Attribute(
                "mapSendOptions",
                \.mapSendOptions,
                "How attributes go to the other nodes: 2 and 6 acknowledged, 8 queued"
            )
        ],
        make: { configuration in
            let context = StandardContext(configuration: configuration)
            let attributes = ReplicatedAttributes()
            context.lifecycle.add(attributes)
            context.pipeline.add(attributes)
            return context
        }
    )
}

extension StandardContext.Configuration {
    /// How the attributes of a ``ReplicatedContext`` go to the other nodes; of another context it has no meaning.
    var mapSendOptions: SendOptions {
        get { self.further["mapSendOptions"].map { SendOptions(rawValue: UInt32(truncatingIfNeeded: $0)) } ?? .useAck }
        set { self.further["mapSendOptions"] = Int(newValue.rawValue) }
    }
}
