/// What a scraper may do with an attribute's value.
package enum BeanMetric: Sendable, Equatable {
    /// A number that goes up and down.
    case gauge
    /// A number that only goes up until it is reset.
    case counter
    /// 0 or 1.
    case flag
    /// Nothing: it is for people.
    case text
}

/// What is known of a bean's attribute apart from how to read and write it.
package struct BeanAttributeInfo: Sendable, Equatable {
    package let name: String
    package let documentation: String
    package let metric: BeanMetric
    package let isWritable: Bool
    /// Whether the value is what an operator configured rather than something observed.
    package let isSetting: Bool
}

/// One attribute of a managed bean: how it is read and, if it may be, written.
package struct BeanAttribute<Bean>: Sendable {
    package let info: BeanAttributeInfo
    let read: @Sendable (Bean) -> BeanValue
    let write: (@Sendable (Bean, String) throws -> Void)?

    package init(
        _ name: String,
        _ documentation: String,
        metric: BeanMetric,
        isSetting: Bool = false,
        read: @escaping @Sendable (Bean) -> BeanValue,
        write: (@Sendable (Bean, String) throws -> Void)? = nil
    ) {
        self.info = BeanAttributeInfo(
            name: name,
            documentation: documentation,
            metric: metric,
            isWritable: write != nil,
            isSetting: isSetting
        )
        self.read = read
        self.write = write
    }

    /// A number that goes up and down.
    package static func gauge(
        _ name: String,
        _ documentation: String,
        get: @escaping @Sendable (Bean) -> some BeanRepresentable
    ) -> Self {
        Self(name, documentation, metric: .gauge) { get($0).beanValue }
    }

    /// A number that only goes up until it is reset.
    package static func counter(
        _ name: String,
        _ documentation: String,
        get: @escaping @Sendable (Bean) -> some BeanRepresentable
    ) -> Self {
        Self(name, documentation, metric: .counter) { get($0).beanValue }
    }

    /// Something that is or is not.
    package static func flag(
        _ name: String,
        _ documentation: String,
        get: @escaping @Sendable (Bean) -> Bool
    ) -> Self {
        Self(name, documentation, metric: .flag) { .bool(get($0)) }
    }

    /// Text for people; nil shows nothing.
    package static func text(
        _ name: String,
        _ documentation: String,
        get: @escaping @Sendable (Bean) -> String?
    ) -> Self {
        Self(name, documentation, metric: .text) { get($0)?.beanValue ?? .null }
    }

    /// Several texts.
    package static func list(
        _ name: String,
        _ documentation: String,
        get: @escaping @Sendable (Bean) -> [String]
    ) -> Self {
        Self(name, documentation, metric: .text) { .strings(get($0)) }
    }

    /// Any other value for people: an object name, several of them, a composite.
    package static func value(
        _ name: String,
        _ documentation: String,
        get: @escaping @Sendable (Bean) -> some BeanRepresentable
    ) -> Self {
        Self(name, documentation, metric: .text) { get($0).beanValue }
    }

    /// The same attribute, which a management client may set.
    ///
    /// The text that the client sends is converted to the setter's type first, with the rules of a
    /// configuration file; a text that cannot be converted is refused before the setter is called.
    package func writable<Value: AttributeConvertible>(
        _ set: @escaping @Sendable (Bean, Value) throws -> Void
    ) -> Self {
        let info = self.info
        return Self(
            info.name,
            info.documentation,
            metric: info.metric,
            isSetting: info.isSetting,
            read: self.read,
            write: { bean, text in try set(bean, Value(attributeText: text)) }
        )
    }
}

extension BeanAttribute {
    /// The same attribute, which a management client may set through what the bean stands for.
    package func set(by write: @escaping @Sendable (Bean, String) throws -> Void) -> Self {
        Self(
            self.info.name,
            self.info.documentation,
            metric: self.info.metric,
            isSetting: self.info.isSetting,
            read: self.read,
            write: write
        )
    }
}

extension Attribute {
    /// The attribute as a bean shows it that has such a configuration somewhere; read-only.
    package func shown<Bean>(
        by configuration: @escaping @Sendable (Bean) -> Configuration
    ) -> BeanAttribute<Bean> {
        let read = self.read
        return BeanAttribute(
            self.info.name,
            self.info.documentation,
            metric: self.info.type.metric,
            isSetting: true,
            read: { read(configuration($0)) }
        )
    }
}

extension ComponentDescriptor {
    /// The component's attributes as its bean shows them; those that do nothing are left out.
    ///
    /// Components whose class an operator chooses by `className` show that too.
    package var beanAttributes: [BeanAttribute<Component>] {
        let className = self.className
        let shown = BeanAttribute<Component>.text("className", "The class that was chosen") { _ in className }
        return (self.kind.isChosenByClassName ? [shown] : []) + self.configured
    }

    private var configured: [BeanAttribute<Component>] {
        self.attributes.filter { !$0.info.isIgnored }.map { attribute in
            BeanAttribute(
                attribute.info.name,
                attribute.info.documentation,
                metric: attribute.info.type.metric,
                isSetting: true,
                read: { attribute.read($0.configuration) },
                write: { component, text in
                    try component.reconfigure { try attribute.write(&$0, text) }
                }
            )
        }
    }
}

extension ComponentKind {
    fileprivate var isChosenByClassName: Bool {
        switch self {
        case .valve, .realm, .manager, .store, .cluster, .deployer, .loader, .sessionIdGenerator: true
        default: false
        }
    }
}

extension AttributeType {
    fileprivate var metric: BeanMetric {
        switch self {
        case .int, .long, .double: .gauge
        case .bool: .flag
        case .string, .list, .words: .text
        }
    }
}
