import Foundation

/// The files of one test, deleted when the last reference to them is gone.
package final class FileTree: Sendable {
    package let path: String

    /// - Throws: Foundation's error if it cannot be made.
    package init(_ name: String = "test") throws {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        self.path = folder.appending(path: "caracal-\(name)-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit { self.discard() }

    /// Deletes everything.
    package func discard() {
        // A directory that cannot be removed is left to the system, which empties its folder for such files.
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// The path of an entry; it need not exist.
    package subscript(_ name: String) -> String { name.hasPrefix("/") ? self.path + name : "\(self.path)/\(name)" }

    /// Writes a file, making the directories on the way, and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String { try self.write(name, Array(text.utf8)) }

    /// Writes a file, making the directories on the way, and returns its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(filePath: self[name])
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// Makes a directory and those above it, and returns its path.
    @discardableResult
    package func makeDirectory(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: self[name], withIntermediateDirectories: true)
        return self[name]
    }

    /// Makes a symbolic link.
    package func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: self[name], withDestinationPath: target)
    }

    /// Sets when a file was last modified, in milliseconds since 1970.
    package func touch(_ name: String, milliseconds: Int64) throws {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: self[name])
    }

    /// The content of a file; `nil` if there is none.
    package func bytes(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: self[name]).map { [UInt8]($0) }
    }

    /// The text of a file; `nil` if there is none.
    package func text(_ name: String) -> String? { self.bytes(name).map { String(decoding: $0, as: UTF8.self) } }

    /// Names in a directory, sorted.
    package func names(in name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self[name]).sorted()
    }

    /// Whether something is there.
    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name]) }

    /// Removes a file or a whole directory.
    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self[name]) }
}
