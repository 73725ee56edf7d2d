import CatalinaCore

/// What the frame of a page depends on.
struct ManagerFrame: Sendable {
    /// The manager application's path.
    let root: String
    /// Whether there is a cluster to look at.
    var hasCluster = false
}

/// The frame and the parts that the manager's own pages share; every text that comes in is escaped.
enum ManagerPage {
    /// A page from its title to its end.
    static func html(_ title: String, in frame: ManagerFrame, _ content: String) -> String {
        let (title, root) = (HTMLText.escaped(title), HTMLText.escaped(frame.root))
        let cluster = frame.hasCluster ? " <a href=\"\(root)/cluster\">Cluster</a>" : ""
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title><link rel="icon" href="/favicon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="\(root)/style.css"></head>
            <body><nav><a href="/">Caracal</a> <a href="\(root)/html">Applications</a> <a href="\(root)/status">Status</a> \
            <a href="\(root)/status/all">Complete Status</a>\(cluster) <a href="\(root)/metrics">Metrics</a> \
            <a href="/docs/manager-howto.html">Manual</a></nav>
            <h1>\(title)</h1>
            \(content)</body></html>

            """
    }

    /// A table of texts; the columns `numbers` are set flush right.
    static func table(_ titles: [String], numbers: Range<Int> = 0..<0, _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            let cells = cells.enumerated().map { index, cell in
                "<\(tag)\(numbers.contains(index) ? " class=\"number\"" : "")>\(HTMLText.escaped(cell))</\(tag)>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return "<div class=\"wide\"><table>\(row(titles, "th"))\(rows.map { row($0, "td") }.joined())</table></div>\n"
    }

    /// Single facts beside each other, each under its name.
    static func facts(_ facts: [(name: String, value: String)]) -> String {
        let items = facts.map {
            "<div><dt>\(HTMLText.escaped($0.name))</dt><dd>\(HTMLText.escaped($0.value))</dd></div>"
        }
        return "<dl>\(items.joined())</dl>\n"
    }

    /// What runs the manager, as the last lines of its pages say.
    static var serverFacts: String {
        let system = SystemFacts.current
        return self.facts([
            ("Tomcat Version", ServerInfo.name), ("JVM Version", SystemFacts.runtime),
            ("JVM Vendor", SystemFacts.vendor), ("OS Name", system.name), ("OS Version", system.version),
            ("OS Architecture", system.architecture), ("Hostname", system.hostName),
        ])
    }
}

/// A form of the manager: it posts to an address that was encoded for the answer, so that it carries what a filter or
/// the session want to see again.
struct ManagerForm {
    let frame: ManagerFrame
    /// The answer's `encodeURL`.
    let encode: (String) -> String

    /// The manager application's path.
    var root: String { self.frame.root }

    /// Where a command is posted to, as HTML.
    func address(_ command: String) -> String { HTMLText.escaped(self.encode("\(self.root)/html/\(command)")) }

    /// A form around `content`, which is HTML; `fields` are sent with it.
    func html(
        _ command: String,
        _ fields: [(String, String)] = [],
        class style: String? = nil,
        _ content: String
    ) -> String {
        let hidden = fields.map { name, value in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(HTMLText.escaped(value))\">"
        }
        let style = style.map { " class=\"\($0)\"" } ?? ""
        return "<form method=\"post\" action=\"\(self.address(command))\"\(style)>"
            + hidden.joined() + content + "</form>"
    }

    /// Fields that name an application.
    static func application(_ name: ContextName) -> [(String, String)] {
        [("path", name.path.isEmpty ? "/" : name.path)] + (name.version.isEmpty ? [] : [("version", name.version)])
    }

    /// What an answer to a command shows above everything else; nothing for no lines.
    static func message(_ lines: [String]) -> String {
        guard let first = lines.first else { return "" }
        let style = first.hasPrefix("FAIL") ? "message failed" : "message"
        return "<pre class=\"\(style)\">\(HTMLText.escaped(lines.joined(separator: "\n")))</pre>\n"
    }
}
