import Coyote
import Modeler

/// The page that shows what is in a directory: no I/O, so that every byte can be tested.
///
/// Tomcat counterpart: `DefaultServlet.renderHtml`.
struct DirectoryListing: Sendable {
    /// One row.
    struct Entry: Sendable, Equatable {
        let name: String
        let isDirectory: Bool
        /// In bytes; 0 for directories.
        let size: Int64
        /// Milliseconds since 1970.
        let lastModified: Int64
        /// The same as HTTP writes it.
        let lastModifiedHTTP: String

        /// Directories come before empty files.
        fileprivate var sortedSize: Int64 { self.isDirectory ? -1 : self.size }
    }

    /// The column by which rows are sorted, and the direction.
    struct Order: Sendable, Equatable {
        enum Column: Character, Sendable {
            case name = "N"
            case size = "S"
            case lastModified = "M"
        }

        var column = Column.name
        /// Tomcat's `O=A`; the natural order of a column is its `O=D`.
        var isReversed = false

        /// The order that a query such as `C=S;O=A` asks for: by name, if it asks for none.
        init(query: String? = nil) {
            var column: Column?
            for option in (query ?? "").split(separator: ";").map({ $0.trimmingBlanks() }) where option.count > 2 {
                let value = option[option.index(option.startIndex, offsetBy: 2)]
                switch option.first {
                case "C": column = Column(rawValue: value)
                case "O": self.isReversed = value == "A"
                default: break
                }
            }
            guard let column else {
                self.isReversed = false
                return
            }
            self.column = column
        }

        /// The query that a column's head links to: the other direction for the current column.
        func link(_ column: Column) -> String {
            "?C=\(column.rawValue);O=\(column == self.column && !self.isReversed ? "A" : "D")"
        }
    }

    /// The decoded path of the application; empty for the root application.
    var contextPath: String
    /// The decoded path of the directory, with a slash at its end.
    var path: String
    var entries: [Entry]
    /// How rows are sorted; `nil` leaves them as they are and makes no links.
    var order: Order?
    var sortsDirectoriesFirst = false
    /// HTML that the directory's owner wants below the table.
    var readme: String?
    /// Name and version of the server; `nil` to keep them back.
    var serverInfo: String?

    /// The page.
    func render() -> String {
        var lines: [String] = []
        self.appendHead(to: &lines)
        for (index, entry) in self.sorted().enumerated() { self.append(entry, isEven: index % 2 == 1, to: &lines) }
        lines += ["</tbody>", "</table>", "<hr class=\"line\">"]
        if let readme = self.readme { lines.append(readme + "<hr class=\"line\">") }
        if let serverInfo = self.serverInfo { lines.append("<h3>\(HTMLText.escaped(serverInfo))</h3>") }
        lines += ["</body>", "</html>", ""]
        return lines.joined(separator: "\r\n")
    }

    /// Whether an entry is kept out of every listing.
    static func isHidden(_ name: String) -> Bool { ["web-inf", "meta-inf"].contains(name.lowercased()) }

    private func appendHead(to lines: inout [String]) {
        let title = "Directory Listing For [\(HTMLText.escaped(self.path))]"
        var heading = title
        if let parent = self.parent {
            let link = PercentEncoder.path.encode(self.contextPath + parent)
            heading += " – <a href=\"\(link)\"><b>Up To [\(HTMLText.escaped(parent))]</b></a>"
        }
        lines += [
            "<!doctype html>", "<html lang=\"en\">", "<head>", "<title>\(title)</title>",
            "<style>\(HTMLText.style)</style>", "</head>", "<body>", "<h1>\(heading)</h1>", "<hr class=\"line\">",
            "<table width=\"100%\" cellspacing=\"0\" cellpadding=\"5\" align=\"center\">", "<thead>", "<tr>",
            self.columnHead("Name", .name, align: "left"), self.columnHead("Size", .size, align: "center"),
            self.columnHead("Last Modified", .lastModified, align: "right"), "</tr>", "</thead>", "<tbody>",
        ]
    }

    private func columnHead(_ title: String, _ column: Order.Column, align: String) -> String {
        let text = self.order.map { "<a href=\"\($0.link(column))\">\(title)</a>" } ?? title
        return "<th align=\"\(align)\"><font size=\"+1\"><strong>\(text)</strong></font></th>"
    }

    /// The directory above; `nil` for the root.
    private var parent: String? {
        guard self.path != "/" else { return nil }
        let path = self.path.hasSuffix("/") ? self.path.dropLast() : self.path[...]
        return path.lastIndex(of: "/").map { String(path[...$0]) }
    }

    private func append(_ entry: Entry, isEven: Bool, to lines: inout [String]) {
        let slash = entry.isDirectory ? "/" : ""
        let link = PercentEncoder.path.encode(self.contextPath + self.path + entry.name) + slash
        lines += [
            isEven ? "<tr bgcolor=\"#eeeeee\">" : "<tr>",
            "<td align=\"left\">&nbsp;&nbsp;",
            "<a href=\"\(link)\"><tt>\(HTMLText.escaped(entry.name))\(slash)</tt></a></td>",
            "<td align=\"right\"><tt>\(entry.isDirectory ? "&nbsp;" : Self.size(entry.size))</tt></td>",
            "<td align=\"right\"><tt>\(entry.lastModifiedHTTP)</tt></td>",
            "</tr>",
        ]
    }

    /// A size in KiB with one decimal; at least 0.1 unless the file is empty.
    static func size(_ bytes: Int64) -> String {
        let whole = bytes / 1024
        let tenths = bytes % 1024 / 103
        return "\(whole).\(whole == 0 && tenths == 0 && bytes > 0 ? 1 : tenths) KiB"
    }

    private func sorted() -> [Entry] {
        guard let order = self.order else { return self.entries }
        let sorted = self.entries.sorted { left, right in
            let (left, right) = order.isReversed ? (right, left) : (left, right)
            switch order.column {
            case .size where left.sortedSize != right.sortedSize: return left.sortedSize < right.sortedSize
            case .lastModified where left.lastModified != right.lastModified:
                return left.lastModified < right.lastModified
            default: return left.name < right.name
            }
        }
        guard self.sortsDirectoriesFirst else { return sorted }
        return sorted.filter(\.isDirectory) + sorted.filter { !$0.isDirectory }
    }
}
