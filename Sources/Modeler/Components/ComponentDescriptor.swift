/// Everything said about a component, once: class name, kind, defaults and attributes.
///
/// ```swift
/// package static let descriptor = ComponentDescriptor<HealthCheckValve>(
///     className: "org.apache.catalina.valves.HealthCheckValve",
///     kind: .valve,
///     "Answers an orchestrator's health check",
///     defaults: Configuration(),
///     attributes: [Attribute("path", \.path, "Path that answers the check")]
/// )
/// ```
package struct ComponentDescriptor<Component: ConfigurableComponent>: Sendable {
    package typealias Configuration = Component.Configuration

    /// The Java class name that selects the component in a configuration file.
    package let className: String
    /// Other class names that select it: older names, variants that differ in Java only.
    package let aliases: [String]
    package let kind: ComponentKind
    /// One sentence for the operator's manual.
    package let summary: String
    package let defaults: Configuration
    package let attributes: [Attribute<Configuration>]
    let open: OpenAttributes<Configuration>?
    let make: @Sendable (Configuration) throws -> Component
    let index: [String: Int]

    /// Describes a component; `open` takes the attributes whose names the table cannot list, `make` makes
    /// the component where more is needed than its configuration.
    package init(
        className: String,
        aliases: [String] = [],
        kind: ComponentKind,
        _ summary: String = "",
        defaults: Configuration,
        attributes: [Attribute<Configuration>],
        open: OpenAttributes<Configuration>? = nil,
        make: @escaping @Sendable (Configuration) throws -> Component = { try Component(configuration: $0) }
    ) {
        self.className = className
        self.aliases = aliases
        self.kind = kind
        self.summary = summary
        self.defaults = defaults
        self.attributes = attributes
        self.open = open
        self.make = make
        var index: [String: Int] = [:]
        for (position, attribute) in attributes.enumerated() {
            for name in [attribute.info.name] + attribute.info.aliases {
                precondition(index.updateValue(position, forKey: name) == nil, "\(className) has \(name) twice")
            }
        }
        self.index = index
    }

    /// The component with the attributes given, the defaults for the others.
    package func component(_ attributes: [(String, String)] = []) throws -> Component {
        var configuration = self.defaults
        for (name, value) in attributes {
            try self.set(name, to: value, in: &configuration)
        }
        return try self.make(configuration)
    }

    /// Sets one attribute from its text.
    package func set(
        _ name: String,
        to text: String,
        in configuration: inout Configuration
    ) throws(AttributeError) {
        if let position = self.index[name] {
            do {
                try self.attributes[position].write(&configuration, text)
            } catch {
                throw .notConvertible(name: name, text: text, expected: error.expected)
            }
        } else if self.open?.write(&configuration, name, text) != true {
            throw .unknown(name: name, nearest: NearestName.nearest(to: name, among: self.index.keys.sorted()))
        }
    }
}

/// Takes attributes with names that no table lists: `socket.…` of a Connector, a Resource's factory attributes.
package struct OpenAttributes<Configuration: Sendable>: Sendable {
    /// Which names are taken and what they mean, for the operator's manual.
    package let documentation: String
    /// Stores the attribute, or returns false if it is none of its names.
    package let write: @Sendable (inout Configuration, _ name: String, _ text: String) -> Bool

    package init(
        _ documentation: String,
        write: @escaping @Sendable (inout Configuration, _ name: String, _ text: String) -> Bool
    ) {
        self.documentation = documentation
        self.write = write
    }
}
