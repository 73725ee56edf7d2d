/// A component that a management client can look at: `/manager/jmxproxy` reads, sets and calls, metrics are scraped.
///
/// A component that is a ``ConfigurableComponent`` too shows the attributes of its descriptor without
/// saying them again; its ``BeanInfo`` adds what is not configured, and wins where a name is in both.
package protocol ManagedBean: Sendable {
    static var beanInfo: BeanInfo<Self> { get }
    /// What the bean calls itself in messages, as `StandardServer[8005]`.
    var beanDescription: String { get }
    /// The class name of the component behind the bean, which the attribute `modelerType` shows.
    var componentClassName: String { get }
}

extension ManagedBean {
    package var beanDescription: String { self.componentClassName }
    package var componentClassName: String { String(describing: Self.self) }
}

extension ManagedBean where Self: ConfigurableComponent {
    package var componentClassName: String { Self.descriptor.className }
}

/// What a kind of bean shows and does.
package struct BeanInfo<Bean: ManagedBean>: Sendable {
    /// The `type` property of its object names, as `Manager`.
    package let type: String
    /// The class of MBean that Tomcat wraps such a component in; queries and messages show it.
    package let className: String
    package let attributes: [BeanAttribute<Bean>]
    package let operations: [ManagedOperation<Bean>]

    package init(
        type: String,
        className: String = "org.apache.tomcat.util.modeler.BaseModelMBean",
        attributes: [BeanAttribute<Bean>] = [],
        operations: [ManagedOperation<Bean>] = []
    ) {
        self.type = type
        self.className = className
        self.attributes = attributes
        self.operations = operations
    }
}

/// A bean without its type, as those see it who ask the registry.
package struct RegisteredBean: Sendable {
    private static let modelerType = "modelerType"

    package let name: ObjectName
    package let type: String
    package let className: String
    package private(set) var attributes: [BeanAttributeInfo]
    package let operations: [ManagedOperationInfo]
    private let resource: @Sendable () -> String
    private var readers: [String: @Sendable () -> BeanValue]
    private let writers: [String: @Sendable (String) throws -> Void]
    private let bodies: [String: @Sendable (OperationArguments) async throws -> BeanValue]

    package init<Bean: ManagedBean>(_ bean: Bean, as name: ObjectName) {
        self.init(bean, name: name, inherited: [])
    }

    /// A component, whose configuration attributes become bean attributes.
    package init<Bean: ManagedBean & ConfigurableComponent>(_ bean: Bean, as name: ObjectName) {
        self.init(bean, name: name, inherited: Bean.descriptor.beanAttributes)
    }

    private init<Bean: ManagedBean>(_ bean: Bean, name: ObjectName, inherited: [BeanAttribute<Bean>]) {
        let info = Bean.beanInfo
        self.name = name
        self.type = info.type
        self.className = info.className
        let own = Set(info.attributes.map(\.info.name))
        let attributes = info.attributes + inherited.filter { !own.contains($0.info.name) }
        self.attributes = attributes.map(\.info)
        self.operations = info.operations.map(\.info)
        self.resource = { bean.beanDescription }
        var readers: [String: @Sendable () -> BeanValue] = [:]
        readers[Self.modelerType] = { .string(bean.componentClassName) }
        var writers: [String: @Sendable (String) throws -> Void] = [:]
        for attribute in attributes {
            readers[attribute.info.name] = { attribute.read(bean) }
            if let write = attribute.write { writers[attribute.info.name] = { try write(bean, $0) } }
        }
        self.readers = readers
        self.writers = writers
        var bodies: [String: @Sendable (OperationArguments) async throws -> BeanValue] = [:]
        for operation in info.operations {
            let key = Self.key(operation.info.name, operation.info.parameters.count)
            bodies[key] = { try await operation.body(bean, $0) }
        }
        self.bodies = bodies
    }

    /// The same bean with one more attribute, for people: what only its place among others says.
    package func adding(_ name: String, _ documentation: String, _ value: BeanValue) -> RegisteredBean {
        var bean = self
        bean.attributes.append(
            BeanAttributeInfo(
                name: name,
                documentation: documentation,
                metric: .text,
                isWritable: false,
                isSetting: false
            )
        )
        bean.readers[name] = { value }
        return bean
    }

    package func get(_ attribute: String) throws(BeanError) -> BeanValue {
        guard let read = self.readers[attribute] else {
            throw .noSuchAttribute(name: attribute, resource: self.resource())
        }
        return read()
    }

    /// Sets an attribute from a client's text.
    package func set(_ attribute: String, to text: String) throws(BeanError) {
        guard self.readers[attribute] != nil else {
            throw .noSuchAttribute(name: attribute, resource: self.resource())
        }
        guard let write = self.writers[attribute] else {
            throw .readOnlyAttribute(name: attribute, resource: self.resource())
        }
        do {
            try write(text)
        } catch is NotReconfigurable {
            throw .readOnlyAttribute(name: attribute, resource: self.resource())
        } catch {
            throw BeanError(error)
        }
    }

    /// Calls the operation that takes this many arguments.
    package func invoke(_ operation: String, _ arguments: [String] = []) async throws(BeanError) -> BeanValue {
        guard let body = self.bodies[Self.key(operation, arguments.count)] else {
            throw .noSuchOperation(
                name: operation,
                argumentCount: arguments.count,
                bean: self.name.description,
                className: self.className
            )
        }
        do {
            return try await body(OperationArguments(arguments))
        } catch {
            throw BeanError(error)
        }
    }

    private static func key(_ operation: String, _ argumentCount: Int) -> String {
        "\(operation)/\(argumentCount)"
    }
}

extension BeanError {
    /// What a bean's own error is to a management client.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as BeanError: self = error
        case let error as ConversionError:
            switch error.expected {
            case .int, .long, .double: self = .notANumber(text: error.text)
            case .bool, .string, .list, .words:
                self = .illegalArgument("[\(error.text)] is not \(error.expected.phrase)")
            }
        default: self = .failed(String(describing: error))
        }
    }
}
