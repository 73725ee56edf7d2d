/// A component that is made from a value holding all of its attributes.
///
/// Tomcat creates an object first and calls one setter per XML attribute; here the whole attribute
/// set is known when the start tag has been read, so a component is made from a complete
/// `Configuration` in one step and needs no half-configured state. The attributes' names, types and
/// defaults are said once, in ``ComponentDescriptor``: the Digester, the management beans and the
/// manual's reference pages all read them there.
///
/// Tomcat counterpart: a JavaBean and its entry in `mbeans-descriptors.xml`.
package protocol ConfigurableComponent: SendableMetatype {
    /// All attributes of the component; its default value is the default of every attribute.
    associatedtype Configuration: Sendable

    /// The class name, kind and attributes of this component.
    static var descriptor: ComponentDescriptor<Self> { get }

    /// Makes a component from its complete attributes.
    /// - Throws: whatever makes the component impossible; the Digester then rejects the file.
    init(configuration: Configuration) throws

    /// The attributes in force now.
    var configuration: Configuration { get }

    /// Changes attributes of a live component, on behalf of a management client.
    ///
    /// The default refuses, which makes every attribute read-only after construction. A component
    /// that holds its configuration in a `Mutex` applies `change` under its lock.
    /// - Throws: ``NotReconfigurable`` from the default, or what `change` throws.
    func reconfigure(_ change: (inout Configuration) throws -> Void) throws
}

extension ConfigurableComponent {
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws {
        throw NotReconfigurable()
    }
}

/// The component takes its attributes from a file only.
package struct NotReconfigurable: Error {
    package init() {}
}

/// What a component is for: where in the tree an element with its class name may stand.
package enum ComponentKind: String, Sendable, CaseIterable {
    case server
    case service
    case engine
    case host
    case context
    case wrapper
    case listener
    case valve
    case filter
    case realm
    case credentialHandler
    case manager
    case store
    case sessionIdGenerator
    case loader
    case resources
    case resourceSet
    case cookieProcessor
    case namedResource
    case executor
    case connector
    case protocolHandler
    case upgradeProtocol
    case sslHostConfig
    case certificate
    case cluster
    case channel
    case membership
    case member
    case receiver
    case sender
    case transport
    case interceptor
    case channelListener
    case clusterListener
    case deployer
    case jarScanner
    case other
}
