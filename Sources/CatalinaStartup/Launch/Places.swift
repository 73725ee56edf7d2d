import Modeler

/// Where the program's and the instance's files are.
package enum Places {
    /// Folder of the program: `catalina.home`.
    package static var home: String { SystemProperties.shared["catalina.home"] ?? "." }
    /// Folder of the instance: `catalina.base`.
    package static var base: String { SystemProperties.shared["catalina.base"] ?? self.home }

    /// Folder for temporary files: `java.io.tmpdir`.
    package static var temporary: String { SystemProperties.shared["java.io.tmpdir"] ?? self.base + "/temp" }

    /// A path of a configuration file made absolute against CATALINA_BASE.
    package static func resolve(_ path: String) -> String { self.resolve(path, in: self.base) }

    /// A path made absolute against a folder.
    package static func resolve(_ path: String, in folder: String) -> String {
        if path.hasPrefix("file:") {
            return self.resolve(String(path.dropFirst(path.hasPrefix("file://") ? 7 : 5)), in: folder)
        }
        return path.hasPrefix("/") ? path : folder + "/" + path
    }
}
