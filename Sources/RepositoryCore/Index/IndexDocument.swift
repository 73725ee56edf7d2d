/// What an index knows of one object: fields with the values to be analysed.
package struct IndexDocument: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var analysis: FieldAnalysis
        /// In document order; a phrase never spans two of them.
        package var values: [String]

        package init(name: String, analysis: FieldAnalysis, values: [String]) {
            self.name = name
            self.analysis = analysis
            self.values = values
        }

        /// Longest part of a value that sorting looks at, in UTF-16 code units.
        private static let sortKeyMaximum = 1024

        /// What the field sorts by: the beginning of its first value.
        package var sortKey: String {
            guard let first = self.values.first else { return "" }
            return first.utf8.count <= Self.sortKeyMaximum
                ? first : String(first.utf16.prefix(Self.sortKeyMaximum)) ?? ""
        }
    }

    package var id: ObjectID
    package var type: String
    package var txnId: Int64
    /// Each name once; ``IndexField/all`` is among them.
    package var fields: [Field]

    package init(id: ObjectID, type: String, txnId: Int64, fields: [Field]) {
        self.id = id
        self.type = type
        self.txnId = txnId
        self.fields = fields
    }

    package subscript(name: String) -> Field? { self.fields.first { $0.name == name } }
}
