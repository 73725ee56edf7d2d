import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct AccessLogFileTests {
    let tree: FileTree
    let clock = TestClock()

    init() throws { self.tree = try FileTree("log") }

    private func file(_ change: (inout AccessLogFile.Configuration) -> Void = { _ in }) throws -> AccessLogFile {
        var configuration = AccessLogFile.Configuration()
        configuration.directory = self.tree["logs"]
        configuration.prefix = "a"
        configuration.suffix = ".log"
        configuration.fileDateFormat = ".HH-mm"
        change(&configuration)
        let clock = self.clock
        return try AccessLogFile(configuration) { clock.now }
    }

    /// The name of the file at the clock's time.
    private var name: String {
        let date = SimpleDateFormat(".HH-mm")?.format(milliseconds: self.clock.now) ?? ""
        return "logs/a\(date).log"
    }

    @Test("lines wait until there are many, or the tick comes")
    func buffers() async throws {
        let file = try self.file()
        try await file.open()
        file.append("first")
        #expect(self.tree.text(self.name) == "")
        try await file.backgroundProcess()
        #expect(self.tree.text(self.name) == "first\n")
        let long = [UInt8](repeating: 0x78, count: 1000)
        for _ in 0..<100 { file.append(long) }
        try await file.close()
        #expect(self.tree.bytes(self.name)?.count == 6 + 100 * 1001)
    }

    @Test("a file takes the name of the time when its lines came")
    func followsTheDate() async throws {
        let file = try self.file()
        try await file.open()
        let first = self.name
        file.append("one")
        self.clock.advance(60_000)
        file.append("two")
        let second = self.name
        try await file.flush()
        #expect(first != second)
        #expect(self.tree.text(first) == "one\n")
        #expect(self.tree.text(second) == "two\n")
    }

    @Test("a file may get its date when it is finished")
    func renames() async throws {
        let file = try self.file { $0.renameOnRotate = true }
        try await file.open()
        let first = self.name
        file.append("one")
        try await file.flush()
        #expect(self.tree.text("logs/a.log") == "one\n")
        self.clock.advance(60_000)
        file.append("two")
        try await file.close()
        #expect(self.tree.text(first) == "one\n")
        #expect(self.tree.text("logs/a.log") == "two\n")
    }

    @Test("without rotation there is one file, which is continued")
    func continues() async throws {
        try self.tree.write("logs/a.log", "before\n")
        let file = try self.file { $0.rotatable = false }
        try await file.open()
        self.clock.advance(86_400_000)
        file.append("after")
        try await file.close()
        #expect(self.tree.text("logs/a.log") == "before\nafter\n")
    }

    @Test("a header stands at the top of a new file alone")
    func writesAHeader() async throws {
        for line in ["one", "two"] {
            let file = try self.file {
                $0.rotatable = false
                $0.header = "#head\n"
            }
            try await file.open()
            file.append(line)
            try await file.close()
        }
        #expect(self.tree.text("logs/a.log") == "#head\none\ntwo\n")
    }

    @Test("a file that someone removed is made anew if that is asked for")
    func checksExistence() async throws {
        let file = try self.file {
            $0.rotatable = false
            $0.checkExists = true
        }
        try await file.open()
        try self.tree.remove("logs/a.log")
        file.append("one")
        try await file.flush()
        #expect(self.tree.text("logs/a.log") == "one\n")
    }

    @Test("files that are too old are removed, others are not")
    func removesOldFiles() async throws {
        self.clock.advance(100 * 86_400_000)
        for name in ["a.old.log", "a.new.log", "b.old.log", "a.old.txt"] {
            try self.tree.write("logs/" + name, "x")
            let age: Int64 = name.contains("old") ? 10 : 1
            try self.tree.touch("logs/" + name, milliseconds: self.clock.now - age * 86_400_000)
        }
        let file = try self.file { $0.maxDays = 5 }
        try await file.open()
        try await file.backgroundProcess()
        #expect(!self.tree.exists("logs/a.old.log"))
        for name in ["a.new.log", "b.old.log", "a.old.txt"] { #expect(self.tree.exists("logs/" + name), "\(name)") }
    }

    @Test("a file can be set aside under a name")
    func rotates() async throws {
        let file = try self.file { $0.rotatable = false }
        try await file.open()
        file.append("one")
        #expect(try await file.rotate(to: self.tree["logs/aside"]))
        file.append("two")
        try await file.close()
        #expect(self.tree.text("logs/aside") == "one\n")
        #expect(self.tree.text("logs/a.log") == "two\n")
    }

    @Test("what cannot be written is dropped, not kept for ever")
    func bounds() async throws {
        try self.tree.write("file", "x")
        let file = try self.file { $0.directory = self.tree["file/below"] }
        try await file.open()
        let line = [UInt8](repeating: 0x78, count: 100_000)
        for _ in 0..<200 { file.append(line) }
        try await file.close()
        #expect(self.tree.text("file") == "x")
    }

    @Test("lines of many writers are whole and in each one's order")
    func keepsLines() async throws {
        let file = try self.file { $0.buffered = false }
        try await file.open()
        await withTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<500 { file.append("\(writer) \(number)") }
                }
            }
        }
        try await file.close()
        var next = [0, 0, 0, 0]
        for line in (self.tree.text(self.name) ?? "").split(separator: "\n") {
            let parts = line.split(separator: " ").compactMap { Int($0) }
            #expect(parts.count == 2)
            #expect(parts[1] == next[parts[0]])
            next[parts[0]] += 1
        }
        #expect(next == [500, 500, 500, 500])
    }

    @Test("a date format that is none is refused")
    func refusesFormats() throws {
        var configuration = AccessLogFile.Configuration()
        configuration.fileDateFormat = ".yyyy-MM-ddT"
        #expect(throws: LifecycleError.self) { try AccessLogFile(configuration) }
        configuration.rotatable = false
        _ = try AccessLogFile(configuration)
    }
}

extension AccessLogFile {
    fileprivate func append(_ line: String) { self.append(Array(line.utf8)) }

    fileprivate func append(_ line: [UInt8]) { line.withUnsafeBytes { self.append($0) } }
}
