package import Modeler

/// The `Loader` element of a context.
///
/// It holds what the file says; a ``ModuleLoader`` is made each time the context starts.
/// Tomcat counterpart: `org.apache.catalina.loader.WebappLoader`.
package final class WebappLoader: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable, Equatable {
        /// Accepted: a module always brings its own copies of libraries.
        package var delegate = false

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<WebappLoader>(
        className: "org.apache.catalina.loader.WebappLoader",
        kind: .loader,
        "Loads the modules of a web application",
        defaults: Configuration(),
        attributes: [
            Attribute("delegate", \.delegate, "Accepted; a module always brings its own libraries"),
            .ignored("loaderClass", "The Java class loader"),
            .ignored("reloadable", "Set it on the Context", type: .bool),
            .ignored("jakartaConverter", "A converter of Java classes"),
        ]
    )

    package let configuration: Configuration

    package init(configuration: Configuration) { self.configuration = configuration }
}
