/// Why the libraries of an application cannot be used.
package struct ModuleError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with one library.
    package enum Reason: Equatable, Sendable {
        /// It is no shared library for this machine.
        case notALibrary
        /// It ends before what its header announces.
        case cutShort(announced: Int, found: Int)
        /// It was built for another version of ServletAPI.
        case otherVersion(Int)
        /// It has no entry point, and no module needs it.
        case noEntry
        /// Its entry point returned no module.
        case noModule
        /// The dynamic linker refuses it.
        case refused(String)
        /// It cannot be read or copied.
        case unreadable(String)
    }

    /// A library and what is wrong with it.
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
        package let library: String
        package let reason: Reason

        /// What is wrong, without the library's name.
        package var sentence: String {
            let name = "[\(self.library)]"
            let text = self.description
            return text.hasPrefix(name) ? String(text.dropFirst(name.count).drop { $0 == " " || $0 == ":" }) : text
        }

        package var description: String {
            switch self.reason {
            case .notALibrary: "[\(self.library)] is not a shared library for this machine"
            case .cutShort(let announced, let found):
                "[\(self.library)] is cut short: it has \(found) bytes, its header announces at least \(announced)"
            case .otherVersion(let version):
                "[\(self.library)] was built for ServletAPI \(version), this server has \(WebappLoader.apiVersion)"
            case .noEntry:
                "[\(self.library)] does not export \(WebappLoader.entrySymbol), and no module in WEB-INF/lib needs it"
            case .noModule: "[\(self.library)]: \(WebappLoader.entrySymbol) returned no module"
            case .refused(let text): "[\(self.library)] cannot be loaded: \(text)"
            case .unreadable(let text): "[\(self.library)] cannot be read: \(text)"
            }
        }
    }

    /// At least one.
    package let problems: [Problem]

    package var description: String { self.problems.map(\.description).joined(separator: "; ") }
}
