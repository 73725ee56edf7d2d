import Foundation
import Modeler
import ServerConfig
import TestSupport
import Testing

@Suite struct WebXmlTests {
    private static let parser = WebXmlParser(substitution: PropertySubstitution(SystemProperties()))

    private static func path(_ name: String) -> String {
        Vectors.directory.appending(path: "config").appending(path: name).path
    }

    /// A layer of a row: the text itself, or the file that it names.
    private static func layer(_ text: String?, onto base: WebXml) throws -> WebXmlOutcome? {
        guard let text else { return nil }
        if text.hasPrefix("@") { return self.parser.parse(self.path(String(text.dropFirst())), onto: base) }
        do {
            return self.parser.parse(try XMLReader().parse(Array(text.utf8), file: "web.xml"), onto: base)
        } catch {
            return nil
        }
    }

    /// What the four layers of a row come to; nil if one of them is refused.
    private static func merged(_ row: VectorRow) throws -> WebXml? {
        var defaults = WebXml.overridable
        for name in ["global", "host"] {
            guard let text = row[name].string else { continue }
            guard let outcome = try self.layer(text, onto: defaults), !outcome.isRejected else { return nil }
            defaults = outcome.webXml
            defaults.replacesWelcomeFiles = true
        }
        var webXml = WebXml()
        if let text = row["app"].string {
            guard let outcome = try self.layer(text, onto: webXml), !outcome.isRejected else { return nil }
            webXml = outcome.webXml
        }
        if let text = row["tomcat"].string {
            guard let outcome = try self.layer(text, onto: .overridable), !outcome.isRejected else { return nil }
            webXml.merge(defaults: outcome.webXml)
        }
        webXml.merge(defaults: defaults)
        return webXml
    }

    @Test("descriptors are read, refused and merged as Tomcat does", arguments: Vectors.rows("config/web-xml.jsonl"))
    func recorded(row: VectorRow) throws {
        let merged = try Self.merged(row)
        let recorded = (row["dump"].array ?? []).compactMap(\.string)
        if row["ok"].bool == false {
            row.expect(merged == nil, "accepted")
        } else {
            row.expect(merged.map { WebXmlDump.lines($0) } ?? [], equals: recorded)
        }
    }

    @Test(
        "what makes a descriptor unusable is named with its place",
        arguments: [
            ("<web-app>\n <servlet/></web-app>", "error: [web-app/servlet]: <servlet-name> is missing"),
            ("<web-app>\n <filter/></web-app>", "error: [web-app/filter]: <filter-name> is missing"),
            (
                "<web-app>\n <context-param><param-name>a</param-name></context-param></web-app>",
                "error: [web-app/context-param]: <param-value> is missing"
            ),
            (
                "<web-app>\n <servlet><servlet-name>S</servlet-name><load-on-startup>x</load-on-startup></servlet></web-app>",
                "error: [web-app/servlet]: <load-on-startup>: [x] is not a whole number of 32 bits"
            ),
            (
                "<web-app>\n <servlet><servlet-name>S</servlet-name><multipart-config><max-file-size>x</max-file-size>"
                    + "</multipart-config></servlet></web-app>",
                "error: [web-app/servlet]: <max-file-size>: [x] is not a whole number of 64 bits"
            ),
            (
                "<web-app>\n <request-character-encoding>X</request-character-encoding></web-app>",
                "error: [web-app/request-character-encoding]: <request-character-encoding>: the encoding [X] is not supported"
            ),
            ("<web-app>\n <servlets/></web-app>", "note: [web-app/servlets]: unknown element, did you mean [servlet]?"),
            ("\n<webapp/>", "note: [webapp]: the root element is not web-app: nothing is read"),
            (
                "<web-app>\n <mime-mapping><extension>x</extension></mime-mapping></web-app>",
                "note: [web-app/mime-mapping]: extension or type is missing: it has no effect"
            ),
            (
                "<web-app>\n <error-page><error-code>1</error-code></error-page></web-app>",
                "note: [web-app/error-page]: location is missing: it has no effect"
            ),
        ]
    )
    func problems(text: String, expected: String) throws {
        let document = try XMLReader().parse(Array(text.utf8), file: "web.xml")
        let outcome = Self.parser.parse(document)
        #expect(outcome.problems.map(\.description) == ["web.xml:2: " + expected])
        #expect(outcome.isRejected == expected.hasPrefix("error"))
    }

