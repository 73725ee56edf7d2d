package import CatalinaCore
package import Modeler

/// Logs what runs where, once at start.
///
/// Source: `org.apache.catalina.startup.VersionLoggerListener`; differs from it in: there is no Java home, values of
/// likely secrets are masked.
package final class VersionLoggerListener: LifecycleListener, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Whether the command line's options are logged.
        package var logArgs = true
        /// Whether environment variables are logged.
        package var logEnv = false
        /// Whether system properties are logged.
        package var logProps = false
    }

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<VersionLoggerListener>(
        className: "org.apache.catalina.startup.VersionLoggerListener",
        kind: .listener,
        "Logs what runs where, once at start",
        defaults: Configuration(),
        attributes: [
            Attribute("logArgs", \.logArgs, "Whether the command line's options are logged"),
            Attribute("logEnv", \.logEnv, "Whether environment variables are logged"),
            Attribute("logProps", \.logProps, "Whether system properties are logged"),
        ]
    )

    package func lifecycleEvent(_ event: LifecycleEvent) async throws {
        guard event.kind == .beforeInit else { return }
        let system = SystemFacts.current
        self.log("Server version name:   \(ServerInfo.name)")
        self.log("Server built:          \(ServerInfo.built)")
        self.log("Server version number: \(ServerInfo.number)")
        self.log("OS Name:               \(system.name)")
        self.log("OS Version:            \(system.version)")
        self.log("Architecture:          \(system.architecture)")
        self.log("JVM Version:           \(SystemFacts.runtime)")
        self.log("JVM Vendor:            \(SystemFacts.vendor)")
        self.log("CATALINA_BASE:         \(Places.base)")
        self.log("CATALINA_HOME:         \(Places.home)")
        if self.configuration.logArgs {
            for word in ProcessFacts.arguments where word.hasPrefix("-") { self.log("Command line argument: \(word)") }
        }
        if self.configuration.logEnv {
            for (name, value) in ProcessFacts.environment { self.log("Environment variable:  \(name) = \(value)") }
        }
        if self.configuration.logProps {
            for (name, value) in SystemProperties.shared.shown { self.log("System property:       \(name) = \(value)") }
        }
    }

    private func log(_ line: String) {
        CategoryLogger("org.apache.catalina.startup.VersionLoggerListener").info("log", line)
    }
}

/// Puts the global resources among the managed beans.
///
/// Source: `org.apache.catalina.mbeans.GlobalResourcesLifecycleListener`.
package final class GlobalResourcesLifecycleListener: LifecycleListener, ConfigurableComponent {
    package struct Configuration: Sendable {}

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<GlobalResourcesLifecycleListener>(
        className: "org.apache.catalina.mbeans.GlobalResourcesLifecycleListener",
        kind: .listener,
        "Puts the global resources among the managed beans",
        defaults: Configuration(),
        attributes: []
    )

    package func lifecycleEvent(_ event: LifecycleEvent) async throws {}
}
