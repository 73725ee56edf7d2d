package import Foundation

/// A directory of a test's own, deleted afterwards unless the test threw: then it is kept and named.
package struct TemporaryDirectory: Sendable {
    package let url: URL

    package var path: String { self.url.path(percentEncoded: false) }

    /// Makes a directory, runs the body and deletes the directory.
    ///
    /// - Throws: what the body throws.
    package static func run<Result>(_ body: (TemporaryDirectory) throws -> Result) throws -> Result {
        let directory = try TemporaryDirectory()
        do {
            let result = try body(directory)
            try FileManager.default.removeItem(at: directory.url)
            return result
        } catch {
            print("kept: \(directory.path)")
            throw error
        }
    }

    /// Makes a directory, runs the body and deletes the directory.
    ///
    /// - Throws: what the body throws.
    package static func runAsync<Result>(_ body: (TemporaryDirectory) async throws -> Result) async throws -> Result {
        let directory = try TemporaryDirectory()
        do {
            let result = try await body(directory)
            try FileManager.default.removeItem(at: directory.url)
            return result
        } catch {
            print("kept: \(directory.path)")
            throw error
        }
    }

    /// Makes a directory whose owner deletes it with ``remove()``.
    ///
    /// - Throws: Foundation's error when it cannot be made.
    package init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "caracal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    /// - Throws: Foundation's error when it cannot be deleted.
    package func remove() throws {
        try FileManager.default.removeItem(at: self.url)
    }

    /// The text of a file below this directory.
    ///
    /// - Throws: Foundation's error when there is no such file.
    package func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: self.url.appending(path: name)), as: UTF8.self)
    }

    /// Writes a file below this directory, whose own directories are made.
    ///
    /// - Throws: Foundation's error when it cannot be written.
    package func write(_ text: String, to name: String) throws {
        let file = self.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    /// Names in this directory or one below it, sorted.
    ///
    /// - Throws: Foundation's error when there is no such directory.
    package func names(in name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.url.appending(path: name).path(percentEncoded: false))
            .sorted()
    }
}
