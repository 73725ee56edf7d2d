import Glibc

/// A copy of an application's modules that stays in memory although the application no longer uses it.
///
/// What was loaded is never unloaded, so each reload or undeployment leaves one behind. Tomcat's search for class
/// loaders that were not collected answers the same question: what has reloading cost so far.
package struct RetiredModules: Sendable, Equatable {
    /// The application whose modules they were, as the manager shows it.
    package let displayName: String
    /// The folder of the copies, which may be gone.
    package let folder: String

    /// Those of the host's applications, past and present; blocks.
    ///
    /// - Throws: ``FileError`` if the process cannot look at its own memory.
    package static func current(of host: StandardHost) throws -> [RetiredModules] {
        let contexts = host.contexts
        let maps = try FileIO.kernelText("/proc/self/maps")
        let used = Set(contexts.compactMap { $0.loader?.imageFolder })
        let names = Dictionary(
            contexts.map { ($0.setup.workDirectory, ContextName(path: $0.path, version: $0.webappVersion).displayName) }
        ) { first, _ in first }
        let hosts = contexts.first.map { Self.parent(of: $0.setup.workDirectory) }
        return Self.folders(inMaps: maps, processID: ProcessFacts.processID).filter { !used.contains($0) }.compactMap {
            folder in
            let work = Self.parent(of: Self.parent(of: folder))
            if let name = names[work] { return RetiredModules(displayName: name, folder: folder) }
            guard Self.parent(of: work) == hosts else { return nil }
            let base = String(work.dropFirst(Self.parent(of: work).utf8.count + 1))
            let name = ContextName(fileName: base, strippingExtension: false)
            return RetiredModules(displayName: name.displayName, folder: folder)
        }
    }

    /// The folders `…/modules/PID-N` of which a library is mapped, sorted.
    static func folders(inMaps text: String, processID: Int32) -> [String] {
        let marker = "/modules/\(processID)-"
        var folders: Set<String> = []
        for line in text.split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/"), let range = line[slash...].firstRange(of: marker),
                let end = line[range.upperBound...].firstIndex(of: "/")
            else { continue }
            folders.insert(String(line[slash..<end]))
        }
        return folders.sorted()
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
