import GRDB
import RepositoryCore

/// Finds phrases whose tokens may have been moved: FTS5 names documents in which they stand near each other,
/// and the values decide.
struct SlopSearch {
    let terms: TermTable

    func documents(_ tokens: [String], slop: Int, code: FieldCodes.Code) throws -> [Int64] {
        let encoded = tokens.map { IndexToken.bytes(code, .term, $0) }
        let distance = min(slop, 1 << 20) + tokens.count
        let nearby = try TextTable(db: self.terms.db).matches(TextExpression(near: encoded, distance: distance))
        var found: [Int64] = []
        for document in nearby.documents {
            guard let values = try EntryTable.values(of: document, in: self.terms.db),
                let field = EntryReader.field(code, in: values)
            else { continue }
            let isFound = field.values.contains { value in
                PhraseMatch.isFound(tokens, slop: slop, in: EmbeddedEntry.tokens(of: value, field.analysis))
            }
            if isFound { found.append(document) }
        }
        return found
    }
}
