package import Foundation
import NIOPosix

/// Compilers of this machine, for tests that need a shared library which does not exist yet.
package enum Compiler {
    /// A C compiler; `nil` if there is none on the PATH.
    package static let c = Self.find("cc") ?? Self.find("clang") ?? Self.find("gcc")
    /// The Swift compiler; `nil` if there is none on the PATH, or the products of the build are not where expected.
    package static let swift = Self.find("swiftc").flatMap { Self.modules == nil ? nil : $0 }

    /// The directory of the build's libraries.
    package static let products = Self.executable.deletingLastPathComponent()
    /// The directory of the build's module files.
    package static var modules: URL? {
        let directory = self.products.appending(path: "Modules")
        let module = directory.appending(path: "ServletAPI.swiftmodule").path
        return FileManager.default.fileExists(atPath: module) ? directory : nil
    }

    private static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()

    private static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Compiles C source into a shared library.
    ///
    /// - Throws: ``VectorError`` with what the compiler says.
    package static func library(c source: String, to path: String, in tree: FileTree, _ options: [String] = []) throws {
        let file = try tree.write("\(UUID().uuidString).c", source)
        try self.run(self.c ?? "cc", ["-shared", "-fPIC", "-o", path, file] + options)
    }

    /// Where Swift is compiled, one library at a time: it takes seconds, and the tests share few threads.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    /// Compiles Swift source into a shared library that uses ServletAPI.
    ///
    /// - Throws: ``VectorError`` with what the compiler says.
    package static func library(
        swift source: String,
        named name: String,
        to path: String,
        in tree: FileTree
    ) async throws {
        let file = try tree.write("\(name).swift", source)
        let modules = self.modules?.path ?? ""
        let options = ["-emit-library", "-module-name", name, "-I", modules, "-L", self.products.path, "-lServletAPI"]
        try await self.threads.runIfActive {
            try self.run(self.swift ?? "swiftc", options + ["-Xlinker", "-soname=lib\(name).so", "-o", path, file])
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw VectorError.unexpected(text) }
    }
}