    @Test("a file that cannot be parsed has Tomcat's log line")
    func unreadable() throws {
        let outcome = Self.parser.parse("/no/such/web.xml")
        #expect(outcome.isRejected)
        let log = try #require(outcome.problems.first?.log)
        #expect(log.source == "org.apache.tomcat.util.descriptor.web.WebXmlParser.parseWebXml")
        #expect(log.message.hasPrefix("Parse error in application web.xml file at [file:/no/such/web.xml]"))
    }

    @Test("texts have their references replaced")
    func substitution() throws {
        let parser = WebXmlParser(substitution: PropertySubstitution(SystemProperties(["n": " S "])))
        let text = "<web-app><display-name>${n}</display-name></web-app>"
        let outcome = parser.parse(try XMLReader().parse(Array(text.utf8), file: "web.xml"))
        #expect(outcome.webXml.displayName == "S")
    }

    @Test("each limit of a multipart configuration counts by itself")
    func multipart() {
        var config = MultipartConfig()
        #expect(config.limits == (-1, -1, 0))
        config.maxFileSize = 1
        #expect(config.limits == (1, -1, 0))
        config.maxFileSize = nil
        config.maxRequestSize = 2
        #expect(config.limits == (-1, 2, 0))
        config.fileSizeThreshold = 3
        #expect(config.limits == (-1, 2, 3))
    }

    @Test("the session cookie's attributes have their types")
    func cookie() {
        var config = SessionConfig()
        config[cookieAttribute: "secure"] = "TRUE"
        config[cookieAttribute: "HttpOnly"] = "no"
        config[cookieAttribute: "max-age"] = "60"
        config[cookieAttribute: "Path"] = "/a"
        config[cookieAttribute: "PATH"] = "/b"
        #expect(config.isCookieSecure == true)
        #expect(config.isCookieHTTPOnly == false)
        #expect(config.cookieMaxAge == 60)
        #expect(config.cookiePath == "/b")
        #expect(config.cookieDomain == nil)
        config[cookieAttribute: "path"] = nil
        #expect(config.cookieAttributes.map(\.name) == ["secure", "HttpOnly", "max-age"])
    }
}

@Suite struct WebXmlDefaultsTests {
    private let parser = WebXmlParser(substitution: PropertySubstitution(SystemProperties()))

    @Test("defaults are read again when a file changes or appears")
    func cache() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = ["web.xml", "web.xml.default"].map { directory.appending(path: $0).path }
        func write(_ text: String, to file: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }
        let defaults = WebXmlDefaults()
        #expect(defaults.outcome(of: files, parser: self.parser).webXml == .overridable)
        try write(
            "<web-app><display-name>one</display-name><welcome-file-list><welcome-file>a</welcome-file></welcome-file-list></web-app>",
            to: files[0]
        )
        #expect(defaults.outcome(of: files, parser: self.parser).webXml.displayName == "one")
        try write(
            "<web-app><welcome-file-list><welcome-file>b</welcome-file></welcome-file-list></web-app>",
            to: files[1]
        )
        let both = defaults.outcome(of: files, parser: self.parser)
        #expect(both.webXml.welcomeFiles == ["b"])
        #expect(both.webXml.displayName == "one")
        try write("<web-app><bad", to: files[0])
        #expect(defaults.outcome(of: files, parser: self.parser).isRejected)
    }

    @Test("the stock defaults are shared by every application that adds nothing")
    func shared() {
        let path = Vectors.directory.appending(path: "config/debian/web.xml").path
        let outcome = WebXmlDefaults.shared.outcome(of: [path], parser: self.parser)
        #expect(outcome.problems.isEmpty)
        var webXml = WebXml()
        webXml.mimeMappings.set("XHTML", to: "mine")
        webXml.merge(defaults: outcome.webXml)
        #expect(webXml.mimeMappings["xhtml"] == "mine")
        #expect(webXml.mimeMappings["HTML"] == "text/html")
        #expect(webXml.mimeMappings.count == outcome.webXml.mimeMappings.count)
    }
}

@Suite struct OrderedMapTests {
    @Test("keys keep the place they were first given")
    func order() {
        var map: OrderedMap<String, Int> = ["b": 1, "a": 2]
        map["b"] = 3
        map["c"] = 4
        map["a"] = nil
        map["nope"] = nil
        map["d"] = 5
        #expect(map.keys == ["b", "c", "d"])
        #expect(map.values == [3, 4, 5])
        #expect(map["c"] == 4)
        map.addMissing(from: ["b": 9, "e": 6])
        #expect(map == ["b": 3, "c": 4, "d": 5, "e": 6])
        #expect(map != ["c": 4, "b": 3, "d": 5, "e": 6])
        #expect(map.count == 4)
    }
}
