import ServletAPI
import TestSupport
import Testing

@testable import CatalinaSession

@Suite struct SessionFileTests {
    private static func file(path: String = "/nowhere") throws -> SessionFile {
        SessionFile(path: path, filter: try AttributeFilter(names: nil, classNames: nil, isWarning: false))
    }

    private static func record(_ attributes: [String: any Sendable]) -> StandardSession.Record {
        var record = StandardSession.Record(
            id: "A1.n1",
            creationTime: 1,
            lastAccessedTime: 2,
            thisAccessedTime: 3,
            maxInactiveInterval: -1
        )
        for (name, value) in attributes { record.attributes[name] = value }
        return record
    }

    /// Name, value, what comes back as text.
    private static let values: [(String, any Sendable)] = [
        ("plain", "text"), ("", ""), ("with blank", "two words"), ("lines\n", "\r\n\t"), ("100%", "%41"),
        ("Größe", "日本 😀"), ("nul\0", "\u{7f}\u{80}"),
        ("all", String((1..<256).map { Character(Unicode.Scalar(UInt8($0))) })),
        ("int", Int.min), ("long", Int64.max), ("number", -0.1), ("infinite", Double.infinity), ("flag", true),
    ]

    @Test("every value that is kept comes back as it was", arguments: values)
    func roundTrip(name: String, value: any Sendable) throws {
        let text = try Self.file().text(of: [Self.record([name: value]), Self.record([:])])
        #expect(text.utf8.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
        let records = try SessionFile.parse(text)
        #expect(records.count == 2)
        let back = try #require(records[0].attributes[name])
        #expect(type(of: back) == type(of: value))
        #expect("\(back)" == "\(value)")
        #expect(records[1].attributes.isEmpty)
    }

    @Test("times come back; the last use is that of the last request")
    func times() throws {
        let record = try #require(try SessionFile.parse(try Self.file().text(of: [Self.record([:])])).first)
        #expect(record.id == "A1.n1" && record.creationTime == 1 && record.maxInactiveInterval == -1)
        #expect(record.lastAccessedTime == 3 && record.thisAccessedTime == 3)
        #expect(!record.isNew)
    }

    @Test("values of other types stay behind, and so do those whose text does not fit their type")
    func leftBehind() throws {
        TestLog.install()
        let text = try Self.file().text(of: [Self.record(["behind-of-session-file": [1, 2], "kept": 1])])
        #expect(try SessionFile.parse(text)[0].attributes.keys.sorted() == ["kept"])
        #expect(TestLog.lines(with: "[behind-of-session-file] of type [Array<Int>] cannot be kept").count == 1)
        let foreign =
            SessionFile.header + "\nsession A 1 2 3\ninteger a x\nflag b 1\nlong c 1.5\nmatrix d 1\ntext e f\n"
        #expect(try SessionFile.parse(foreign)[0].attributes.keys.sorted() == ["e"])
    }

    @Test("a file that older versions wrote, with small digits and bytes beyond ASCII, is read")
    func older() throws {
        let text = SessionFile.header + "\nsession A 1 2 3\ntext Gr\u{f6}%c3%9fe%20a b%0ac\n"
        #expect(try SessionFile.parse(text)[0].attributes["Größe a"] as? String == "b\nc")
    }

    @Test("a file that is not there holds no sessions; one that was read is gone")
    func reading() async throws {
        let files = try FileTree("session-file")
        let file = try Self.file(path: files.path + "/S")
        #expect(try await file.read().isEmpty)
        try await file.write([Self.record(["a": "b"])])
        #expect(try await file.read().count == 1)
        #expect(!files.exists("S"))
        try files.write("S", "junk")
        await #expect(throws: ServletError.self) { try await file.read() }
        #expect(!files.exists("S"))
        await #expect(throws: (any Error).self) { try await Self.file(path: files.path + "/no/S").write([]) }
    }
}
