import Foundation

/// The links of the pages below `webapps`.
enum Links {
    /// Applications whose pages are made while they run.
    private static let dynamic = ["/repository/", "/manager/", "/examples/servlets/"]

    static func broken() throws -> [Violation] {
        var violations: [Violation] = []
        for page in Repository.files(below: ["webapps"], withExtension: "html") {
            let html = String(decoding: try Repository.bytes(of: page), as: UTF8.self)
            for link in Self.links(in: html) where !Self.leadsSomewhere(link, from: page) {
                violations.append(Violation(file: page, place: link))
            }
        }
        return violations
    }

    static func links(in html: String) -> [String] {
        var links: [String] = []
        var rest = html[...]
        while let range = [#"href=""#, #"src=""#].compactMap({ rest.firstRange(of: $0) }).min(by: {
            $0.lowerBound < $1.lowerBound
        }) {
            let link = rest[range.upperBound...].prefix { $0 != "\"" }
            links.append(String(link))
            rest = rest[link.endIndex...]
        }
        return links
    }

    private static func leadsSomewhere(_ link: String, from page: String) -> Bool {
        if link.contains(":") || link.hasPrefix("#") { return true }
        let path = String(link.prefix { $0 != "#" && $0 != "?" })
        let parts = page.split(separator: "/")
        let application = parts[1] == "ROOT" ? "/" : "/\(parts[1])/"
        let folder = application + parts.dropFirst(2).dropLast().map { $0 + "/" }.joined()
        let address = URL(filePath: path.hasPrefix("/") ? path : folder + path).standardized.path(percentEncoded: false)
        if Self.dynamic.contains(where: { address.hasPrefix($0) }) && !address.hasSuffix(".html") { return true }
        return Self.exists(address + (path.hasSuffix("/") || path.isEmpty ? "/" : ""))
    }

    private static func exists(_ address: String) -> Bool {
        let file = address.hasSuffix("/") ? address + "index.html" : address
        return ["webapps", "webapps/ROOT"].contains { folder in
            FileManager.default.fileExists(
                atPath: Repository.root.appending(path: folder + file).path(percentEncoded: false)
            )
        }
    }
}
