import Foundation
import TestSupport
import Testing

@testable import CatalinaStartup
@testable import Modeler

@Suite struct ReferencePagesTests {
    private static let folder = Vectors.directory.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "webapps/docs/config")

    private static func committed(_ name: String) -> String? {
        FileManager.default.contents(atPath: Self.folder.appending(path: name).path)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the pages of the manual are those that the descriptors make")
    func pagesAreCurrent() throws {
        let pages = ReferencePages().pages
        #expect(pages.count > 15)
        for page in pages {
            let isCurrent = Self.committed(page.name) == page.html
            #expect(isCurrent, "\(page.name) is stale: build, then run Tests/reference.sh")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(pages.map(\.name) + ["index.html"]))
    }

    @Test("the manual leads to every page")
    func pagesAreLinked() throws {
        let index = try #require(Self.committed("index.html"))
        for page in ReferencePages().pages { #expect(index.contains("href=\"\(page.name)\""), "\(page.name)") }
    }

    @Test("every component and attribute says what it is for, and stands on one page once")
    func everythingIsSaid() {
        let text = ReferencePages().pages.map(\.html).joined()
        for descriptor in Components.registry.descriptors {
            #expect(!descriptor.summary.isEmpty, "\(descriptor.className)")
            if let usage = ReferenceText.usage(of: descriptor) {
                #expect(text.ranges(of: usage).count == 1, "\(descriptor.className)")
            } else {
                #expect(text.ranges(of: "<h2>\(ReferenceText.heading(of: descriptor))</h2>").count == 1)
            }
            for attribute in descriptor.attributes {
                #expect(!attribute.info.documentation.isEmpty, "\(descriptor.className) \(attribute.info.name)")
            }
        }
    }

    @Test("a class that has a descriptor is not among those without one")
    func knownOnce() {
        let names = Components.registry.descriptors.flatMap { [$0.className] + $0.aliases }
        #expect(names.count == Set(names).count)
        #expect(Set(names).intersection(InertComponent.known.map(\.className)).isEmpty)
    }

    @Test("an attribute's row has its name, type, default and meaning")
    func rows() {
        func row(_ type: AttributeType, _ value: BeanValue, aliases: [String] = []) -> String {
            ReferenceText.row(
                AttributeInfo(
                    name: "a",
                    aliases: aliases,
                    type: type,
                    documentation: "One <of> `b`",
                    since: nil,
                    isIgnored: false
                ),
                value
            )
        }
        let meaning = "<td>One &lt;of&gt; <code>b</code>.</td></tr>"
        #expect(
            row(.int, .int(3))
                == "<tr><td><code>a</code></td><td>whole number</td><td><code>3</code></td>" + meaning
        )
        #expect(
            row(.words(["x", "y"]), .null, aliases: ["c"])
                == "<tr><td><code>a</code>, <code>c</code></td><td>x, y</td><td></td>" + meaning
        )
        #expect(row(.string, .string("")).contains("<td>text</td><td>empty</td>"))
        #expect(row(.list, .strings(["p", "q"])).contains("<td>list, with commas</td><td><code>p, q</code></td>"))
    }

    @Test("the command writes the pages, and says how it is called")
    func command() throws {
        let tree = try FileTree("reference")
        #expect(ReferenceCommand.run([tree["made"]]) == 0)
        #expect(try tree.names(in: "made") == ReferencePages().pages.map(\.name).sorted())
        #expect(ReferenceCommand.run([]) == 1)
    }
}
