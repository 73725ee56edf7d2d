package import CatalinaCore
package import Modeler

/// Logs what runs where, once at start.
///
/// Source: `org.apache.catalina.startup.VersionLoggerListener`.
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
        self.log("Runtime:               \(SystemFacts.runtime)")
        self.log("CATALINA_BASE:         \(Places.base)")
        self.log("CATALINA_HOME:         \(Places.home)")
        if self.configuration.logProps {
            for (name, value) in SystemProperties.shared.all.sorted(by: { $0.key < $1.key }) {
                self.log("System property:       \(name) = \(Self.isSecret(name) ? "***" : value)")
            }
        }
    }

    /// Names that are likely to hold a secret; their values never reach a log.
    private static func isSecret(_ name: String) -> Bool {
        let lower = name.lowercased()
        return ["password", "secret", "token", "key"].contains { lower.contains($0) }
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
