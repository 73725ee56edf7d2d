import RepositoryCore

/// One object's entry, ready for the tables: its tokens for FTS5, and the values they were made of.
///
/// The values are kept because FTS5 keeps no text (`content=''`): to remove a document it must be told the very
/// tokens it was given. They serve sorting, facets and phrases with slop as well.
package struct EmbeddedEntry: Sendable {
    /// A field with its number in place of its name.
    struct Field: Equatable {
        var code: FieldCodes.Code
        var analysis: FieldAnalysis
        var values: [String]
    }

    /// Every token of the document, separated by ``IndexToken/separator``.
    let tokens: String
    /// The fields in the form that ``EntryReader`` reads.
    let values: [UInt8]

    init(_ document: IndexDocument, codes: FieldCodes) {
        let fields = document.fields.compactMap { field in
            codes.allocate(field.name).map { Field(code: $0, analysis: field.analysis, values: field.values) }
        }
        self.tokens = Self.tokens(of: fields)
        self.values = EntryWriter.bytes(of: fields)
    }

    static func tokens(of fields: [Field]) -> String {
        var bytes: [UInt8] = []
        for field in fields { self.append(field, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ field: Field, to bytes: inout [UInt8]) {
        let prefix = IndexToken.prefix(field.code, .term)
        var hasToken = false
        for (index, value) in field.values.enumerated() {
            if index > 0, field.analysis == .text { self.append(IndexToken.gap, to: &bytes) }
            for token in self.tokens(of: value, field.analysis) {
                self.append(prefix, to: &bytes)
                IndexToken.append(token, to: &bytes)
                hasToken = true
            }
        }
        guard hasToken else { return }
        self.append(IndexToken.prefix(field.code, .exists), to: &bytes)
        guard field.code != 0, let key = self.sortKey(of: field) else { return }
        self.append(IndexToken.prefix(field.code, .sort), to: &bytes)
        IndexToken.append(IndexToken.sortPrefix(of: key), to: &bytes)
    }

    private static func append(_ token: [UInt8], to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(IndexToken.separator) }
        bytes.append(contentsOf: token)
    }

    /// What a value is found by.
    static func tokens(of value: String, _ analysis: FieldAnalysis) -> [String] {
        switch analysis {
        case .text: TextAnalyzer.tokens(value)
        case .keyword: [TextAnalyzer.lowercased(value.unicodeScalars)]
        case .exact: [value]
        case .number: Int64(value).map { [IndexToken.number($0)] } ?? []
        }
    }

    /// Whether a field is found by anything; one that is not does not exist for queries and sorting.
    static func hasToken(_ field: Field) -> Bool {
        field.values.contains { !self.tokens(of: $0, field.analysis).isEmpty }
    }

    /// What a field sorts by, in the order of bytes; nil for a number that is none.
    static func sortKey(of field: Field) -> String? {
        let field = IndexDocument.Field(name: "", analysis: field.analysis, values: field.values)
        guard field.analysis == .number else { return field.sortKey }
        return Int64(field.sortKey).map { IndexToken.number($0) }
    }
}
