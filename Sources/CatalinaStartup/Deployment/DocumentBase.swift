import CatalinaCore
import Synchronization

/// Finds the folder that an application runs from, and unpacks its archive if need be; blocks.
///
/// An archive is unpacked beside itself in appBase or, with `unpackWARs="false"`, in the application's work folder:
/// modules can only be opened from a folder.
/// Source: `ContextConfig.fixDocBase`.
struct DocumentBase: Sendable {
    /// What was found.
    struct Found: Sendable, Equatable {
        let folder: String
        /// As management shows it: relative to appBase, or a path.
        let docBase: String
    }

    /// Folder of an archive that is not unpacked in appBase, below the work folder.
    static let unpackedName = "/war"

    let rules: DeploymentRules
    let name: ContextName
    let unpacks: Bool
    let workDirectory: String

    /// - Throws: why the archive cannot be unpacked.
    func find(_ docBase: String?) throws -> Found {
        let given = Places.resolve(docBase ?? self.name.baseName, in: self.rules.appBase)
        if given.lowercased().hasSuffix(".war"), FileStatus(given)?.kind != .directory {
            return try self.open(WarArchive(given))
        }
        let archive = WarArchive(given + ".war")
        let hasArchive = given.hasPrefix(self.rules.appBase + "/") && FileStatus(archive.path) != nil
        if hasArchive, FileStatus(given) == nil { return try self.open(archive) }
        if hasArchive, self.unpacks { try archive.unpack(to: self.rules.folder(of: self.name)) }
        return Found(folder: given, docBase: self.shown(given))
    }

    private func open(_ archive: WarArchive) throws -> Found {
        let folder =
            self.unpacks ? self.rules.folder(of: self.name) : self.workDirectory + Self.unpackedName
        try archive.unpack(to: folder)
        return Found(folder: folder, docBase: self.shown(self.unpacks ? folder : archive.path))
    }

    private func shown(_ path: String) -> String {
        let base = self.rules.appBase + "/"
        return path.hasPrefix(base) ? String(path.dropFirst(base.count)) : path
    }
}

/// A copy of an application's files below the folder for temporary ones, so that the originals can be replaced while
/// the copy is served.
///
/// Source: `ContextConfig.antiLocking`.
enum DocumentCopy {
    private static let count = Atomic(0)

    /// Copies a folder and returns the path of the copy; blocks.
    static func make(of folder: String, name: ContextName) throws -> String {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).oldValue
        let copy = Places.temporary + "/\(number)-\(name.baseName)"
        try FileIO.removeTree(copy)
        try FileIO.makeDirectories(Places.temporary)
        try FileIO.copyTree(folder, to: copy)
        return copy
    }
}
