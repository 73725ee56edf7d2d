import Foundation
import ServerConfig
import TestSupport
import Testing

@Suite struct XMLReaderTests {
    private func parse(_ text: String, file: String = "test.xml") throws(ConfigError) -> XMLDocument {
        try XMLReader().parse(Array(text.utf8), file: file)
    }

    @Test("elements, attributes and texts are read with their places")
    func reads() throws {
        let document = try self.parse(
            """
            <?xml version="1.0"?>
            <!-- c -->
            <a x="1" y='&lt;&#65;&quot;'>
              <b
                 first = "a
            b"
                 second="2"/> text <![CDATA[<&>]]>
              <c/><?pi?>more
            </a>
            """
        )
        let root = document.root
        #expect(root.attributes.map { "\($0.name)=\($0.value)@\($0.line)" } == ["x=1@3", "y=<A\"@3"])
        #expect(root.text == "text <&>\n  more")
        #expect(root.line == 3)
        let b = try #require(root.last("b"))
        #expect(b.line == 4)
        #expect(b.column == 3)
        #expect(b.attributes.map { "\($0.name)=\($0.value)@\($0.line)" } == ["first=a b@5", "second=2@7"])
        #expect(root.all("c").map(\.line) == [8])
    }

    @Test("a prefix belongs to the name, and namespaces are no attributes")
    func prefixes() throws {
        let root = try self.parse("<p:a xmlns:p='u' xmlns='v' p:x='1' q:y='2'><b/></p:a>").root
        #expect(root.name == "p:a")
        #expect(root.attributes.map(\.name) == ["p:x", "q:y"])
    }

    private static let encoded: [[UInt8]] = {
        let units = Array("<a>é</a>".utf16)
        let latin = [UInt8]("<a>".utf8) + [0xe9] + [UInt8]("</a>".utf8)
        var little: [UInt8] = [0xff, 0xfe]
        var big: [UInt8] = [0xfe, 0xff]
        for unit in units {
            little += [UInt8(unit & 0xff), UInt8(unit >> 8)]
            big += [UInt8(unit >> 8), UInt8(unit & 0xff)]
        }
        return [
            Array("<?xml version='1.0' encoding='ISO-8859-1'?>".utf8) + latin,
            Array("<?xml version='1.0' encoding='windows-1252'?>".utf8) + latin,
            [0xef, 0xbb, 0xbf] + Array("<a>é</a>".utf8),
            little, big,
        ]
    }()

    @Test("encodings are those the file names", arguments: encoded)
    func encodings(bytes: [UInt8]) throws {
        #expect(try XMLReader().parse(bytes, file: "x").root.text == "é")
    }

    @Test(
        "what is not well-formed is refused with its place",
        arguments: [
            ("", 1), (" ", 1), ("x", 1), ("<a>", 1), ("<a>\n</b>", 2), ("<a/><b/>", 1), ("<a x='1' x='2'/>", 1),
            ("<a x=1/>", 1), ("<a>\n\n&nope;</a>", 3), ("<a>&#0;</a>", 1), ("<a>\u{1}</a>", 1), ("<a x='<'/>", 1),
            ("<a><!-- -- --></a>", 1), ("<?xml version='1.0' encoding='nope'?><a/>", 1), ("<a>]]></a>", 1),
            ("<!DOCTYPE a [<!ENTITY x '&x;'>]><a>&x;</a>", 1),
            ("<!DOCTYPE a [<!ENTITY x '<b>'>]><a>&x;</b></a>", 1),
        ]
    )
    func rejects(text: String, line: Int) {
        do throws(ConfigError) {
            _ = try self.parse(text)
            Issue.record("accepted")
        } catch {
            #expect(error.file == "test.xml")
            #expect(error.line == line)
            #expect(error.code == .malformed || error.code == .tooLarge)
            #expect(!error.message.isEmpty)
        }
    }

