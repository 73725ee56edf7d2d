import Modeler

/// Where relative paths of the configuration begin.
package enum BaseDirectory {
    /// A path made absolute below CATALINA_BASE.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let base = SystemProperties.shared["catalina.base"] else { return path }
        return base + "/" + path
    }
}
