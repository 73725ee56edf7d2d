import Foundation
package import GRDB
package import RepositoryCore

/// The index that lives in the repository's own SQLite database.
///
/// Layout:
/// - `index_field(code, name)` gives each field name a short number; a name is a BLOB, as it may hold any character.
/// - `index_document(doc, object_id)` gives each state of an object's entry a number, which is never used again:
///   a new state is a new document, as in Lucene.
/// - `index_entry(doc, field_values)` keeps the values of the fields (``EmbeddedEntry``).
/// - `index_text` is an FTS5 table without content and with one column. Its tokens carry their field's number
///   (``IndexToken``), so any number of fields costs no columns, and a query on several fields is one FTS5
///   expression that seeks from list to list instead of reading them all.
/// - `index_term` and `index_posting` are FTS5's views of the same tokens in their order: wildcards, fuzzy words
///   and ranges find their terms there, and large results their sort keys.

///
/// Why FTS5: it gathers the postings of a transaction in memory and writes them as one sorted segment, so a
/// document of three hundred tokens costs about as much as its text; rows in a B-tree per token would cost a
/// random page each.
///
/// Removed documents leave FTS5 by the tokens they were given; should those ever differ, the leftovers point to
/// numbers that no longer exist and are passed over.
package struct EmbeddedIndex: TransactionalIndex {
    /// Changes whenever the tables or the tokens change, so that an index of an older release is rebuilt.
    private static let layout = 1
    /// Text whose analysis tells whether words are still cut as they were when the entries were written.
    private static let probe =
        "Zoë's O'Neil 3.5 1,000 foo_bar a:b x-y Straße ΑΣ İI 東京タワー ひらがな 한국어 ภาษาไทย 👍🏽 \u{200b}e\u{301}"

    let codes = FieldCodes()

    package init() {}

    package func entry(for document: IndexDocument) -> EmbeddedEntry {
        EmbeddedEntry(document, codes: self.codes)
    }

    package func prepare(_ db: Database) throws {
        ScoreFunction.register(on: db)
        SlopFunction.register(on: db)
    }

    package func open(_ db: Database) throws -> IndexCondition {
        let isNew = try !db.tableExists("index_state")
        if isNew { try self.createTables(in: db) }
        let names = try Data.fetchAll(db, sql: "SELECT name FROM index_field ORDER BY code")
        if !names.isEmpty { self.codes.load(names.map { String(decoding: $0, as: UTF8.self) }) }
        let fingerprint = try String.fetchOne(db, sql: "SELECT value FROM index_state WHERE key = 'fingerprint'")
        if isNew { return .created }
        return fingerprint == Self.fingerprint ? .usable : .outdated
    }

    package func clear(_ db: Database) throws {
        for table in ["index_posting", "index_term", "index_text", "index_entry", "index_document", "index_state"] {
            try db.execute(sql: "DROP TABLE IF EXISTS \(table)")
        }
        try self.createTables(in: db)
    }

    private static var fingerprint: String {
        "\(self.layout) \(TextAnalyzer.tokens(self.probe).joined(separator: " "))"
    }

    private func createTables(in db: Database) throws {
        let characters = IndexToken.tokenCharacters
            .flatMap { $0 == "'" || $0 == "\"" ? [$0, $0] : [$0] }
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS index_field (code INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE);
                CREATE TABLE index_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE index_document (doc INTEGER PRIMARY KEY AUTOINCREMENT, object_id TEXT NOT NULL UNIQUE);
                CREATE TABLE index_entry (doc INTEGER PRIMARY KEY, field_values BLOB NOT NULL);
                CREATE VIRTUAL TABLE index_text USING fts5(
                    tokens, content='', columnsize=0, tokenize="ascii tokenchars '\(String(characters))'"
                );
                CREATE VIRTUAL TABLE index_term USING fts5vocab(index_text, row);
                CREATE VIRTUAL TABLE index_posting USING fts5vocab(index_text, instance);
                """
        )
        try db.execute(
            sql: "INSERT INTO index_state (key, value) VALUES ('fingerprint', ?)",
            arguments: [Self.fingerprint]
        )
    }

    package func apply(_ changes: [IndexChange<EmbeddedEntry>], to db: Database) throws {
        guard !changes.isEmpty else { return }
        for change in changes {
            try self.remove(change.id, in: db)
            if case .put(let entry, let id) = change { try self.insert(entry, id, in: db) }
        }
        try self.saveFieldCodes(in: db)
    }

    private func insert(_ entry: EmbeddedEntry, _ id: ObjectID, in db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO index_document (object_id) VALUES (?)").execute(arguments: [id.text])
        let document = db.lastInsertedRowID
        try db.cachedStatement(sql: "INSERT INTO index_entry (doc, field_values) VALUES (?, ?)")
            .execute(arguments: [document, Data(entry.values)])
        try db.cachedStatement(sql: "INSERT INTO index_text (rowid, tokens) VALUES (?, ?)")
            .execute(arguments: [document, entry.tokens])
    }

    private func remove(_ id: ObjectID, in db: Database) throws {
        let lookup = try db.cachedStatement(sql: "SELECT doc FROM index_document WHERE object_id = ?")
        guard let document = try Int64.fetchOne(lookup, arguments: [id.text]) else { return }
        if let fields = try EntryTable.values(of: document, in: db).flatMap(EntryReader.fields) {
            try db.cachedStatement(sql: "INSERT INTO index_text (index_text, rowid, tokens) VALUES ('delete', ?, ?)")
                .execute(arguments: [document, EmbeddedEntry.tokens(of: fields)])
        }
        try db.cachedStatement(sql: "DELETE FROM index_entry WHERE doc = ?").execute(arguments: [document])
        try db.cachedStatement(sql: "DELETE FROM index_document WHERE doc = ?").execute(arguments: [document])
    }

    private func saveFieldCodes(in db: Database) throws {
        let last = try Int.fetchOne(db.cachedStatement(sql: "SELECT max(code) FROM index_field")) ?? -1
        for (code, name) in self.codes.names(above: last) {
            try db.cachedStatement(sql: "INSERT INTO index_field (code, name) VALUES (?, ?)")
                .execute(arguments: [code, Data(name.utf8)])
        }
    }

    package func search(_ search: IndexSearch, in db: Database) throws -> IndexHits {
        try EmbeddedSearch(search, codes: self.codes, db: db).run()
    }
}