    @Test("bytes that are not of the encoding are refused", arguments: [[0xff], [0xc3], [0xed, 0xa0, 0x80]])
    func invalidBytes(bytes: [UInt8]) {
        #expect(throws: ConfigError.self) {
            try XMLReader().parse(Array("<a>".utf8) + bytes + Array("</a>".utf8), file: "x")
        }
    }

    @Test("entities declared in the file are replaced, in texts, attributes and elements")
    func internalEntities() throws {
        let root = try self.parse(
            "<!DOCTYPE a [<!ENTITY t 'text'><!ENTITY e '<b x=\"&t;\"/>'>]><a y='&t;'>&t;&e;&t;&e;</a>"
        ).root
        #expect(root["y"] == "text")
        #expect(root.text == "texttext")
        #expect(root.all("b").map { $0["x"] } == ["text", "text"])
    }

    @Test(
        "a few bytes cannot become many",
        arguments: [10, 16, 24]
    )
    func billionLaughs(depth: Int) {
        var entities = "<!ENTITY e0 'lollollollollollollollollollol'>"
        for level in 1...depth {
            let one = "&e\(level - 1);"
            entities += "<!ENTITY e\(level) '\(String(repeating: one, count: 10))'>"
        }
        #expect(throws: ConfigError.self) { try self.parse("<!DOCTYPE a [\(entities)]><a>&e\(depth);</a>") }
        #expect(throws: ConfigError.self) { try self.parse("<!DOCTYPE a [\(entities)]><a x='&e\(depth);'/>") }
    }

    @Test("a long entity that is used often is refused")
    func quadraticBlowUp() {
        let entity = String(repeating: "x", count: 100_000)
        let uses = String(repeating: "&e;", count: 100_000)
        #expect(throws: ConfigError.self) { try self.parse("<!DOCTYPE a [<!ENTITY e '\(entity)'>]><a>\(uses)</a>") }
    }

    @Test(
        "entities outside the file are blocked",
        arguments: [
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'http://127.0.0.1:1/x'>]><a>&e;</a>",
            "<!DOCTYPE a [<!ENTITY e PUBLIC 'p' 'file:///etc/passwd'>]><a>&e;</a>",
            "<!DOCTYPE a [<!ENTITY % e SYSTEM 'file:///etc/passwd'>%e;]><a/>",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'x.xml'><!ENTITY f '&e;'>]><a>&f;</a>",
        ]
    )
    func externalEntities(text: String) {
        do throws(ConfigError) {
            _ = try self.parse(text)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .externalEntity)
        }
    }

    @Test(
        "an external subset and unused external entities are not read",
        arguments: [
            "<!DOCTYPE a SYSTEM 'file:///no/such.dtd'><a>x</a>",
            "<!DOCTYPE a PUBLIC 'p' 'http://127.0.0.1:1/x.dtd'><a>x</a>",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>x</a>",
        ]
    )
    func doctypes(text: String) throws {
        let document = try self.parse(text)
        #expect(document.root.text == "x")
        #expect(document.doctype?.name == "a")
    }

    @Test("local files can be allowed as entities, addresses cannot")
    func localEntities() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data("<b>one</b><b>two</b>".utf8).write(to: directory.appending(path: "part.xml"))
        let path = directory.appending(path: "main.xml").path
        let reader = XMLReader(externalEntities: .localFiles)
        let text = "<!DOCTYPE a [<!ENTITY p SYSTEM 'part.xml'>]><a>&p;</a>"
        let root = try reader.parse(Array(text.utf8), file: path).root
        #expect(root.all("b").map(\.text) == ["one", "two"])
        let remote = "<!DOCTYPE a [<!ENTITY p SYSTEM 'http://127.0.0.1:1/x'>]><a>&p;</a>"
        #expect(throws: ConfigError.self) { try reader.parse(Array(remote.utf8), file: path) }
    }

    @Test("nesting has a limit", arguments: [(200, true), (201, false), (100_000, false)])
    func nesting(depth: Int, isAccepted: Bool) {
        let text = String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        do throws(ConfigError) {
            _ = try self.parse(text)
            #expect(isAccepted)
        } catch {
            #expect(!isAccepted)
            #expect(error.code == .tooLarge)
        }
    }

    @Test("a mutated file is read or refused, never more", arguments: 0..<200)
    func mutations(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = try Vectors.bytes("config/debian/server.xml")
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: position)
            default: bytes.insert(contentsOf: "<&>\"'![".utf8.shuffled(using: &generator).prefix(2), at: position)
            }
        }
        let document = try? XMLReader().parse(bytes, file: "x")
        if let document { _ = Digester.sample().digest([document]) }
    }
}
