package import Modeler

/// A `<Resource>` of the global or an application's resources; further attributes are its factory's.
///
/// Source: `org.apache.tomcat.util.descriptor.web.ContextResource`.
package final class ContextResource: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable {
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
    }

    package static let className = "org.apache.tomcat.util.descriptor.web.ContextResource"

    package static let descriptor = ComponentDescriptor<ContextResource>(
        className: ContextResource.className,
        kind: .namedResource,
        "A named object that a factory makes",
        defaults: Configuration(),
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
        open: OpenAttributes("Attributes of the factory") { configuration, name, text in
            configuration.properties[name] = text
            return true
        }
    )

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }
}

/// An `<Environment>` entry.
///
/// Source: `org.apache.tomcat.util.descriptor.web.ContextEnvironment`.
package final class ContextEnvironment: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable {
        package var name = ""
        package var type = "java.lang.String"
        package var value = ""
        package var override = true
        package var description: String?
    }

    package static let className = "org.apache.tomcat.util.descriptor.web.ContextEnvironment"

    package static let descriptor = ComponentDescriptor<ContextEnvironment>(
        className: ContextEnvironment.className,
        kind: .namedResource,
        "A named value",
        defaults: Configuration(),
        attributes: [
            Attribute("name", \.name, "Name under which it is found"),
            Attribute("type", \.type, "Java type of the value"),
            Attribute("value", \.value, "The value"),
            Attribute("override", \.override, "Whether web.xml may replace it"),
            Attribute("description", \.description, "Text for the reader of the file"),
        ]
    )

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }
}

/// A `<Parameter>`: a context parameter outside web.xml.
///
/// Source: `org.apache.tomcat.util.descriptor.web.ApplicationParameter`.
package final class ApplicationParameter: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable {
        package var name = ""
        package var value = ""
        package var override = true
        package var description: String?
    }

    package static let className = "org.apache.tomcat.util.descriptor.web.ApplicationParameter"

    package static let descriptor = ComponentDescriptor<ApplicationParameter>(
        className: ApplicationParameter.className,
        kind: .namedResource,
        "A context parameter",
        defaults: Configuration(),
        attributes: [
            Attribute("name", \.name, "Name of the parameter"),
            Attribute("value", \.value, "Its value"),
            Attribute("override", \.override, "Whether web.xml may replace it"),
            Attribute("description", \.description, "Text for the reader of the file"),
        ]
    )

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }
}

/// `<GlobalNamingResources>`: collects what it contains.
///
/// Source: `org.apache.catalina.deploy.NamingResourcesImpl`.
package final class NamingResources: ConfigurableComponent {
    package struct Configuration: Sendable {}

    package static let className = "org.apache.catalina.deploy.NamingResourcesImpl"

    package static let descriptor = ComponentDescriptor<NamingResources>(
        className: NamingResources.className,
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

/// `<Loader>`: accepted, since how modules are opened has no alternatives.
///
/// Source: `org.apache.catalina.loader.WebappLoader`.
package final class WebappLoaderElement: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable {
        package var delegate = false
        package var reloadable = false
        package var loaderClass: String?
    }

    package static let className = "org.apache.catalina.loader.WebappLoader"

    package static let descriptor = ComponentDescriptor<WebappLoaderElement>(
        className: WebappLoaderElement.className,
        kind: .loader,
        "Opens the application's modules",
        defaults: Configuration(),
        attributes: [
            Attribute("delegate", \.delegate, "Accepted; modules keep their libraries to themselves"),
            Attribute("reloadable", \.reloadable, "Accepted; the Context's attribute counts"),
            Attribute("loaderClass", \.loaderClass, "Accepted; there is one loader"),
        ]
    )

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }
}
