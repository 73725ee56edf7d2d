/// A component descriptor without its type, as the registry keeps it.
package struct AnyComponentDescriptor: Sendable {
    package let className: String
    package let aliases: [String]
    package let kind: ComponentKind
    package let summary: String
    /// The attributes with their defaults, in the order of the table.
    package let attributes: [(info: AttributeInfo, defaultValue: BeanValue)]
    /// Says which further names are taken, if any are.
    package let openAttributes: String?
    private let makeBuilder: @Sendable () -> any ComponentBuilding

    package init<Component>(_ descriptor: ComponentDescriptor<Component>) {
        self.className = descriptor.className
        self.aliases = descriptor.aliases
        self.kind = descriptor.kind
        self.summary = descriptor.summary
        self.attributes = descriptor.attributes.map { ($0.info, $0.read(descriptor.defaults)) }
        self.openAttributes = descriptor.open?.documentation
        self.makeBuilder = { TypedComponentBuilder(descriptor: descriptor, configuration: descriptor.defaults) }
    }

    /// A builder that holds the defaults.
    package func instantiate() -> ComponentBuilder {
        ComponentBuilder(building: self.makeBuilder())
    }
}

/// Collects the attributes of one element, then makes its component.
///
/// The Digester sets every attribute at the start tag and builds at once, before the children are
/// read; an attribute that is refused leaves the default in force.
package struct ComponentBuilder {
    private var building: any ComponentBuilding

    init(building: any ComponentBuilding) {
        self.building = building
    }

    /// Sets one attribute from its text.
    /// - Throws: ``AttributeError``; the builder is unchanged and can still build.
    package mutating func set(_ name: String, to text: String) throws(AttributeError) {
        try self.building.set(name, to: text)
    }

    /// Makes the component; its type is that of the descriptor.
    package func build() throws -> Any {
        try self.building.build()
    }
}

protocol ComponentBuilding {
    mutating func set(_ name: String, to text: String) throws(AttributeError)
    func build() throws -> Any
}

private struct TypedComponentBuilder<Component: ConfigurableComponent>: ComponentBuilding {
    let descriptor: ComponentDescriptor<Component>
    var configuration: Component.Configuration

    mutating func set(_ name: String, to text: String) throws(AttributeError) {
        try self.descriptor.set(name, to: text, in: &self.configuration)
    }

    func build() throws -> Any {
        try self.descriptor.make(self.configuration)
    }
}
