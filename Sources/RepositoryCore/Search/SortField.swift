/// One key of a sort order; objects without a value come first when ascending.
package struct SortField: Sendable, Hashable {
    /// Name of an index field; ``relevance`` for the score.
    package var name: String
    package var isDescending: Bool

    /// The pseudo field that stands for the score.
    package static let relevance = "score"

    package init(name: String, isDescending: Bool = false) {
        self.name = name
        self.isDescending = isDescending
    }

    /// Reads `f1 DESC,f2 ASC,f3`: a second word other than DESC means ascending, empty entries are skipped.
    package static func list(parsing text: String) -> [SortField] {
        text.utf8.split(separator: UInt8(ascii: ",")).compactMap { entry in
            let words = entry.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard let name = words.first else { return nil }
            let isDescending = words.count > 1 && words[1].lowercased() == "desc"
            return SortField(name: IndexField.canonicalName(name), isDescending: isDescending)
        }
    }

    /// Reads `[{"name":"/a","reverse":true}]`.
    ///
    /// - Throws: 400 for anything else.
    package static func list(json: JSONValue) throws(RepositoryError) -> [SortField] {
        guard let entries = json.array else { throw .badRequest("sortFields is not an array") }
        var fields: [SortField] = []
        for entry in entries {
            guard let name = entry["name"]?.string else { throw .badRequest("Sort field without name") }
            let isDescending = entry["reverse"]?.bool ?? false
            fields.append(SortField(name: IndexField.canonicalName(name), isDescending: isDescending))
        }
        return fields
    }
}
