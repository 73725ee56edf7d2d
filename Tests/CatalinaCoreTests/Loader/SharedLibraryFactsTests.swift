import Foundation
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct SharedLibraryFactsTests {
    private func facts(_ bytes: [UInt8]) -> SharedLibraryFacts? {
        bytes.withUnsafeBytes { SharedLibraryFacts($0, symbolsWithPrefix: ["servlet_", "caracal_"]) }
    }

    @Test(
        "what is no shared library has no facts",
        arguments: [[], Array("#!/bin/sh\n".utf8), [0x7f, 0x45, 0x4c, 0x46]]
    )
    func refuses(bytes: [UInt8]) {
        #expect(self.facts(bytes) == nil)
        #expect(self.facts(bytes + [UInt8](repeating: 0, count: 100)) == nil)
    }

    @Test("an executable is no shared library that can be loaded as one")
    func refusesObjectFiles() throws {
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        header[16] = 1
        header[18] = 62
        #expect(self.facts(header) == nil)
    }

    @Test("names and symbols are read from the tables", .enabled(if: Compiler.c != nil, "no C compiler"))
    func reads() throws {
        let tree = try FileTree("elf")
        let source = """
            extern void caracal_servlet_api_7(void);
            extern int other(void);
            void *servlet_module_entry(void) { caracal_servlet_api_7(); other(); return 0; }
            """
        try Compiler.library(
            c: source,
            to: tree["a.so"],
            in: tree,
            ["-Wl,-soname,liba.so.1", "-lm", "-Wl,--no-as-needed"]
        )
        let bytes = try #require(tree.bytes("a.so"))
        let facts = try #require(self.facts(bytes))
        #expect(facts.soname == "liba.so.1")
        #expect(facts.defined == ["servlet_module_entry"])
        #expect(facts.undefined == ["caracal_servlet_api_7"])
        #expect(facts.needed.contains { $0.hasPrefix("libc.so") })
    }

    @Test("damaged tables are survived", .enabled(if: Compiler.c != nil, "no C compiler"))
    func survivesDamage() throws {
        let tree = try FileTree("elf")
        try Compiler.library(c: "int servlet_x(void) { return 1; }", to: tree["a.so"], in: tree)
        let bytes = try #require(tree.bytes("a.so"))
        for length in stride(from: 0, to: bytes.count, by: 97) { _ = self.facts(Array(bytes[..<length])) }
        var random = SeededGenerator(seed: 7)
        let headers = Int(bytes[40..<48].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<4 {
                let isHeader = Bool.random(using: &random)
                let index =
                    isHeader
                    ? Int.random(in: 0..<64, using: &random) : Int.random(in: headers..<bytes.count, using: &random)
                damaged[index] = UInt8.random(in: 0...255, using: &random)
            }
            _ = self.facts(damaged)
        }
    }
}
