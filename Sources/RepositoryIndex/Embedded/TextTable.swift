import Foundation
import GRDB
import RepositoryCore

/// Searches in the FTS5 table.
struct TextTable {
    let db: Database

    /// How many documents match.
    ///
    /// Complexity: linear, but FTS5 walks its lists without handing out a row each.
    func count(_ expression: TextExpression) throws -> Int {
        let sql = "SELECT count(*) FROM index_text WHERE index_text MATCH ?"
        return try Int.fetchOne(self.db.cachedStatement(sql: sql), arguments: [expression.text]) ?? 0
    }

    /// Part of the documents that match, ascending.
    func documents(_ expression: TextExpression, offset: Int, limit: Int) throws -> [Int64] {
        let sql = "SELECT rowid FROM index_text WHERE index_text MATCH ? ORDER BY rowid LIMIT ? OFFSET ?"
        return try Int64.fetchAll(
            self.db.cachedStatement(sql: sql),
            arguments: [expression.text, limit, offset]
        )
    }

    /// All documents that match, with scores where the expression gives any.
    func matches(_ expression: TextExpression) throws -> Matches {
        guard expression.isScored else {
            let sql = "SELECT rowid FROM index_text WHERE index_text MATCH ? ORDER BY rowid"
            let statement = try self.db.cachedStatement(sql: sql)
            return Matches(documents: try Int64.fetchAll(statement, arguments: [expression.text]))
        }
        let sql = """
            SELECT rowid, \(ScoreFunction.name)(index_text, ?) FROM index_text WHERE index_text MATCH ? ORDER BY rowid
            """
        let cursor = try Row.fetchCursor(
            self.db.cachedStatement(sql: sql),
            arguments: [Data(expression.encodedWeights), expression.text]
        )
        var matches = Matches()
        while let row = try cursor.next() {
            matches.documents.append(row[0])
            matches.scores.append(row[1])
        }
        return matches
    }

    /// Documents in which the tokens of a phrase stand, though moved by up to `slop` places in all.
    ///
    /// FTS5 names the documents in which they stand near each other, the function ``SlopFunction`` decides.
    func documents(_ tokens: [String], slop: Int, code: FieldCodes.Code) throws -> [Int64] {
        let encoded = tokens.map { IndexToken.bytes(code, .term, $0) }
        let slop = min(slop, 1 << 20)
        let near = TextExpression(near: encoded, distance: slop + tokens.count)
        // The field exists wherever the tokens do, so the second part is there only to bring the gaps along.
        let field = IndexToken.bytes(code, .exists)
        let expression = TextExpression.all([near, TextExpression(oneOf: [IndexToken.gap, field], weight: .none)])
        let sql = """
            SELECT rowid FROM index_text WHERE index_text MATCH ? AND \(SlopFunction.name)(index_text, ?, ?)
            ORDER BY rowid
            """
        let twins = SlopFunction.encoded(SloppyPhrase.twins(of: tokens))
        return try Int64.fetchAll(
            self.db.cachedStatement(sql: sql),
            arguments: [expression.text, slop, Data(twins)]
        )
    }
}

/// Reads the values that entries were made of.
enum EntryTable {
    static func values(of document: Int64, in db: Database) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT field_values FROM index_entry WHERE doc = ?")
        return try Data.fetchOne(statement, arguments: [document]).map { [UInt8]($0) }
    }
}

/// The documents that exist, and whose they are.
struct DocumentTable {
    let db: Database

    func all() throws -> [Int64] {
        try Int64.fetchAll(self.db.cachedStatement(sql: "SELECT doc FROM index_document ORDER BY doc"))
    }

    func documents(offset: Int, limit: Int) throws -> [Int64] {
        let statement = try self.db.cachedStatement(sql: "SELECT doc FROM index_document ORDER BY doc LIMIT ? OFFSET ?")
        return try Int64.fetchAll(statement, arguments: [limit, offset])
    }

    /// Part of the documents that are none of these, ascending.
    func documents(except others: Matches, offset: Int, limit: Int) throws -> [Int64] {
        let statement = try self.db.cachedStatement(sql: "SELECT doc FROM index_document ORDER BY doc")
        let cursor = try Int64.fetchCursor(statement)
        var skipped = 0
        var result: [Int64] = []
        while result.count < limit, let document = try cursor.next() {
            if others.contains(document) { continue }
            if skipped < offset { skipped += 1 } else { result.append(document) }
        }
        return result
    }

    /// Nil for a document that was removed and left something in the index.
    func objectID(of document: Int64) throws -> ObjectID? {
        let statement = try self.db.cachedStatement(sql: "SELECT object_id FROM index_document WHERE doc = ?")
        return try String.fetchOne(statement, arguments: [document]).map { ObjectID($0) }
    }
}
