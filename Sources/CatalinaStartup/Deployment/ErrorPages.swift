import CatalinaCore
import Modeler

/// Gives a host the valve that writes the pages of errors without one of their own.
///
/// Source: `StandardHost.startInternal`.
enum ErrorPages {
    /// Adds the valve that `errorReportValveClass` names, unless the host has one of that class.
    static func addReporter(to host: StandardHost) {
        let className = host.configuration.errorReportValveClass
        guard !className.isEmpty else { return }
        do {
            guard case .implemented(let descriptor)? = Components.registry[className],
                let valve = try descriptor.instantiate().build() as? any Valve
            else { throw LifecycleError("There is no such class") }
            guard !host.pipeline.valves.contains(where: { type(of: $0) == type(of: valve) }) else { return }
            host.pipeline.add(valve)
        } catch {
            CategoryLogger("org.apache.catalina.core.StandardHost").error(
                "startInternal",
                "Could not load specified error report valve class: [\(className)]",
                error
            )
        }
    }
}
