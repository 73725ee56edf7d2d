import Foundation
import Modeler
import Testing

@Suite final class RegularFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "caracal-regular-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    private func path(_ name: String) -> String { self.folder.appending(path: name).path(percentEncoded: false) }

    @Test("a file is read whole, whatever its size", arguments: [0, 1, 65_535, 65_536, 200_000])
    func reads(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: self.folder.appending(path: "a"))
        #expect(try RegularFile.read(self.path("a")) == bytes)
        #expect(RegularFile.contents(of: self.path("a")) == bytes)
        #expect(FileIdentity(path: self.path("a"))?.size == Int64(size))
    }

    @Test("a file of the kernel, whose size is not known beforehand, is read too")
    func kernelFile() throws {
        #expect(try !RegularFile.read("/proc/self/status").isEmpty)
    }

    @Test("what is no file, or too large a one, is refused with the system's reason")
    func refuses() throws {
        let large = self.path("large")
        #expect(FileManager.default.createFile(atPath: large, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: large))
        try handle.truncate(atOffset: UInt64(RegularFile.sizeMaximum + 1))
        try handle.close()
        let rows: [(String, Int32, String)] = [
            (self.path("missing"), ENOENT, "No such file or directory"), (self.path(""), EISDIR, "Is a directory"),
            ("/dev/null", EISDIR, "Is a directory"), (large, EFBIG, "File too large"),
        ]
        for (path, code, text) in rows {
            #expect(throws: FileError(path: path, code: code)) { try RegularFile.read(path) }
            #expect("\(FileError(path: path, code: code))" == "\(path): \(text)")
            #expect(RegularFile.contents(of: path) == nil)
        }
        #expect(FileIdentity(path: self.path("")) == nil && FileIdentity(path: self.path("missing")) == nil)
    }

    @Test("an identity tells a file that was written again")
    func identity() throws {
        try Data("a".utf8).write(to: self.folder.appending(path: "a"))
        let first = try #require(FileIdentity(path: self.path("a")))
        #expect(FileIdentity(path: self.path("a")) == first)
        try Data("ab".utf8).write(to: self.folder.appending(path: "a"))
        #expect(FileIdentity(path: self.path("a")) != first)
    }
}
