import Glibc
import TestSupport
import Testing

@testable import Juli

@Suite struct FileHandlerTests {
    let fixture = LogFixture()

    func handler(
        in directory: String,
        _ adjust: (inout FileHandler.Configuration) -> Void = { _ in }
    ) -> FileHandler {
        var configuration = FileHandler.Configuration()
        configuration.directory = directory
        configuration.prefix = "catalina."
        adjust(&configuration)
        return FileHandler(
            level: .all,
            configuration: configuration,
            formatter: VerbatimFormatter(),
            clock: self.fixture.clock(),
            diagnostics: { self.fixture.note($0) }
        )
    }

    func record(_ message: String) -> LogRecord { .sample(message, at: self.fixture.now) }

    @Test("makes its directory and begins a file with the day's first record")
    func rotates() throws {
        try TemporaryDirectory.run { directory in
            let handler = self.handler(in: directory.path + "/a/b")
            handler.publish(self.record("one"))
            self.fixture.now.seconds += 86_400
            handler.publish(self.record("two"))
            try #expect(directory.text(of: "a/b/catalina.2026-11-21.log") == "one\n")
            try #expect(directory.text(of: "a/b/catalina.2026-11-22.log") == "two\n")
            #expect(self.fixture.diagnostics.isEmpty)
        }
    }

    @Test("appends to the file that is there")
    func appends() throws {
        try TemporaryDirectory.run { directory in
            try directory.write("before\n", to: "catalina.2026-11-21.log")
            self.handler(in: directory.path).publish(self.record("after"))
            try #expect(directory.text(of: "catalina.2026-11-21.log") == "before\nafter\n")
        }
    }

    @Test("without rotation there is one file")
    func notRotatable() throws {
        try TemporaryDirectory.run { directory in
            let handler = self.handler(in: directory.path) {
                $0.rotatable = false
                $0.maxDays = 1
            }
            handler.publish(self.record("one"))
            self.fixture.now.seconds += 86_400 * 3
            handler.publish(self.record("two"))
            try #expect(directory.names() == ["catalina..log"])
        }
    }

    @Test("deletes its own files that are older than maxDays, and no others")
    func maxDays() throws {
        try TemporaryDirectory.run { directory in
            for name in [
                "catalina.2026-11-18.log", "catalina.2026-11-19.log", "catalina.2025-1-1.log",
                "localhost.2025-01-01.log",
                "catalina.2025-01-01.txt", "catalina.2025-01.log", "catalina.out", "catalina.20250-01-01.log",
                "catalina.2025-13-01.log",
            ] { try directory.write("", to: name) }
            _ = self.handler(in: directory.path) { $0.maxDays = 2 }
            try #expect(
                directory.names() == [
                    "catalina.2025-01-01.txt", "catalina.2025-01.log", "catalina.2025-13-01.log",
                    "catalina.20250-01-01.log", "catalina.2026-11-19.log", "catalina.2026-11-21.log", "catalina.out",
                    "localhost.2025-01-01.log",
                ]
            )
        }
    }

    @Test("a buffer is written when it is full and on flush")
    func buffers() throws {
        try TemporaryDirectory.run { directory in
            let handler = self.handler(in: directory.path) { $0.bufferSize = 8 }
            handler.publish(self.record("1234"))
            try #expect(directory.text(of: "catalina.2026-11-21.log").isEmpty)
            handler.publish(self.record("5678"))
            try #expect(directory.text(of: "catalina.2026-11-21.log") == "1234\n5678\n")
            handler.publish(self.record("9"))
            handler.flush()
            try #expect(directory.text(of: "catalina.2026-11-21.log") == "1234\n5678\n9\n")
        }
    }

    @Test("a directory that cannot be made is reported once and tried again a second later")
    func unwritable() throws {
        try TemporaryDirectory.run { directory in
            try directory.write("in the way", to: "logs")
            let handler = self.handler(in: directory.path + "/logs")
            for _ in 0..<3 { handler.publish(self.record("lost")) }
            #expect(self.fixture.diagnostics.count == 1)
            #expect(self.fixture.diagnostics.first?.contains("Not a directory") == true)
            unlink(directory.path + "/logs")
            handler.publish(self.record("too soon"))
            self.fixture.now.seconds += 1
            handler.publish(self.record("found"))
            try #expect(directory.text(of: "logs/catalina.2026-11-21.log") == "found\n")
        }
    }

    @Test("a full disk is reported once and the log goes on")
    func fullDisk() throws {
        try TemporaryDirectory.run { directory in
            try #require(symlink("/dev/full", directory.path + "/catalina.2026-11-21.log") == 0)
            let handler = self.handler(in: directory.path)
            for _ in 0..<3 { handler.publish(self.record("lost")) }
            #expect(self.fixture.diagnostics.count == 1)
            #expect(self.fixture.diagnostics.first?.contains("No space left on device") == true)
            self.fixture.now.seconds += 86_400
            handler.publish(self.record("found"))
            try #expect(directory.text(of: "catalina.2026-11-22.log") == "found\n")
        }
    }
}

