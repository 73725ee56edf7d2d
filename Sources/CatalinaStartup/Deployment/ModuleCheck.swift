import CatalinaCore
import ServerConfig
import Synchronization

/// Opens the modules of an application that is not going to run, to see what they offer; blocks.
///
/// Nothing of the instance is written: the modules are opened from copies in the folder for temporary files.
struct ModuleCheck {
    /// One for each library that keeps the application from starting.
    let problems: [ConfigProblem]
    /// Classes of the modules and of the container; `nil` if the modules cannot be asked.
    let offer: WebXmlClasses.Offer?

    private static let count = Atomic(0)

    static func ofFolder(_ folder: String) -> ModuleCheck {
        do {
            return try self.inTemporaryFolder { self.check(documents: folder, shownAs: folder, copies: $0) }
        } catch {
            return self.unreadable(folder, error)
        }
    }

    /// - Throws: why the archive cannot be read.
    static func ofArchive(_ archive: WarArchive) throws -> ModuleCheck {
        try self.inTemporaryFolder { copies in
            let folder = copies + "/unpacked"
            try FileIO.makeDirectories(folder)
            try archive.unpackLibraries(to: folder)
            return self.check(documents: folder, shownAs: archive.path + "!", copies: copies)
        }
    }

    private static func inTemporaryFolder(_ body: (String) throws -> ModuleCheck) throws -> ModuleCheck {
        let number = self.count.add(1, ordering: .relaxed).newValue
        let folder = "\(Places.temporary)/configtest-\(ProcessFacts.processID)-\(number)"
        try FileIO.makeDirectories(folder)
        let result: ModuleCheck
        do {
            result = try body(folder)
        } catch {
            try FileIO.removeTree(folder)
            throw error
        }
        // What was opened stays usable without its name.
        try FileIO.removeTree(folder)
        return result
    }

    private static func unreadable(_ place: String, _ error: any Error) -> ModuleCheck {
        let failure = ConfigError(.unreadable, file: place, String(describing: error))
        return ModuleCheck(problems: [ConfigProblem(unreadable: failure)], offer: nil)
    }

    private static func check(documents: String, shownAs shown: String, copies: String) -> ModuleCheck {
        let loader = WebappLoader()
        do {
            try loader.load(documentBase: documents, workDirectory: copies)
        } catch let error as ModuleError {
            let problems = error.problems.map { problem in
                let library = "\(shown)/WEB-INF/lib/\(problem.library)"
                return ConfigProblem(unreadable: ConfigError(.invalid, file: library, problem.sentence))
            }
            return ModuleCheck(problems: problems, offer: nil)
        } catch {
            return self.unreadable(shown + "/WEB-INF/lib", error)
        }
        let container = Components.containerClasses
        let own = loader.classNames
        let offer = WebXmlClasses.Offer(
            servlets: Set(own.servlets).union(container.servlets.keys),
            filters: Set(own.filters).union(container.filters.keys),
            listeners: Set(own.listeners).union(container.listeners.keys)
        )
        return ModuleCheck(problems: [], offer: offer)
    }
}
