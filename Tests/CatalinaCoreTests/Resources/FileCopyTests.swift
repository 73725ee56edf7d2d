import Glibc
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct FileCopyTests {
    @Test("a tree is copied over what is there, and nothing else is left")
    func copies() throws {
        let files = try FileTree("copy")
        let large = [UInt8](repeating: 7, count: 300_000)
        try files.write("source/a.txt", "a")
        try files.write("source/below/large.bin", large)
        try files.write("source/empty.txt", "")
        try files.write("target/a.txt", "what was there before")
        try FileIO.copyTree(files["source"], to: files["target"])
        #expect(files.text("target/a.txt") == "a")
        #expect(files.text("target/empty.txt") == "")
        #expect(files.bytes("target/below/large.bin") == large)
        #expect(try files.names(in: "target").sorted() == ["a.txt", "below", "empty.txt"])
        #expect(try files.names(in: "target/below") == ["large.bin"])
    }

    @Test("what is neither file nor directory is refused")
    func refuses() throws {
        let files = try FileTree("copy")
        #expect(mkfifo(files["pipe"], 0o600) == 0)
        #expect(throws: FileError("read", files["pipe"], code: EISDIR)) {
            try FileIO.copyTree(files["pipe"], to: files["target"])
        }
        #expect(!files.exists("target"))
    }
}