@Suite struct GenerationFileHandlerTests {
    let fixture = LogFixture()

    func handler(in directory: String, append: Bool = false) -> GenerationFileHandler {
        var configuration = GenerationFileHandler.Configuration()
        configuration.pattern = "%t/x%u.%g.log"
        configuration.limit = 8
        configuration.count = 3
        configuration.append = append
        return GenerationFileHandler(
            level: .all,
            configuration: configuration,
            places: .init(temporary: directory, home: "/home/x"),
            formatter: VerbatimFormatter(),
            diagnostics: { self.fixture.note($0) }
        )
    }

    @Test("begins a generation at the limit and keeps as many as it may")
    func rotates() throws {
        try TemporaryDirectory.run { directory in
            let handler = self.handler(in: directory.path)
            for text in ["first..", "second.", "third..", "4"] {
                handler.publish(.sample(text, at: self.fixture.now))
            }
            try #expect(directory.names() == ["x0.0.log", "x0.1.log", "x0.2.log"])
            try #expect(directory.text(of: "x0.0.log") == "4\n")
            try #expect(directory.text(of: "x0.1.log") == "third..\n")
            try #expect(directory.text(of: "x0.2.log") == "second.\n")
        }
    }

    @Test("a start begins a generation unless it appends")
    func starts() throws {
        try TemporaryDirectory.run { directory in
            self.handler(in: directory.path).publish(.sample("1", at: self.fixture.now))
            self.handler(in: directory.path, append: true).publish(.sample("2", at: self.fixture.now))
            try #expect(directory.text(of: "x0.0.log") == "1\n2\n")
            self.handler(in: directory.path).publish(.sample("3", at: self.fixture.now))
            try #expect(directory.text(of: "x0.0.log") == "3\n")
            try #expect(directory.text(of: "x0.1.log") == "1\n2\n")
        }
    }

    @Test("a pattern's places are filled in")
    func patterns() {
        var configuration = GenerationFileHandler.Configuration()
        configuration.count = 2
        configuration.append = true
        configuration.pattern = "/nowhere/%%-%h-%q-%"
        let handler = GenerationFileHandler(
            level: .all,
            configuration: configuration,
            places: .init(temporary: "/tmp", home: "H"),
            formatter: VerbatimFormatter(),
            diagnostics: { self.fixture.note($0) }
        )
        #expect(handler.path(ofGeneration: 1) == "/nowhere/%-H-%q-%.1")
        #expect(self.fixture.diagnostics.count == 1)
    }
}

@Suite struct RecordQueueTests {
    @Test(
        "a full queue does what its policy says",
        arguments: [
            (OverflowPolicy.dropLast, [1, 2, 5], 2), (.dropFirst, [3, 4, 5], 2), (.dropCurrent, [1, 2, 3], 2),
            (.flush, [1, 2, 3], 0),
        ]
    )
    func overflows(policy: OverflowPolicy, kept: [Int], dropped: Int) {
        var queue = RecordQueue<Int>(capacity: 3, policy: policy)
        for number in 1...3 { #expect(queue.offer(number) == .accepted) }
        for number in 4...5 { #expect(queue.offer(number) == (policy == .flush ? .full : .accepted)) }
        let taken = queue.takeAll()
        #expect(taken.elements == kept)
        #expect(taken.dropped == dropped)
        #expect(queue.offer(6) == .accepted)
        #expect(queue.takeAll().elements == [6])
    }

    @Test("keeps the order of any sequence of offers and takes", arguments: 0..<20 as Range<UInt64>)
    func order(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = RecordQueue<Int>(capacity: 5, policy: .dropFirst)
        var model: [Int] = []
        for number in 0..<200 {
            if generator.next() % 7 == 0 {
                #expect(queue.takeAll().elements == model)
                model = []
            } else {
                #expect(queue.offer(number) == .accepted)
                model = (model + [number]).suffix(5)
            }
        }
    }

    @Test("the writing thread writes in order, and callers write once it has ended")
    func writes() throws {
        try TemporaryDirectory.run { directory in
            let fixture = LogFixture()
            var configuration = FileHandler.Configuration()
            configuration.directory = directory.path
            let file = FileHandler(
                level: .all,
                configuration: configuration,
                formatter: VerbatimFormatter(),
                clock: fixture.clock(),
                diagnostics: { fixture.note($0) }
            )
            let writer = AsyncWriter(capacity: 4, policy: .flush, diagnostics: { fixture.note($0) })
            let handler = AsyncFileHandler(file: file, writer: writer)
            for number in 0..<1000 { handler.publish(.sample("\(number)", at: fixture.now)) }
            handler.flush()
            let expected = (0..<1000).map { "\($0)\n" }.joined()
            try #expect(directory.text(of: "juli.2026-11-21.log") == expected)
            writer.close()
            handler.publish(.sample("late", at: fixture.now))
            try #expect(directory.text(of: "juli.2026-11-21.log") == expected + "late\n")
            #expect(fixture.diagnostics.isEmpty)
        }
    }
}
