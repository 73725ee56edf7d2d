package import Modeler

/// A `<Resource>` of the global or an application's resources; further attributes are its factory's.
///
/// Source: `org.apache.tomcat.util.descriptor.web.ContextResource`.
package struct ContextResource: PlainSettings {
    package var name = ""
    package var type = ""
    package var auth: String?
    package var scope = "Shareable"
    package var singleton = true
    package var factory: String?
    package var closeMethod: String?
    package var description: String?
    /// Attributes of the factory, by name.
    package var properties: [String: String] = [:]

    package static let descriptor = ComponentDescriptor<PlainElement<ContextResource>>(
        className: "org.apache.tomcat.util.descriptor.web.ContextResource",
        kind: .namedResource,
        "A named object that a factory makes",
        defaults: ContextResource(),
        attributes: [
            Attribute("name", \.name, "Name under which it is found"),
            Attribute("type", \.type, "Java type that it stands for"),
            Attribute("auth", \.auth, "Container or Application"),
            Attribute("scope", \.scope, "Shareable or Unshareable"),
            Attribute("singleton", \.singleton, "Whether it is made once"),
            Attribute("factory", \.factory, "Class name of its factory"),
            Attribute("closeMethod", \.closeMethod, "Accepted; resources are closed by their owner"),
            Attribute("description", \.description, "Text for the reader of the file"),
        ],
        open: OpenAttributes("Attributes of the factory") { settings, name, text in
            settings.properties[name] = text
            return true
        }
    )
}

/// A name and a value that web.xml may replace.
protocol NamedValue: PlainSettings {
    var name: String { get set }
    var value: String { get set }
    var override: Bool { get set }
    var description: String? { get set }
}

extension NamedValue {
    fileprivate static var valueAttributes: [Attribute<Self>] {
        [
            Attribute("name", \.name, "Name under which it is found"),
            Attribute("value", \.value, "The value"),
            Attribute("override", \.override, "Whether web.xml may replace it"),
            Attribute("description", \.description, "Text for the reader of the file"),
        ]
    }
}

/// An `<Environment>` entry.
///
/// Source: `org.apache.tomcat.util.descriptor.web.ContextEnvironment`.
package struct ContextEnvironment: NamedValue {
    package var name = ""
    package var type = "java.lang.String"
    package var value = ""
    package var override = true
    package var description: String?

    package static let descriptor = ComponentDescriptor<PlainElement<ContextEnvironment>>(
        className: "org.apache.tomcat.util.descriptor.web.ContextEnvironment",
        kind: .namedResource,
        "A named value",
        defaults: ContextEnvironment(),
        attributes: Self.valueAttributes + [Attribute("type", \.type, "Java type of the value")]
    )
}

/// A `<Parameter>`: a context parameter outside web.xml.
///
/// Source: `org.apache.tomcat.util.descriptor.web.ApplicationParameter`.
package struct ApplicationParameter: NamedValue {
    package var name = ""
    package var value = ""
    package var override = true
    package var description: String?

    package static let descriptor = ComponentDescriptor<PlainElement<ApplicationParameter>>(
        className: "org.apache.tomcat.util.descriptor.web.ApplicationParameter",
        kind: .namedResource,
        "A context parameter",
        defaults: ApplicationParameter(),
        attributes: Self.valueAttributes
    )
}

/// `<GlobalNamingResources>`: collects what it contains.
///
/// Source: `org.apache.catalina.deploy.NamingResourcesImpl`.
package final class NamingResources: ConfigurableComponent {
    package struct Configuration: Sendable {}

    package static let descriptor = ComponentDescriptor<NamingResources>(
        className: "org.apache.catalina.deploy.NamingResourcesImpl",
        kind: .other,
        "Named objects and values",
        defaults: Configuration(),
        attributes: []
    )

    package let configuration: Configuration
    package var resources: [ContextResource] = []
    package var environment: [ContextEnvironment] = []

    package init(configuration: Configuration) { self.configuration = configuration }
}
